"""Due work besides messages: timers, leases that ran out. Rows claimed, so a doubled tick does nothing twice."""

import logging
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.delivery import gaps, happenings, inbox
from bot.handoff import cases
from bot.handoff.desk import Desk
from bot.people import erasing
from bot.people.identity import box_of
from bot.storage.bell import Bell
from bot.storage.crypto import KeyProblem, Vault
from bot.storage.tables import Timer, table
from flows.events import TimerDue

log = logging.getLogger(__name__)
_timer = table(Timer)
_BATCH = 100


def run(db: Connection, vault: Vault, bell: Bell, desk: Desk, now: datetime) -> int:
    """One round; how many things were due."""
    due = list(
        db.execute(
            select(_timer)
            .where(_timer.c.done_at.is_(None), _timer.c.due_at <= now)
            .order_by(_timer.c.due_at)
            .limit(_BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    for row in due:
        _timer_due(db, vault, bell, now, row)
    gone = cases.expired(db, now)
    for case in gone:
        _lease_over(db, desk, now, case)
    happenings.forget_past(db, now)
    gaps.forget_past(db, now)
    return len(due) + len(gone)


def next_due(db: Connection) -> datetime | None:
    query = select(_timer.c.due_at).where(_timer.c.done_at.is_(None)).order_by(_timer.c.due_at).limit(1)
    return min((d for d in (db.execute(query).scalar_one_or_none(), erasing.next_due(db)) if d is not None), default=None)


def _timer_due(db: Connection, vault: Vault, bell: Bell, now: datetime, row: Row[Any]) -> None:
    """The timer becomes an inbox event whose id is the timer's: created once, whatever is restarted or doubled. One that
    cannot be read is over too: it must not hold up everybody's."""
    db.execute(update(_timer).where(_timer.c.id == row.id).values(done_at=now))
    try:
        box = box_of(db, vault, row.contact_id)
        event = TimerDue(name=row.name, data=box.open_json(row.data)) if box else None
    except (KeyProblem, ValueError):
        log.exception("timer_unreadable", extra={"timer": row.id})
        return
    if box is not None and event is not None:
        inbox.put(db, bell, box, now, row.contact_id, "clock", f"timer:{row.id}", event, trace=f"timer:{row.id}")


def _lease_over(db: Connection, desk: Desk, now: datetime, case: Row[Any]) -> None:
    try:
        desk.expire(db, now, case)
    except KeyProblem:  # the case waits again, though its person cannot be told
        log.exception("person_unreadable", extra={"case": case.id})
