"""Writes bubbles for the post room: rendered, sealed, numbered per person."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.delivery import gate
from bot.delivery.gathering import Person
from bot.knowledge.wording import Rendered
from bot.storage.bell import Bell
from bot.storage.tables import Contact, Outbox, table
from flows.effects import Say

OUTBOX = "outbox"
_outbox, _contact = table(Outbox), table(Contact)


def write(
    db: Connection,
    bell: Bell,
    now: datetime,
    person: Person,
    say: Say,
    rendered: Rendered,
    language: str,
    version: str | None,
    answers: list[int],
    trace: str,
    author: str | None = None,
    file: dict[str, Any] | None = None,
) -> int | None:
    """One row in the person's queue; None when the person has no address any more. Safety goes first. `file` names the document
    that goes along (`bot.delivery.documents`)."""
    if person.address is None:
        return None
    values = {
        "contact_id": person.row.id,
        "address_id": person.address.id,
        "seq": _next_number(db, person),
        "priority": 0 if say.kind == "safety" else 1,
        "channel": person.address.channel,
        "kind": say.kind,
        "language": language,
        "content_id": say.content_id,
        "content_version": version,
        "journey": say.journey,
        "signal": say.signal,
        "author": author,
        "body": person.box.seal_json(_body(say, rendered) | ({"file": file} if file else {})),
        "answers": answers,
        "state": "queued",
        "attempts": 0,
        "trace": trace,
        "created_at": now,
        "next_at": now,
    }
    outbox_id = db.execute(insert(_outbox).values(values).returning(_outbox.c.id)).scalar_one()
    bell.ring_in(db, OUTBOX)
    return int(outbox_id)


def _next_number(db: Connection, person: Person) -> int:
    """The sequence by which one person's bubbles go out in order."""
    mine = _contact.c.id == person.row.id
    counted = update(_contact).where(mine).values(out_seq=_contact.c.out_seq + 1).returning(_contact.c.out_seq)
    return int(db.execute(counted).scalar_one())


def _body(say: Say, rendered: Rendered) -> dict[str, Any]:
    return {
        "text": rendered.text,
        "messages": [{"id": m.id, "params": dict(m.params)} for m in say.messages],
        "choices": [
            {"id": c.id, "title": c.title, "label": {"id": c.label.id, "params": dict(c.label.params)}} for c in rendered.choices
        ],
    }


def release_held(db: Connection, bell: Bell, now: datetime, contact_id: int) -> None:
    """The person wrote: what was held for want of an open window may go, as a sending of its own. Late reports of the
    earlier one no longer concern it. What is not true any more is laid aside."""
    held = (_outbox.c.contact_id == contact_id) & (_outbox.c.state == "held")
    for journey, long in gate.TRUE_FOR.items():
        late = held & (_outbox.c.journey == journey) & (_outbox.c.created_at <= now - long)
        db.execute(update(_outbox).where(late).values(state="failed", error="too_late"))
    values = {"state": "queued", "next_at": now, "attempts": 0, "error": None, "provider_id": None}
    if db.execute(select(_outbox.c.id).where(held).limit(1)).first():
        db.execute(update(_outbox).where(held).values(values))
        bell.ring_in(db, OUTBOX)
