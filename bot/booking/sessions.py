"""Which sessions there are. Wall time and zone are stored; instants are derived when needed (Ramadan's clock is decreed late)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, case, func, select, text

from bot.storage.tables import Booking, InfoSession, table
from bot.storage.tables.booking import ACTIVE, LINE

TAKEN = ("confirmed", "offered")
MOST_LISTED = 7
_session, _booking = table(InfoSession), table(Booking)
# What `standing` tells from.
OWN: tuple[ColumnElement[Any], ...] = (
    _booking.c.session_id.label("id"),
    _booking.c.id.label("booking"),
    _booking.c.status,
    _booking.c.seats,
    _booking.c.code,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session as shown: `params` are what texts about it may say. `free`: seats that may be had at once."""

    id: str
    free: int
    begins: datetime
    params: dict[str, Any]


def instant(wall: str, zone: str) -> datetime:
    """The moment of a local wall time. A time that the clock skips counts as the hour after, as zoneinfo has it."""
    return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone))


def bookable(
    db: Connection,
    now: datetime,
    region: str | None = None,
    city: str | None = None,
    seats: int = 1,
    contact_id: int | None = None,
) -> list[Session]:
    """Open sessions, the soonest first; those with so many free seats before those where one may wait for them. While anybody
    waits, what is free is theirs first: such a session is one to wait for. Seats that the person holds already count as free to
    them."""
    query = (
        select(
            _session, _sum("booking.status IN ('confirmed', 'offered')").label("taken"), _sum(f"booking.{LINE}").label("waits")
        )
        .outerjoin(_booking, (_booking.c.session_id == _session.c.id) & text(f"booking.{ACTIVE}"))
        .where(_session.c.state == "open")
        .group_by(_session.c.id)
        .order_by(_session.c.starts)
    )
    if region:
        query = query.where(_session.c.region == region)
    if city:
        query = query.where(_session.c.city == city)
    rows = [row for row in db.execute(query) if is_bookable(row, now)]
    held = _held(db, contact_id)
    free = {row.id: _free(row) + held.get(row.id, 0) for row in rows}
    found = [_shown(row, free[row.id] if free[row.id] >= seats else 0) for row in rows if _may_be_had(row, free[row.id], seats)]
    return sorted(found, key=lambda s: s.free <= 0)[:MOST_LISTED]


def _sum(which: str) -> ColumnElement[int]:
    """Seats of the bookings for which the condition holds."""
    return func.coalesce(func.sum(case((text(which), _booking.c.seats), else_=0)), 0)


def _free(row: Row[Any]) -> int:
    return 0 if row.waits else int(row.capacity - row.taken)


def _held(db: Connection, contact_id: int | None) -> dict[str, int]:
    """Seats that a person has for certain, by session."""
    mine = (_booking.c.contact_id == contact_id) & (_booking.c.status == "confirmed")
    return {row.session_id: row.seats for row in db.execute(select(_booking.c.session_id, _booking.c.seats).where(mine))}


def _may_be_had(row: Row[Any], free: int, seats: int) -> bool:
    """Seats, or a place in the line. `waitlist` is how many may wait."""
    return free >= seats or (row.capacity >= seats and row.waits + seats <= row.waitlist)


def is_bookable(row: Row[Any], now: datetime) -> bool:
    """Open, not begun, and inside its booking times."""
    if row.state != "open" or instant(row.starts, row.zone) <= now:
        return False
    if row.booking_opens and instant(row.booking_opens, row.zone) > now:
        return False
    return not (row.booking_closes and instant(row.booking_closes, row.zone) <= now)


def of_person(db: Connection, now: datetime, contact_id: int) -> list[Session]:
    """Sessions still ahead on which this person has a seat or waits for one; `params` tell which, and what belongs to it."""
    query = (
        select(_session, _booking.c.id.label("booking"), _booking.c.status, _booking.c.seats, _booking.c.code)
        .join(_booking, _booking.c.session_id == _session.c.id)
        .where(_booking.c.contact_id == contact_id, text(f"booking.{ACTIVE}"), _session.c.state == "open")
        .order_by(_session.c.starts)
    )
    ahead = [row for row in db.execute(query) if instant(row.ends, row.zone) > now]
    return [_shown(row, 0, standing(db, row)) for row in ahead]


def standing(db: Connection, row: Row[Any]) -> dict[str, Any]:
    """What texts may say of a person's own booking: `row` has booking (its id), status, seats, code and the session's id."""
    own = {"status": row.status, "seats": row.seats}
    if row.status == "confirmed":
        return own | {"code": row.code or ""}
    ahead = select(func.count()).select_from(_booking).where(_booking.c.session_id == row.id, text(LINE))
    before = db.execute(ahead.where(_booking.c.id < row.booking)).scalar_one()
    return own | {"position": 1 if row.status == "offered" else before + 1}


def find(db: Connection, session_id: str, contact_id: int | None = None) -> Session | None:
    """By id or by the token of its public page; with what a person has there."""
    where = (_session.c.id == session_id) | (_session.c.token == session_id)
    row = db.execute(select(_session).where(where)).one_or_none()
    if row is None:
        return None
    mine = select(*OWN).where(_booking.c.session_id == row.id, _booking.c.contact_id == contact_id, text(ACTIVE))
    booked = db.execute(mine).one_or_none() if contact_id is not None else None
    return _shown(row, 0, standing(db, booked) if booked else {})


def about(row: Row[Any]) -> dict[str, Any]:
    """What texts may say of a session, the same for everybody. `page` names its public page, `link` is where it
    is held online."""
    return {
        "session": row.id,
        "title": row.title,
        "start": row.starts,
        "place": row.place,
        "city": row.city,
        "region": row.region,
        "page": row.token,
        "link": row.link,
    }


def _shown(row: Row[Any], free: int, own: dict[str, Any] | None = None) -> Session:
    return Session(id=row.id, free=free, begins=instant(row.starts, row.zone), params=about(row) | (own or {}))
