"""What a coordinator does with a session: plan, repeat, change, cancel. Whoever holds a seat or waits for one is told: these
functions return whom it concerns, `bot.delivery.announcing` tells them in the same unit of work.

Every change locks the session's row first, as taking a seat does: nobody takes a seat of a session while it is cancelled."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.booking import reminding
from bot.booking.planning import BadRow, Plan, id_for, values_of
from bot.booking.sessions import TAKEN, instant
from bot.storage.tables import Booking, InfoSession, table
from bot.storage.tables.booking import ACTIVE_STATES

_session, _booking = table(InfoSession), table(Booking)
MOST_WEEKS = 26
_WHERE_AND_WHEN = ("starts", "ends", "zone", "place", "city", "link")
_LONGEST_STEM = 32


class Overtaken(RuntimeError):
    """Somebody else changed the session since the form was opened."""


class Over(RuntimeError):
    """The session is cancelled or has begun: nothing of it is changed any more."""


class TooFew(ValueError):
    """Fewer seats than are held already: `taken`."""

    def __init__(self, taken: int) -> None:
        super().__init__(f"{taken} seats are held")
        self.taken = taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """Somebody who holds a seat or waits for one."""

    booking: int
    contact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """`moved`: time or place are other ones, and these people are to know. `revision` counts the moves."""

    moved: bool
    revision: int
    concerned: tuple[Concerned, ...]


def find(db: Connection, session_id: str) -> Row[Any] | None:
    return db.execute(select(_session).where(_session.c.id == session_id)).one_or_none()


def mark(session: Row[Any]) -> str:
    """Changes with anything a form can change; a form carries it to notice that it was overtaken."""
    seen = json.dumps([values_of(plan_of(session)), session.state, session.revision], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(seen.encode()).hexdigest()[:12]


def concerned(db: Connection, session_id: str) -> tuple[Concerned, ...]:
    """In the order of the line."""
    query = (
        select(_booking.c.id, _booking.c.contact_id)
        .where(_booking.c.session_id == session_id, _booking.c.status.in_(ACTIVE_STATES))
        .order_by(_booking.c.id)
    )
    return tuple(Concerned(booking=row.id, contact=row.contact_id) for row in db.execute(query))


def create(db: Connection, now: datetime, plan: Plan, token: str, series: str | None = None) -> str:
    """Returns its id: the plan's, with a number behind it when another session has that one."""
    values = values_of(plan) | {"token": token, "state": "open", "created_at": now, "series": series}
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    for number in count(1):
        name = plan.id if number == 1 else f"{plan.id[:_LONGEST_STEM]}-{number}"
        statement = dialect.insert(_session).values(values | {"id": name}).on_conflict_do_nothing(index_elements=["id"])
        if db.execute(statement.returning(_session.c.id)).scalar_one_or_none() is not None:
            return name
    raise AssertionError("numbers end")


def change(db: Connection, now: datetime, session_id: str, plan: Plan, seen: str) -> Changed:
    """Lay the plan over the session. Raises Overtaken, Over, TooFew, and BadRow for a new start that is past."""
    before = _locked(db, session_id)
    if before.state != "open" or has_begun(before, now):
        raise Over
    if mark(before) != seen:
        raise Overtaken
    values = values_of(plan)
    if not _differ(before, values):
        return Changed(moved=False, revision=before.revision, concerned=())
    ahead(plan, now)
    if (taken := _taken(db, session_id)) > plan.capacity:
        raise TooFew(taken)
    moved = moves(before, plan)
    revision = before.revision + moved
    db.execute(update(_session).where(_session.c.id == session_id).values(**values, revision=revision))
    if not moved:
        return Changed(moved=False, revision=revision, concerned=())
    reminding.start_over(db, now, session_id)
    return Changed(moved=True, revision=revision, concerned=concerned(db, session_id))


def cancel(db: Connection, now: datetime, session_id: str) -> tuple[Concerned, ...]:
    """Called off, for good: every seat and every place in the line is given up. Raises Over when there is nothing to cancel."""
    session = _locked(db, session_id)
    if session.state != "open" or has_begun(session, now):
        raise Over
    told = concerned(db, session_id)
    db.execute(update(_session).where(_session.c.id == session_id).values(state="cancelled"))
    active = (_booking.c.session_id == session_id) & _booking.c.status.in_(ACTIVE_STATES)
    db.execute(update(_booking).where(active).values(status="cancelled", changed_at=now, offered_until=None))
    return told


def repeat(db: Connection, now: datetime, session_id: str, weeks: int, token: Callable[[], str]) -> list[str]:
    """The same again in each of so many weeks, at the same hour by the clock on the wall. A week that has it already, or that
    is past, is left out: pressing twice makes nothing twice. Returns the ids of the new ones."""
    session = _locked(db, session_id)
    series = session.series or session.id
    if session.series is None:
        db.execute(update(_session).where(_session.c.id == session_id).values(series=series))
    there = set(db.execute(select(_session.c.starts).where(_session.c.series == series)).scalars())
    made = []
    for week in range(1, min(weeks, MOST_WEEKS) + 1):
        plan = _later(session, week)
        if plan.starts not in there and instant(plan.starts, plan.zone) > now:
            made.append(create(db, now, plan, token(), series))
    return made


def bring(db: Connection, now: datetime, plan: Plan, token: str) -> Literal["new", "changed", "same"]:
    """A session out of a table. One that people hold seats at, or that was cancelled, is changed on its own page only: a table
    neither tells anybody nor asks. Raises BadRow."""
    row = db.execute(select(_session).where(_session.c.id == plan.id).with_for_update()).one_or_none()
    if row is None:
        create(db, now, plan, token)
        return "new"
    if not _differ(row, values_of(plan)):
        return "same"
    if row.state != "open":
        raise BadRow("id", f"{plan.id} was cancelled", "cancelled")
    held = select(_booking.c.id).where(_booking.c.session_id == plan.id, _booking.c.status != "cancelled")
    if db.execute(held).first():
        raise BadRow("id", f"people hold seats at {plan.id} or wait: change it in the console, which tells them", "held")
    db.execute(update(_session).where(_session.c.id == plan.id).values(values_of(plan)))
    return "changed"


def moves(session: Row[Any], plan: Plan) -> bool:
    """Whether the plan has another time or place."""
    values = values_of(plan)
    return any(getattr(session, name) != values[name] for name in _WHERE_AND_WHEN)


def in_series(db: Connection, session: Row[Any]) -> list[Row[Any]]:
    """The other sessions repeated from the same one, in order of time."""
    if session.series is None:
        return []
    query = select(_session).where(_session.c.series == session.series, _session.c.id != session.id)
    return list(db.execute(query.order_by(_session.c.starts)))


def has_begun(session: Row[Any], now: datetime) -> bool:
    return instant(session.starts, session.zone) <= now


def is_same(db: Connection, plan: Plan) -> bool:
    """Whether the session stands in the database just so."""
    row = find(db, plan.id)
    return row is not None and not _differ(row, values_of(plan))


def _locked(db: Connection, session_id: str) -> Row[Any]:
    """Raises Over for a session that is not there."""
    row = db.execute(select(_session).where(_session.c.id == session_id).with_for_update()).one_or_none()
    if row is None:
        raise Over
    return row


def _taken(db: Connection, session_id: str) -> int:
    held = select(func.coalesce(func.sum(_booking.c.seats), 0))
    return int(db.execute(held.where(_booking.c.session_id == session_id, _booking.c.status.in_(TAKEN))).scalar_one())


def _differ(row: Row[Any], values: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in values.items())


def ahead(plan: Plan, now: datetime) -> None:
    """Raises BadRow for a start that is past."""
    if instant(plan.starts, plan.zone) <= now:
        raise BadRow("start", f"{plan.starts} is past", "past")


def plan_of(session: Row[Any]) -> Plan:
    """A stored session as a plan."""
    return Plan(
        id=session.id,
        title=session.title,
        description=session.description or {},
        place=session.place,
        city=session.city,
        region=session.region,
        starts=session.starts,
        ends=session.ends,
        capacity=session.capacity,
        language=session.language,
        zone=session.zone,
        waitlist=session.waitlist,
        audience=session.audience,
        link=session.link,
        opens=session.booking_opens,
        closes=session.booking_closes,
    )


def _later(session: Row[Any], weeks: int) -> Plan:
    plan = plan_of(session)

    def after(wall: str | None) -> str | None:
        return None if wall is None else (datetime.fromisoformat(wall) + timedelta(weeks=weeks)).isoformat(timespec="minutes")

    starts = after(plan.starts) or plan.starts
    return replace(
        plan,
        id=id_for(plan.city, starts),
        starts=starts,
        ends=after(plan.ends) or plan.ends,
        opens=after(plan.opens),
        closes=after(plan.closes),
    )
