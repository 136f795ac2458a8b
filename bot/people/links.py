"""Carrying a conversation on in another channel, by a one-time code that the person sends. Never by telephone number."""

import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from bot.channels.base import Inbound
from bot.people import moving
from bot.people.identity import Known, box_of
from bot.storage.crypto import Box, Vault
from bot.storage.tables import ContactAddress, LinkCode, table
from flows.events import AdvisorTook, Event, Linked, LinkFailed, Said, Started

LIFETIME = timedelta(minutes=15)
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no 0, O, 1, I: codes are typed by hand
_CODE = re.compile(r"^\s*(?:DALIL[ _-]?)([A-HJ-NP-Z2-9]{8})\s*$", re.IGNORECASE)
_link, _address = table(LinkCode), table(ContactAddress)


def issue(db: Connection, vault: Vault, now: datetime, contact_id: int) -> str:
    """A code for this person, good for fifteen minutes and one use: "DALIL-XXXXXXXX"."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    db.execute(insert(_link).values(code_hash=vault.lookup("link", code), contact_id=contact_id, expires_at=now + LIFETIME))
    return f"DALIL-{code}"


def follow(db: Connection, vault: Vault, now: datetime, inbound: Inbound, known: Known) -> tuple[Event, Known]:
    """When the event is a code: the address moves to the conversation it names. Anything else passes unchanged."""
    code = _code_in(inbound.event)
    if code is None:
        return inbound.event, known
    good = (_link.c.code_hash == vault.lookup("link", code)) & _link.c.used_at.is_(None) & (_link.c.expires_at > now)
    owner = db.execute(update(_link).where(good).values(used_at=now).returning(_link.c.contact_id)).scalar_one_or_none()
    box = None if owner is None else box_of(db, vault, owner)
    if owner is None or box is None:
        return LinkFailed(), known
    origin = _origin(db, owner)
    held = _move(db, vault, now, inbound, known, owner, box) if owner != known.contact_id else None
    return Linked(origin=origin), Known(contact_id=owner, box=box, new=False, held=held)


def _code_in(event: Event) -> str | None:
    text = event.text if isinstance(event, Said) else event.payload if isinstance(event, Started) else ""
    match = _CODE.match(text)
    return match.group(1).upper() if match else None


def _origin(db: Connection, contact_id: int) -> str:
    query = select(_address.c.channel).where(_address.c.contact_id == contact_id).order_by(_address.c.id).limit(1)
    return str(db.execute(query).scalar_one_or_none() or "web")


def _move(
    db: Connection, vault: Vault, now: datetime, inbound: Inbound, known: Known, owner: int, box: Box
) -> AdvisorTook | None:
    """The addresses that sent the code, and what goes along (`bot.people.moving`)."""
    moving.lock(db, [known.contact_id, owner])
    for address in inbound.addresses:
        where = (
            (_address.c.channel == inbound.channel)
            & (_address.c.kind == address.kind)
            & (_address.c.lookup_hash == vault.lookup(inbound.channel, address.kind, address.value))
        )
        db.execute(update(_address).where(where).values(contact_id=owner, value=box.seal(address.value)))
    return moving.bring(db, now, known.contact_id, known.box, owner, box)
