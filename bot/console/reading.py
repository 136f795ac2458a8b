"""What the console reads. Every look at a case goes through `visible`: who may not see it does not find it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select

from bot.handoff.team import Member
from bot.storage.tables import Advisor, Audit, Case, CaseNote, Contact, Inbox, Media, Outbox, table
from flows.events import AboutSession

_case, _advisor, _contact = table(Case), table(Advisor), table(Contact)
_inbox, _outbox, _note, _media, _audit = table(Inbox), table(Outbox), table(CaseNote), table(Media), table(Audit)
MOST_LISTED = 200
EVER = datetime(2000, 1, 1, tzinfo=UTC)
_UNSEEN = ("TimerDue", "AnswerCorrected", *(kind.__name__ for kind in AboutSession.__subclasses__()))  # the bubble says all
_LAST_WORDS = timedelta(seconds=30)  # the line that tells of the hand-back is written after the case is closed
MOST_SHOWN = 200  # messages of a thread on one page


def visible(member: Member, now: datetime) -> ColumnElement[bool]:
    """Third-country nationals and emergencies are not for public offices. Who holds a case already sees it while it is
    theirs."""
    if member.office_kind != "public":
        return _case.c.id.is_not(None)
    return or_(_case.c.office_kind != "ngo", and_(_case.c.owner_id == member.id, _case.c.lease_until > now))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    waiting: list[Row[Any]]
    mine: list[Row[Any]]
    others: list[Row[Any]]


def lists(db: Connection, now: datetime, member: Member) -> Lists:
    """Most urgent and oldest first. A lease that ran out waits again, whether the clock has passed by or not."""
    query = (
        select(_case, _advisor.c.name.label("owner"))
        .join_from(_case, _advisor, _advisor.c.id == _case.c.owner_id, isouter=True)
        .where(_case.c.state != "closed", visible(member, now))
        .order_by(_case.c.urgency, _case.c.opened_at, _case.c.id)
    )
    held = and_(_case.c.state == "taken", _case.c.lease_until > now)
    waiting = list(db.execute(query.where(~held).limit(MOST_LISTED)))
    mine = list(db.execute(query.where(held, _case.c.owner_id == member.id)))
    others = list(db.execute(query.where(held, _case.c.owner_id != member.id).limit(MOST_LISTED)))
    return Lists(waiting=waiting, mine=sorted(mine, key=lambda c: (c.alarm_at is None, c.unread == 0)), others=others)


def queue_mark(db: Connection, now: datetime, member: Member) -> str:
    """Changes whenever the queue looks different, and with each minute, since waiting times are shown."""
    query = select(
        func.count(),
        func.max(_case.c.id),
        func.sum(_case.c.unread),
        func.sum(_case.c.urgency),
        func.sum(_case.c.owner_id),
        func.max(_case.c.person_at),
        func.max(_case.c.active_at),
        func.max(_case.c.alarm_at),
    ).where(_case.c.state != "closed", visible(member, now))
    return _mark(tuple(db.execute(query).one()), now.strftime("%H:%M"))


def case(db: Connection, now: datetime, member: Member, case_id: int) -> Row[Any] | None:
    """The case with its owner's name and what is kept in the clear of the person."""
    query = (
        select(_case, _advisor.c.name.label("owner"), _contact.c.minor)
        .join_from(_case, _contact, _contact.c.id == _case.c.contact_id)
        .join(_advisor, _advisor.c.id == _case.c.owner_id, isouter=True)
        .where(_case.c.id == case_id, visible(member, now))
    )
    return db.execute(query).one_or_none()


def holds(row: Row[Any], member: Member, now: datetime) -> bool:
    """Whether the case is this member's at this moment."""
    return bool(row.state == "taken" and row.owner_id == member.id and row.lease_until and row.lease_until > now)


def hears(row: Row[Any], member: Member, now: datetime) -> bool:
    """Whether this member may open the files of the case (`media` checks it again)."""
    return holds(row, member, now) or (member.role == "coordinator" and row.state != "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Three marks of a case's page; each part is fetched anew when its mark changes."""

    thread: str
    head: str
    owner: str

    def __str__(self) -> str:
        return f"{self.thread}.{self.head}.{self.owner}"


def marks(db: Connection, now: datetime, member: Member, case_id: int) -> Marks | None:
    """From the rows alone, so that any process can tell. None when the case is not for this member."""
    row = case(db, now, member, case_id)
    if row is None:
        return None
    held = holds(row, member, now)
    waits = row.lease_until is None or row.lease_until <= now
    return Marks(
        thread=_mark(*_latest(db, row), held and row.unread > 0),
        head=_mark(row.urgency, row.reason, row.topic, row.alarm_at, row.minor, row.lease_until),
        owner=_mark(row.state, row.owner_id, held, waits),
    )


def _latest(db: Connection, row: Row[Any]) -> tuple[object, ...]:
    """The newest rows of the thread, with what may still change of them."""
    received = (
        select(_inbox.c.id, _inbox.c.state).where(_inbox.c.contact_id == row.contact_id).order_by(_inbox.c.id.desc()).limit(10)
    )
    said = (
        select(_outbox.c.id, _outbox.c.state, _outbox.c.error)
        .where(_outbox.c.contact_id == row.contact_id)
        .order_by(_outbox.c.seq.desc())
        .limit(40)
    )
    notes = select(func.max(_note.c.id)).where(_note.c.case_id == row.id)
    return (
        [tuple(r) for r in db.execute(received)],
        [tuple(r) for r in db.execute(said)],
        db.execute(notes).scalar_one(),
    )


def _mark(*seen: object) -> str:
    return sha256(repr(seen).encode()).hexdigest()[:12]


def begins(db: Connection, member: Member, case: Row[Any]) -> datetime:
    """From when on this member may read the thread: a public office nothing of an earlier case that was not for it."""
    if member.office_kind != "public":
        return EVER
    earlier = (_case.c.contact_id == case.contact_id) & (_case.c.office_kind == "ngo") & (_case.c.id < case.id)
    closed = db.execute(select(func.max(_case.c.closed_at)).where(earlier)).scalar_one()
    return EVER if closed is None else closed + _LAST_WORDS


def received(db: Connection, case: Row[Any], since: datetime) -> list[Row[Any]]:
    """What the person sent, newest first. A closed case shows nothing of what came after it."""
    query = select(_inbox).where(_inbox.c.contact_id == case.contact_id, _inbox.c.kind.not_in(_UNSEEN))
    query = query.where(_inbox.c.received_at >= since)
    if case.closed_at:
        query = query.where(_inbox.c.received_at <= case.closed_at + _LAST_WORDS)
    return list(db.execute(query.order_by(_inbox.c.id.desc()).limit(MOST_SHOWN)))


def said(db: Connection, case: Row[Any], since: datetime) -> list[Row[Any]]:
    """What the person was sent, newest first, within the same bounds."""
    query = select(_outbox).where(_outbox.c.contact_id == case.contact_id, _outbox.c.created_at >= since)
    if case.closed_at:
        query = query.where(_outbox.c.created_at <= case.closed_at + _LAST_WORDS)
    return list(db.execute(query.order_by(_outbox.c.seq.desc()).limit(MOST_SHOWN)))


def notes(db: Connection, case_id: int) -> list[Row[Any]]:
    query = (
        select(_note, _advisor.c.name.label("author"))
        .join_from(_note, _advisor, _advisor.c.id == _note.c.advisor_id, isouter=True)
        .where(_note.c.case_id == case_id)
    )
    return list(db.execute(query.order_by(_note.c.id)))


def moves(db: Connection, case_id: int) -> list[Row[Any]]:
    """Who took the case and who handed it back."""
    query = (
        select(_audit.c.id, _audit.c.action, _audit.c.at, _advisor.c.name)
        .join_from(_audit, _advisor, _advisor.c.id == _audit.c.advisor_id)
        .where(_audit.c.object == f"case/{case_id}", _audit.c.action.in_(("take", "hand_back")))
    )
    return list(db.execute(query.order_by(_audit.c.id)))


def media(db: Connection, now: datetime, member: Member, token: str) -> Row[Any] | None:
    """A file somebody sent, for the advisor who holds their case; a coordinator may open what she may see."""
    may = and_(_case.c.state == "taken", _case.c.owner_id == member.id, _case.c.lease_until > now)
    if member.role == "coordinator":
        may = and_(_case.c.state != "closed", visible(member, now))
    query = (
        select(_media)
        .join_from(_media, _case, _case.c.contact_id == _media.c.contact_id)
        .where(_media.c.token == token, _case.c.state != "closed", may)
    )
    return db.execute(query).first()


def files(db: Connection, contact_id: int) -> dict[str, Row[Any]]:
    return {row.token: row for row in db.execute(select(_media).where(_media.c.contact_id == contact_id))}


def write_down(db: Connection, now: datetime, member: Member, action: str, what: str) -> None:
    """Into the audit: who read what."""
    db.execute(insert(_audit).values(advisor_id=member.id, action=action, object=what, at=now))
