"""What the law asks of whoever runs the house: how long things are kept, what must not go yet, which authorities asked."""

import sys
from collections.abc import Callable
from typing import Annotated

import typer
from sqlalchemy import Connection

from bot.assembly import system_clock
from bot.cli.contacts import Whom, find
from bot.cli.failures import Refused
from bot.cli.storage import with_database
from bot.knowledge import organisation
from bot.people import holds, retention
from bot.people.retention import Lengths, Report
from bot.reports import datamap
from bot.settings import Settings
from bot.storage.crypto import open_vault

app = typer.Typer(help="Retention, holds, requests by authorities.", no_args_is_help=True)
Reason = Annotated[str, typer.Option(help="why, in a line that a judge could read")]
By = Annotated[str, typer.Option(help="who decided")]


class _OnlyLooked(Exception):
    """Takes back what a dry run did."""

    def __init__(self, report: Report) -> None:
        self.report = report


@app.command()
def expire(dry_run: Annotated[bool, typer.Option(help="only say what would go")] = False) -> None:
    """Let go of what was kept long enough. The running service does it once a day."""
    settings = Settings()
    vault = open_vault(settings)
    lengths = Lengths(**organisation.load(settings.home / "organisation.yml").retention)

    def work(db: Connection) -> Report:
        report = retention.all_of_it(db, vault, system_clock(), lengths)
        if dry_run:
            raise _OnlyLooked(report)
        return report

    try:
        report = with_database(settings, work, tidy=not dry_run)
    except _OnlyLooked as looked:
        report = looked.report
    print(f"people\t{report.people}\nconversations\t{report.thinned}\ncases\t{report.cases}\nseats\t{report.seats}")


@app.command()
def hold(whom: Whom, reason: Reason, by: By) -> None:
    """Nothing of this person goes until `release`; an erasure they ask for waits for a person."""
    try:
        _about(whom, lambda db, contact: holds.hold(db, system_clock(), contact, reason, by))
    except ValueError as error:
        raise Refused(str(error)) from error
    print("held", file=sys.stderr)


@app.command()
def release(whom: Whom) -> None:
    """The reason is over."""

    def work(db: Connection, contact: int) -> None:
        if not holds.release(db, system_clock(), contact):
            raise Refused("nothing is held for this person")

    _about(whom, work)
    print("released", file=sys.stderr)


@app.command("holds")
def holds_() -> None:
    """What is held, since when, why: no name and no address."""
    for row in with_database(Settings(), holds.standing):
        print(f"{row.at:%Y-%m-%d}\tcontact {row.contact_id}\t{row.by}\t{row.reason}")


@app.command()
def request(
    authority: Annotated[str, typer.Option(help="who asked")],
    basis: Annotated[str, typer.Option(help="the law or order named")],
    answer: Annotated[str, typer.Option(help="what the legal adviser answered")],
    by: By,
) -> None:
    """Enter a request by an authority. Nothing is handed out by any command here."""
    with_database(Settings(), lambda db: holds.note_request(db, system_clock(), authority, basis, answer, by))
    print("entered", file=sys.stderr)


@app.command()
def requests() -> None:
    """The register of requests by authorities."""
    for row in with_database(Settings(), holds.requests):
        print(f"{row.at:%Y-%m-%d}\t{row.authority}\t{row.basis}\t{row.answer}\t{row.by}")


def _about(whom: str, work: Callable[[Connection, int], None]) -> None:
    settings = Settings()
    vault = open_vault(settings)
    with_database(settings, lambda db: work(db, find(db, vault, whom)))


@app.command("map")
def map_() -> None:
    """What is stored, as the table of docs/privacy.md."""
    print(datamap.render())
