"""Who was given which version of an answer, and how those who were given an earlier one learn that it changed: once, each
under their own lock, in their own language, through the gate like every notice."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, String, cast, exists, func, literal, select

from bot.delivery import inbox
from bot.people.identity import box_of
from bot.storage.bell import Bell
from bot.storage.crypto import Vault
from bot.storage.tables import Inbox, Outbox, table
from flows.events import AnswerCorrected

_outbox, _inbox = table(Outbox), table(Inbox)
_SHOWN = ("sent", "delivered", "read", "unknown")  # states in which a bubble may be before somebody's eyes
_BATCH = 200  # people told in one unit of work


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How many people saw a version of an answer last, and between which moments."""

    version: str
    people: int
    first: datetime
    last: datetime


def told(db: Connection, entry_id: str) -> list[Told]:
    """By the version each person saw last, the latest first. What was erased or has expired is not counted."""
    rows = _last_shown(entry_id).subquery()
    shown = _outbox.c
    query = (
        select(shown.content_version, func.count(), func.min(shown.created_at), func.max(shown.created_at))
        .join(rows, rows.c.id == shown.id)
        .group_by(shown.content_version)
        .order_by(func.max(shown.created_at).desc())
    )
    return [Told(version=v, people=n, first=first, last=last) for v, n, first, last in db.execute(query)]


def waiting(db: Connection, entry_id: str, version: str) -> int:
    """How many saw an earlier version last and have not been written to about this one."""
    return int(db.execute(select(func.count()).select_from(_to_write(entry_id, version).subquery())).scalar_one())


def send(
    db: Connection, vault: Vault, bell: Bell, zone: ZoneInfo, now: datetime, entry_id: str, version: str, after: int = 0
) -> tuple[int, int | None]:
    """Write to some of those whom `waiting` counts: how many, and the person to go on after (None: that was all). What is
    repeated, doubled or broken off writes to nobody twice: the row in a person's inbox is named after entry and version."""
    people = _to_write(entry_id, version).subquery()
    chosen = select(people).where(people.c.contact_id > after).order_by(people.c.contact_id).limit(_BATCH)
    rows = list(db.execute(chosen))
    written = 0
    for row in rows:
        box = box_of(db, vault, row.contact_id)
        if box is None:  # erased
            continue
        event = AnswerCorrected(entry=entry_id, told=row.created_at.astimezone(zone).replace(tzinfo=None).isoformat())
        name = _name(entry_id, version) + str(row.contact_id)
        if inbox.put(db, bell, box, now, row.contact_id, "console", name, event, trace=name[:60]) is not None:
            written += 1
    return written, rows[-1].contact_id if len(rows) == _BATCH else None


def _last_shown(entry_id: str) -> Select[Any]:
    of_entry = (_outbox.c.content_id == entry_id) & _outbox.c.content_version.is_not(None) & _outbox.c.state.in_(_SHOWN)
    return select(func.max(_outbox.c.id).label("id")).where(of_entry).group_by(_outbox.c.contact_id)


def _to_write(entry_id: str, version: str) -> Select[Any]:
    last = _last_shown(entry_id).subquery()
    name = literal(_name(entry_id, version)) + cast(_outbox.c.contact_id, String)
    written = exists(select(_inbox.c.id).where(_inbox.c.channel == "console", _inbox.c.provider_id == name))
    return (
        select(_outbox.c.contact_id, _outbox.c.created_at)
        .join(last, last.c.id == _outbox.c.id)
        .where(_outbox.c.content_version != version, ~written)
    )


def _name(entry_id: str, version: str) -> str:
    return f"correction:{entry_id}:{version}:"
