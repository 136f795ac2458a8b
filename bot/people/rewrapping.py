"""Changing the operator's key: every person's data key is wrapped with the newest one. What people wrote is not touched."""

from sqlalchemy import Connection, select, update

from bot.storage.crypto import Vault
from bot.storage.tables import Contact, table

_contact = table(Contact)
BATCH = 500


def run(db: Connection, vault: Vault, after: int) -> tuple[int, int]:
    """One batch of people with a number above `after`: (the last number looked at, how many were wrapped anew). The number is
    `after` again when nobody is left. The row is locked: a person erased meanwhile does not come back."""
    query = select(_contact.c.id, _contact.c.data_key).where(_contact.c.id > after, _contact.c.data_key.is_not(None))
    rows = list(db.execute(query.order_by(_contact.c.id).limit(BATCH).with_for_update()))
    changed = 0
    for row in rows:
        wrapped = vault.rewrapped(row.data_key)
        if wrapped is not None:
            db.execute(update(_contact).where(_contact.c.id == row.id).values(data_key=wrapped))
            changed += 1
    return (rows[-1].id if rows else after), changed
