"""The clock's rounds: timers and leases, doubled, damaged, or overtaken by an advisor who is still there."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.assembly import Library
from bot.booking import planning, seats
from bot.delivery import inbox, rounds
from bot.handoff import cases
from bot.people.identity import box_of
from bot.rehearsal import _account
from bot.settings import Settings
from bot.storage.tables import Case, Contact, Timer, table
from flows.events import SeatOffered, SessionCancelled, Started
from tests.bot.booking.test_seats import plan, take
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


async def _line_of_two(house: TestHouse) -> tuple[int, int]:
    """One seat, held; two who wait. Returns who holds it and who is first in the line."""
    people = [(await house.receive(Started(payload=""), who=who)).contact_id for who in ("holder", "first", "second")]
    await house.settle()

    def sow(db: Connection) -> None:
        planning.save(db, house.clock.now, plan(1), "token")
        assert [take(db, p, now=house.clock.now) for p in people] == ["taken", "waitlisted", "waitlisted"]

    await house.do(sow)
    return people[0], people[1]


async def test_a_freed_seat_is_offered_once_however_many_clocks_tick(house: TestHouse) -> None:
    holder, first = await _line_of_two(house)
    await house.do(lambda db: seats.give_up(db, house.clock.now, "agadir-12", holder))
    await asyncio.gather(*(_round(house) for _ in range(4)))
    await house.settle()
    told = [r for r in await house.inbox_rows() if r.kind == "SeatOffered"]
    assert [(r.contact_id, r.channel) for r in told] == [(first, "clock")]
    assert [(b["messages"][0]["id"], b["kind"], b["state"]) for b in (await house.bodies())[-1:]] == [
        ("seat.offered", "reminder", "sent")
    ]
    assert await house.house.database.read(lambda db: rounds.next_due(db, house.clock.now)) > house.clock.now


async def test_an_offer_that_lapses_is_told_to_both(house: TestHouse) -> None:
    holder, first = await _line_of_two(house)
    await house.do(lambda db: seats.give_up(db, house.clock.now, "agadir-12", holder))
    await _round(house)
    house.clock.now = await house.house.database.read(lambda db: rounds.next_due(db, house.clock.now))
    await asyncio.gather(*(_round(house) for _ in range(3)))
    await house.settle()
    kinds = [(r.kind, r.contact_id == first) for r in await house.inbox_rows()][3:]
    assert kinds == [("SeatOffered", True), ("OfferLapsed", True), ("SeatOffered", False)]


async def test_whoever_cannot_be_read_holds_up_nobody_elses_seat(house: TestHouse) -> None:
    holder, first = await _line_of_two(house)
    contact = table(Contact)
    await house.do(lambda db: db.execute(update(contact).where(contact.c.id == first).values(data_key=b"damaged beyond repair")))
    await house.do(lambda db: seats.give_up(db, house.clock.now, "agadir-12", holder))
    await _round(house)
    assert [r.kind for r in await house.inbox_rows()][3:] == [], "they cannot be told"
    house.clock.now = await house.house.database.read(lambda db: rounds.next_due(db, house.clock.now))
    await _round(house)
    assert [r.kind for r in await house.inbox_rows()][3:] == ["SeatOffered"], "the next one is"


async def test_a_notice_passes_stop_and_an_offer_does_not(house: TestHouse) -> None:
    _, first = await _line_of_two(house)
    await house.say("stop", who="first")
    about = {"session": "agadir-12", "title": {"fr": "x"}, "start": "2026-12-12T15:00", "place": "x", "city": "agadir"}
    offered = SeatOffered(session="agadir-12", about=about, until="2026-12-02T10:00")
    inside, now = house.house, house.clock.now

    def put(db: Connection) -> None:
        box = box_of(db, inside.vault, first)
        assert box
        for name, event in (("o", offered), ("c", SessionCancelled(session="agadir-12", about=about))):
            inbox.put(db, inside.bell, box, now, first, "clock", name, event, "trace")

    await house.do(put)
    await house.settle()
    states = {b["messages"][0]["id"]: (b["kind"], b["state"]) for b in (await house.bodies())[-2:]}
    assert states == {"seat.offered": ("reminder", "failed"), "session.cancelled": ("notice", "sent")}
