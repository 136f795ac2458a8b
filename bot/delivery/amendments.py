"""Amendments of the directory: written by coordinators, effective at once, until the files have caught up."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, func, insert, select
from sqlalchemy.exc import IntegrityError

from bot.knowledge import amending
from bot.knowledge.amending import Learnt
from bot.knowledge.directory import Directory
from bot.knowledge.editing import EditError
from bot.knowledge.office import Office
from bot.storage.tables import Amendment, table

log = logging.getLogger(__name__)
_amendment = table(Amendment)


class Overtaken(RuntimeError):
    """Somebody else changed the office since the form was opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """An amendment as it was written down. `id` grows with time."""

    id: int
    office: str
    what: Learnt


def write(
    db: Connection, now: datetime, zone: ZoneInfo, advisor_id: int, by: str, office: str, words: Mapping[str, str], seen: int
) -> None:
    """`seen` is the id of the last amendment that the form knew, 0 for none. Raises EditError for words that cannot be read,
    Overtaken when there is a later one."""
    day = now.astimezone(zone).date()
    amending.learnt(words, by, day, day)
    if last_of(db, office) != seen:
        raise Overtaken
    values = {"office": office, "follows": seen, "words": dict(words), "signed_by": by, "advisor_id": advisor_id, "at": now}
    try:
        with db.begin_nested():
            db.execute(insert(_amendment).values(values))
    except IntegrityError as error:
        raise Overtaken from error


def signed(db: Connection, zone: ZoneInfo) -> list[Signed]:
    """All that can be read, the oldest first."""
    rows = db.execute(select(_amendment).order_by(_amendment.c.id))
    return [one for row in rows if (one := _read(row, zone))]


def last_of(db: Connection, office: str) -> int:
    """The id of the last one; 0 where there is none."""
    ids = select(func.max(_amendment.c.id)).where(_amendment.c.office == office)
    return int(db.execute(ids).scalar() or 0)


def counting(directory: Directory, every: list[Signed]) -> list[Signed]:
    """Those that are not yet in the files: a file that was checked later knows better."""

    def counts(one: Signed) -> bool:
        office = directory.offices.get(one.office)
        return office is not None and (office.checked is None or office.checked.on <= one.what.on)

    return [one for one in every if counts(one)]


def laid_over(directory: Directory, every: list[Signed]) -> Directory:
    """The directory as it is now."""
    changed: dict[str, Office] = {}
    for one in counting(directory, every):
        changed[one.office] = amending.laid_over(changed.get(one.office, directory.offices[one.office]), one.what)
    return directory.amended(changed.values()) if changed else directory


def together(directory: Directory, every: list[Signed]) -> dict[str, Learnt]:
    """Office by office, what the files lack: the later word counts."""
    found: dict[str, Learnt] = {}
    for one in counting(directory, every):
        before = found.get(one.office)
        found[one.office] = one.what if before is None else _after(before, one.what)
    return found


def _after(before: Learnt, later: Learnt) -> Learnt:
    names = ("exists", "phones", "address", "hours", "notice")
    kept = {name: getattr(before, name) for name in names if getattr(later, name) is None}
    return replace(later, **kept)


def _read(row: Row[tuple[object, ...]], zone: ZoneInfo) -> Signed | None:
    day = row.at.astimezone(zone).date()
    try:
        return Signed(id=row.id, office=row.office, what=amending.learnt(row.words, row.signed_by, day, day))
    except EditError:
        log.warning("amendment_unreadable", extra={"amendment": row.id})
        return None
