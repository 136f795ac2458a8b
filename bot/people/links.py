"""Carrying a conversation on in another channel, by a one-time code that the person sends. Never by telephone number."""

import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from bot.channels.base import Inbound
from bot.people.identity import Known, box_of
from bot.storage.crypto import Vault
from bot.storage.tables import Booking, Case, ContactAddress, LinkCode, table
from flows.events import Event, Linked, LinkFailed, Said, Started

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
    query = select(_link.c.contact_id).where(
        _link.c.code_hash == vault.lookup("link", code), _link.c.used_at.is_(None), _link.c.expires_at > now
    )
    owner = db.execute(query).scalar_one_or_none()
    if owner is None:
        return LinkFailed(), known
    box = box_of(db, vault, owner)
    if box is None:
        return LinkFailed(), known
    db.execute(update(_link).where(_link.c.code_hash == vault.lookup("link", code)).values(used_at=now))
    origin = _origin(db, owner)
    if owner != known.contact_id:
        _move(db, vault, inbound, known, owner)
    return Linked(origin=origin), Known(contact_id=owner, box=box, new=False)


def _code_in(event: Event) -> str | None:
    text = event.text if isinstance(event, Said) else event.payload if isinstance(event, Started) else ""
    match = _CODE.match(text)
    return match.group(1).upper() if match else None


def _origin(db: Connection, contact_id: int) -> str:
    query = select(_address.c.channel).where(_address.c.contact_id == contact_id).order_by(_address.c.id).limit(1)
    return str(db.execute(query).scalar_one_or_none() or "web")


def _move(db: Connection, vault: Vault, inbound: Inbound, known: Known, owner: int) -> None:
    """Addresses, seats and the case go along; what was said before stays sealed where it was and expires there."""
    box = box_of(db, vault, owner)
    if box is None:
        return
    for address in inbound.addresses:
        where = (
            (_address.c.channel == inbound.channel)
            & (_address.c.kind == address.kind)
            & (_address.c.contact_id == known.contact_id)
        )
        db.execute(update(_address).where(where).values(contact_id=owner, value=box.seal(address.value)))
    booking, case = table(Booking), table(Case)
    theirs = select(booking.c.session_id).where(booking.c.contact_id == owner)
    moved = (booking.c.contact_id == known.contact_id) & booking.c.session_id.not_in(theirs)
    db.execute(update(booking).where(moved).values(contact_id=owner))
    has_case = db.execute(select(case.c.id).where(case.c.contact_id == owner, case.c.state != "closed")).first()
    if has_case is None:
        db.execute(update(case).where(case.c.contact_id == known.contact_id).values(contact_id=owner))
