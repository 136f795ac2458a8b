"""`dalil gaps`: what people ask and do not get answered well."""

import json
import sys
from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated

import typer
from sqlalchemy import Connection

from bot.assembly import Library, system_clock
from bot.cli.storage import with_database
from bot.reports.gaps import Group, Unwanted, grouped, unwanted
from bot.settings import Settings
from nlu.concepts import Concepts


def gaps(
    days: Annotated[int, typer.Option(help="how far back", min=1, max=180)] = 30,
    least: Annotated[int, typer.Option(help="messages a group must have", min=1)] = 1,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """What was not understood or not answered well, grouped by likeness, for those who write answers."""
    settings = Settings()
    library = Library(settings, system_clock)
    since = library.today() - timedelta(days=days)
    concepts = Concepts.load(settings.home / "nlu" / "data" / "concepts")

    def read(db: Connection) -> tuple[list[Group], list[Unwanted]]:
        return grouped(db, since, concepts, least), unwanted(db, since)

    found, subjects = with_database(settings, read)
    if as_json:
        print(json.dumps({"groups": [asdict(g) for g in found], "subjects": [asdict(s) for s in subjects]}, ensure_ascii=False))
        return
    _print(found, subjects, since)


def _print(found: list[Group], subjects: list[Unwanted], since: date) -> None:
    if not found and not subjects:
        print(f"nothing was left unanswered since {since}", file=sys.stderr)
    for group in found:
        told = ", ".join(f"{name} {count}" for name, count in {**group.outcomes, **group.languages}.items())
        print(f"{group.count:>4}  {told}")
        for line in group.lines:
            print(f"      {line}")
    for one in subjects:
        print(f"{one.count:>4}  {one.outcome}: {one.topic}")
