"""Seats. The written rule: lock the session row, then count, then take; freeing needs no lock.

On PostgreSQL the row lock serialises takers of one session; on SQLite the unit of work already holds the one write lock."""

from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, func, insert, select, update

from bot.booking.sessions import TAKEN, is_bookable
from bot.storage.tables import Booking, InfoSession, table

_session, _booking = table(InfoSession), table(Booking)
Taking = Literal["taken", "full", "already", "gone"]


def take(db: Connection, now: datetime, session_id: str, contact_id: int) -> Taking:
    """A seat, or why not. Never more than the capacity, however many ask at once."""
    where = (_session.c.id == session_id) | (_session.c.token == session_id)
    session = db.execute(select(_session).where(where).with_for_update()).one_or_none()
    if session is None or not is_bookable(session, now):
        return "gone"
    mine = (_booking.c.session_id == session.id) & (_booking.c.contact_id == contact_id) & _booking.c.status.in_(TAKEN)
    if db.execute(select(_booking.c.id).where(mine)).first():
        return "already"
    occupied = select(func.coalesce(func.sum(_booking.c.seats), 0)).where(
        _booking.c.session_id == session.id, _booking.c.status.in_(TAKEN)
    )
    if db.execute(occupied).scalar_one() >= session.capacity:
        return "full"
    values = {"session_id": session.id, "contact_id": contact_id, "status": "confirmed", "seats": 1}
    db.execute(insert(_booking).values(values | {"created_at": now, "changed_at": now}))
    return "taken"


def give_up(db: Connection, now: datetime, session_id: str, contact_id: int) -> bool:
    """False when there was no seat to give up."""
    mine = (_booking.c.session_id == session_id) & (_booking.c.contact_id == contact_id) & _booking.c.status.in_(TAKEN)
    return db.execute(update(_booking).where(mine).values(status="cancelled", changed_at=now)).rowcount > 0


def of_contact(db: Connection, contact_id: int) -> list[tuple[str, str]]:
    """(session, status) of the person's active bookings, in order of taking."""
    query = (
        select(_booking.c.session_id, _booking.c.status)
        .where(_booking.c.contact_id == contact_id, _booking.c.status.in_((*TAKEN, "waitlisted")))
        .order_by(_booking.c.id)
    )
    return [(row.session_id, row.status) for row in db.execute(query)]
