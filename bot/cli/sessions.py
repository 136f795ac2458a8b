"""Information sessions on the command line."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.assembly import new_token, system_clock
from bot.booking import bringing
from bot.booking.bringing import Read, Report
from bot.booking.planning import BadFile
from bot.cli.failures import Refused
from bot.knowledge.places import Places
from bot.settings import Settings
from bot.storage import migrate
from bot.storage.database import open_database

app = typer.Typer(help="Information sessions.", no_args_is_help=True)


@app.callback()
def _sessions() -> None:
    """Information sessions."""


@app.command("import")
def import_(file: Annotated[Path, typer.Argument(help="CSV or XLSX")]) -> None:
    """Write the sessions of a table; a row that cannot be read, or that people hold seats at, is reported and left out."""
    settings = Settings()
    if not file.is_file():
        raise Refused(f"{file} is no file")
    report = asyncio.run(_save(settings, _read(settings, file)))
    print(f"{report.good} sessions written, {len(report.bad)} rows left out")
    for bad in report.bad:
        print(f"row {bad.row}: {bad.why}", file=sys.stderr)
    if report.bad:
        raise SystemExit(1)


def _read(settings: Settings, file: Path) -> Read:
    places = Places.load(settings.home / "content" / "places.yml")
    try:
        return bringing.read(file, settings.timezone, lambda name: _city(places, name))
    except BadFile as error:
        raise Refused(str(error)) from error
    except (OSError, ValueError, KeyError) as error:
        raise Refused(f"{file.name} cannot be read as a table") from error


def _city(places: Places, name: str) -> str | None:
    found = places.find(name)
    return found.id if found else None


async def _save(settings: Settings, table: Read) -> Report:
    migrate.prepare_folder(settings.database)
    database, now = open_database(settings.database), system_clock()
    try:
        await database.write(migrate.upgrade)
        return await database.write(lambda db: bringing.write(db, now, table, new_token))
    finally:
        await database.close()
