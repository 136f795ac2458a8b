"""One poller at a time, whoever asks at once."""

import asyncio
from datetime import timedelta

import pytest

from bot.assembly import Library
from bot.channels.telegram import TelegramChannel
from bot.settings import Settings
from bot.storage.tables import Mark, table
from bot.web.polling import HOLD, Poller
from tests.helpers.house import TestHouse, open_house


@pytest.fixture
async def house(settings: Settings, library: Library):
    async with open_house(settings, library) as opened:
        yield opened


@pytest.fixture
async def pollers(house: TestHouse, settings: Settings):
    channel = TelegramChannel(settings.model_copy(update={"telegram_token": "123456:of-the-tests"}))
    yield [Poller(house.house, channel) for _ in range(6)]
    await channel.close()


async def test_of_many_that_ask_at_once_one_gets_the_lease_and_keeps_it(house: TestHouse, pollers: list[Poller]) -> None:
    if house.house.settings.is_sqlite:
        return  # one process
    held = await asyncio.gather(*(house.do(p._hold) for p in pollers))
    assert held.count(True) == 1
    assert [await house.do(p._hold) for p in pollers] == held


async def test_who_died_is_followed_when_the_lease_is_over(house: TestHouse, pollers: list[Poller]) -> None:
    assert await house.do(pollers[0]._hold)
    if house.house.settings.is_sqlite:  # one process: the former one is dead
        assert await house.do(pollers[1]._hold)
        return
    house.clock.now += HOLD - timedelta(seconds=1)
    assert not await house.do(pollers[1]._hold)
    house.clock.now += timedelta(seconds=1)
    assert await house.do(pollers[1]._hold)
    assert not await house.do(pollers[0]._hold)


async def test_an_update_that_is_none_stops_nobody(house: TestHouse, pollers: list[Poller]) -> None:
    """A provider that lies: without a number there is nothing to acknowledge, and the others are stored."""
    chat = {"id": 7, "type": "private", "first_name": "A"}
    message = {"message_id": 1, "date": 0, "chat": chat, "from": chat | {"is_bot": False}, "text": "bonjour"}
    await house.do(lambda db: pollers[0]._store(db, [{"nonsense": True}, {"update_id": 41, "message": message}]))
    assert len(await house.inbox_rows()) == 1
    assert [m.value for m in await house.house.database.read(lambda db: db.execute(table(Mark).select()).all())] == [42]
