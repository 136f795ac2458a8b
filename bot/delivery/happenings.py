"""The log for the figures: what happened, where and in which language, never to whom. A pseudonym, valid within one month,
tells "the same person again" apart from "another one"; its key is thrown away with the month."""

import hashlib
import hmac
import os
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.tables import Happening, Period, table

_period, _happening = table(Period), table(Happening)


class Pseudonyms:
    """Keeps the key of the month at hand, once it is known to be committed: a unit that made one may yet be undone."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}

    def of(self, db: Connection, now: datetime, contact_id: int) -> tuple[str, str]:
        """(period, pseudonym)."""
        period = f"{now:%Y-%m}"
        key = self._keys.get(period) or _stored(db, period)
        if key is None:
            key = _made(db, now, period)
        else:
            self._keys = {period: key}
        digest = hmac.new(key, str(contact_id).encode(), hashlib.sha256).hexdigest()
        return period, digest[:20]


def _stored(db: Connection, period: str) -> bytes | None:
    return db.execute(select(_period.c.key).where(_period.c.name == period)).scalar_one_or_none()


def _made(db: Connection, now: datetime, period: str) -> bytes:
    """A new key, or the one that another process has just made."""
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    values = {"name": period, "key": os.urandom(32), "created_at": now}
    db.execute(dialect.insert(_period).values(values).on_conflict_do_nothing(index_elements=["name"]))
    return bytes(db.execute(select(_period.c.key).where(_period.c.name == period)).scalar_one())


def forget_past(db: Connection, now: datetime) -> int:
    """Throw away the keys of months gone by; from then on nobody can tell one pseudonym's owner."""
    return db.execute(delete(_period).where(_period.c.name < f"{now:%Y-%m}")).rowcount


def write(db: Connection, rows: list[dict[str, object]]) -> None:
    if rows:
        db.execute(insert(_happening), rows)
