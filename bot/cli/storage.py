"""One unit of work on the deployment's database, from the command line, beside a running house or without one."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from bot.settings import Settings
from bot.storage import migrate
from bot.storage.database import open_database

T = TypeVar("T")


def with_database(settings: Settings, work: Callable[[Connection], T], tidy: bool = False) -> T:
    """Brings the database to the newest schema first, makes it where there is none. `tidy`: what was deleted leaves the files."""

    async def go() -> T:
        migrate.prepare_folder(settings.database)
        database = open_database(settings.database)
        try:
            await database.write(migrate.upgrade)
            done = await database.write(work)
            if tidy:
                await database.tidy()
            return done
        finally:
            await database.close()

    return asyncio.run(go())
