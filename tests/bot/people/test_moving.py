"""An address that moves between people while things are under way: nothing is lost, nobody else is held up."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from bot.assembly import Library
from bot.booking import seats
from bot.booking.seats import Standing
from bot.channels.base import Address, Inbound, NotSent
from bot.delivery import inbox
from bot.handoff import cases
from bot.people import identity, links
from bot.people.identity import box_of
from bot.settings import Settings
from bot.storage.crypto import Vault
from bot.storage.database import Database
from bot.storage.tables import Booking, Case, CaseNote, Contact, ContactAddress, table
from flows.events import Event, Said
from tests.bot.booking.test_seats import prepare, take
from tests.conftest import NOW
from tests.helpers.house import ScriptedInterpreter, TestHouse, open_house

VAULT = Vault([b"k" * 32], b"l" * 32)
PHONE, BSUID = Address(kind="phone", value="+212600000001"), Address(kind="bsuid", value="MA.abc")
_address, _contact, _case, _note, _booking = (table(t) for t in (ContactAddress, Contact, Case, CaseNote, Booking))


@pytest.fixture
async def house(settings: Settings, library: Library):
    async with open_house(settings, library, ScriptedInterpreter({"mes droits": "faq/amo-tadamon"})) as opened:
        yield opened


async def _whatsapp(house: TestHouse, number: int, *addresses: Address, event: Event | None = None) -> int:
    inside = house.house
    inbound = Inbound(channel="whatsapp", provider_id=f"SM{number}", addresses=addresses, event=event or Said(text="mes droits"))
    received = await house.do(
        lambda db: inbox.receive(db, inside.vault, inside.bell, house.clock.now, inbound, "t", inside.token())
    )
    return received.contact_id


async def _code(house: TestHouse, contact: int) -> str:
    return await house.do(lambda db: links.issue(db, house.house.vault, house.clock.now, contact))


async def test_who_was_erased_and_writes_again_is_answered(house: TestHouse) -> None:
    first = await house.receive("mes droits")
    await house.settle()
    await house.do(lambda db: db.execute(update(_contact).where(_contact.c.id == first.contact_id).values(data_key=None)))
    assert len(await house.say("mes droits")) == 1


async def test_what_waits_for_the_erased_is_dropped_and_holds_nobody_up(house: TestHouse) -> None:
    for n in range(5):
        await house.receive("mes droits", who=f"gone{n}")
    await house.do(lambda db: db.execute(update(_contact).values(data_key=None)))
    assert len(await house.say("mes droits", who="brahim")) == 1
    assert [(r.state, r.event) for r in await house.inbox_rows() if r.state == "waiting"] == []


async def test_a_bubble_under_way_reaches_the_address_that_meanwhile_moved_by_a_code(house: TestHouse) -> None:
    visitor = (await house.receive("mes droits", who="v1", channel="web")).contact_id
    house.telegram.outcomes.append(NotSent(code="too_many_requests", retry=True, alert=False, after=30))
    await house.say("mes droits", who="tg")
    await house.receive(await _code(house, visitor), who="tg")
    house.clock.now += timedelta(minutes=1)
    await house.settle()
    assert "sending" not in [r.state for r in await house.outbox_rows()]
    assert {to for to, _ in house.telegram.sent} == {"tg"}
    assert [r.state for r in await house.outbox_rows() if r.channel == "telegram"] == ["sent", "sent"]


async def test_what_waits_goes_along_with_the_address_and_is_answered(house: TestHouse) -> None:
    visitor = (await house.receive("mes droits", who="v1", channel="web")).contact_id
    await house.settle()
    await house.receive("blabla", who="tg")  # still waits for its sequel
    code = await _code(house, visitor)
    await house.say(code, who="tg")
    rows = await house.inbox_rows()
    assert [r.state for r in rows] == ["handled"] * 3
    answered = {i for r in await house.outbox_rows() for i in r.answers}
    assert answered == {r.id for r in rows}


async def test_two_people_who_become_one_keep_what_waits_and_one_place_for_replies(house: TestHouse) -> None:
    await _whatsapp(house, 1, PHONE)
    by_key = await _whatsapp(house, 2, BSUID)
    assert await _whatsapp(house, 3, BSUID, PHONE) == by_key
    await house.settle()
    assert {r.state for r in await house.inbox_rows()} == {"handled"}
    assert {i for r in await house.outbox_rows() for i in r.answers} == {1, 2, 3}
    assert {r.state for r in await house.outbox_rows()} == {"sent"}
    kinds = [a.kind for a in await house.rows(_address) if a.reply_to and a.contact_id == by_key]
    assert kinds == ["bsuid"]


async def test_a_number_given_to_somebody_else_does_not_open_the_former_owners_conversation(database: Database) -> None:
    def story(db: Connection) -> tuple[int, int, int, int]:
        def known(*addresses: Address) -> int:
            return identity.resolve(db, VAULT, NOW, "whatsapp", addresses).contact_id

        newcomer = Address(kind="bsuid", value="MA.xyz")
        return known(BSUID, PHONE), known(newcomer, PHONE), known(PHONE), known(BSUID)

    former, newcomer, by_phone, by_key = await database.write(story)
    assert (former, newcomer) == (by_key, by_phone)
    assert former != newcomer


async def test_first_messages_that_arrive_at_once_make_one_person(house: TestHouse) -> None:
    """Two front doors, nobody known yet: neither delivery may be refused."""
    received = await asyncio.gather(*(house.receive("mes droits", provider_id=f"p{n}") for n in range(6)))
    assert len({r.contact_id for r in received}) == 1
    assert [c.id for c in await house.rows(_contact)] == [received[0].contact_id]


async def test_a_code_sent_by_two_people_at_once_lets_one_in(house: TestHouse) -> None:
    visitor = (await house.receive("mes droits", who="v1", channel="web")).contact_id
    code = await _code(house, visitor)
    received = await asyncio.gather(*(house.receive(code, who=f"tg{n}") for n in range(6)))
    assert [r.contact_id for r in received].count(visitor) == 1


async def test_a_case_goes_along_with_its_notes_and_its_advisor(house: TestHouse) -> None:
    visitor = (await house.receive("mes droits", who="v1", channel="web")).contact_id
    there = (await house.receive("mes droits", who="tg")).contact_id
    await house.settle()
    inside, now = house.house, house.clock.now

    def taken(db: Connection) -> int:
        from bot.rehearsal import _account

        case = cases.open_case(db, now, there, "asked", "normal", None, None, "fr", None)
        advisor = _account(db, now, "Salma")
        inside.desk.take(db, now, case, advisor)
        inside.desk.note(db, now, case, advisor, "à rappeler")
        return case

    case = await house.do(taken)
    await house.settle()
    await house.say(await _code(house, visitor), who="tg")

    def read(db: Connection) -> tuple[int, str]:
        box, sealed = box_of(db, inside.vault, visitor), db.execute(select(_note.c.body).where(_note.c.body.is_not(None)))
        assert box
        return db.execute(select(_case.c.contact_id).where(_case.c.id == case)).scalar_one(), box.open(sealed.scalar_one())

    assert await inside.database.read(read) == (visitor, "à rappeler")
    count = len(house.telegram.sent)
    assert await house.say("mes droits", who="tg") == [], "an advisor holds the case: the bot is silent"
    assert len(house.telegram.sent) == count


async def test_seats_go_along_and_none_is_held_twice(house: TestHouse) -> None:
    visitor = (await house.receive("mes droits", who="v1", channel="web")).contact_id
    there = (await house.receive("mes droits", who="tg")).contact_id
    code, now = await _code(house, visitor), house.clock.now

    def book(db: Connection) -> None:
        prepare(db, 0)
        take(db, visitor, now=now)
        seats.give_up(db, now, "agadir-12", visitor)
        take(db, there, now=now)

    await house.do(book)
    await house.receive(code, who="tg")
    assert await house.house.database.read(lambda db: seats.of_contact(db, visitor)) == [
        Standing(session="agadir-12", status="confirmed", position=None)
    ]


async def test_a_seat_both_had_is_freed_once(house: TestHouse) -> None:
    visitor = (await house.receive("mes droits", who="v1", channel="web")).contact_id
    there = (await house.receive("mes droits", who="tg")).contact_id
    code, now = await _code(house, visitor), house.clock.now
    await house.do(lambda db: prepare(db, 0))
    await house.do(lambda db: [take(db, c, now=now) for c in (visitor, there)])
    await house.receive(code, who="tg")
    assert sorted(b.status for b in await house.rows(_booking)) == ["cancelled", "confirmed"]


async def test_of_a_seat_and_a_place_in_the_line_the_seat_is_kept(house: TestHouse) -> None:
    visitor = (await house.receive("mes droits", who="v1", channel="web")).contact_id
    there = (await house.receive("mes droits", who="tg")).contact_id
    code, now = await _code(house, visitor), house.clock.now
    await house.do(lambda db: prepare(db, 0, capacity=1))
    await house.do(lambda db: [take(db, c, now=now) for c in (there, visitor)])
    await house.receive(code, who="tg")
    assert [(b.contact_id, b.status) for b in await house.rows(_booking)] == [(visitor, "confirmed"), (visitor, "cancelled")]
