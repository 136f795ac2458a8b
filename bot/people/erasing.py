"""Forgetting a person: everything of theirs goes in one transaction, and their key with it.

The receipt still has to reach them. It goes in an *envelope*: a new person that holds nothing but the address written from.
Once the receipt went the envelope is erased too, unless they wrote again: then they are simply somebody new.
Law 09-08 and GDPR article 17: https://eur-lex.europa.eu/eli/reg/2016/679/art_17/oj ."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.people import holds, identity
from bot.storage.crypto import Vault
from bot.storage.tables import (
    Booking,
    Case,
    CaseNote,
    Consent,
    Contact,
    ContactAddress,
    Conversation,
    Document,
    Erasure,
    Hold,
    Inbox,
    LinkCode,
    Media,
    Outbox,
    ProviderCopy,
    Timer,
    table,
)
from bot.storage.tables.booking import ACTIVE_STATES

_contact, _address, _inbox, _outbox = table(Contact), table(ContactAddress), table(Inbox), table(Outbox)
_case, _note, _booking, _media = table(Case), table(CaseNote), table(Booking), table(Media)
_erasure, _copy = table(Erasure), table(ProviderCopy)
# Seats and cases stay as counts that lead to nobody.
GONE: tuple[Table, ...] = (
    _outbox,
    _inbox,
    _media,
    table(Document),
    table(Timer),
    table(Consent),
    table(LinkCode),
    table(Hold),
    table(Conversation),
)
COUNTED: tuple[Table, ...] = (_booking, _case)
KEEPS_COPIES = ("whatsapp", "sms")  # a bot cannot delete what is older than 48 hours in Telegram: the person can
ENVELOPE = timedelta(days=1)  # a receipt that cannot be delivered by then is given up
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_OPEN = ("queued", "sending")


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """`envelope` is the contact that the receipt goes to; None when nobody is to be told."""

    receipt: str
    envelope: int | None


def needs_a_person(db: Connection, contact_id: int) -> bool:
    """While a case about danger is open, or the law wants something kept, a person decides."""
    danger = _case.c.reason.like("safety/%") & (_case.c.state != "closed")
    case = select(_case.c.id).where(_case.c.contact_id == contact_id, danger).limit(1)
    return db.execute(case).first() is not None or holds.is_held(db, contact_id)


def ask(db: Connection, now: datetime, contact_id: int) -> str:
    """Note that it was asked for; the receipt of an earlier asking stays."""
    asked = (_erasure.c.contact_id == contact_id) & (_erasure.c.state == "asked")
    earlier = db.execute(select(_erasure.c.receipt).where(asked)).scalar_one_or_none()
    return str(earlier) if earlier else _note_down(db, now, contact_id, "asked", _new_receipt())


def erase(
    db: Connection, vault: Vault, now: datetime, contact_id: int, keep: Sequence[int] = (), address: int | None = None
) -> Erased:
    """All of it, at once. `keep` are the inbox rows being answered, `address` where the receipt goes: an envelope gets both."""
    asked = (_erasure.c.contact_id == contact_id) & (_erasure.c.state == "asked")
    receipt = db.execute(select(_erasure.c.receipt).where(asked)).scalar_one_or_none() or _new_receipt()
    db.execute(delete(_erasure).where(asked))
    envelope = None if address is None else _envelope(db, vault, now, contact_id, address, keep)
    for each in (*_moved_here(db, contact_id), contact_id):
        note_copies(db, vault, now, each)
        wipe(db, now, each)
        _note_down(db, now, each, "done", str(receipt), envelope if each == contact_id else None)
    return Erased(receipt=str(receipt), envelope=envelope)


def wipe(db: Connection, now: datetime, contact_id: int) -> None:
    """What the rows say, and the key that opens them. Doing it twice changes nothing."""
    cases = select(_case.c.id).where(_case.c.contact_id == contact_id)
    db.execute(delete(_note).where(_note.c.case_id.in_(cases)))
    for of in GONE:
        db.execute(delete(of).where(of.c.contact_id == contact_id))
    _forget_addresses(db, contact_id)
    seats = (_booking.c.contact_id == contact_id) & _booking.c.status.in_(ACTIVE_STATES)
    db.execute(update(_booking).where(seats).values(status="cancelled", changed_at=now))
    db.execute(update(_booking).where(_booking.c.contact_id == contact_id).values(code=None))
    closed = {"state": "closed", "stage": "closed", "owner_id": None, "lease_until": None, "unread": 0}
    opened = (_case.c.contact_id == contact_id) & (_case.c.state != "closed")
    db.execute(update(_case).where(opened).values(closed | {"closed_at": now}))
    nobody = {"data_key": None, "erased_at": now, "language": None, "region": None, "minor": None, "opted_out_at": None}
    db.execute(update(_contact).where(_contact.c.id == contact_id).values(nobody))


def _forget_addresses(db: Connection, contact_id: int) -> None:
    """One that somebody had before (a number changed hands) stands in their outbox: of it the row alone is left."""
    mine, elsewhere = _address.c.contact_id == contact_id, select(_outbox.c.id).where(_outbox.c.address_id == _address.c.id)
    db.execute(delete(_address).where(mine, ~elsewhere.exists()))
    for row in list(db.execute(select(_address.c.id).where(mine))):
        blank = {"lookup_hash": secrets.token_bytes(32), "value": b"", "reply_to": False, "hint": None, "last_inbound_at": None}
        db.execute(update(_address).where(_address.c.id == row.id).values(blank))


def replay(db: Connection, now: datetime, done: Sequence[tuple[int, str]]) -> int:
    """After a restore: whoever was erased since the backup was made is erased again. `done` are (contact, receipt)."""
    known = {(r.contact_id, r.receipt) for r in db.execute(select(_erasure.c.contact_id, _erasure.c.receipt))}
    for contact_id, receipt in done:
        wipe(db, now, contact_id)
        if (contact_id, receipt) not in known:
            _note_down(db, now, contact_id, "done", receipt)
    return len(done)


def ledger(db: Connection) -> list[tuple[int, str]]:
    """Who was erased: the numbers of rows, no more."""
    query = select(_erasure.c.contact_id, _erasure.c.receipt).where(_erasure.c.state == "done").order_by(_erasure.c.id)
    return [(row.contact_id, row.receipt) for row in db.execute(query)]


def run(db: Connection, vault: Vault, now: datetime) -> int:
    """One round: envelopes whose receipt went; erasures that waited for a case, now closed. How many there were."""
    return sum(_open_envelope(db, now, row) for row in _envelopes(db)) + sum(
        _after_the_case(db, vault, now, row) for row in _asked(db)
    )


def next_due(db: Connection) -> datetime | None:
    """When the earliest envelope may be opened: at once, if nothing is on its way in it."""
    on_its_way = select(_outbox.c.id).where(_outbox.c.contact_id == _erasure.c.envelope_id, _outbox.c.state.in_(_OPEN))
    query = select(_erasure.c.at).where(_erasure.c.envelope_id.is_not(None), ~on_its_way.exists())
    return db.execute(query.order_by(_erasure.c.at).limit(1)).scalar_one_or_none()


def _after_the_case(db: Connection, vault: Vault, now: datetime, row: Row[Any]) -> int:
    if needs_a_person(db, row.contact_id):
        return 0
    erase(db, vault, now, row.contact_id)
    return 1


def _open_envelope(db: Connection, now: datetime, row: Row[Any]) -> int:
    """Erased once nothing is on its way, or given up after a day; kept when the person has written since."""
    theirs = _inbox.c.contact_id == row.envelope_id
    again = db.execute(select(_inbox.c.id).where(theirs, _inbox.c.received_at > row.at).limit(1)).first() is not None
    on_its_way = (_outbox.c.contact_id == row.envelope_id) & _outbox.c.state.in_(_OPEN)
    if not again and now < row.at + ENVELOPE and db.execute(select(_outbox.c.id).where(on_its_way).limit(1)).first():
        return 0
    if not again:
        wipe(db, now, row.envelope_id)
    db.execute(update(_erasure).where(_erasure.c.id == row.id).values(envelope_id=None))
    return 1


def _envelopes(db: Connection) -> list[Row[Any]]:
    return list(db.execute(select(_erasure).where(_erasure.c.envelope_id.is_not(None)).limit(50)))


def _asked(db: Connection) -> list[Row[Any]]:
    return list(db.execute(select(_erasure).where(_erasure.c.state == "asked").order_by(_erasure.c.at).limit(50)))


def _envelope(db: Connection, vault: Vault, now: datetime, contact_id: int, address: int, keep: Sequence[int]) -> int:
    """A new person with this one address and what is being answered just now, blank."""
    box = identity.box_of(db, vault, contact_id)
    sealed = db.execute(select(_address.c.value).where(_address.c.id == address)).scalar_one()
    envelope, wrapped = identity.create(db, vault, now)
    value = vault.box(wrapped).seal(box.open(sealed)) if box else sealed
    db.execute(update(_address).where(_address.c.id == address).values(contact_id=envelope, value=value))
    blank = {"contact_id": envelope, "event": None, "body": None}
    db.execute(update(_inbox).where(_inbox.c.id.in_(keep)).values(blank))
    return envelope


def _moved_here(db: Connection, contact_id: int) -> list[int]:
    """Under which other numbers this person was known before."""
    found: list[int] = []
    look = [contact_id]
    while look:
        look = list(db.execute(select(_contact.c.id).where(_contact.c.moved_to.in_(look))).scalars())
        look = [each for each in look if each not in found and each != contact_id]
        found += look
    return found


def note_copies(db: Connection, vault: Vault, now: datetime, contact_id: int) -> None:
    """What the provider keeps is deleted there afterwards: no network call inside a unit of work."""
    box = identity.box_of(db, vault, contact_id)
    found: list[tuple[str, str, str]] = []
    for of in (_inbox, _outbox):
        query = select(of.c.channel, of.c.provider_id).where(of.c.contact_id == contact_id, of.c.channel.in_(KEEPS_COPIES))
        found += [(r.channel, "message", r.provider_id) for r in db.execute(query) if r.provider_id]
    if box is not None:
        query = select(_media.c.channel, _media.c.reference)
        files = db.execute(query.where(_media.c.contact_id == contact_id, _media.c.channel.in_(KEEPS_COPIES)))
        found += [(r.channel, "media", box.open(r.reference)) for r in files]
    values = [
        {"channel": c, "kind": k, "reference": ref, "attempts": 0, "created_at": now, "next_at": now} for c, k, ref in found
    ]
    if values:
        dialect = postgresql if db.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(_copy).on_conflict_do_nothing(index_elements=["channel", "reference"])
        db.execute(statement, values)


def _note_down(db: Connection, now: datetime, contact_id: int, state: str, receipt: str, envelope: int | None = None) -> str:
    values = {"contact_id": contact_id, "receipt": receipt, "state": state, "envelope_id": envelope, "at": now}
    db.execute(insert(_erasure).values(values))
    return receipt


def _new_receipt() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(2))
