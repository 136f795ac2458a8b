"""Seats. The written rule: lock the session row, then count, then take; freeing needs no lock.

On PostgreSQL the row lock serialises takers of one session; on SQLite the unit of work already holds the one write lock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select, text, update

from bot.booking import line
from bot.booking.line import Line, Place
from bot.booking.sessions import OWN, instant, is_bookable, standing
from bot.storage.tables import Booking, InfoSession, table
from bot.storage.tables.booking import ACTIVE

_session, _booking = table(InfoSession), table(Booking)
MOST_IN_A_GROUP = 4
CODE_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that can be taken for something else: no 0, O, 1, I
CODE_LENGTH = 4
_TRIES = 100
# taken: confirmed now. waitlisted: in the line now. already: had it. resized: had it, for another number now. in_line: waited
# already. short: not enough for so many, what was held stays. full: neither seat nor line. gone: cannot be booked (any more).
Taking = Literal["taken", "waitlisted", "already", "resized", "in_line", "short", "full", "gone"]
Answering = Literal["taken", "declined", "already", "in_line", "lapsed", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One active booking of a person. `position` in the line, from 1; None for who has a seat."""

    session: str
    status: str
    position: int | None


def take(
    db: Connection, now: datetime, session_id: str, contact_id: int, code: Callable[[], str], seats: int | None = None
) -> Taking:
    """Seats, or a place in the line, or why not. `seats` None: one, or as many as are held already. `code` gives a code."""
    session = _locked(db, session_id)
    if session is None or not is_bookable(session, now):
        return "gone"
    seen = line.read(db, session)
    mine = seen.of(contact_id)
    wanted = min(max(seats or (mine.seats if mine else 1), 1), MOST_IN_A_GROUP)
    if mine is None:
        return _anew(db, now, seen, contact_id, wanted, code)
    if mine.status == "confirmed":
        return _resized(db, now, seen, mine, wanted)
    if mine.status == "offered" or seen.open_to(now, wanted, mine):  # to ask for what is kept for one is a yes
        _confirm(db, now, mine, session.id, code, mine.seats if mine.status == "offered" else wanted)
        return "taken"
    if wanted != mine.seats and _room(seen, wanted - mine.seats) and wanted <= session.capacity:
        db.execute(update(_booking).where(_booking.c.id == mine.id).values(seats=wanted, changed_at=now))
    return "in_line"


def _anew(db: Connection, now: datetime, seen: Line, contact_id: int, seats: int, code: Callable[[], str]) -> Taking:
    session = seen.session
    values = {"session_id": session.id, "contact_id": contact_id, "seats": seats, "created_at": now, "changed_at": now}
    if seen.open_to(now, seats):
        db.execute(insert(_booking).values(values | {"status": "confirmed", "code": _code(db, session.id, code)}))
        return "taken"
    if seats > session.capacity or not _room(seen, seats):
        return "full"
    db.execute(insert(_booking).values(values | {"status": "waitlisted"}))
    return "waitlisted"


def _room(seen: Line, seats: int) -> bool:
    """`waitlist` is how many may wait; 0 means that there is no line."""
    return sum(p.seats for p in seen.waiting) + seats <= int(seen.session.waitlist)


def _resized(db: Connection, now: datetime, seen: Line, mine: Place, seats: int) -> Taking:
    """The group grew or shrank. More seats only where nobody waits for them."""
    if seats == mine.seats:
        return "already"
    if seats > mine.seats and not seen.open_to(now, seats - mine.seats):
        return "short"
    db.execute(update(_booking).where(_booking.c.id == mine.id).values(seats=seats, changed_at=now))
    return "resized"


def answer_offer(
    db: Connection, now: datetime, session_id: str, contact_id: int, accept: bool, code: Callable[[], str]
) -> Answering:
    """Yes or no to the seats that are kept. A yes that comes late counts as long as nobody else was offered them."""
    session = _locked(db, session_id)
    if session is None or session.state != "open" or instant(session.starts, session.zone) <= now:
        return "gone"
    mine = line.read(db, session).of(contact_id)
    if mine is None:
        return "lapsed"
    if mine.status != "offered":
        return "already" if mine.status == "confirmed" else "in_line"
    if accept:
        _confirm(db, now, mine, session.id, code, mine.seats)
        return "taken"
    db.execute(update(_booking).where(_booking.c.id == mine.id).values(status="cancelled", changed_at=now))
    return "declined"


def give_up(db: Connection, now: datetime, session_id: str, contact_id: int) -> bool:
    """A seat, or the place in the line. False when there was neither."""
    mine = (_booking.c.session_id == session_id) & (_booking.c.contact_id == contact_id) & text(ACTIVE)
    return db.execute(update(_booking).where(mine).values(status="cancelled", changed_at=now)).rowcount > 0


def of_contact(db: Connection, contact_id: int) -> list[Standing]:
    """The person's active bookings, in order of taking."""
    query = select(*OWN).where(_booking.c.contact_id == contact_id, text(ACTIVE)).order_by(_booking.c.id)
    told = [(row, standing(db, row)) for row in list(db.execute(query))]
    return [Standing(session=row.id, status=row.status, position=own.get("position")) for row, own in told]


def _locked(db: Connection, session_id: str) -> Row[Any] | None:
    """By id or by the token of the public page."""
    where = (_session.c.id == session_id) | (_session.c.token == session_id)
    return db.execute(select(_session).where(where).with_for_update()).one_or_none()


def _confirm(db: Connection, now: datetime, mine: Place, session_id: str, code: Callable[[], str], seats: int) -> None:
    values = {
        "status": "confirmed",
        "seats": seats,
        "code": _code(db, session_id, code),
        "offered_until": None,
        "changed_at": now,
    }
    db.execute(update(_booking).where(_booking.c.id == mine.id).values(values))


def _code(db: Connection, session_id: str, code: Callable[[], str]) -> str:
    """What the person shows at the door: no two of a session are alike. Its row is locked."""
    used = set(
        db.execute(select(_booking.c.code).where(_booking.c.session_id == session_id, _booking.c.code.is_not(None))).scalars()
    )
    return next(c for c in (code() for _ in range(_TRIES)) if c not in used)
