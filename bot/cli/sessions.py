"""Information sessions on the command line."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from bot.assembly import new_token, system_clock
from bot.booking import planning
from bot.booking.planning import BadRow, Plan
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
    """Write the sessions of a table; a row that cannot be read is reported and left out."""
    settings = Settings()
    if not file.is_file():
        raise Refused(f"{file} is no file")
    plans, bad = _read(settings, file)
    asyncio.run(_save(settings, plans))
    print(f"{len(plans)} sessions written, {len(bad)} rows left out")
    for line in bad:
        print(line, file=sys.stderr)
    if bad:
        raise SystemExit(1)


def _read(settings: Settings, file: Path) -> tuple[list[Plan], list[str]]:
    places = Places.load(settings.home / "content" / "places.yml")
    plans, bad = [], []
    try:
        for number, row in planning.rows_of(file):
            try:
                plans.append(planning.plan_of(row, settings.timezone, lambda name: _city(places, name), number))
            except BadRow as error:
                bad.append(f"row {number}: {error}")
    except BadRow as error:
        raise Refused(str(error)) from error
    except (OSError, ValueError, KeyError) as error:
        raise Refused(f"{file.name} cannot be read as a table") from error
    return plans, bad


def _city(places: Places, name: str) -> str | None:
    found = places.find(name)
    return found.id if found else None


async def _save(settings: Settings, plans: list[Plan]) -> None:
    migrate.prepare_folder(settings.database)
    database, now = open_database(settings.database), system_clock()

    def write(db: Connection) -> None:
        for plan in plans:
            planning.save(db, now, plan, new_token())

    try:
        await database.write(migrate.upgrade)
        await database.write(write)
    finally:
        await database.close()
