"""`dalil content …` and `dalil numbers sign`: for those who write and answer for the content. Data on standard output."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.knowledge import overview, rendering
from bot.knowledge.catalogue import Catalogue
from bot.knowledge.check import check as check_content
from bot.knowledge.editing import EditError, sign_number
from bot.knowledge.editing import new as new_entry
from bot.knowledge.editing import sign as sign_entry
from bot.knowledge.entries import ContentFault, Knowledge
from bot.knowledge.fields import relative
from bot.knowledge.model import VARIETIES
from bot.settings import Settings

app = typer.Typer(help="Check, list, write and sign the answers.", no_args_is_help=True)
numbers_app = typer.Typer(help="Telephone numbers shown to people.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID")]
AsJson = Annotated[bool, typer.Option("--json", help="as JSON")]
By = Annotated[str, typer.Option("--by", metavar="ROLE", help="who answers for it: lawyer, doctor, coordinator…")]
Variety = Annotated[str | None, typer.Option(help="fr, ar, ary, ary-Latn or en; all five without it")]


@app.command()
def check() -> None:
    """Say what is wrong in content/, one line a fault. Exit code 1 when there is any."""
    home = _home()
    faults = check_content(home, home / "locales", lambda name: typer.echo(name, err=True))
    for fault in faults:
        typer.echo(str(fault))
    typer.echo(f"{len(faults)} faults" if faults else "no fault", err=True)
    raise typer.Exit(1 if faults else 0)


@app.command("list")
def list_entries(as_json: AsJson = False) -> None:
    """Every answer with its state, sources and signatures."""
    listed = overview.listing(_knowledge(), _now().date())
    if as_json:
        typer.echo(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    for item in listed:
        signed = ", ".join(signature["role"] for signature in item["signed"]) or "unsigned"
        typer.echo(f"{item['id']:<44} {item['area']:<12} {item['state']:<9} {item['review_due']}  {signed}")


@app.command()
def new(entry_id: Id) -> None:
    """The files of a new answer, to be filled in. It is not served before they are complete."""
    try:
        for file in new_entry(_home(), entry_id, _now().date()):
            typer.echo(relative(file, _home()))
    except EditError as error:
        _stop(str(error))


@app.command()
def due(as_json: AsJson = False) -> None:
    """Answers to be reviewed before this month ends, the longest waiting first."""
    items = overview.due(_knowledge(), _now().date())
    if as_json:
        data = [{"id": i.id, "review_due": str(i.review_due), "state": i.state, "sources": list(i.sources)} for i in items]
        typer.echo(json.dumps(data, ensure_ascii=False, indent=1))
        return
    for item in items:
        typer.echo(f"{item.review_due}  {item.state:<9} {item.id}  {item.sources[0]}")


@app.command()
def preview(entry_id: Id, variety: Variety = None) -> None:
    """An answer as a telephone without buttons shows it, with its source, the notice and the choices."""
    knowledge = _knowledge()
    if entry_id not in knowledge.entries:
        _stop(f"{entry_id} is no entry, or still a draft")
    if variety not in (None, *VARIETIES):
        _stop(f"{variety} is none of {', '.join(VARIETIES)}")
    catalogue = Catalogue.load(_home() / "locales")
    for code in [variety] if variety else VARIETIES:
        text = rendering.today(knowledge, catalogue, entry_id, code, _now().date(), "…")
        typer.echo(f"── {code} · {len(text)}\n{text}\n")
        more = knowledge.text(entry_id, code, "more")
        if more:
            typer.echo(f"── {code} · more · {len(more)}\n{more}\n")


@app.command()
def sign(entry_id: Id, by: By) -> None:
    """Sign an answer: it was read, and is right as far as this role can tell."""
    try:
        typer.echo(relative(sign_entry(_home(), entry_id, by, _now().date()), _home()))
    except EditError as error:
        _stop(str(error))


@numbers_app.callback()
def _numbers() -> None:
    """Keeps `sign` a word of its own: with a single command Typer would swallow it."""


@numbers_app.command("sign")
def sign_dialled(number_id: Id, by: By = "coordinator") -> None:
    """Note that the number was dialled today and answered."""
    try:
        typer.echo(relative(sign_number(_home(), number_id, by, _now().date()), _home()))
    except EditError as error:
        _stop(str(error))


def _home() -> Path:
    return Settings().home


def _knowledge() -> Knowledge:
    try:
        return Knowledge.load(_home())
    except ContentFault as error:
        _stop(f"{error}\nmend it, then run: dalil content check")
        raise


def _now() -> datetime:
    return datetime.now(ZoneInfo(Settings().timezone))


def _stop(reason: str) -> None:
    typer.echo(reason, err=True)
    raise typer.Exit(1)
