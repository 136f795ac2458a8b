"""One person's data on the command line: written out for them, or erased. For requests that come by letter or by mail."""

import json
import sys
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from bot.assembly import system_clock
from bot.channels.base import Address
from bot.cli.failures import Refused
from bot.cli.storage import with_database
from bot.people import erasing, holding, identity
from bot.settings import Settings
from bot.storage.crypto import Vault, open_vault

export_app = typer.Typer(help="Write out what is held of one person.", no_args_is_help=True)
erase_app = typer.Typer(help="Erase one person.", no_args_is_help=True)
_KINDS = {"telegram": ("chat",), "whatsapp": ("phone", "bsuid"), "sms": ("phone",), "web": ("visitor",)}
Whom = Annotated[str, typer.Argument(help="the channel and the address there: whatsapp:+212600000000, telegram:123456")]


@export_app.callback()
def _export() -> None:
    """Write out what is held of one person."""


@erase_app.callback()
def _erase() -> None:
    """Erase one person."""


@export_app.command("contact")
def export(whom: Whom) -> None:
    """All of it as JSON on standard output. Give it to nobody but the person: whoever asks by letter proves the address first."""
    settings = Settings()
    vault = open_vault(settings)
    written = with_database(settings, lambda db: holding.written_out(db, vault, find(db, vault, whom)))
    print(json.dumps(written, ensure_ascii=False, indent=2))


@erase_app.command("contact")
def erase(
    whom: Whom,
    force: Annotated[bool, typer.Option(help="also while a case about danger is open: somebody has decided so")] = False,
) -> None:
    """Prints the receipt. What providers still keep is deleted there by the running service."""
    settings = Settings()
    vault = open_vault(settings)

    def work(db: Connection) -> str:
        contact = find(db, vault, whom)
        if erasing.needs_a_person(db, contact) and not force:
            raise Refused("a case about danger is open for this person: decide with its advisor, then use --force")
        return erasing.erase(db, vault, system_clock(), contact).receipt

    print(with_database(settings, work, tidy=True))
    print("erased here; the running service deletes what the provider still keeps", file=sys.stderr)


def find(db: Connection, vault: Vault, whom: str) -> int:
    channel, _, value = whom.partition(":")
    if channel not in _KINDS or not value:
        raise Refused(f"{whom!r} is no channel and address, such as whatsapp:+212600000000")
    found: list[Any] = [identity.find(db, vault, channel, Address(kind=kind, value=value)) for kind in _KINDS[channel]]
    owner = next((row for row in found if row is not None and row.data_key is not None), None)
    if owner is None:
        raise Refused("nobody is known by this address")
    return int(owner.contact_id)
