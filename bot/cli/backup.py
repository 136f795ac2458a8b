"""Backups: made while the house is running, sealed, and tried out before anything is replaced."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from bot.assembly import system_clock
from bot.cli.failures import Refused
from bot.people import erasing
from bot.settings import Settings
from bot.storage import backup as backups
from bot.storage import migrate
from bot.storage.chunks import Broken
from bot.storage.crypto import open_vault
from bot.storage.database import Database, open_database
from bot.storage.tables import Contact, table

File = Annotated[Path, typer.Argument(help="the file of the backup")]


def backup(file: File) -> None:
    """Write everything into one sealed file. It opens with DALIL_ENCRYPTION_KEYS: keep those in another place."""
    settings = Settings()
    vault = open_vault(settings)
    if file.exists():
        raise Refused(f"{file} exists already: choose another name")
    draft = file.with_name(file.name + ".part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:

            async def work(database: Database) -> dict[str, int]:
                return await database.read(lambda db: backups.write(db, system_clock(), out, vault.backup_keys[0]))

            counts = asyncio.run(_with(settings, work))
            out.flush()
            os.fsync(out.fileno())
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)
    print(f"{sum(counts.values())} rows of {counts['contact']} people in {file}", file=sys.stderr)


def restore(
    file: File,
    replace: Annotated[bool, typer.Option(help="the database holds people: put the backup in their place")] = False,
) -> None:
    """Put a backup in the place of the database. Stop the service first. Whoever was erased since is erased again."""
    settings = Settings()
    vault = open_vault(settings)
    if not file.is_file():
        raise Refused(f"{file} is no file")
    try:
        with file.open("rb") as source:
            made, _ = backups.check(source, vault.backup_keys)
        migrate.prepare_folder(settings.database)

        def work(db: Connection) -> int:
            migrate.upgrade(db)
            if db.execute(select(func.count()).select_from(table(Contact))).scalar_one() and not replace:
                raise Refused("the database holds people already: with --replace the backup takes their place")
            gone = erasing.ledger(db)
            with file.open("rb") as source:
                backups.restore(db, source, vault.backup_keys)
            return erasing.replay(db, system_clock(), gone)

        again = asyncio.run(_write(settings, work))
    except Broken as error:
        raise Refused(str(error)) from error
    print(f"restored as of {made:%Y-%m-%d %H:%M} UTC; {again} people erased since are erased again", file=sys.stderr)


async def _write(settings: Settings, work: Callable[[Connection], int]) -> int:
    database = open_database(settings.database)
    try:
        done = await database.write(work)
        await database.tidy()
        return done
    finally:
        await database.close()


async def _with(settings: Settings, work: Callable[[Database], Awaitable[dict[str, int]]]) -> dict[str, int]:
    database = open_database(settings.database)
    try:
        if not await migrate.is_current(database):
            raise Refused("the database is not at this version's schema: run `dalil migrate` first")
        return await work(database)
    except (OSError, DBAPIError) as error:
        raise Refused("the database cannot be reached: check DALIL_DATABASE_URL and that it runs") from error
    finally:
        await database.close()
