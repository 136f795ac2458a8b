"""`dalil directory …`: for those who telephone, and for what they learnt."""

import asyncio
import sys
from collections.abc import Mapping
from datetime import date, datetime
from difflib import unified_diff
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.assembly import Library, system_clock
from bot.booking.planning import BadRow, rows_of
from bot.cli.failures import Refused
from bot.delivery import amendments
from bot.knowledge import amending, calling
from bot.knowledge.amending import Learnt
from bot.knowledge.catalogue import Catalogue
from bot.knowledge.editing import EditError
from bot.settings import Settings
from bot.storage.database import open_database

app = typer.Typer(help="The directory of offices: whom to call, what was learnt.", no_args_is_help=True)


class Form(StrEnum):
    text = "text"
    csv = "csv"
    html = "html"


class Language(StrEnum):
    fr = "fr"
    ar = "ar"
    en = "en"


@app.callback()
def _directory() -> None:
    """The directory of offices."""


@app.command()
def due(
    form: Annotated[Form, typer.Option("--format", help="text, csv (for a spreadsheet) or html (to print)")] = Form.text,
    language: Annotated[Language, typer.Option(help="of the questions: fr, ar or en")] = Language.fr,
) -> None:
    """A call sheet of the offices that nobody has asked yet, or not for half a year."""
    settings = Settings()
    library = Library(settings, system_clock)
    words = Catalogue.load(settings.home / "locales", domain="console", varieties=calling.LANGUAGES)
    sheet = calling.calls(library.directory, library.today(), library.catalogue, words, library.city_name, language.value)
    match form:
        case Form.csv:
            print(calling.as_csv(sheet), end="")
        case Form.html:
            print(calling.as_html(sheet, words, language.value, library.today()), end="")
        case Form.text:
            print(calling.as_text(sheet), end="")
    print(f"{len(sheet)} to be asked", file=sys.stderr)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="the call sheet filled in, CSV or XLSX")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="who asked")],
) -> None:
    """Write the answers into content/directory/; a row that cannot be read is reported and changes nothing."""
    if not file.is_file():
        raise Refused(f"{file} is no file")
    settings = Settings()
    today = datetime.now(ZoneInfo(settings.timezone)).date()
    try:
        rows = list(rows_of(file))
    except BadRow as error:
        raise Refused(str(error)) from error
    if rows and "id" not in rows[0][1]:
        raise Refused(f"{file.name} has no column id: fill in the sheet of `dalil directory due --format csv`")
    written, bad = 0, []
    for number, row in rows:
        try:
            written += _one(settings.home, row, by, today)
        except EditError as error:
            bad.append(f"row {number}: {row.get('id') or 'no id'}: {error}")
    print(f"{written} offices written, {len(rows) - written - len(bad)} without an answer, {len(bad)} refused")
    for line in bad:
        print(line, file=sys.stderr)
    if bad:
        raise SystemExit(1)


@app.command()
def export() -> None:
    """What was changed in the console, as a patch for the repository: `dalil directory export | git apply`."""
    settings = Settings()
    library = Library(settings, system_clock)
    changed = 0
    for office, what in asyncio.run(_amended(settings, library)).items():
        file = f"content/directory/{office}.yml"
        before, after = amending.file_as(settings.home, office, what)
        patch = unified_diff(before.splitlines(True), after.splitlines(True), f"a/{file}", f"b/{file}")
        print("".join(patch), end="")
        changed += before != after
    print(f"{changed} offices changed", file=sys.stderr)


async def _amended(settings: Settings, library: Library) -> dict[str, Learnt]:
    database = open_database(settings.database)
    try:
        every = await database.read(lambda db: amendments.signed(db, library.zone))
    finally:
        await database.close()
    return amendments.together(library.directory, every)


def _one(home: Path, row: Mapping[str, str], by: str, today: date) -> bool:
    """False for a row that nobody has answered."""
    if not any(row.get(name) for name in calling.ASKED):
        return False
    what = amending.learnt(row, by, _day(row.get("on", ""), today), today)
    if not what.says_something:
        raise EditError("a date and no answer: say at least yes or no under exists")
    amending.write(home, row.get("id", ""), what)
    return True


def _day(text: str, today: date) -> date:
    """2026-12-01, or 01/12/2026 as it is written here; empty: today."""
    if not text:
        return today
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise EditError(f"on: {text} is not a day like 2026-12-01 or 01/12/2026")
