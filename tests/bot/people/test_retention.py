"""Nothing is kept for ever: each kind for its days, minors and emergencies shorter, what is still ahead as long as it is."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.assembly import Library
from bot.handoff import cases
from bot.people import holds, retention
from bot.people.retention import Lengths, Report
from bot.settings import Settings
from bot.storage.tables import Booking, Case, CaseNote, Consent, Contact, Conversation, Inbox, Timer, table
from tests.bot.booking.test_seats import prepare
from tests.helpers.house import ScriptedInterpreter, TestHouse, open_house

_contact, _case, _booking, _inbox = table(Contact), table(Case), table(Booking), table(Inbox)
LENGTHS = Lengths()


@pytest.fixture
async def house(settings: Settings, library: Library) -> AsyncIterator[TestHouse]:
    async with open_house(settings, library, ScriptedInterpreter()) as opened:
        yield opened


async def _write(house: TestHouse, who: str = "aicha") -> int:
    contact = (await house.receive("bonjour", who=who)).contact_id
    await house.settle()
    house.clock.now += timedelta(seconds=3)
    await house.settle()
    return contact


async def _run(house: TestHouse, days: int, lengths: Lengths = LENGTHS) -> Report:
    """As if so many days had passed."""
    now = house.clock.now + timedelta(days=days)
    return await house.do(lambda db: retention.all_of_it(db, house.house.vault, now, lengths))


async def _key(house: TestHouse, contact: int) -> Any:
    return await house.do(lambda db: db.execute(select(_contact.c.data_key).where(_contact.c.id == contact)).scalar_one())


async def test_a_conversation_goes_thirty_days_after_its_last_word(house: TestHouse) -> None:
    contact = await _write(house)
    assert (await _run(house, 29)).nothing
    assert await _run(house, 30) == Report(people=1)
    assert await _key(house, contact) is None
    assert await house.rows(_inbox) == []
    assert (await _run(house, 31)).nothing, "done once"


async def test_a_minors_goes_sooner(house: TestHouse) -> None:
    contact = await _write(house)
    await house.do(lambda db: db.execute(update(_contact).values(minor=True)))
    assert (await _run(house, 13)).nothing
    assert await _run(house, 14) == Report(people=1)
    assert await _key(house, contact) is None


@pytest.mark.parametrize("what", ["timer", "consent", "seat"])
async def test_who_waits_for_something_keeps_an_address_and_no_messages(house: TestHouse, what: str) -> None:
    contact, moment = await _write(house), house.clock.now
    box = (await house.rows(_contact))[0]
    assert box is not None

    def bind(db: Any) -> None:
        if what == "timer":
            due = moment + timedelta(days=300)
            db.execute(insert(table(Timer)).values(contact_id=contact, name="life_certificate", data=b"", due_at=due))
        elif what == "consent":
            db.execute(insert(table(Consent)).values(contact_id=contact, purpose="reminders", version="1", given_at=moment))
        else:
            prepare(db, people=0)
            seat = {"session_id": "agadir-12", "contact_id": contact, "status": "confirmed", "seats": 1}
            db.execute(insert(_booking).values(seat | {"created_at": moment, "changed_at": moment}))

    await house.do(bind)
    lengths = Lengths(bookings=1000)
    assert await _run(house, 40, lengths) == Report(thinned=1)
    assert await _key(house, contact) is not None
    assert await house.rows(_inbox) == []
    assert (await _run(house, 41, lengths)).nothing
    assert len(await house.say("bonjour")) == 1, "and they can go on"


async def test_lists_and_reminders_outlast_the_messages(house: TestHouse) -> None:
    contact = await _write(house)
    conversation = table(Conversation)
    box = await house.do(lambda db: house.house.vault.box(db.execute(select(_contact.c.data_key)).scalar_one()))

    def state(db: Any) -> dict[str, Any]:
        sealed = db.execute(select(conversation.c.state)).scalar_one()
        opened: dict[str, Any] = box.open_json(sealed)
        return opened

    before = await house.do(state)
    before |= {"slots": {"minor": False}, "topic": "visa-fr", "checklists": [{"id": "return", "done": ["a"]}], "stopped": True}
    await house.do(lambda db: db.execute(update(conversation).values(state=box.seal_json(before))))
    await house.do(
        lambda db: db.execute(
            insert(table(Consent)).values(contact_id=contact, purpose="reminders", version="1", given_at=house.clock.now)
        )
    )
    await _run(house, 40)
    after = await house.do(state)
    assert after["checklists"][0]["done"] == ["a"]
    assert (after["stopped"], after["slots"], after["topic"]) == (True, {}, None)


@pytest.mark.parametrize(("reason", "days"), [("asked", 365), ("safety/fraud_victim", 90)])
async def test_a_case_keeps_its_thread_until_its_own_end(house: TestHouse, reason: str, days: int) -> None:
    contact, moment = await _write(house), house.clock.now

    def open_and_close(db: Any) -> None:
        case = cases.open_case(db, moment, contact, reason, "normal", None, None, "fr", None)
        cases.write_note(db, moment, case, None, "case.subject_given", None)

    await house.do(open_and_close)
    assert (await _run(house, 1000)).nothing, "an open case is never let go of"
    await house.do(lambda db: db.execute(update(_case).values(state="closed", closed_at=moment)))
    assert (await _run(house, days - 1)).nothing
    assert await _run(house, days) == Report(cases=1, people=1)
    assert await house.rows(table(CaseNote)) == []
    (case,) = await house.rows(_case)
    assert case.contact_id != contact, "a count that leads to nobody"
    assert case.reason == reason


async def test_seats_become_counts_also_many_of_one_session(house: TestHouse) -> None:
    people = await house.do(lambda db: prepare(db, people=3))

    def book(db: Any) -> None:
        for person in people:
            seat = {"session_id": "agadir-12", "contact_id": person, "status": "confirmed", "seats": 1, "code": "ABCD"}
            db.execute(insert(_booking).values(seat | {"created_at": house.clock.now, "changed_at": house.clock.now}))

    await house.do(book)
    lengths = Lengths(messages=1000, minor_messages=1000)
    assert (await _run(house, 60, lengths)).nothing
    assert (await _run(house, 90, lengths)).seats == 3
    found = await house.rows(_booking)
    assert {(b.status, b.code) for b in found} == {("past", None)}
    assert len({b.contact_id for b in found}) == 1
    assert found[0].contact_id not in people


async def test_what_is_held_stays(house: TestHouse) -> None:
    contact = await _write(house)
    await house.do(lambda db: holds.hold(db, house.clock.now, contact, "a procedure goes on", "Amina"))
    assert (await _run(house, 1000)).nothing
    await house.do(lambda db: holds.release(db, house.clock.now, contact))
    assert (await _run(house, 1000)).people == 1


async def test_it_runs_once_a_day_whoever_asks(house: TestHouse) -> None:
    day = date(2026, 12, 1)
    assert await house.do(lambda db: retention.is_due(db, day))
    assert not await house.do(lambda db: retention.is_due(db, day))
    assert await house.do(lambda db: retention.is_due(db, day + timedelta(days=1)))


async def test_the_house_does_it_by_itself(house: TestHouse) -> None:
    await _write(house)
    house.clock.now += timedelta(days=31)
    assert await house.house.expire() == Report(people=1)
    assert (await house.house.expire()).nothing, "the day is done"
