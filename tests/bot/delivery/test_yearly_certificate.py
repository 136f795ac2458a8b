"""The yearly word about the certificate of life, on both databases: every year once, by the window, never after STOP."""

from datetime import timedelta

import pytest

from bot.assembly import Library
from bot.delivery import rounds
from bot.settings import Settings
from bot.storage.tables import Consent, Timer, table
from flows.events import Chose
from tests.helpers.house import ScriptedInterpreter, TestHouse, open_house

_timer, _consent = table(Timer), table(Consent)
YEAR, HOUR = timedelta(days=365), timedelta(hours=1)
DUE = "certificate.due"


@pytest.fixture
async def house(settings: Settings, library: Library):
    async with open_house(settings, library, ScriptedInterpreter()) as opened:
        yield opened


async def tick(house: TestHouse, after: timedelta) -> None:
    house.clock.now += after
    inside = house.house
    await house.do(lambda db: rounds.run(db, inside.vault, inside.bell, inside.desk, house.clock.now))
    await house.settle()


async def asked(house: TestHouse, channel: str = "telegram") -> None:
    await house.say(Chose(choice="journey:remind_certificate"), channel=channel)
    assert "noté" in (await house.say("oui", channel=channel))[-1]


async def sent(house: TestHouse) -> list[tuple[str, str]]:
    return [(b["kind"], b["state"]) for b in await house.bodies() if b["messages"][0]["id"] == DUE]


async def test_it_comes_once_every_year(house: TestHouse) -> None:
    await asked(house)
    await tick(house, YEAR - HOUR)
    assert await sent(house) == []
    for year in (1, 2, 3):
        await tick(house, HOUR if year == 1 else YEAR)
        await tick(house, timedelta())
        assert await sent(house) == [("reminder", "sent")] * year


async def test_the_yes_is_written_down_and_stop_ends_both(house: TestHouse) -> None:
    await asked(house)
    (yes,) = await house.rows(_consent)
    assert (yes.purpose, yes.withdrawn_at) == ("reminders", None)
    await house.say("stop")
    await house.say("start")
    await tick(house, YEAR + HOUR)
    assert await sent(house) == []
    assert (await house.rows(_consent))[0].withdrawn_at is not None


async def test_asked_twice_it_is_noted_once(house: TestHouse) -> None:
    await asked(house)
    assert "déjà" in (await house.say(Chose(choice="journey:remind_certificate")))[-1]
    assert len(await house.rows(_timer)) == 1


async def test_after_stop_it_is_not_noted(house: TestHouse) -> None:
    await house.say("stop")
    assert "arrêtés" in (await house.say(Chose(choice="journey:remind_certificate")))[-1]
    assert await house.rows(_timer) == []


async def test_outside_whatsapps_window_it_is_held_until_the_person_writes(house: TestHouse) -> None:
    await asked(house, "whatsapp")
    await tick(house, YEAR + HOUR)
    assert await sent(house) == [("reminder", "held")]
    house.clock.now += timedelta(days=2)
    assert any("certificat de vie" in text for text in await house.say("menu", channel="whatsapp"))
