"""What must not be erased for now: who said so, and why. And the register of authorities that asked for data."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from bot.storage.tables import AuthorityRequest, Hold, table

_hold, _request = table(Hold), table(AuthorityRequest)


def hold(db: Connection, now: datetime, contact_id: int, reason: str, by: str) -> None:
    """Raises ValueError without a reason: a hold nobody can explain is none."""
    if not reason.strip() or not by.strip():
        raise ValueError("a hold needs a reason and a name")
    db.execute(insert(_hold).values(contact_id=contact_id, reason=reason.strip(), by=by.strip(), at=now))


def release(db: Connection, now: datetime, contact_id: int) -> bool:
    """False when nothing was held."""
    standing = (_hold.c.contact_id == contact_id) & _hold.c.released_at.is_(None)
    return db.execute(update(_hold).where(standing).values(released_at=now)).rowcount > 0


def is_held(db: Connection, contact_id: int) -> bool:
    return (
        db.execute(select(_hold.c.id).where(_hold.c.contact_id == contact_id, _hold.c.released_at.is_(None))).first() is not None
    )


def stands_for(contact: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a hold stands for the contact of a row."""
    return select(_hold.c.id).where(_hold.c.contact_id == contact, _hold.c.released_at.is_(None)).exists()


def standing(db: Connection) -> list[Row[Any]]:
    return list(db.execute(select(_hold).where(_hold.c.released_at.is_(None)).order_by(_hold.c.at)))


def note_request(db: Connection, now: datetime, authority: str, basis: str, answer: str, by: str) -> None:
    """An authority asked. `basis` is the law or order it named; `answer` what the legal adviser answered."""
    db.execute(insert(_request).values(at=now, authority=authority, basis=basis, answer=answer, by=by))


def requests(db: Connection) -> list[Row[Any]]:
    return list(db.execute(select(_request).order_by(_request.c.id)))
