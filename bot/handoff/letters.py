"""Messages that went nowhere: laid aside, failed, or of unknown fate. For the operator to see, and to send on their way again.

Nothing is rewritten: the same row is queued anew, so what was handled or sent meanwhile is never done twice."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.delivery.inbox import INBOX
from bot.delivery.outbox import OUTBOX
from bot.storage.bell import Bell
from bot.storage.tables import Audit, Inbox, Outbox, table

_inbox, _outbox = table(Inbox), table(Outbox)
_AGAIN = ("dead", "unknown", "failed")
_MOST = 200


def dead_inbox(db: Connection) -> list[Row[Any]]:
    """Received, and given up on after several tries. Newest first; no bodies."""
    columns = (_inbox.c.id, _inbox.c.contact_id, _inbox.c.channel, _inbox.c.kind, _inbox.c.error, _inbox.c.received_at)
    return list(db.execute(select(*columns).where(_inbox.c.state == "dead").order_by(_inbox.c.id.desc()).limit(_MOST)))


def dead_outbox(db: Connection) -> list[Row[Any]]:
    """Written, and not known to have gone out. Newest first; no bodies."""
    columns = (
        _outbox.c.id,
        _outbox.c.contact_id,
        _outbox.c.channel,
        _outbox.c.kind,
        _outbox.c.state,
        _outbox.c.error,
        _outbox.c.created_at,
    )
    query = select(*columns).where(_outbox.c.state.in_(("dead", "unknown"))).order_by(_outbox.c.id.desc()).limit(_MOST)
    return list(db.execute(query))


def handle_again(db: Connection, bell: Bell, now: datetime, advisor_id: int, inbox_id: int) -> bool:
    """False when it is not laid aside (any more), or its content is gone."""
    dead = (_inbox.c.id == inbox_id) & (_inbox.c.state == "dead") & _inbox.c.event.is_not(None)
    values = {"state": "waiting", "due_at": now, "attempts": 0, "error": None, "handled_at": None}
    if db.execute(update(_inbox).where(dead).values(values)).rowcount != 1:
        return False
    _audit(db, now, advisor_id, "handle_again", f"inbox/{inbox_id}")
    bell.ring_in(db, INBOX)
    return True


def send_again(db: Connection, bell: Bell, now: datetime, advisor_id: int, outbox_id: int, contact_id: int | None = None) -> bool:
    """False when it is not in a state from which it may go again. `contact_id` binds it to one person's thread."""
    stuck = (_outbox.c.id == outbox_id) & _outbox.c.state.in_(_AGAIN)
    if contact_id is not None:
        stuck &= (_outbox.c.contact_id == contact_id) & (_outbox.c.kind == "advisor")
    values = {"state": "queued", "next_at": now, "attempts": 0, "error": None, "claimed_until": None, "provider_id": None}
    if db.execute(update(_outbox).where(stuck).values(values)).rowcount != 1:
        return False
    _audit(db, now, advisor_id, "send_again", f"outbox/{outbox_id}")
    bell.ring_in(db, OUTBOX)
    return True


def _audit(db: Connection, now: datetime, advisor_id: int, action: str, what: str) -> None:
    db.execute(insert(table(Audit)).values(advisor_id=advisor_id, action=action, object=what, at=now))
