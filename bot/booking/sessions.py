"""Which sessions there are. Wall time and zone are stored; instants are derived when needed (Ramadan's clock is decreed late)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, func, select

from bot.storage.tables import Booking, InfoSession, table

TAKEN = ("confirmed", "offered")
MOST_LISTED = 7
_session, _booking = table(InfoSession), table(Booking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session as shown: `params` are what texts about it may say."""

    id: str
    free: int
    begins: datetime
    params: dict[str, Any]


def instant(wall: str, zone: str) -> datetime:
    """The moment of a local wall time. A time that the clock skips counts as the hour after, as zoneinfo has it."""
    return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone))


def bookable(db: Connection, now: datetime, region: str | None = None, city: str | None = None) -> list[Session]:
    """Open sessions with a free seat, the soonest first."""
    taken = func.coalesce(func.sum(_booking.c.seats), 0)
    query = (
        select(_session, taken.label("taken"))
        .outerjoin(_booking, (_booking.c.session_id == _session.c.id) & _booking.c.status.in_(TAKEN))
        .where(_session.c.state == "open")
        .group_by(_session.c.id)
        .order_by(_session.c.starts)
    )
    if region:
        query = query.where(_session.c.region == region)
    if city:
        query = query.where(_session.c.city == city)
    found = [_shown(row, int(row.taken)) for row in db.execute(query) if is_bookable(row, now)]
    return [s for s in found if s.free > 0][:MOST_LISTED]


def is_bookable(row: Row[Any], now: datetime) -> bool:
    """Open, not begun, and inside its booking times."""
    if row.state != "open" or instant(row.starts, row.zone) <= now:
        return False
    if row.booking_opens and instant(row.booking_opens, row.zone) > now:
        return False
    return not (row.booking_closes and instant(row.booking_closes, row.zone) <= now)


def of_person(db: Connection, now: datetime, contact_id: int) -> list[Session]:
    """Sessions still ahead on which this person has a seat."""
    query = (
        select(_session)
        .join(_booking, _booking.c.session_id == _session.c.id)
        .where(_booking.c.contact_id == contact_id, _booking.c.status.in_(TAKEN))
        .order_by(_session.c.starts)
    )
    return [_shown(row, 0) for row in db.execute(query) if instant(row.ends, row.zone) > now]


def find(db: Connection, session_id: str) -> Session | None:
    """By id or by the token of its public page."""
    where = (_session.c.id == session_id) | (_session.c.token == session_id)
    row = db.execute(select(_session).where(where)).one_or_none()
    return None if row is None else _shown(row, 0)


def about(row: Row[Any]) -> dict[str, Any]:
    """What texts may say of a session, the same for everybody. `page` names its public page."""
    return {
        "session": row.id,
        "title": row.title,
        "start": row.starts,
        "place": row.place,
        "city": row.city,
        "region": row.region,
        "page": row.token,
    }


def _shown(row: Row[Any], taken: int) -> Session:
    return Session(id=row.id, free=row.capacity - taken, begins=instant(row.starts, row.zone), params=about(row))
