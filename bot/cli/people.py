"""Accounts of the team on the command line. Passwords are typed, never given as arguments: those end in histories."""

import sys
from getpass import getpass
from typing import Annotated

import typer
from sqlalchemy.exc import IntegrityError

from bot.assembly import system_clock
from bot.cli.failures import Refused
from bot.cli.storage import with_database
from bot.handoff import team
from bot.settings import Settings

app = typer.Typer(help="Accounts of advisors, coordinators and administrators.", no_args_is_help=True)


@app.command()
def add(
    login: str,
    name: Annotated[str, typer.Option(help="as colleagues see it")],
    role: Annotated[str, typer.Option(help="advisor, coordinator or administrator")] = "advisor",
    office_kind: Annotated[str, typer.Option(help="ngo, international or public")] = "ngo",
) -> None:
    """A new account; the password is asked for, or read from standard input."""
    if role not in team.ROLES:
        raise Refused(f"a role is one of {', '.join(team.ROLES)}")
    password = _password()
    try:
        with_database(Settings(), lambda db: team.add(db, system_clock(), login, name, password, role, office_kind))
    except team.Weak as error:
        raise Refused(str(error)) from error
    except IntegrityError as error:
        raise Refused(f"the login {login} exists already") from error
    print(f"{login} added", file=sys.stderr)


@app.command("list")
def list_() -> None:
    """Who has an account."""
    for row in with_database(Settings(), team.everybody):
        print(f"{row.login}\t{row.name}\t{row.role}\t{row.office_kind}\t{'active' if row.active else 'closed'}")


@app.command()
def reset(login: str) -> None:
    """A new password; signs out everywhere."""
    password = _password()
    try:
        known = with_database(Settings(), lambda db: team.set_password(db, login, password))
    except team.Weak as error:
        raise Refused(str(error)) from error
    if not known:
        raise Refused(f"there is no account {login}")
    print(f"{login} has a new password", file=sys.stderr)


def _password() -> str:
    return getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
