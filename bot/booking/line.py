"""The line of those who wait for a seat, and how a freed seat travels along it.

A freed seat is offered to the first whose group fits, and kept for a time that depends on how near the session is; then it goes
to the next. It is all the same what freed it: the clock's round looks at seats and line, not at causes."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select, text, update

from bot.booking import hours
from bot.booking.sessions import TAKEN, about, instant
from bot.storage.tables import Booking, Contact, InfoSession, table
from bot.storage.tables.booking import ACTIVE, LINE
from flows.events import AboutSession, OfferLapsed, SeatOffered

_session, _booking, _contact = table(InfoSession), table(Booking), table(Contact)
HOUR = timedelta(hours=1)
# How long a seat is kept: (more than so far ahead, so long). Nearer than the last: first come, first served.
KEPT = (
    (timedelta(days=7), 24 * HOUR),
    (timedelta(days=2), 12 * HOUR),
    (24 * HOUR, 4 * HOUR),
    (6 * HOUR, HOUR),
    (2 * HOUR, timedelta(minutes=20)),
)
NEAR = KEPT[-1][0]
_LAST_WORD = HOUR  # no offer runs later than this before the start
_NOON = time(12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One active booking of a session. `away`: wrote STOP, or was erased; no seat is offered to them."""

    id: int
    contact: int
    status: str
    seats: int
    until: datetime | None
    away: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A session's active bookings, in the order in which they came."""

    session: Row[Any]
    places: tuple[Place, ...]

    @property
    def begins(self) -> datetime:
        return instant(self.session.starts, self.session.zone)

    @property
    def free(self) -> int:
        """Below zero where a coordinator made the session smaller."""
        return int(self.session.capacity) - sum(p.seats for p in self.places if p.status in TAKEN)

    @property
    def waiting(self) -> tuple[Place, ...]:
        """Who is still in the line; who is offered a seat keeps the place in it until the answer."""
        return tuple(p for p in self.places if p.status not in ("confirmed",))

    @property
    def next(self) -> Place | None:
        """Who is to be offered what is free: the first whose group fits. Groups are never split."""
        return next((p for p in self.waiting if p.status == "waitlisted" and not p.away and p.seats <= self.free), None)

    def of(self, contact: int) -> Place | None:
        return next((p for p in self.places if p.contact == contact), None)

    def open_to(self, now: datetime, seats: int, mine: Place | None = None) -> bool:
        """Whether somebody who asks now gets seats at once: whoever waits goes first, until the session is near. `mine` is what
        they have already."""
        return seats <= self.free and (self.next in (None, mine) or self.begins - now <= NEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What somebody in the line is to be told. `key` is the same whoever finds it."""

    contact: int
    key: str
    event: AboutSession


def read(db: Connection, session: Row[Any]) -> Line:
    """Exact only while the session's row is locked."""
    query = (
        select(_booking, _contact.c.opted_out_at, _contact.c.data_key.is_(None).label("erased"))
        .join(_contact, _contact.c.id == _booking.c.contact_id)
        .where(_booking.c.session_id == session.id, text(f"booking.{ACTIVE}"))
        .order_by(_booking.c.id)
    )
    places = (
        Place(
            id=row.id,
            contact=row.contact_id,
            status=row.status,
            seats=row.seats,
            until=row.offered_until,
            away=row.erased or row.opted_out_at is not None,
        )
        for row in db.execute(query)
    )
    return Line(session=session, places=tuple(places))


def kept_until(now: datetime, begins: datetime, zone: str) -> datetime | None:
    """Until when a seat offered now is kept: quiet hours do not count. None: too near for an offer."""
    kept = next((long for ahead, long in KEPT if begins - now > ahead), None)
    if kept is None:
        return None
    return min(hours.awake(now, kept.total_seconds(), zone), begins - _LAST_WORD)


def offer_from(now: datetime, begins: datetime, zone: str) -> datetime | None:
    """The next moment at which an offer may be made. Nobody is woken for it, unless the session begins before the noon that
    follows the night. None: it will be too near by then."""
    opens = hours.next_open(now, zone)
    if opens > now:
        noon = datetime.combine(opens.astimezone(ZoneInfo(zone)).date(), _NOON, tzinfo=ZoneInfo(zone))
        opens = now if begins < noon else opens
    return opens if begins - opens > NEAR else None


def due(db: Connection, now: datetime) -> datetime | None:
    """When something of any line is due next; not later than now for what is due already."""
    moments = [_due(line, now) for line in _lines(db)]
    return min((m for m in moments if m is not None), default=None)


def move_on(db: Connection, now: datetime) -> list[Notice]:
    """End what has lapsed, offer what is free. A session whose row another process holds is left for the next round: so rounds
    never wait for each other, nor for who is just taking a seat."""
    told: list[Notice] = []
    for seen in _lines(db):
        moment = _due(seen, now)
        if moment is None or moment > now:
            continue
        locked = select(_session).where(_session.c.id == seen.session.id).with_for_update(skip_locked=True)
        session = db.execute(locked).one_or_none()
        if session is not None:
            told += _moved_on(db, now, session)
    return told


def _lines(db: Connection) -> list[Line]:
    """Sessions with a line; one that is over or called off has none after the next round."""
    waited_for = select(_booking.c.session_id).where(text(LINE)).distinct()
    sessions = db.execute(select(_session).where(_session.c.id.in_(waited_for)).order_by(_session.c.id))
    return [read(db, session) for session in list(sessions)]


def _over(line: Line, now: datetime) -> bool:
    return line.session.state != "open" or line.begins <= now


def _due(line: Line, now: datetime) -> datetime | None:
    if not line.waiting:
        return None
    if _over(line, now):
        return now
    moments = [p.until for p in line.waiting if p.until is not None] + [line.begins]
    offer = offer_from(now, line.begins, line.session.zone) if line.next else None
    return min([*moments, *([offer] if offer else [])])


def _moved_on(db: Connection, now: datetime, session: Row[Any]) -> list[Notice]:
    """One session, its row locked."""
    line = read(db, session)
    told: list[Notice] = []
    for place in line.waiting:
        if _over(line, now):
            _end(db, now, place)
        elif place.until is not None and place.until <= now and _end(db, now, place):
            event = OfferLapsed(session=session.id, about=about(session))
            told.append(Notice(contact=place.contact, key=f"lapsed:{place.id}", event=event))
    while (notice := _offer(db, now, read(db, session))) is not None:
        told.append(notice)
    return told


def _offer(db: Connection, now: datetime, line: Line) -> Notice | None:
    """The next in line is offered their seats; None when it is not the time for it, or they left just now."""
    session, place = line.session, line.next
    until = kept_until(now, line.begins, session.zone)
    if place is None or until is None or offer_from(now, line.begins, session.zone) != now:
        return None
    waits = (_booking.c.id == place.id) & (_booking.c.status == "waitlisted")
    values = {"status": "offered", "offered_until": until, "changed_at": now}
    if not db.execute(update(_booking).where(waits).values(values)).rowcount:
        return None
    wall = until.astimezone(ZoneInfo(session.zone)).replace(tzinfo=None).isoformat(timespec="minutes")
    event = SeatOffered(session=session.id, about=about(session), until=wall, seats=place.seats)
    return Notice(contact=place.contact, key=f"offer:{place.id}", event=event)


def _end(db: Connection, now: datetime, place: Place) -> bool:
    still = (_booking.c.id == place.id) & (_booking.c.status == place.status)
    return db.execute(update(_booking).where(still).values(status="cancelled", changed_at=now)).rowcount > 0
