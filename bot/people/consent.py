"""A yes for one purpose, with its date, and its withdrawal. One row a person and purpose: the latest word counts."""

from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.tables import Consent, table

_consent = table(Consent)
VERSION = "1"  # of the words in which consent is asked; raised when they come to mean something else


def give(db: Connection, now: datetime, contact_id: int, purpose: str) -> None:
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    values = {"contact_id": contact_id, "purpose": purpose, "version": VERSION, "given_at": now, "withdrawn_at": None}
    anew = {name: values[name] for name in ("version", "given_at", "withdrawn_at")}
    statement = dialect.insert(_consent).values(values)
    db.execute(statement.on_conflict_do_update(index_elements=["contact_id", "purpose"], set_=anew))


def bring(db: Connection, origin: int, owner: int) -> None:
    """A person carries their yes along to another channel; what they said there counts where both have spoken."""
    theirs = select(_consent.c.purpose).where(_consent.c.contact_id == owner)
    mine = (_consent.c.contact_id == origin) & _consent.c.purpose.not_in(theirs)
    db.execute(update(_consent).where(mine).values(contact_id=owner))


def withdraw_all(db: Connection, now: datetime, contact_id: int) -> None:
    """STOP takes back every yes for messages."""
    standing = (_consent.c.contact_id == contact_id) & _consent.c.withdrawn_at.is_(None)
    db.execute(update(_consent).where(standing).values(withdrawn_at=now))
