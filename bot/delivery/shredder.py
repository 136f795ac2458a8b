"""Deletes at the providers what they still keep of people who were erased. A row goes when the copy is gone."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import Connection, Row, delete, select, update

from bot.channels.base import Channel
from bot.storage.database import Database
from bot.storage.tables import ProviderCopy, table

log = logging.getLogger(__name__)
_copy = table(ProviderCopy)
BATCH = 20
FIRST, MOST = timedelta(minutes=1), timedelta(hours=12)
ALARM_AFTER = 8  # tries: about four hours; from then on the operator reads of it


@runtime_checkable
class Deletes(Protocol):
    """A provider that keeps copies and deletes them when asked."""

    async def delete(self, kind: str, reference: str) -> bool:
        """True once it is gone there, also when it was gone already. Never raises for what the provider or network does."""
        ...


class Shredder:
    """`clock` gives the moment."""

    def __init__(self, database: Database, channels: Mapping[str, Channel], clock: Callable[[], datetime]) -> None:
        self._database, self._channels, self._clock = database, channels, clock

    async def run(self) -> int:
        """One round: what is due now. How many copies are gone. A claim of some minutes keeps two workers apart."""
        now = self._clock()
        rows = await self._database.write(lambda db: _claim(db, now))
        gone = [row.id for row in rows if await self._delete(row)]
        if gone:
            await self._database.write(lambda db: db.execute(delete(_copy).where(_copy.c.id.in_(gone))))
        return len(gone)

    async def _delete(self, row: Row[Any]) -> bool:
        channel = self._channels.get(row.channel)
        if isinstance(channel, Deletes) and await channel.delete(row.kind, row.reference):
            return True
        if row.attempts + 1 >= ALARM_AFTER:
            log.error("copy_left", extra={"channel": row.channel, "code": row.kind})
        return False


def _claim(db: Connection, now: datetime) -> list[Row[Any]]:
    """Due rows, put off as if they had failed: whoever dies in the middle leaves them for later."""
    query = select(_copy).where(_copy.c.next_at <= now).order_by(_copy.c.next_at).limit(BATCH)
    rows = list(db.execute(query.with_for_update(skip_locked=True)))
    for row in rows:
        wait = min(MOST, FIRST * 2**row.attempts)
        db.execute(update(_copy).where(_copy.c.id == row.id).values(attempts=row.attempts + 1, next_at=now + wait))
    return rows
