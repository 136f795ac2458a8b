"""The message when a programme opens, on both databases: once, on its day, by the window, and never after STOP."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.assembly import Library
from bot.delivery import rounds
from bot.people import links
from bot.settings import Settings
from bot.storage.tables import Consent, Timer, table
from flows.events import Chose
from tests.helpers.house import ScriptedInterpreter, TestHouse, open_house

_timer, _consent = table(Timer), table(Consent)
WHICH = "us-fulbright"  # opens in February
EVE, DAY = datetime(2027, 1, 31, 23, 0, tzinfo=UTC), datetime(2027, 2, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
async def house(settings: Settings, library: Library):
    async with open_house(settings, library, ScriptedInterpreter()) as opened:
        yield opened


async def tick(house: TestHouse) -> None:
    inside = house.house
    await house.do(lambda db: rounds.run(db, inside.vault, inside.bell, inside.desk, house.clock.now))
    await house.settle()


async def asked(house: TestHouse, channel: str = "telegram") -> None:
    await house.say(Chose(choice=f"remind:{WHICH}"), channel=channel)
    said = await house.say("oui", channel=channel)
    assert "février" in said[-1]


async def said_by(house: TestHouse) -> list[str]:
    return [b["messages"][0]["id"] for b in await house.bodies()]


async def test_it_comes_once_on_the_first_of_the_month(house: TestHouse) -> None:
    await asked(house)
    (timer,) = await house.rows(_timer)
    assert timer.due_at == DAY
    house.clock.now = EVE
    await tick(house)
    assert "opportunity.opens" not in await said_by(house)
    house.clock.now = DAY
    await asyncio.gather(*(tick(house) for _ in range(3)))
    await tick(house)
    bubbles = [b for b in await house.bodies() if b["messages"][0]["id"] == "opportunity.opens"]
    assert [(b["kind"], b["state"]) for b in bubbles] == [("reminder", "sent")]
    assert "Fulbright" in bubbles[0]["text"]
    assert "macece.ma" in bubbles[0]["text"]


async def test_the_yes_is_written_down_and_stop_takes_it_back(house: TestHouse) -> None:
    await asked(house)
    (yes,) = await house.rows(_consent)
    assert (yes.purpose, yes.withdrawn_at) == ("reminders", None)
    await house.say("stop")
    (yes,) = await house.rows(_consent)
    assert yes.withdrawn_at > yes.given_at


async def test_after_stop_nothing_comes_not_even_after_start(house: TestHouse) -> None:
    await asked(house)
    await house.say("stop")
    await house.say("start")
    house.clock.now = DAY
    await tick(house)
    assert "opportunity.opens" not in await said_by(house)
    assert (await house.rows(_timer))[0].done_at is not None


async def test_asked_again_after_stop_it_comes_once(house: TestHouse) -> None:
    await asked(house)
    await house.say("stop")
    await house.say("start")
    await asked(house)
    (yes,) = await house.rows(_consent)
    assert yes.withdrawn_at is None
    assert [timer.done_at is None for timer in await house.rows(_timer)] == [False, True]
    house.clock.now = DAY
    await tick(house)
    await tick(house)
    assert (await said_by(house)).count("opportunity.opens") == 1


async def test_outside_whatsapps_window_it_is_held_until_the_person_writes(house: TestHouse) -> None:
    await asked(house, "whatsapp")
    house.clock.now = DAY
    await tick(house)
    held = [b["state"] for b in await house.bodies() if b["messages"][0]["id"] == "opportunity.opens"]
    assert held == ["held"]
    house.clock.now += timedelta(days=2)
    texts = await house.say("menu", channel="whatsapp")
    assert any("Fulbright" in text for text in texts)


async def test_what_is_noted_is_sealed(house: TestHouse) -> None:
    """Which programme somebody waits for is nobody's business."""
    await asked(house)

    def raw(db) -> bytes:
        return db.execute(select(_timer.c.data)).scalar_one()

    assert WHICH.encode() not in await house.house.database.read(raw)


async def test_it_goes_along_to_another_channel(house: TestHouse) -> None:
    """Asked for in the browser, told on Telegram, with the yes that belongs to it."""
    visitor = (await house.receive(Chose(choice=f"remind:{WHICH}"), who="v1", channel="web")).contact_id
    await house.settle()
    await house.say("oui", who="v1", channel="web")
    inside = house.house
    code = await house.do(lambda db: links.issue(db, inside.vault, house.clock.now, visitor))
    await house.say(code, who="tg")
    (yes,) = await house.rows(_consent)
    (timer,) = await house.rows(_timer)
    assert yes.contact_id == timer.contact_id
    house.clock.now = DAY
    await tick(house)
    assert [text for _, text in house.telegram.sent if "Fulbright" in text.text]
    assert (await said_by(house)).count("opportunity.opens") == 1
