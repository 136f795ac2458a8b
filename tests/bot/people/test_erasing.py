"""Forgetting somebody: nothing that can be read is left, the receipt arrives, and help under way is not cut off."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, func, insert, select

from bot.assembly import Library
from bot.channels.base import NotSent
from bot.handoff import cases
from bot.people import erasing, holding, holds, links
from bot.settings import Settings
from bot.storage.tables import Base, Booking, Case, Consent, Contact, ContactAddress, Erasure, Inbox, ProviderCopy, table
from flows.events import SentVoice
from tests.bot.booking.test_seats import prepare
from tests.helpers.house import ScriptedInterpreter, TestHouse, open_house

_contact, _address, _inbox, _erasure = table(Contact), table(ContactAddress), table(Inbox), table(Erasure)
_case, _booking, _copy = table(Case), table(Booking), table(ProviderCopy)
SECRET = "ma fille s'appelle Zoubida Tamraght"
TAUGHT = {SECRET: "journey/advisor"}


@pytest.fixture
async def house(settings: Settings, library: Library) -> AsyncIterator[TestHouse]:
    async with open_house(settings, library, ScriptedInterpreter(TAUGHT)) as opened:
        yield opened


async def _count(house: TestHouse, of: Any) -> int:
    return int(await house.do(lambda db: db.execute(select(func.count()).select_from(of)).scalar_one()))


async def _wrapped(house: TestHouse, contact: int) -> bytes:
    return bytes(await house.do(lambda db: db.execute(select(_contact.c.data_key).where(_contact.c.id == contact)).scalar_one()))


async def _erase(house: TestHouse, **how: Any) -> list[str]:
    await house.say("effacez tout", **how)
    return await house.say("oui", **how)


def test_no_table_about_a_person_is_left_out() -> None:
    """A table that somebody adds must say what becomes of it."""
    about = {t.name for t in Base.metadata.sorted_tables if "contact_id" in t.c}
    assert about == {t.name for t in (*erasing.GONE, *erasing.COUNTED)} | {"contact_address", "erasure"}


async def test_everything_goes_and_the_receipt_arrives(house: TestHouse) -> None:
    contact = (await house.receive(SECRET)).contact_id
    await house.settle()
    key = await _wrapped(house, contact)
    texts = await _erase(house)
    receipt = (await house.rows(_erasure))[0].receipt
    assert receipt in texts[-1]
    assert await house.house.forget() == 1
    for of in (*erasing.GONE, _address):
        assert await _count(house, of) == 0, of.name
    people = await house.rows(_contact)
    assert [(p.data_key, p.language, p.region, p.minor) for p in people] == [(None, None, None, None)] * 2, "and the envelope's"
    assert [(c.state, c.owner_id) for c in await house.rows(_case)] == [("closed", None)], "as a count"
    if house.house.database.dialect == "sqlite":
        stored = b"".join(f.read_bytes() for f in Path(house.house.settings.data_dir).glob("dalil.db*"))
        assert len(stored) > 1000
        assert key not in stored, "no page of the file or of its log holds the key that opens what they wrote"


async def test_without_tidying_the_key_would_still_lie_in_the_log(house: TestHouse) -> None:
    """The test above can fail."""
    if house.house.database.dialect != "sqlite":
        pytest.skip("files of SQLite")
    contact = (await house.receive(SECRET)).contact_id
    await house.settle()
    key = await _wrapped(house, contact)
    await _erase(house)
    assert key in b"".join(f.read_bytes() for f in Path(house.house.settings.data_dir).glob("dalil.db*"))


async def test_whoever_writes_again_is_somebody_new(house: TestHouse) -> None:
    await house.receive(SECRET)
    await house.settle()
    await _erase(house)
    again = await house.say("bonjour")
    assert len(again) == 1
    await house.house.forget()
    living = [p.id for p in await house.rows(_contact) if p.data_key is not None]
    assert len(living) == 1
    assert {a.contact_id for a in await house.rows(_address)} == set(living)
    assert (await house.rows(_erasure))[0].envelope_id is None
    assert len(await house.say("bonjour")) == 1, "and goes on"


async def test_a_receipt_that_waits_keeps_its_envelope_for_a_day(house: TestHouse) -> None:
    await house.receive(SECRET)
    await house.settle()
    house.telegram.outcomes.extend([*[NotSent(code="provider_unreachable", retry=True, alert=False)] * 40])
    await house.say("effacez tout")
    await house.receive("oui")
    await house.think()
    assert await house.house.forget() == 0
    assert await _count(house, _address) == 1
    house.clock.now += erasing.ENVELOPE
    assert await house.house.forget() == 1
    assert await _count(house, _address) == 0


async def test_a_seat_comes_free_and_consent_is_gone(house: TestHouse) -> None:
    contact = (await house.receive(SECRET)).contact_id
    await house.settle()

    def book(db: Connection) -> None:
        prepare(db, people=0)
        moment = house.clock.now
        seat = {"session_id": "agadir-12", "contact_id": contact, "status": "confirmed", "seats": 1, "code": "K7QD"}
        db.execute(insert(_booking).values(seat | {"created_at": moment, "changed_at": moment}))
        db.execute(insert(table(Consent)).values(contact_id=contact, purpose="reminders", version="1", given_at=moment))

    await house.do(book)
    await _erase(house)
    assert [(b.status, b.code) for b in await house.rows(_booking)] == [("cancelled", None)]
    assert await _count(house, table(Consent)) == 0


async def test_earlier_numbers_of_the_same_person_go_too(house: TestHouse) -> None:
    """Carried on in another channel: what was said before stays under the old number until this day."""
    old = (await house.receive(SECRET, who="visitor-1", channel="web")).contact_id
    await house.settle()
    kept = (await house.receive("bonjour", who="aicha")).contact_id
    await house.settle()
    code = await house.do(lambda db: links.issue(db, house.house.vault, house.clock.now, kept))
    await house.say(code, who="visitor-1", channel="web")
    await _erase(house, who="aicha")
    await house.house.forget()
    assert all(p.data_key is None for p in await house.rows(_contact) if p.id in (old, kept))
    assert await _count(house, _inbox) == 0


async def test_while_somebody_follows_an_emergency_a_person_decides(house: TestHouse) -> None:
    contact = (await house.receive(SECRET)).contact_id
    await house.settle()
    await house.do(lambda db: cases.alarm(db, house.clock.now, contact, "safety/violence_women_children"))
    texts = await _erase(house)
    asked = (await house.rows(_erasure))[0]
    assert (asked.state, asked.receipt in texts[-1]) == ("asked", True)
    assert await house.house.forget() == 0
    assert (await _wrapped(house, contact)) is not None
    await _erase(house)
    assert [r.receipt for r in await house.rows(_erasure)] == [asked.receipt], "asked twice is asked once"
    await house.do(lambda db: db.execute(_case.update().values(state="closed")))
    assert await house.house.forget() == 1, "at the latest when the case is closed"
    assert [(r.state, r.receipt) for r in await house.rows(_erasure)] == [("done", asked.receipt)]


async def test_what_is_held_is_not_erased_until_it_is_released(house: TestHouse) -> None:
    contact = (await house.receive(SECRET)).contact_id
    await house.settle()
    with pytest.raises(ValueError, match="reason"):
        await house.do(lambda db: holds.hold(db, house.clock.now, contact, " ", "Amina"))
    await house.do(lambda db: holds.hold(db, house.clock.now, contact, "a search for somebody missing goes on", "Amina"))
    await _erase(house)
    assert (await house.rows(_erasure))[0].state == "asked"
    assert await house.house.forget() == 0
    assert await house.do(lambda db: holds.release(db, house.clock.now, contact))
    assert not await house.do(lambda db: holds.release(db, house.clock.now, contact))
    assert await house.house.forget() == 1


async def test_a_restored_backup_forgets_them_again(house: TestHouse) -> None:
    contact = (await house.receive(SECRET)).contact_id
    await house.settle()
    done = [(contact, "AAAA-BBBB")]
    assert await house.do(lambda db: erasing.replay(db, house.clock.now, done)) == 1
    assert await house.do(lambda db: holding.written_out(db, house.house.vault, contact)) is None
    assert await house.do(erasing.ledger) == done
    await house.do(lambda db: erasing.replay(db, house.clock.now, done))
    assert await house.do(erasing.ledger) == done, "once"


class Twilio:
    """A provider that keeps copies, and may be away."""

    def __init__(self) -> None:
        self.deleted: list[tuple[str, str]] = []
        self.away = False

    async def delete(self, kind: str, reference: str) -> bool:
        if not self.away:
            self.deleted.append((kind, reference))
        return not self.away


async def test_the_provider_is_asked_until_its_copies_are_gone(house: TestHouse) -> None:
    twilio, channel = Twilio(), house.channels["whatsapp"]
    channel.delete = twilio.delete  # type: ignore[attr-defined]
    await house.receive(SECRET, channel="whatsapp", provider_id="SM1")
    await house.settle()
    await _erase(house, channel="whatsapp")
    await house.house.forget()
    expected = {r.reference for r in await house.rows(_copy)}
    assert "SM1" in expected
    assert len(expected) >= 3, "what came and what went"
    twilio.away = True
    assert await house.house.shredder.run() == 0
    twilio.away = False
    assert await house.house.shredder.run() == 0, "not at once again"
    house.clock.now += timedelta(minutes=2)
    assert await house.house.shredder.run() == len(expected)
    assert {reference for _, reference in twilio.deleted} == expected
    assert await _count(house, _copy) == 0


async def test_a_voice_note_is_among_the_copies(house: TestHouse) -> None:
    contact = (await house.receive(SECRET, channel="whatsapp")).contact_id
    await house.settle()

    def keep(db: Connection) -> None:
        from bot.people.identity import box_of
        from bot.storage.tables import Media

        box = box_of(db, house.house.vault, contact)
        assert box is not None
        values = {"token": "t", "contact_id": contact, "channel": "whatsapp", "kind": "voice", "stored": False}
        reference = box.seal("https://api.twilio.com/x")
        db.execute(insert(table(Media)).values(values | {"reference": reference, "created_at": house.clock.now}))

    await house.do(keep)
    await house.say(SentVoice(seconds=3, media="t"), channel="whatsapp")
    await _erase(house, channel="whatsapp")
    assert ("media", "https://api.twilio.com/x") in {(r.kind, r.reference) for r in await house.rows(_copy)}


async def test_no_id_comes_twice(house: TestHouse) -> None:
    """A timer's event, a reader's place in the stream: they are named by ids of rows that may be gone."""
    await house.say("bonjour")
    before = max(r.id for r in await house.inbox_rows())
    await house.do(lambda db: db.execute(delete(_inbox)))
    await house.say("bonjour")
    assert min(r.id for r in await house.inbox_rows()) > before


async def test_what_is_held_is_told_and_written_out(house: TestHouse, library: Library) -> None:
    contact = (await house.receive(SECRET)).contact_id
    await house.settle()
    found = await house.do(lambda db: holding.counted(db, contact, library.zone))
    assert (found["messages"], found["requests"], found["channels"], found["seats"]) == (2, 1, 1, 0)
    written = await house.do(lambda db: holding.written_out(db, house.house.vault, contact))
    assert written is not None
    assert [m["text"] for m in written["messages"] if m["from"] == "you"] == [SECRET]
    assert written["addresses"] == [{"channel": "telegram", "kind": "chat", "address": "aicha"}]
    assert written["requests"][0]["state"] == "waiting"
