"""From an address to a person, made known on first sight. Rules of merging: see `ContactAddress`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.channels.base import Address
from bot.storage.crypto import Box, Vault
from bot.storage.tables import Contact, ContactAddress, table

_address = table(ContactAddress)
_contact = table(Contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A person as found by an address. `new`: seen for the first time."""

    contact_id: int
    box: Box
    new: bool


def resolve(
    db: Connection, vault: Vault, now: datetime, channel: str, addresses: Sequence[Address], hint: str | None = None
) -> Known:
    """The owner of these addresses, the first of which is the key. Addresses not yet known become theirs."""
    found = {a: _find(db, vault, channel, a) for a in addresses}
    owner = next((row for row in found.values() if row is not None), None)
    if owner is None:
        contact_id, wrapped = create(db, vault, now)
    else:
        contact_id, wrapped = owner.contact_id, owner.data_key
    if wrapped is None:  # erased: whoever writes again begins anew
        contact_id, wrapped = create(db, vault, now)
        moved = [row.id for row in found.values() if row is not None]
        db.execute(update(_address).where(_address.c.id.in_(moved)).values(contact_id=contact_id))
    box = vault.box(wrapped)
    for place, (address, row) in enumerate(found.items()):
        if row is None:
            _learn(db, vault, now, channel, address, contact_id, box, hint, reply_to=place == 0)
        else:
            _seen(db, now, row, contact_id, hint)
    return Known(contact_id=contact_id, box=box, new=owner is None)


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


def _find(db: Connection, vault: Vault, channel: str, address: Address) -> Any:
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
) -> None:
    if reply_to:  # a newly learnt key address replaces the alias as the place replies go to
        others = (_address.c.contact_id == contact_id) & (_address.c.channel == channel)
        db.execute(update(_address).where(others).values(reply_to=False))
    db.execute(
        insert(_address).values(
            contact_id=contact_id,
            channel=channel,
            kind=address.kind,
            lookup_hash=vault.lookup(channel, address.kind, address.value),
            value=box.seal(address.value),
            reply_to=reply_to,
            reachable=True,
            hint=hint,
            last_inbound_at=now,
            created_at=now,
        )
    )


def _seen(db: Connection, now: datetime, row: Row[Any], contact_id: int, hint: str | None) -> None:
    """An alias that belonged to another person moves to the owner of the key."""
    values: dict[str, object] = {"last_inbound_at": now, "contact_id": contact_id}
    if hint:
        values["hint"] = hint
    db.execute(update(_address).where(_address.c.id == row.id).values(values))
