"""The browser chat's half of delivery: the page fetches from the outbox what others are sent, and says what it got."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, update

from bot.storage.tables import Outbox, table

_outbox = table(Outbox)
# "unknown" too: nothing left us, so what the page has not fetched was surely not seen.
SHOWN = ("sent", "delivered", "read", "unknown")
_NOT_YET = ("sent", "unknown")


def got(db: Connection, now: datetime, contact_id: int, ids: Collection[int]) -> int:
    """The page has these bubbles. Only bubbles of this person's browser chat, and a state never goes backwards."""
    mine = (_outbox.c.contact_id == contact_id) & (_outbox.c.channel == "web") & _outbox.c.id.in_(ids)
    values = {
        "state": "delivered",
        "delivered_at": now,
        "sent_at": func.coalesce(_outbox.c.sent_at, now),
        "error": None,
    }
    return db.execute(update(_outbox).where(mine, _outbox.c.state.in_(_NOT_YET)).values(values)).rowcount
