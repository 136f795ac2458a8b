"""What a page reads, on both databases: in the order it was sent, nothing missed, nothing of others or other channels."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Connection, update

from bot.assembly import Library
from bot.delivery import shown
from bot.settings import Settings
from bot.web import reading
from bot.web.reading import EVER, Visitor
from flows.events import Started
from tests.helpers.house import TestHouse, open_house, outbox_table

TOKEN = "a-browser-of-somebody"


@pytest.fixture
async def house(settings: Settings, library: Library) -> AsyncIterator[TestHouse]:
    async with open_house(settings, library) as opened:
        yield opened


def visitor(db: Connection, house: TestHouse, token: str = TOKEN) -> Visitor:
    found = reading.visitor(db, house.house.vault, token)
    assert found is not None
    return found


async def news(house: TestHouse, since: Any = EVER) -> list[int]:
    return [b.id for b in (await house.do(lambda db: reading.news(db, visitor(db, house), since, ()))).bubbles]


async def talk(house: TestHouse, times: int) -> None:
    for _ in range(times):
        await house.say(Started(), who=TOKEN, channel="web")


async def test_only_this_persons_browser_bubbles_are_read(house: TestHouse) -> None:
    await talk(house, 1)
    await house.say(Started(), who="another-browser-altogether", channel="web")
    await house.say("bonjour", who="77", channel="telegram")
    assert await news(house) == [1]
    history = await house.do(lambda db: reading.history(db, visitor(db, house)))
    assert [(b.id, b.mine) for b in history] == [(1, False)]


async def test_what_was_sent_later_comes_later_whatever_its_number(house: TestHouse) -> None:
    """Safety overtakes what was queued before it: its number is higher, and it was sent first."""
    await talk(house, 2)
    rows = await house.outbox_rows()
    swap = {rows[0].id: rows[1].sent_at, rows[1].id: rows[0].sent_at}

    def overtake(db: Connection) -> None:
        for number, moment in swap.items():
            db.execute(update(outbox_table).where(outbox_table.c.id == number).values(sent_at=moment))

    await house.do(overtake)
    assert await news(house) == [2, 1]
    since = await house.do(lambda db: reading.moment_before(db, visitor(db, house), 2))
    assert 1 in await news(house, since)


async def test_a_bubble_whose_sender_died_is_shown_once_and_then_delivered(house: TestHouse) -> None:
    """Nothing leaves us for a browser, so an unknown outcome means: not seen yet."""
    await talk(house, 1)
    await house.do(lambda db: db.execute(update(outbox_table).values(state="unknown", sent_at=None, error="unknown")))
    assert await news(house) == [1]
    now = house.clock.now
    assert await house.do(lambda db: shown.got(db, now, visitor(db, house).contact_id, [1, 99])) == 1
    assert await house.do(lambda db: shown.got(db, now, visitor(db, house).contact_id, [1])) == 0
    row = (await house.outbox_rows())[0]
    assert (row.state, row.error, row.delivered_at) == ("delivered", None, now)


async def test_an_answer_on_its_way_is_told(house: TestHouse) -> None:
    await talk(house, 1)
    await house.receive("bonjour", who=TOKEN, channel="web")
    look = lambda db: reading.news(db, visitor(db, house), EVER, ()).busy  # noqa: E731
    assert await house.do(look)
    house.clock.now = house.clock.now.replace(minute=30)
    await house.settle()
    assert not await house.do(look)
