"""At the door: who came, who came without a seat, and the line drawn under it. A tick is a note only (`booking.came`): until the
list is closed it changes nothing of the seats, which are counted and offered while people arrive."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, case, func, select, update

from bot.booking.changing import has_begun
from bot.storage.tables import Booking, Contact, InfoSession, table

_session, _booking, _contact = table(InfoSession), table(Booking), table(Contact)
_EXPECTED = ("confirmed", "attended", "no_show")
MOST_WALK_INS = 5000
Phase = Literal["before", "door", "closed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Seats, not bookings: a group of three counts three."""

    expected: int
    came: int
    walk_ins: int


def phase(session: Row[Any], now: datetime) -> Phase:
    """Ticks are taken from the morning of the day on; closing needs the session to have begun."""
    if session.state != "open":
        return "cancelled"
    if session.attended_at is not None:
        return "closed"
    today = now.astimezone(ZoneInfo(session.zone)).date().isoformat()
    return "door" if session.starts[:10] <= today else "before"


def expected(db: Connection, session_id: str) -> list[Row[Any]]:
    """Bookings whose people are awaited, by the code they show; with the language they are spoken to in."""
    query = (
        select(_booking, _contact.c.language)
        .join(_contact, _contact.c.id == _booking.c.contact_id)
        .where(_booking.c.session_id == session_id, _booking.c.status.in_(_EXPECTED))
        .order_by(_booking.c.code, _booking.c.id)
    )
    return list(db.execute(query))


def counts(db: Connection, session: Row[Any]) -> Counts:
    query = select(func.coalesce(func.sum(_booking.c.seats), 0), func.coalesce(func.sum(_booking.c.came), 0))
    seats, came = db.execute(query.where(_booking.c.session_id == session.id, _booking.c.status.in_(_EXPECTED))).one()
    return Counts(expected=int(seats), came=int(came), walk_ins=session.walk_ins)


def note(db: Connection, now: datetime, session_id: str, booking_id: int, came: int) -> bool:
    """How many of this booking came, 0 for nobody. After closing the status follows. False when there is no such booking any
    more (given up a moment ago) or it is not the day."""
    session = _locked(db, session_id)
    if session is None or phase(session, now) not in ("door", "closed"):
        return False
    status = _booking.c.status if session.attended_at is None else ("attended" if came else "no_show")
    mine = (_booking.c.id == booking_id) & (_booking.c.session_id == session_id) & _booking.c.status.in_(_EXPECTED)
    fits = _booking.c.seats >= came
    values = {"came": came, "status": status, "changed_at": now}
    return db.execute(update(_booking).where(mine, fits).values(values)).rowcount > 0


def walk_in(db: Connection, now: datetime, session_id: str, step: Literal[1, -1]) -> bool:
    """One more, or one less, who came without a seat."""
    session = _locked(db, session_id)
    if session is None or phase(session, now) not in ("door", "closed"):
        return False
    number = min(MOST_WALK_INS, max(0, session.walk_ins + step))
    db.execute(update(_session).where(_session.c.id == session_id).values(walk_ins=number))
    return True


def close(db: Connection, now: datetime, session_id: str) -> bool:
    """Draw the line: who was not ticked did not come. False before the session has begun, and for one that is closed."""
    session = _locked(db, session_id)
    if session is None or session.state != "open" or session.attended_at is not None or not has_begun(session, now):
        return False
    status = case((func.coalesce(_booking.c.came, 0) > 0, "attended"), else_="no_show")
    theirs = (_booking.c.session_id == session_id) & (_booking.c.status == "confirmed")
    db.execute(update(_booking).where(theirs).values(status=status, changed_at=now))
    db.execute(update(_session).where(_session.c.id == session_id).values(attended_at=now))
    return True


def _locked(db: Connection, session_id: str) -> Row[Any] | None:
    return db.execute(select(_session).where(_session.c.id == session_id).with_for_update()).one_or_none()
