"""What the public pages read from the database. Nothing here writes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, select, text

from bot.booking.sessions import TAKEN, instant, is_bookable
from bot.delivery.shown import SHOWN
from bot.storage.crypto import Box, Vault
from bot.storage.tables import Booking, Contact, ContactAddress, Inbox, InfoSession, LinkCode, Outbox, table
from bot.storage.tables.booking import LINE

_contact, _address, _inbox, _outbox = table(Contact), table(ContactAddress), table(Inbox), table(Outbox)
_session, _booking, _link = table(InfoSession), table(Booking), table(LinkCode)
LONGEST_HISTORY = 50
LARGEST_ID = 2**53  # what a page can count to; more would overflow the database's integers
OVERLAP = timedelta(seconds=5)  # clocks of two sending processes may differ by that much
EVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who a browser belongs to, and what opens their data."""

    contact_id: int
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """A bubble of either side. `id` is the row's; `mine` says it is the person's own."""

    id: int
    mine: bool
    kind: str
    language: str
    body: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a page has not got yet; `busy` while an answer is being made or is on its way."""

    bubbles: tuple[Bubble, ...] = ()
    busy: bool = False


def visitor(db: Connection, vault: Vault, token: str) -> Visitor | None:
    """None for a browser that never wrote, and for a person who was erased."""
    where = (
        (_address.c.channel == "web")
        & (_address.c.kind == "visitor")
        & (_address.c.lookup_hash == vault.lookup("web", "visitor", token))
    )
    query = select(_contact.c.id, _contact.c.data_key).join_from(_address, _contact, _address.c.contact_id == _contact.c.id)
    row = db.execute(query.where(where)).one_or_none()
    return None if row is None or row.data_key is None else Visitor(contact_id=row.id, box=vault.box(row.data_key))


def news(db: Connection, who: Visitor, since: datetime, seen: Collection[int]) -> News:
    """Bubbles shown from `since` on, in the order they were sent. Not by id: safety overtakes what was queued before it."""
    moment = _moment()
    query = select(_outbox).where(_shown(who), moment >= since).order_by(moment.desc(), _outbox.c.id.desc())
    rows = reversed(list(db.execute(query.limit(LONGEST_HISTORY))))
    return News(bubbles=tuple(_said(who, row) for row in rows if row.id not in seen), busy=_busy(db, who))


def moment_before(db: Connection, who: Visitor, outbox_id: int) -> datetime:
    """From when on a page must look that has got this bubble last."""
    row = db.execute(select(_moment()).where(_shown(who), _outbox.c.id == outbox_id)).scalar_one_or_none()
    return EVER if row is None else row - OVERLAP


def history(db: Connection, who: Visitor) -> list[Bubble]:
    """The last bubbles of both sides in this channel. What was said elsewhere is not shown in a browser others may use."""
    heard = (_inbox.c.contact_id == who.contact_id) & (_inbox.c.channel == "web") & _inbox.c.body.is_not(None)
    theirs = db.execute(select(_inbox).where(heard).order_by(_inbox.c.id.desc()).limit(LONGEST_HISTORY))
    ours = news(db, who, EVER, ()).bubbles
    both = [*(_wrote(who, row) for row in theirs), *ours]
    return sorted(both, key=lambda b: b.at)[-LONGEST_HISTORY:]


def is_stored(db: Connection, provider_id: str) -> bool:
    """Whether this message of a page is in the inbox already."""
    query = select(_inbox.c.id).where(_inbox.c.channel == "web", _inbox.c.provider_id == provider_id)
    return db.execute(query).first() is not None


def has_written(db: Connection, who: Visitor, since: datetime, times: int) -> bool:
    """Whether this browser's person wrote that often since then."""
    query = select(_inbox.c.received_at).where(_inbox.c.contact_id == who.contact_id, _inbox.c.channel == "web")
    nth = db.execute(query.order_by(_inbox.c.id.desc()).offset(times - 1).limit(1)).scalar_one_or_none()
    return nth is not None and nth > since


def open_codes(db: Connection, now: datetime, who: Visitor) -> int:
    """One-time codes of this person that have not run out."""
    query = select(func.count()).select_from(_link).where(_link.c.contact_id == who.contact_id, _link.c.expires_at > now)
    return int(db.execute(query).scalar_one())


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSession:
    """A session as anybody may see it. `state`: bookable, waitlist (full, with a
    line), full, closed (to booking), over, cancelled."""

    token: str
    state: str
    free: int
    params: dict[str, Any]
    description: dict[str, str]


def public_session(db: Connection, now: datetime, token: str) -> PublicSession | None:
    """By the token of its page, never by its id, which can be guessed."""
    waits = select(func.coalesce(func.sum(_booking.c.seats), 0)).where(_booking.c.session_id == _session.c.id, text(LINE))
    row = db.execute(select(_session, waits.scalar_subquery().label("waits")).where(_session.c.token == token)).one_or_none()
    if row is None:
        return None
    seats = select(func.coalesce(func.sum(_booking.c.seats), 0))
    taken = db.execute(seats.where(_booking.c.session_id == row.id, _booking.c.status.in_(TAKEN))).scalar_one()
    free = 0 if row.waits else max(0, row.capacity - int(taken))  # what is free is theirs first who wait
    params = {"session": row.id, "title": row.title, "start": row.starts, "place": row.place, "city": row.city, "count": free}
    return PublicSession(
        token=token, state=_state(row, now, free), free=free, params=params, description=dict(row.description or {})
    )


def _state(row: Row[Any], now: datetime, free: int) -> str:
    if row.state != "open":
        return "cancelled"
    if instant(row.starts, row.zone) <= now:
        return "over"
    if not is_bookable(row, now):
        return "closed"
    if free:
        return "bookable"
    return "waitlist" if row.capacity and row.waits < row.waitlist else "full"


def _shown(who: Visitor) -> ColumnElement[bool]:
    return (_outbox.c.contact_id == who.contact_id) & (_outbox.c.channel == "web") & _outbox.c.state.in_(SHOWN)


def _moment() -> ColumnElement[datetime]:
    return func.coalesce(_outbox.c.sent_at, _outbox.c.created_at)


def _busy(db: Connection, who: Visitor) -> bool:
    waits = exists().where(_inbox.c.contact_id == who.contact_id, _inbox.c.state == "waiting")
    leaves = exists().where(
        _outbox.c.contact_id == who.contact_id, _outbox.c.channel == "web", _outbox.c.state.in_(("queued", "sending"))
    )
    return bool(db.execute(select(waits | leaves)).scalar_one())


def _said(who: Visitor, row: Row[Any]) -> Bubble:
    return Bubble(
        id=row.id,
        mine=False,
        kind=row.kind,
        language=row.language,
        body=who.box.open_json(row.body),
        at=row.sent_at or row.created_at,
    )


def _wrote(who: Visitor, row: Row[Any]) -> Bubble:
    return Bubble(id=row.id, mine=True, kind=row.kind, language="", body={"text": who.box.open(row.body)}, at=row.received_at)
