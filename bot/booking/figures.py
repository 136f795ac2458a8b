"""Sessions in numbers, for coordinators: how full, who came, what people thought. No person in any of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, case, func, select

from bot.booking.sessions import TAKEN, instant
from bot.storage.tables import Booking, Feedback, InfoSession, table

_session, _booking, _feedback = table(InfoSession), table(Booking), table(Feedback)
FEWEST_OPINIONS = 3  # below that an opinion could be somebody's
_HELD = (*TAKEN, "attended", "no_show")
_A_DAY = timedelta(days=1)
Which = Literal["ahead", "past", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A session and its seats: held (also by those who came), kept for somebody it is offered to, asked for in the line."""

    session: Row[Any]
    held: int
    waiting: int
    came: int
    no_shows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """How many answered; by question how many said no (1), a little (2), yes (3); wishes by code, the most frequent first."""

    answers: int
    clear: tuple[int, int, int]
    useful: tuple[int, int, int]
    wishes: tuple[tuple[str, int], ...]


def lines(db: Connection, now: datetime, which: Which = "ahead", most: int = 500) -> list[Line]:
    """Those ahead the soonest first, those past the latest first. A session is past when it is over."""

    def seats(*status: str) -> Any:
        return func.coalesce(func.sum(case((_booking.c.status.in_(status), _booking.c.seats), else_=0)), 0)

    query = (
        select(
            _session,
            seats(*_HELD).label("held"),
            seats("waitlisted").label("waiting"),
            func.coalesce(func.sum(_booking.c.came), 0).label("came"),
            seats("no_show").label("no_shows"),
        )
        .outerjoin(_booking, _booking.c.session_id == _session.c.id)
        .group_by(_session.c.id)
    )
    wall = now.replace(tzinfo=None).isoformat()
    if which == "ahead":
        query = query.where(_session.c.ends >= _shift(wall, -_A_DAY)).order_by(_session.c.starts, _session.c.id)
    else:
        query = query.order_by(_session.c.starts.desc(), _session.c.id)
    if which == "past":
        query = query.where(_session.c.ends <= _shift(wall, _A_DAY))
    found = (_line(row) for row in db.execute(query.limit(most)))
    return [line for line in found if which == "all" or is_over(line.session, now) == (which == "past")]


def line(db: Connection, session_id: str) -> Line | None:
    session = db.execute(select(_session).where(_session.c.id == session_id)).one_or_none()
    if session is None:
        return None
    query = select(_booking.c.status, func.sum(_booking.c.seats), func.sum(_booking.c.came))
    by = {s: (int(n), int(c or 0)) for s, n, c in db.execute(query.where(_booking.c.session_id == session_id).group_by("status"))}
    return Line(
        session=session,
        held=sum(by.get(s, (0, 0))[0] for s in _HELD),
        waiting=by.get("waitlisted", (0, 0))[0],
        came=sum(by.get(s, (0, 0))[1] for s in _HELD),
        no_shows=by.get("no_show", (0, 0))[0],
    )


def is_over(session: Row[Any], now: datetime) -> bool:
    return instant(session.ends, session.zone) <= now


def opinions(db: Connection, session_id: str) -> Opinions:
    rows = list(db.execute(select(_feedback).where(_feedback.c.session_id == session_id)))
    wishes: dict[str, int] = {}
    for row in rows:
        if row.wish:
            wishes[row.wish] = wishes.get(row.wish, 0) + 1
    return Opinions(
        answers=len(rows),
        clear=_spread(row.clear for row in rows),
        useful=_spread(row.useful for row in rows),
        wishes=tuple(sorted(wishes.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


def answers(db: Connection, session_id: str) -> list[Row[Any]]:
    """One by one, in no order that tells who spoke first."""
    query = select(_feedback.c.language, _feedback.c.clear, _feedback.c.useful, _feedback.c.wish)
    found: list[Row[Any]] = list(db.execute(query.where(_feedback.c.session_id == session_id)))
    return sorted(found, key=lambda row: [str(value) for value in row])


def _spread(given: Iterable[int | None]) -> tuple[int, int, int]:
    values = list(given)
    return values.count(1), values.count(2), values.count(3)


def _line(row: Row[Any]) -> Line:
    return Line(session=row, held=int(row.held), waiting=int(row.waiting), came=int(row.came), no_shows=int(row.no_shows))


def _shift(wall: str, by: timedelta) -> str:
    return (datetime.fromisoformat(wall) + by).isoformat(timespec="minutes")
