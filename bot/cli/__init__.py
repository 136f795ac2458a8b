"""The command line. Data on standard output, progress and messages on standard error, exit code 0 only on success."""

import sys

import typer
from pydantic import ValidationError

from bot.cli import (
    backup,
    contacts,
    content,
    converse,
    demo,
    directory,
    doctor,
    gaps,
    keys,
    language,
    people,
    places,
    privacy,
    run,
    sessions,
    talk,
)

app = typer.Typer(
    name="dalil",
    help="A guide for migrants and young people in Morocco, in a chat.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("demo")(demo.demo)
app.command("talk")(talk.talk)
app.command("serve")(run.serve)
app.command("web")(run.web)
app.command("worker")(run.worker)
app.command("migrate")(run.migrate)
app.command("doctor")(doctor.doctor)
app.command("parse")(language.parse)
app.command("train")(language.train)
app.command("evaluate")(language.evaluate)
app.command("converse")(converse.converse)
app.command("gaps")(gaps.gaps)
app.command("places")(places.places)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.add_typer(content.app, name="content")
app.add_typer(content.numbers_app, name="numbers")
app.add_typer(directory.app, name="directory")
app.add_typer(sessions.app, name="sessions")
app.add_typer(people.app, name="user")
app.add_typer(keys.app, name="keys")
app.add_typer(privacy.app, name="privacy")
app.add_typer(contacts.export_app, name="export")
app.add_typer(contacts.erase_app, name="erase")


def main() -> None:
    """Expected failures end in one line on standard error, never in a traceback."""
    from bot.cli.failures import EXPECTED

    try:
        app()
    except ValidationError as error:
        for fault in error.errors():
            setting = "_".join(str(part) for part in fault["loc"]).upper()
            print(f"dalil: DALIL_{setting}: {fault['msg']}", file=sys.stderr)
        raise SystemExit(1) from None
    except EXPECTED as error:
        print(f"dalil: {error}", file=sys.stderr)
        raise SystemExit(1) from None
