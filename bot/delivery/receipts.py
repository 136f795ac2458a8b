"""What providers report of messages we sent. Runs no turn: a rule table acts on it, and a state never goes backwards."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.channels.base import Report
from bot.storage.tables import ContactAddress, Outbox, Receipt, table

_outbox, _receipt, _address = table(Outbox), table(Receipt), table(ContactAddress)
# Order is not promised: https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
_RANK = {"queued": 0, "sending": 1, "unknown": 1, "sent": 2, "delivered": 3, "read": 4}
_KNOWN = {"sent", "delivered", "read", "failed", "undelivered"}
# What a reported failure does besides showing: hold until the person writes, or mark the address unreachable.
_HOLD = {"window_closed"}
_UNREACHABLE = {"person_blocked_us"}


def store(db: Connection, now: datetime, report: Report) -> bool:
    """Keep it and apply it if its message is known already. False when this report was there before."""
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    values = {
        "channel": report.channel,
        "provider_id": report.provider_id,
        "status": report.status,
        "code": report.code,
        "received_at": now,
    }
    statement = (
        dialect.insert(_receipt).values(values).on_conflict_do_nothing(index_elements=["channel", "provider_id", "status"])
    )
    stored = db.execute(statement.returning(_receipt.c.id)).scalar_one_or_none()
    if stored is not None:
        apply_early(db, report.channel, report.provider_id)
    return stored is not None


def apply_early(db: Connection, channel: str, provider_id: str) -> None:
    """Apply all reports of one message that are not applied yet: they may have overtaken our own commit.

    On PostgreSQL the report's unit and that of the sending may run side by side, neither seeing the other's rows; the lock
    lets the later one look only once the earlier one is committed."""
    if db.dialect.name == "postgresql":
        key = {"key": f"receipt {channel} {provider_id}"}
        db.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), key)
    where = (_outbox.c.channel == channel) & (_outbox.c.provider_id == provider_id)
    message = db.execute(select(_outbox).where(where)).first()
    if message is None:
        return
    pending = (_receipt.c.channel == channel) & (_receipt.c.provider_id == provider_id) & _receipt.c.applied_at.is_(None)
    for report in list(db.execute(select(_receipt).where(pending).order_by(_receipt.c.id))):
        _apply(db, message, report)
        db.execute(update(_receipt).where(_receipt.c.id == report.id).values(applied_at=report.received_at))
        message = db.execute(select(_outbox).where(where)).first() or message


def _apply(db: Connection, message: Row[Any], report: Row[Any]) -> None:
    mine = _outbox.c.id == message.id
    if report.status in ("failed", "undelivered"):
        values: dict[str, Any] = {
            "state": "held" if report.code in _HOLD else "failed",
            "error": report.code or "failed",
        }
        if message.state not in ("delivered", "read"):
            db.execute(update(_outbox).where(mine).values(values))
        if report.code in _UNREACHABLE:
            db.execute(update(_address).where(_address.c.id == message.address_id).values(reachable=False))
        return
    if report.status not in _RANK or _RANK[report.status] <= _RANK.get(message.state, 9):
        return
    values = {"state": report.status}
    if report.status in ("delivered", "read"):
        values[f"{report.status}_at"] = report.received_at
        values["delivered_at"] = message.delivered_at or report.received_at
    db.execute(update(_outbox).where(mine).values(values))
