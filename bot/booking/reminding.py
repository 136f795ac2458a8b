"""Reminders of a session and the question after it: when they come, and to which bookings. Instants are derived at each look
from wall time and zone, since the clock of Ramadan is decreed late."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, Connection, Row, or_, select, update

from bot.booking import hours as clock
from bot.booking.line import Notice
from bot.booking.sessions import about, instant
from bot.storage.tables import Booking, InfoSession, table
from bot.storage.tables.booking import ACTIVE_STATES
from flows.events import ReminderDue, SessionOver

HOURS = (48, 24, 2)  # before the start, unless organisation.yml says otherwise
EVENING_BEFORE = 20  # o'clock
LATEST = timedelta(hours=1)  # before the start: what quiet hours put off comes no later
ASK_AFTER = timedelta(hours=1)  # after the end
ASK_WITHIN = timedelta(days=3)
_DAY = timedelta(days=1)
_BATCH = 100  # in one round, so that nobody's turn waits long for the writer
_LONGEST = timedelta(days=2)  # a session that takes longer is not asked about
_session, _booking = table(InfoSession), table(Booking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A booking to be spoken to. `hours` before the start; None: the session is over."""

    booking: int
    contact: int
    session: Row[Any]
    hours: int | None = None
    seats: int = 1
    code: str | None = None


def moment(wall: str, zone: str) -> datetime:
    """In UTC, so that differences are true hours also on the night the clock changes."""
    return instant(wall, zone).astimezone(UTC)


def planned(begins: datetime, hours: int, since: datetime, zone: str) -> datetime | None:
    """When the reminder of so many hours comes to a seat held since then; None when never: its moment was over before the seat
    was taken. What falls into quiet hours comes the evening before, or if that was over too, in the morning after."""
    at = begins - timedelta(hours=hours)
    if at < since:
        return None
    if not clock.quiet(at, zone):
        return at
    evening = clock.evening_before(at, zone, EVENING_BEFORE)
    if evening > since:
        return evening
    morning = clock.next_open(at, zone)
    return morning if morning <= begins - LATEST else None


def reached(
    begins: datetime, zone: str, ahead: Sequence[int], reminded: int | None, since: datetime, now: datetime
) -> int | None:
    """The reminder (hours before the start) to be given now: of several that were missed, the last alone. None: none yet, or
    the hours are quiet, or the session has begun."""
    if now >= begins or clock.quiet(now, zone):
        return None
    plans = ((h, planned(begins, h, since, zone)) for h in _left(ahead, reminded))
    return min((h for h, at in plans if at is not None and at <= now), default=None)


def following(
    begins: datetime, zone: str, ahead: Sequence[int], reminded: int | None, since: datetime, now: datetime
) -> datetime | None:
    """When the next reminder is due to this seat; now or before it, when one waits."""
    plans = (planned(begins, h, since, zone) for h in _left(ahead, reminded))
    moments = (at if at > now else clock.next_open(now, zone) for at in plans if at is not None)
    return min((m for m in moments if m < begins), default=None)


def _left(ahead: Sequence[int], reminded: int | None) -> list[int]:
    return [h for h in ahead if reminded is None or h < reminded]


def asked_at(ends: datetime, zone: str) -> datetime:
    """When those who had a seat are asked what they thought."""
    return clock.next_open(ends + ASK_AFTER, zone)


def move_on(db: Connection, now: datetime, ahead: Sequence[int]) -> list[Notice]:
    """What people are to be told now. `ahead`: hours before the start at which they are reminded. Each is claimed in the
    transaction that writes its event: once, whatever is restarted or doubled."""
    found = [*islice(_claimed(db, now, _due(db, now, ahead)), _BATCH), *islice(_claimed(db, now, _over(db, now)), _BATCH)]
    return [_notice(what) for what in found]


def _claimed(db: Connection, now: datetime, found: Iterable[Due]) -> Iterator[Due]:
    return (what for what in found if _claim(db, what, now))


def _notice(what: Due) -> Notice:
    """`begins` is the instant, beside the wall time."""
    session = what.session
    told = {**about(session), "seats": what.seats, "code": what.code, "begins": moment(session.starts, session.zone).isoformat()}
    if what.hours is None:
        return Notice(contact=what.contact, key=f"over:{what.booking}", event=SessionOver(session=session.id, about=told))
    moved = f":{session.revision}" if session.revision else ""
    event = ReminderDue(session=session.id, about=told, hours=what.hours)
    return Notice(contact=what.contact, key=f"reminder:{what.booking}:{what.hours}{moved}", event=event)


def _due(db: Connection, now: datetime, ahead: Sequence[int]) -> Iterator[Due]:
    """Reminders to be given now, the soonest session first."""
    for session in _between(db, now - _DAY, now + timedelta(hours=max(ahead, default=0)) + 2 * _DAY):
        begins, zone = moment(session.starts, session.zone), session.zone
        soon = [h for h in ahead if begins - timedelta(hours=h) - _DAY <= now < begins]
        for row in _owed(db, session.id, soon) if soon else ():
            hours = reached(begins, zone, soon, row.reminded, row.changed_at, now)
            if hours is not None:
                yield Due(booking=row.id, contact=row.contact_id, session=session, hours=hours, seats=row.seats, code=row.code)


def _owed(db: Connection, session_id: str, ahead: Sequence[int]) -> list[Row[Any]]:
    """Seats that had not the last of these reminders yet."""
    owed = or_(_booking.c.reminded.is_(None), _booking.c.reminded > min(ahead))
    wanted = (_booking.c.session_id == session_id) & (_booking.c.status == "confirmed") & owed
    return list(db.execute(select(_booking).where(wanted).order_by(_booking.c.id)))


def _claim(db: Connection, what: Due, now: datetime) -> bool:
    """Take it for this round, in the transaction that writes its event. False when another round was faster. Rows that
    somebody works on are left for the next round: nothing is waited for."""
    row = _booking.c.id == what.booking
    values: dict[str, Any]
    if what.hours is None:
        open_, values = row & _booking.c.feedback_at.is_(None), {"feedback_at": now}
    else:
        later = or_(_booking.c.reminded.is_(None), _booking.c.reminded > what.hours)
        open_, values = row & (_booking.c.status == "confirmed") & later, {"reminded": what.hours}
    if db.execute(select(_booking.c.id).where(open_).with_for_update(skip_locked=True)).first() is None:
        return False
    db.execute(update(_booking).where(row).values(values))
    return True


def answered(db: Connection, session_id: str, contact_id: int, coming: bool) -> None:
    """Noted beside the seat, if there still is one. When it was taken stays as it was: the other reminders hang on it."""
    mine = (_booking.c.session_id == session_id) & (_booking.c.contact_id == contact_id) & (_booking.c.status == "confirmed")
    db.execute(update(_booking).where(mine).values(coming=coming))


def start_over(db: Connection, now: datetime, session_id: str) -> None:
    """The session was moved: its reminders come again for the new time, but none whose moment is over; what was answered to the
    earlier ones was about the old hour."""
    active = (_booking.c.session_id == session_id) & _booking.c.status.in_(ACTIVE_STATES)
    db.execute(update(_booking).where(active).values(reminded=None, coming=None, changed_at=now))


def _over(db: Connection, now: datetime) -> Iterator[Due]:
    """Seats at sessions that are over, whose holders have not been asked yet."""
    for session in _between(db, now - ASK_WITHIN - _LONGEST, now + _DAY):
        ends = moment(session.ends, session.zone)
        if asked_at(ends, session.zone) <= now < ends + ASK_WITHIN and not clock.quiet(now, session.zone):
            for row in list(db.execute(select(_booking).where(_was_there(session.id)).order_by(_booking.c.id))):
                yield Due(booking=row.id, contact=row.contact_id, session=session)


def _was_there(session_id: str) -> Any:
    """Who came, or had a seat where nobody noted who came."""
    had = (_booking.c.session_id == session_id) & _booking.c.status.in_(("confirmed", "attended"))
    return had & _booking.c.feedback_at.is_(None)


def _between(db: Connection, least: datetime, most: datetime) -> list[Row[Any]]:
    """Open sessions that begin about then. Wall times lie within a day of the instants: the index finds them."""
    first, last = (f"{m:%Y-%m-%dT%H:%M}" for m in (least - _DAY, most))
    wanted = (_session.c.state == "open") & (_session.c.starts >= first) & (_session.c.starts <= last)
    return list(db.execute(select(_session).where(wanted).order_by(_session.c.starts, _session.c.id)))


def due(db: Connection, now: datetime, ahead: Sequence[int]) -> datetime | None:
    """When the next of all these is due, for a clock that is moved from one to the next. Reads every seat ahead."""
    first = f"{now - ASK_WITHIN - _LONGEST - _DAY:%Y-%m-%dT%H:%M}"
    joined = select(_session, _booking).join(_booking, _booking.c.session_id == _session.c.id)
    query = joined.where(_session.c.state == "open", _session.c.starts >= first, _booking.c.status.in_(("confirmed", "attended")))
    moments = (m for row in db.execute(query.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)) for m in _moments(row, now, ahead))
    return min(moments, default=None)


def _moments(row: Row[Any], now: datetime, ahead: Sequence[int]) -> Iterator[datetime]:
    begins, zone = moment(row.info_session_starts, row.info_session_zone), row.info_session_zone
    if row.booking_status == "confirmed":
        soon = following(begins, zone, ahead, row.booking_reminded, row.booking_changed_at, now)
        yield from [soon] if soon is not None else []
    ends = moment(row.info_session_ends, zone)
    ask = max(asked_at(ends, zone), clock.next_open(now, zone))
    if row.booking_feedback_at is None and ask < ends + ASK_WITHIN:
        yield ask
