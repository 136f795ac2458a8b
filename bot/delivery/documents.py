"""Files for one person: ordered in the turn's transaction, made when they are fetched or sent, gone after seven days.

What is kept is the order, sealed with the person's key, not the file: a turn then costs no drawing while it holds the ledger, and
an answer that was withdrawn since is not handed out on paper either."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from bot.delivery import amendments, offices
from bot.delivery.gathering import Person
from bot.delivery.looks import Shelf
from bot.paper.press import PDF, Order, Press
from bot.people.identity import box_of
from bot.storage.crypto import Vault
from bot.storage.tables import Document, table
from flows.effects import FileRef, Message

Json = Any
LIFETIME = timedelta(days=7)
PATH = "/f/"
_document = table(Document)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A document that may be fetched: its name, and what to make it of."""

    name: str
    content_type: str
    order: Order


def keep(
    db: Connection, now: datetime, person: Person, token: str, ref: FileRef, variety: str, press: Press, shelf: Shelf
) -> dict[str, Json]:
    """The row, and what the bubble must know of it: token, name, what it is."""
    name = press.name(ref.what, ref.args)
    order = {"what": ref.what, "args": dict(ref.args), "variety": variety, "found": _looked_up(db, now, ref.args, shelf)}
    values = {
        "token": token,
        "contact_id": person.row.id,
        "name": name,
        "content_type": PDF,
        "body": person.box.seal_json(order),
        "created_at": now,
        "expires_at": now + LIFETIME,
    }
    db.execute(insert(_document).values(values))
    return {"what": ref.what, "token": token, "name": name}


def find(db: Connection, vault: Vault, now: datetime, token: str) -> Found | None:
    """None when there is none of this token, it expired, or its person was erased."""
    row = db.execute(select(_document).where(_document.c.token == token, _document.c.expires_at > now)).one_or_none()
    box = None if row is None else box_of(db, vault, row.contact_id)
    if row is None or box is None:
        return None
    kept = box.open_json(row.body)
    order = Order(
        what=kept["what"], args=kept["args"], variety=kept["variety"], made=row.created_at, found=kept.get("found") or {}
    )
    return Found(name=row.name, content_type=row.content_type, order=order)


def forget_past(db: Connection, now: datetime) -> None:
    db.execute(delete(_document).where(_document.c.expires_at <= now))


def lines(url: str) -> tuple[Message, Message]:
    """The line with the address, and what is said instead of a file that is not to be had."""
    return Message(id="file.link", params={"url": url}), Message(id="file.gone")


def _looked_up(db: Connection, now: datetime, args: Mapping[str, Json], shelf: Shelf) -> dict[str, Json]:
    """The offices for what the list is about, as coordinators left them."""
    if "need" not in args:
        return {}
    directory = amendments.laid_over(shelf.directory, amendments.signed(db, shelf.zone))
    return {"offices": offices.look(directory, now, {**args, "seen": 0}, None)["offices"]}
