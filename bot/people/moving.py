"""What goes along when a person turns out to be one we know already: what waits, files, seats, reminders, the case. What was
said before stays sealed where it was and expires there.

Written rule: lock both people, the smaller id first, before anything of theirs is changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select, update

from bot.people import consent
from bot.storage.crypto import Box
from bot.storage.tables import Advisor, Booking, Case, CaseNote, Contact, ContactAddress, Inbox, Media, Timer, table
from bot.storage.tables.booking import ACTIVE_STATES
from flows.events import AdvisorTook

_contact, _address, _booking = table(Contact), table(ContactAddress), table(Booking)
_case, _note, _inbox, _timer, _media = table(Case), table(CaseNote), table(Inbox), table(Timer), table(Media)
_active = _booking.c.status.in_(ACTIVE_STATES)


def lock(db: Connection, ids: Sequence[int]) -> None:
    """Until the end of this unit no turn of these people runs."""
    query = select(_contact.c.id).where(_contact.c.id.in_(ids)).order_by(_contact.c.id)
    list(db.execute(query.with_for_update(key_share=True)))


def is_left(db: Connection, contact_id: int) -> bool:
    """Nobody can write as this person any more."""
    return db.execute(select(_address.c.id).where(_address.c.contact_id == contact_id).limit(1)).first() is None


def bring(db: Connection, now: datetime, origin: int, old: Box, owner: int, box: Box) -> AdvisorTook | None:
    """All that goes along from `origin` to `owner`. Returns what the owner's conversation must be told: who holds the case."""
    _reseal(db, _inbox, (_inbox.c.contact_id == origin) & (_inbox.c.state == "waiting"), old, box, owner, "event", "body")
    _reseal(db, _timer, (_timer.c.contact_id == origin) & _timer.c.done_at.is_(None), old, box, owner, "data")
    _reseal(db, _media, _media.c.contact_id == origin, old, box, owner, "reference")
    db.execute(update(_contact).where(_contact.c.id == origin).values(moved_to=owner))
    _seats(db, now, origin, owner)
    consent.bring(db, origin, owner)
    return _open_case(db, origin, old, owner, box)


def _reseal(db: Connection, of: Table, which: ColumnElement[bool], old: Box, box: Box, owner: int | None, *columns: str) -> None:
    for row in list(db.execute(select(of.c.id, *(of.c[name] for name in columns)).where(which))):
        sealed: dict[str, Any] = {n: None if row._mapping[n] is None else box.seal(old.open(row._mapping[n])) for n in columns}
        db.execute(update(of).where(of.c.id == row.id).values(sealed if owner is None else sealed | {"contact_id": owner}))


def _seats(db: Connection, now: datetime, origin: int, owner: int) -> None:
    """A session on which both have a seat keeps one."""
    theirs = select(_booking.c.session_id).where(_booking.c.contact_id == owner, _active)
    doubled = (_booking.c.contact_id == origin) & _active & _booking.c.session_id.in_(theirs)
    db.execute(update(_booking).where(doubled).values(status="cancelled", changed_at=now))
    db.execute(update(_booking).where(_booking.c.contact_id == origin).values(contact_id=owner))


def _open_case(db: Connection, origin: int, old: Box, owner: int, box: Box) -> AdvisorTook | None:
    """The open case, unless the owner has one."""
    opened = _case.c.state != "closed"
    if db.execute(select(_case.c.id).where(_case.c.contact_id == owner, opened)).first():
        return None
    case = db.execute(select(_case).where(_case.c.contact_id == origin, opened)).one_or_none()
    if case is None:
        return None
    _reseal(db, _note, (_note.c.case_id == case.id) & _note.c.body.is_not(None), old, box, None, "body")
    db.execute(update(_case).where(_case.c.id == case.id).values(contact_id=owner))
    name = db.execute(select(table(Advisor).c.name).where(table(Advisor).c.id == case.owner_id)).scalar_one_or_none()
    return AdvisorTook(advisor=name or "", case=case.id) if case.state == "taken" else None
