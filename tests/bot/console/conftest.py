from collections.abc import AsyncIterator

import pytest

from bot.assembly import Library
from bot.settings import Settings
from tests.bot.console.given import Console, open_console


@pytest.fixture
async def console(settings: Settings, library: Library) -> AsyncIterator[Console]:
    async with open_console(settings, library) as opened:
        yield opened
