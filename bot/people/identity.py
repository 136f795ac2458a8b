"""From an address to a person, made known on first sight. Rules of merging: see `ContactAddress`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.channels.base import Address
from bot.people import moving
from bot.storage.crypto import Box, Vault
from bot.storage.tables import Contact, ContactAddress, table
from flows.events import AdvisorTook

_address = table(ContactAddress)
_contact = table(Contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A person as found by an address. `new`: seen for the first time. `held`: a case came along that an advisor holds,
    which this person's conversation does not know yet."""

    contact_id: int
    box: Box
    new: bool
    held: AdvisorTook | None = None


def resolve(
    db: Connection, vault: Vault, now: datetime, channel: str, addresses: Sequence[Address], hint: str | None = None
) -> Known:
    """The owner of these addresses, the first of which is the key. Addresses not yet known become theirs."""
    found = {a: find(db, vault, channel, a) for a in addresses}
    owner = _owner(db, channel, found)
    if owner is None or owner.data_key is None:  # unknown, or erased: whoever writes again begins anew
        contact_id, wrapped = create(db, vault, now)
    else:
        contact_id, wrapped = owner.contact_id, owner.data_key
    box = vault.box(wrapped)
    strangers = {row.contact_id: row.data_key for row in found.values() if row is not None and row.contact_id != contact_id}
    if strangers:
        moving.lock(db, [contact_id, *strangers])
    for place, (address, row) in enumerate(found.items()):
        if row is not None:
            _seen(db, now, row, contact_id, box.seal(address.value), hint, key=place == 0)
        elif not _learn(db, vault, now, channel, address, contact_id, box, hint, reply_to=place == 0):
            if place == 0 and contact_id != getattr(owner, "contact_id", None):  # another delivery made them known just now
                db.execute(delete(_contact).where(_contact.c.id == contact_id))
            return resolve(db, vault, now, channel, addresses, hint)
    held = [_bring(db, vault, now, stranger, key, contact_id, box) for stranger, key in strangers.items()]
    return Known(contact_id=contact_id, box=box, new=owner is None, held=next(filter(None, held), None))


def _owner(db: Connection, channel: str, found: dict[Address, Any]) -> Any:
    """Whom the key names; else whom an alias names, unless that person has another key: then the number changed hands."""
    key, *aliases = found
    if found[key] is not None:
        return found[key]
    for alias in aliases:
        row = found[alias]
        if row is not None:
            same_kind = (_address.c.channel == channel) & (_address.c.kind == key.kind)
            other_key = select(_address.c.id).where(_address.c.contact_id == row.contact_id, same_kind)
            return row if db.execute(other_key).first() is None else None
    return None


def _bring(
    db: Connection, vault: Vault, now: datetime, origin: int, wrapped: bytes | None, owner: int, box: Box
) -> AdvisorTook | None:
    if wrapped is None or not moving.is_left(db, origin):
        return None
    return moving.bring(db, now, origin, vault.box(wrapped), owner, box)


def create(db: Connection, vault: Vault, now: datetime) -> tuple[int, bytes]:
    """A new person: id and wrapped data key."""
    wrapped = vault.new_data_key()
    values = {"data_key": wrapped, "created_at": now, "seen_at": now, "out_seq": 0}
    contact_id = db.execute(insert(_contact).values(values).returning(_contact.c.id)).scalar_one()
    return int(contact_id), wrapped


def box_of(db: Connection, vault: Vault, contact_id: int) -> Box | None:
    """What opens this person's data; None when they were erased."""
    wrapped = db.execute(select(_contact.c.data_key).where(_contact.c.id == contact_id)).scalar_one_or_none()
    return None if wrapped is None else vault.box(wrapped)


def find(db: Connection, vault: Vault, channel: str, address: Address) -> Any:
    """The row (id, contact_id, data_key) of an address, or None."""
    query = (
        select(_address.c.id, _address.c.contact_id, _contact.c.data_key)
        .join_from(_address, _contact, _address.c.contact_id == _contact.c.id)
        .where(
            _address.c.channel == channel,
            _address.c.kind == address.kind,
            _address.c.lookup_hash == vault.lookup(channel, address.kind, address.value),
        )
    )
    return db.execute(query).one_or_none()


def _learn(
    db: Connection,
    vault: Vault,
    now: datetime,
    channel: str,
    address: Address,
    contact_id: int,
    box: Box,
    hint: str | None,
    reply_to: bool,
) -> bool:
    """False when another delivery, side by side with this one, has learnt it first."""
    if reply_to:  # a newly learnt key address replaces the alias as the place replies go to
        others = (_address.c.contact_id == contact_id) & (_address.c.channel == channel)
        db.execute(update(_address).where(others).values(reply_to=False))
    values = {
        "contact_id": contact_id,
        "channel": channel,
        "kind": address.kind,
        "lookup_hash": vault.lookup(channel, address.kind, address.value),
        "value": box.seal(address.value),
        "reply_to": reply_to,
        "reachable": True,
        "hint": hint,
        "last_inbound_at": now,
        "created_at": now,
    }
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(_address).values(values)
    statement = statement.on_conflict_do_nothing(index_elements=["channel", "kind", "lookup_hash"])
    return db.execute(statement.returning(_address.c.id)).scalar_one_or_none() is not None


def _seen(db: Connection, now: datetime, row: Row[Any], contact_id: int, sealed: bytes, hint: str | None, key: bool) -> None:
    """Who writes can be reached. An address that belonged to another person moves, sealed anew, to the owner of the key."""
    values: dict[str, object] = {"last_inbound_at": now, "reachable": True}
    if row.contact_id != contact_id:
        values |= {"contact_id": contact_id, "value": sealed, "reply_to": key}
    if hint:
        values["hint"] = hint
    db.execute(update(_address).where(_address.c.id == row.id).values(values))
