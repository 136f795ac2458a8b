"""How long things are kept, one rule for each kind, run once a day. The lengths are the organisation's (`organisation.yml`):
law 09-08 says "no longer than needed", and a controller decides, with the CNDP, how long that is."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.people import erasing, holds
from bot.storage.crypto import Vault
from bot.storage.tables import (
    Booking,
    Case,
    CaseNote,
    Consent,
    Contact,
    Conversation,
    Document,
    Inbox,
    InfoSession,
    Mark,
    Media,
    Outbox,
    Receipt,
    SignIn,
    Timer,
    table,
)
from bot.storage.tables.booking import ACTIVE_STATES
from flows.state import State

_contact, _case, _note, _booking = table(Contact), table(Case), table(CaseNote), table(Booking)
_session, _mark, _timer, _consent = table(InfoSession), table(Mark), table(Timer), table(Consent)
_inbox, _outbox, _conversation = table(Inbox), table(Outbox), table(Conversation)
_MESSAGES = (_outbox, _inbox, table(Media), table(Document))
_BATCH = 200  # people in one unit of work: it must not hold up everybody's messages
_LASTING = ("version", "language", "noticed", "stopped", "checklists", "reminders", "reminded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """Days, each from its own start: the last message, the closing of a case, the day of a session. What concerns a minor or an
    emergency is kept shorter. Where two rules could hold, the shorter does."""

    messages: int = 30
    minor_messages: int = 14
    case: int = 365
    sensitive_case: int = 90
    bookings: int = 60
    receipts: int = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How many: cases and seats that lead to nobody any more, people whose messages went, people gone altogether."""

    cases: int = 0
    seats: int = 0
    thinned: int = 0
    people: int = 0

    def __add__(self, other: "Report") -> "Report":
        return Report(
            cases=self.cases + other.cases,
            seats=self.seats + other.seats,
            thinned=self.thinned + other.thinned,
            people=self.people + other.people,
        )

    @property
    def nothing(self) -> bool:
        return self == Report()


def is_due(db: Connection, today: date) -> bool:
    """Once a day, by whichever process comes first: the day is claimed in the unit of work that uses it."""
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    db.execute(dialect.insert(_mark).values(name="retention", value=0).on_conflict_do_nothing(index_elements=["name"]))
    older = (_mark.c.name == "retention") & (_mark.c.value < today.toordinal())
    return db.execute(update(_mark).where(older).values(value=today.toordinal())).rowcount == 1


def run(db: Connection, vault: Vault, now: datetime, lengths: Lengths) -> Report:
    """One batch; to be called until it reports nothing."""
    done = Report(cases=_cases(db, now, lengths), seats=_seats(db, now, lengths))
    for person in _quiet(db, now, lengths):
        if _is_bound(db, person.id):
            done += Report(thinned=_thin(db, vault, now, person))
        else:
            erasing.note_copies(db, vault, now, person.id)
            erasing.wipe(db, now, person.id)
            done += Report(people=1)
    _leftovers(db, now, lengths)
    return done


def _cases(db: Connection, now: datetime, lengths: Lengths) -> int:
    """Closed long enough: its notes go, and it becomes a count that leads to nobody."""
    sensitive = or_(_case.c.reason.like("safety/%"), _contact.c.minor.is_(True))
    over = or_(
        _case.c.closed_at <= now - timedelta(days=lengths.case),
        sensitive & (_case.c.closed_at <= now - timedelta(days=min(lengths.case, lengths.sensitive_case))),
    )
    query = select(_case.c.id).join(_contact, _contact.c.id == _case.c.contact_id)
    theirs = _contact.c.data_key.is_not(None) & ~holds.stands_for(_case.c.contact_id)
    found = list(db.execute(query.where(_case.c.state == "closed", over, theirs).limit(_BATCH)).scalars())
    if found:
        db.execute(delete(_note).where(_note.c.case_id.in_(found)))
        db.execute(update(_case).where(_case.c.id.in_(found)).values(contact_id=_nobody(db, now)))
    return len(found)


def _seats(db: Connection, now: datetime, lengths: Lengths) -> int:
    """A seat taken, and whether it was used, still count; whose it was does not matter any more."""
    day = f"{now - timedelta(days=lengths.bookings):%Y-%m-%dT%H:%M}"
    query = (
        select(_booking.c.id)
        .join(_session, _session.c.id == _booking.c.session_id)
        .join(_contact, _contact.c.id == _booking.c.contact_id)
        .where(_session.c.ends < day, _contact.c.data_key.is_not(None), ~holds.stands_for(_booking.c.contact_id))
    )
    found = list(db.execute(query.limit(_BATCH)).scalars())
    if found:
        past = update(_booking).where(_booking.c.id.in_(found))
        db.execute(past.where(_booking.c.status.in_(ACTIVE_STATES)).values(status="past"))
        db.execute(past.values(contact_id=_nobody(db, now), code=None))
    return len(found)


def _quiet(db: Connection, now: datetime, lengths: Lengths) -> list[Row[Any]]:
    """People who wrote nothing for long, of whom no case is kept, with something still to delete."""
    shorter = min(lengths.messages, lengths.minor_messages)
    over = or_(
        _contact.c.seen_at <= now - timedelta(days=lengths.messages),
        _contact.c.minor.is_(True) & (_contact.c.seen_at <= now - timedelta(days=shorter)),
    )
    kept = select(_case.c.id).where(_case.c.contact_id == _contact.c.id).exists()
    said = or_(*(select(of.c.id).where(of.c.contact_id == _contact.c.id).exists() for of in _MESSAGES))
    query = select(_contact.c.id, _contact.c.data_key).where(_contact.c.data_key.is_not(None), over, ~kept)
    return list(db.execute(query.where(~holds.stands_for(_contact.c.id), or_(said, ~_bound())).limit(_BATCH)))


def _bound() -> ColumnElement[bool]:
    """Something they asked for is still ahead: a seat, a reminder, a yes that stands."""
    seat = select(_booking.c.id).where(_booking.c.contact_id == _contact.c.id, _booking.c.status.in_(ACTIVE_STATES))
    timer = select(_timer.c.id).where(_timer.c.contact_id == _contact.c.id, _timer.c.done_at.is_(None))
    agreed = select(_consent.c.id).where(_consent.c.contact_id == _contact.c.id, _consent.c.withdrawn_at.is_(None))
    return or_(seat.exists(), timer.exists(), agreed.exists())


def _is_bound(db: Connection, contact_id: int) -> bool:
    return db.execute(select(_contact.c.id).where(_contact.c.id == contact_id, _bound())).first() is not None


def _thin(db: Connection, vault: Vault, now: datetime, person: Row[Any]) -> int:
    """The messages go; the lists and reminders that they keep with us stay."""
    erasing.note_copies(db, vault, now, person.id)
    for of in _MESSAGES:
        db.execute(delete(of).where(of.c.contact_id == person.id))
    box = vault.box(person.data_key)
    sealed = db.execute(select(_conversation.c.state).where(_conversation.c.contact_id == person.id)).scalar_one_or_none()
    if sealed is not None:
        before = State.from_json(box.open_json(sealed))
        after = replace(State(), **{name: getattr(before, name) for name in _LASTING})
        values = {"state": box.seal_json(after.to_json()), "mode": after.mode}
        db.execute(update(_conversation).where(_conversation.c.contact_id == person.id).values(values))
    return 1


def _leftovers(db: Connection, now: datetime, lengths: Lengths) -> None:
    """What names nobody and is of no use any more."""
    receipt, sign_in = table(Receipt), table(SignIn)
    db.execute(delete(receipt).where(receipt.c.received_at <= now - timedelta(days=lengths.receipts)))
    db.execute(delete(sign_in).where(sign_in.c.expires_at <= now))


def _nobody(db: Connection, now: datetime) -> int:
    """The contact that stands for everybody of whom only a count is left."""
    known = db.execute(select(_mark.c.value).where(_mark.c.name == "nobody")).scalar_one_or_none()
    if known is not None:
        return int(known)
    values = {"data_key": None, "created_at": now, "seen_at": now, "out_seq": 0, "erased_at": now}
    contact = int(db.execute(insert(_contact).values(values).returning(_contact.c.id)).scalar_one())
    db.execute(insert(_mark).values(name="nobody", value=contact))
    return contact


def all_of_it(db: Connection, vault: Vault, now: datetime, lengths: Lengths, rounds: int = 1000) -> Report:
    """All that is due, in one unit of work: for the command line, which may take it back."""
    total = Report()
    for _ in range(rounds):
        done = run(db, vault, now, lengths)
        if done.nothing:
            break
        total += done
    return total
