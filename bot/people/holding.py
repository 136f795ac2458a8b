"""What is held of one person: counted for the chat, written out for a file. Nothing here that `erasing` does not erase."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, func, select

from bot.people.identity import box_of
from bot.storage.crypto import Box, Vault
from bot.storage.tables import (
    Booking,
    Case,
    CaseNote,
    Consent,
    Contact,
    ContactAddress,
    Conversation,
    Inbox,
    InfoSession,
    Media,
    Outbox,
    Timer,
    table,
)
from bot.storage.tables.booking import ACTIVE_STATES

Json = Any
_contact, _address, _inbox, _outbox = table(Contact), table(ContactAddress), table(Inbox), table(Outbox)
_case, _note, _booking, _session = table(Case), table(CaseNote), table(Booking), table(InfoSession)
_FROM_THE_PERSON = _inbox.c.channel.not_in(("console", "clock"))


def counted(db: Connection, contact_id: int, zone: ZoneInfo) -> dict[str, Json]:
    """`since` is local wall time of the oldest message, ISO 8601. What there is none of is 0."""
    mine = _inbox.c.contact_id == contact_id
    received, since = db.execute(select(func.count(), func.min(_inbox.c.received_at)).where(mine, _FROM_THE_PERSON)).one()
    seats = (_booking.c.contact_id == contact_id) & _booking.c.status.in_(ACTIVE_STATES)
    person = db.execute(select(_contact).where(_contact.c.id == contact_id)).one()
    return {
        "messages": received + _count(db, _outbox, _outbox.c.contact_id == contact_id),
        "since": f"{_local(since, zone) or _local(person.created_at, zone):%Y-%m-%dT%H:%M}",
        "seats": _count(db, _booking, seats),
        "requests": _count(db, _case, _case.c.contact_id == contact_id),
        "about": sum(value is not None for value in (person.language, person.region, person.minor)),
        "channels": _count(db, _address, _address.c.contact_id == contact_id),
    }


def written_out(db: Connection, vault: Vault, contact_id: int) -> dict[str, Json] | None:
    """All of it, in clear, for the person themselves: JSON types only, moments in UTC. None when they were erased."""
    box = box_of(db, vault, contact_id)
    if box is None:
        return None
    person = db.execute(select(_contact).where(_contact.c.id == contact_id)).one()
    return {
        "since": _moment(person.created_at),
        "language": person.language,
        "region": person.region,
        "under_18": person.minor,
        "stopped": _moment(person.opted_out_at),
        "addresses": [
            {"channel": a.channel, "kind": a.kind, "address": box.open(a.value)} for a in _rows(db, _address, contact_id)
        ],
        "messages": _messages(db, contact_id, box),
        "remembered": _remembered(db, contact_id, box),
        "seats": _seats(db, contact_id),
        "requests": _requests(db, contact_id, box),
        "reminders": [{"what": t.name, "at": _moment(t.due_at)} for t in _rows(db, table(Timer), contact_id) if not t.done_at],
        "agreed": [
            {"to": c.purpose, "version": c.version, "on": _moment(c.given_at), "withdrawn": _moment(c.withdrawn_at)}
            for c in _rows(db, table(Consent), contact_id)
        ],
        "files": [{"kind": m.kind, "at": _moment(m.created_at)} for m in _rows(db, table(Media), contact_id)],
    }


def _messages(db: Connection, contact_id: int, box: Box) -> list[dict[str, Json]]:
    received = [
        {"at": _moment(r.received_at), "from": "you", "channel": r.channel, "text": None if r.body is None else box.open(r.body)}
        for r in _rows(db, _inbox, contact_id)
        if r.channel not in ("console", "clock")
    ]
    sent = [
        {"at": _moment(r.created_at), "from": "us", "channel": r.channel, "text": box.open_json(r.body)["text"]}
        for r in _rows(db, _outbox, contact_id)
    ]
    return sorted([*received, *sent], key=lambda m: str(m["at"]))


def _remembered(db: Connection, contact_id: int, box: Box) -> Json:
    conversation = table(Conversation)
    sealed = db.execute(select(conversation.c.state).where(conversation.c.contact_id == contact_id)).scalar_one_or_none()
    return None if sealed is None else box.open_json(sealed)


def _seats(db: Connection, contact_id: int) -> list[dict[str, Json]]:
    query = (
        select(_booking, _session.c.title, _session.c.starts, _session.c.place)
        .join(_session, _session.c.id == _booking.c.session_id)
        .where(_booking.c.contact_id == contact_id)
        .order_by(_booking.c.id)
    )
    return [
        {"session": r.title, "starts": r.starts, "place": r.place, "status": r.status, "seats": r.seats}
        for r in db.execute(query)
    ]


def _requests(db: Connection, contact_id: int, box: Box) -> list[dict[str, Json]]:
    """Cases with their notes: what the team wrote about a person is the person's to read."""
    found = []
    for case in _rows(db, _case, contact_id):
        notes = db.execute(select(_note).where(_note.c.case_id == case.id).order_by(_note.c.id))
        texts = [box.open(n.body) for n in notes if n.body is not None]
        found.append({"opened": _moment(case.opened_at), "about": case.topic, "state": case.state, "notes": texts})
    return found


def _rows(db: Connection, of: Table, contact_id: int) -> list[Any]:
    return list(db.execute(select(of).where(of.c.contact_id == contact_id).order_by(of.c.id)))


def _count(db: Connection, of: Table, where: Any) -> int:
    return int(db.execute(select(func.count()).select_from(of).where(where)).scalar_one())


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if moment is None else moment.astimezone(zone)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="minutes")
