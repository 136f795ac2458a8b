"""An answer changed: who was given the earlier one learns of it, once, through the gate."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Connection, update

from bot.assembly import Library
from bot.delivery import corrections
from bot.settings import Settings
from bot.storage.tables import Contact, Outbox, table
from tests.helpers.house import ScriptedInterpreter, TestHouse, open_house

ENTRY = "amo-tadamon"
_outbox, _contact = table(Outbox), table(Contact)


@pytest.fixture
async def house(settings: Settings, library: Library):
    taught = {"mes droits": f"faq/{ENTRY}", "autre chose": "faq/douane-demenagement", "stop": "journey/stop"}
    async with open_house(settings, library, ScriptedInterpreter(taught)) as opened:
        yield opened


def _version(house: TestHouse) -> str:
    return house.house.library.knowledge.version(ENTRY)


async def _told_earlier(house: TestHouse, *people: str, channel: str = "telegram") -> None:
    """They were given an answer whose text has changed since."""
    for who in people:
        await house.say("mes droits", who=who, channel=channel)
    await house.do(lambda db: db.execute(update(_outbox).values(content_version="0" * 12)))


async def _correct(house: TestHouse) -> int:
    """What the console's button does."""
    inside, written, after = house.house, 0, 0
    while after is not None:
        here = after

        def some(db: Connection, here: int = here) -> tuple[int, int | None]:
            zone, version = inside.library.zone, _version(house)
            return corrections.send(db, inside.vault, inside.bell, zone, house.clock.now, ENTRY, version, here)

        count, after = await house.do(some)
        written += count
    await house.settle()
    return written


async def _waiting(house: TestHouse) -> int:
    return await house.do(lambda db: corrections.waiting(db, ENTRY, _version(house)))


async def test_who_was_told_is_counted_by_the_version_seen_last(house: TestHouse) -> None:
    assert await house.do(lambda db: corrections.told(db, ENTRY)) == []
    await _told_earlier(house, "aicha", "brahim")
    await house.say("mes droits", who="brahim")
    await house.say("autre chose", who="zineb")
    told = await house.do(lambda db: corrections.told(db, ENTRY))
    assert {(one.version, one.people) for one in told} == {(_version(house), 1), ("0" * 12, 1)}
    assert await _waiting(house) == 1


async def test_each_gets_the_present_answer_once_with_the_day_of_the_old_one(house: TestHouse) -> None:
    await _told_earlier(house, "aicha", "brahim")
    before = len(house.telegram.sent)
    house.clock.now += timedelta(days=3)
    assert await _correct(house) == 2
    assert await _correct(house) == 0
    sent = house.telegram.sent[before:]
    assert [to for to, _ in sent] == ["aicha", "brahim"]
    text = sent[0][1].text
    assert text.startswith("Une correction. Le 1 déc")
    assert house.house.library.knowledge.text(ENTRY, "fr") in text
    assert "Source" in text
    assert await _waiting(house) == 0
    assert [row.kind for row in (await house.outbox_rows())[-2:]] == ["reminder", "reminder"]


async def test_a_version_that_comes_later_is_a_correction_of_its_own(house: TestHouse) -> None:
    await _told_earlier(house, "aicha")
    assert await _correct(house) == 1
    assert await house.do(lambda db: corrections.waiting(db, ENTRY, "f" * 12)) == 1


async def test_two_coordinators_at_once_write_once(house: TestHouse) -> None:
    await _told_earlier(house, "aicha", "brahim", "zineb")
    before = len(house.telegram.sent)
    assert sum(await asyncio.gather(_correct(house), _correct(house))) == 3
    assert len(house.telegram.sent) == before + 3


async def test_many_are_written_to_in_several_units(house: TestHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corrections, "_BATCH", 2)
    await _told_earlier(house, *[f"person{n}" for n in range(5)])
    assert await _correct(house) == 5
    assert await _waiting(house) == 0


async def test_who_stopped_is_not_written_to(house: TestHouse) -> None:
    await _told_earlier(house, "aicha")
    await house.say("stop", who="aicha")
    before = len(house.telegram.sent)
    await _correct(house)
    assert len(house.telegram.sent) == before


async def test_on_whatsapp_it_waits_until_the_person_writes(house: TestHouse) -> None:
    await _told_earlier(house, "+212600000001", channel="whatsapp")
    house.clock.now += timedelta(days=2)
    before = len(house.channels["whatsapp"].sent)
    await _correct(house)
    assert len(house.channels["whatsapp"].sent) == before
    assert (await house.outbox_rows())[-1].state == "held"
    texts = await house.say("autre chose", who="+212600000001", channel="whatsapp")
    assert sum("Une correction" in text for text in texts) == 1


async def test_who_was_erased_is_left_in_peace(house: TestHouse) -> None:
    await _told_earlier(house, "aicha", "brahim")
    first = (await house.outbox_rows())[0].contact_id
    await house.do(lambda db: db.execute(update(_contact).where(_contact.c.id == first).values(data_key=None)))
    before = len(house.telegram.sent)
    assert await _correct(house) == 1
    assert [to for to, _ in house.telegram.sent[before:]] == ["brahim"]


async def test_what_somebody_is_in_the_midst_of_stays(house: TestHouse) -> None:
    await _told_earlier(house, "aicha")
    await house.say("autre chose", who="aicha")
    await _correct(house)
    more = await house.say("mes droits", who="aicha")
    assert len(more) == 1
