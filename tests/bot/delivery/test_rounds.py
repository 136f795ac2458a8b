"""The clock's rounds: timers and leases, doubled, damaged, or overtaken by an advisor who is still there."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.assembly import Library
from bot.delivery import rounds
from bot.handoff import cases
from bot.people.identity import box_of
from bot.rehearsal import _account
from bot.settings import Settings
from bot.storage.tables import Case, Timer, table
from tests.helpers.house import ScriptedInterpreter, TestHouse, open_house

_timer, _case = table(Timer), table(Case)


@pytest.fixture
async def house(settings: Settings, library: Library):
    taught = {"mes droits": "faq/amo-tadamon", "une personne": "journey/advisor"}
    async with open_house(settings, library, ScriptedInterpreter(taught)) as opened:
        yield opened


async def _round(house: TestHouse) -> int:
    inside = house.house
    return await house.do(lambda db: rounds.run(db, inside.vault, inside.bell, inside.desk, house.clock.now))


async def _timers(house: TestHouse, count: int) -> None:
    contact = (await house.receive("mes droits")).contact_id
    await house.settle()

    def sow(db: Connection) -> None:
        box = box_of(db, house.house.vault, contact)
        assert box
        for n in range(count):
            data = box.seal_json({"signal": "x", "raised": house.clock.now.isoformat(), "number": n})
            values = {"contact_id": contact, "name": "alarm_unanswered", "data": data, "due_at": house.clock.now}
            db.execute(insert(_timer).values(values))

    await house.do(sow)


async def _held(house: TestHouse) -> tuple[int, int]:
    await house.say("une personne")

    def take(db: Connection) -> tuple[int, int]:
        case, advisor = db.execute(select(_case.c.id)).scalar_one(), _account(db, house.clock.now, "Salma")
        house.house.desk.take(db, house.clock.now, case, advisor)
        return case, advisor

    return await house.do(take)


async def test_a_doubled_tick_brings_each_timer_once(house: TestHouse) -> None:
    await _timers(house, 3)
    await asyncio.gather(*(_round(house) for _ in range(4)))
    assert [r.kind for r in await house.inbox_rows()] == ["Said", "TimerDue", "TimerDue", "TimerDue"]


async def test_a_timer_that_cannot_be_read_holds_up_no_other(house: TestHouse) -> None:
    await _timers(house, 2)
    first = (await house.rows(_timer))[0].id
    await house.do(lambda db: db.execute(update(_timer).where(_timer.c.id == first).values(data=b"damaged beyond repair, this")))
    await _round(house)
    assert [r.kind for r in await house.inbox_rows()] == ["Said", "TimerDue"]
    assert await _round(house) == 0


async def test_a_lease_that_runs_out_gives_the_case_back_once_and_tells_the_person(house: TestHouse) -> None:
    await _held(house)
    await house.settle()
    house.clock.now += cases.LEASE
    await asyncio.gather(*(_round(house) for _ in range(4)))
    await house.settle()
    assert [r.kind for r in await house.inbox_rows()].count("LeaseExpired") == 1
    assert [b["messages"][0]["id"] for b in await house.bodies()][-1] == "handoff.waiting_again"


async def test_an_advisor_who_answers_at_the_last_moment_keeps_the_case(house: TestHouse) -> None:
    """The round saw the lease end; the reply came in between."""
    case, advisor = await _held(house)
    house.clock.now += cases.LEASE
    inside, now = house.house, house.clock.now

    def overtaken(db: Connection) -> None:
        (seen,) = cases.expired(db, now)
        inside.desk.say(db, now, case, advisor, "Je suis là.", "once")
        inside.desk.expire(db, now, seen)

    await house.do(overtaken)
    (row,) = await house.rows(_case)
    assert (row.state, row.owner_id) == ("taken", advisor)


async def test_one_message_that_opens_a_case_is_one_unread_message(house: TestHouse) -> None:
    await house.say("une personne")
    assert [c.unread for c in await house.rows(_case)] == [1]
    await house.say("mes droits")
    assert [c.unread for c in await house.rows(_case)] == [2]


async def test_an_advisors_reply_sent_twice_is_one(house: TestHouse) -> None:
    case, advisor = await _held(house)
    desk, now = house.house.desk, house.clock.now
    for _ in range(2):
        await house.do(lambda db: desk.say(db, now, case, advisor, "Bonjour.", "form-1"))
    house.clock.now += timedelta(seconds=1)
    await house.settle()
    assert [r.kind for r in await house.inbox_rows()].count("AdvisorSaid") == 1
