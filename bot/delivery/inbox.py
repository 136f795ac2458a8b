"""Stores what arrives before it is acknowledged, each delivery once."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.channels.base import Inbound
from bot.delivery import codec
from bot.people import identity, links
from bot.storage.bell import Bell
from bot.storage.crypto import Box, Vault
from bot.storage.tables import Contact, Inbox, Media, table
from flows.events import Event, SentFile, SentVoice

INBOX = "inbox"
OURS = ("console", "clock")  # doors through which no person comes
_inbox = table(Inbox)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """`inbox_id` None: this delivery was there already."""

    contact_id: int
    inbox_id: int | None
    new_contact: bool = False


def receive(db: Connection, vault: Vault, bell: Bell, now: datetime, inbound: Inbound, trace: str, token: str) -> Received:
    """Find or make the person, store the event. A one-time code joins this address to the conversation it names.

    `token` names the media row, if the event brings a file."""
    duplicate = db.execute(
        select(_inbox.c.contact_id).where(_inbox.c.channel == inbound.channel, _inbox.c.provider_id == inbound.provider_id)
    ).scalar_one_or_none()
    if duplicate is not None:
        return Received(contact_id=duplicate, inbox_id=None)
    known = identity.resolve(db, vault, now, inbound.channel, inbound.addresses, inbound.hint)
    event, known = links.follow(db, vault, now, inbound, known)
    if known.held is not None:  # before the event: from now on this conversation is the advisor's
        put(db, bell, known.box, now, known.contact_id, "console", f"moved:{token}", known.held, trace)
    if inbound.media and isinstance(event, SentVoice | SentFile):
        _keep_reference(db, now, inbound, known, token)
        event = replace(event, media=token)
    inbox_id = put(
        db, bell, known.box, now, known.contact_id, inbound.channel, inbound.provider_id, event, trace, inbound.sort_key
    )
    return Received(contact_id=known.contact_id, inbox_id=inbox_id, new_contact=known.new)


def put(
    db: Connection,
    bell: Bell,
    box: Box,
    now: datetime,
    contact_id: int,
    channel: str,
    provider_id: str,
    event: Event,
    trace: str,
    sort_key: int | None = None,
) -> int | None:
    """One row, or None when the same (channel, provider_id) is there already. Console and clock use it directly."""
    text = codec.body(event)
    values = {
        "contact_id": contact_id,
        "channel": channel,
        "provider_id": provider_id,
        "sort_key": sort_key,
        "kind": type(event).__name__,
        "state": "waiting",
        "event": box.seal_json(codec.to_json(event)),
        "body": None if text is None else box.seal(text),
        "attempts": 0,
        "trace": trace,
        "received_at": now,
        "due_at": now,
    }
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(_inbox).values(values).on_conflict_do_nothing(index_elements=["channel", "provider_id"])
    inbox_id = db.execute(statement.returning(_inbox.c.id)).scalar_one_or_none()
    if inbox_id is not None:
        bell.ring_in(db, INBOX)
    return inbox_id


def postpone(db: Connection, ids: list[int], until: datetime) -> None:
    """A sequel is awaited: leave the rows until then."""
    db.execute(update(_inbox).where(_inbox.c.id.in_(ids)).values(due_at=until))


def _keep_reference(db: Connection, now: datetime, inbound: Inbound, known: identity.Known, token: str) -> None:
    if inbound.media is None:
        return
    db.execute(
        insert(table(Media)).values(
            token=token,
            contact_id=known.contact_id,
            channel=inbound.channel,
            kind=inbound.media.kind,
            content_type=inbound.media.content_type,
            seconds=inbound.media.seconds,
            reference=known.box.seal(inbound.media.reference),
            stored=False,
            created_at=now,
        )
    )


def drop(db: Connection, now: datetime, contact_id: int) -> None:
    """What still waits for somebody who was erased: there is nothing to read any more, and nobody to answer."""
    waiting = (_inbox.c.contact_id == contact_id) & (_inbox.c.state == "waiting")
    values = {"state": "handled", "handled_at": now, "event": None, "body": None, "error": "erased"}
    db.execute(update(_inbox).where(waiting).values(values))


def lock(db: Connection, contact_id: int) -> bool:
    """Take the person's lock for the rest of this unit. False when another worker has it. SQLite has one writer anyway.

    FOR NO KEY UPDATE: a new row that names the person (something received, an advisor's reply) need not wait for the turn,
    and cannot deadlock with it. https://www.postgresql.org/docs/current/explicit-locking.html"""
    contact = table(Contact)
    query = select(contact.c.id).where(contact.c.id == contact_id).with_for_update(skip_locked=True, key_share=True)
    return db.execute(query).scalar_one_or_none() is not None
