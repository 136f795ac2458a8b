"""A person's request for a person. One open case each; one owner at any moment, by a lease that the database enforces.

These functions change cases only. What the person is told of it is an event in their inbox (`bot.handoff.desk`)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from bot.storage.tables import Case, CaseNote, table
from flows.heard import Level

LEASE = timedelta(minutes=30)
URGENCY: dict[Level, int] = {"critical": 0, "urgent": 1, "normal": 2}
_case, _note = table(Case), table(CaseNote)
_open = _case.c.state != "closed"


def open_case(
    db: Connection,
    now: datetime,
    contact_id: int,
    reason: str,
    urgency: Level,
    topic: str | None,
    region: str | None,
    language: str | None,
    audience: str | None,
) -> int:
    """Open a case, or raise the urgency of the open one. Safety and third-country nationals go to non-public offices."""
    level = URGENCY[urgency]
    row = of_contact(db, contact_id)
    sensitive = reason.startswith("safety/") or audience == "tcn"
    if row is not None:
        _raise(db, row, level, reason, topic, sensitive)
        return int(row.id)
    values = {
        "contact_id": contact_id,
        "state": "waiting",
        "stage": "reception",
        "reason": reason,
        "urgency": level,
        "topic": topic,
        "region": region,
        "language": language,
        "audience": audience,
        "office_kind": "ngo" if sensitive else "any",
        "unread": 1,
        "opened_at": now,
        "person_at": now,
    }
    return int(db.execute(insert(_case).values(values).returning(_case.c.id)).scalar_one())


def _raise(db: Connection, row: Row[Any], level: int, reason: str, topic: str | None, sensitive: bool) -> None:
    """More urgent than before, or no longer for public offices. Neither is ever taken back by a later, milder message."""
    values: dict[str, Any] = {"office_kind": "ngo"} if sensitive else {}
    if level < row.urgency:
        values |= {"urgency": level, "reason": reason, "topic": topic}
    if values:
        db.execute(update(_case).where(_case.c.id == row.id).values(values))


def of_contact(db: Connection, contact_id: int) -> Row[Any] | None:
    """The person's open case."""
    return db.execute(select(_case).where(_case.c.contact_id == contact_id, _open)).one_or_none()


def ahead_of(db: Connection, contact_id: int) -> int:
    """How many waiting requests are served before this person's: the more urgent ones, and those as urgent that came earlier."""
    mine = of_contact(db, contact_id)
    before = _case.c.state == "waiting"
    if mine is not None:
        earlier = (_case.c.urgency == mine.urgency) & (_case.c.opened_at < mine.opened_at)
        before &= (_case.c.id != mine.id) & or_(_case.c.urgency < mine.urgency, earlier)
    return int(db.execute(select(func.count()).select_from(_case).where(before)).scalar_one())


def take(db: Connection, now: datetime, case_id: int, advisor_id: int) -> bool:
    """Take a waiting case, or one whose lease ran out. False when somebody else holds it: one owner at any moment."""
    free = or_(_case.c.owner_id.is_(None), _case.c.owner_id == advisor_id, _case.c.lease_until <= now)
    values = {
        "state": "taken",
        "owner_id": advisor_id,
        "lease_until": now + LEASE,
        "taken_at": now,
        "active_at": now,
        "alarm_at": None,
    }
    taken = update(_case).where(_case.c.id == case_id, _open, free).values(values | {"unread": 0})
    return db.execute(taken).rowcount == 1


def renew(db: Connection, now: datetime, case_id: int, advisor_id: int) -> bool:
    """The advisor did something: the lease begins anew. False when the case is not theirs (any more)."""
    mine = (_case.c.id == case_id) & (_case.c.owner_id == advisor_id) & (_case.c.state == "taken")
    values = {"lease_until": now + LEASE, "active_at": now, "alarm_at": None}
    return db.execute(update(_case).where(mine).values(values)).rowcount == 1


def hand_back(db: Connection, now: datetime, case_id: int, advisor_id: int) -> bool:
    """Close the case; the conversation returns to the bot."""
    mine = (_case.c.id == case_id) & (_case.c.owner_id == advisor_id) & (_case.c.state == "taken")
    values = {"state": "closed", "stage": "closed", "closed_at": now, "owner_id": None, "lease_until": None}
    return db.execute(update(_case).where(mine).values(values)).rowcount == 1


def expire(db: Connection, case_id: int, lease_until: datetime) -> bool:
    """The advisor went away: the case waits again. False when the lease is no longer the one that was seen to end: the advisor
    did something in the meantime."""
    held = (_case.c.id == case_id) & (_case.c.state == "taken") & (_case.c.lease_until == lease_until)
    values = {"state": "waiting", "owner_id": None, "lease_until": None}
    return db.execute(update(_case).where(held).values(values)).rowcount == 1


def expired(db: Connection, now: datetime, limit: int = 50) -> list[Row[Any]]:
    """Cases whose lease ran out."""
    query = select(_case).where(_case.c.state == "taken", _case.c.lease_until <= now).limit(limit)
    return list(db.execute(query))


def release(db: Connection, contact_id: int) -> None:
    """The person went back to the bot by themselves: the case waits, nobody owns it."""
    held = (_case.c.contact_id == contact_id) & (_case.c.state == "taken")
    db.execute(update(_case).where(held).values(state="waiting", owner_id=None, lease_until=None))


def person_wrote(db: Connection, now: datetime, contact_id: int) -> None:
    """Something new from the person in an open case."""
    db.execute(update(_case).where(_case.c.contact_id == contact_id, _open).values(unread=_case.c.unread + 1, person_at=now))


def seen(db: Connection, case_id: int, advisor_id: int) -> None:
    """The owner has the thread before their eyes: nothing in it is unread. Reading alone does not renew the lease."""
    mine = (_case.c.id == case_id) & (_case.c.owner_id == advisor_id) & (_case.c.unread > 0)
    db.execute(update(_case).where(mine).values(unread=0))


def alarm(db: Connection, now: datetime, contact_id: int, reason: str) -> None:
    """A new emergency in a case that an advisor holds. From the next owner on it is no longer for public offices."""
    db.execute(
        update(_case)
        .where(_case.c.contact_id == contact_id, _open)
        .values(urgency=URGENCY["critical"], reason=reason, alarm_at=now, office_kind="ngo")
    )


def write_note(
    db: Connection, now: datetime, case_id: int, advisor_id: int | None, message_id: str | None, body: bytes | None
) -> None:
    """A line the person never sees: the product's own (`message_id`) or an advisor's (`body`, sealed)."""
    values = {"case_id": case_id, "advisor_id": advisor_id, "message_id": message_id, "body": body, "at": now}
    db.execute(insert(_note).values(values))
