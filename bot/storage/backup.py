"""A whole database as one sealed file, the same for SQLite and PostgreSQL, made while the house is running; and back again.

Read in one snapshot: what was committed before the mark is in it, what came later is not. Rows are JSON lines, compressed,
sealed. A file of one database restores into the other."""

import base64
import gzip
import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

from sqlalchemy import Connection, Table, delete, func, insert, select, text

from bot.storage import migrate
from bot.storage.chunks import Broken, Sealing, opened
from bot.storage.tables import Base

Json = Any
_ROWS = 500
_TABLES = Base.metadata.sorted_tables
_READ: Mapping[str, Callable[[Json], Json]] = {
    "b": base64.b64decode,
    "m": datetime.fromisoformat,
    "d": date.fromisoformat,
    "j": lambda inner: inner,
}


def write(db: Connection, now: datetime, out: BinaryIO, key: bytes) -> dict[str, int]:
    """Rows by table. `db` reads one snapshot; `out` is complete only when this returns."""
    sealing = Sealing(out, key)
    counts: dict[str, int] = {}
    with gzip.GzipFile(fileobj=sealing, mode="wb", compresslevel=6, mtime=0) as squeezed:
        squeezed.write(_line({"dalil": 1, "made": now.isoformat(), "schema": migrate.revision(db)}))
        for of in _TABLES:
            counts[of.name] = 0
            for row in db.execute(select(of).execution_options(yield_per=_ROWS)):
                squeezed.write(_line({"t": of.name, "r": {k: _plain(v) for k, v in row._mapping.items()}}))
                counts[of.name] += 1
        squeezed.write(_line({"end": counts}))
    sealing.close()
    return counts


def check(source: BinaryIO, keys: list[bytes]) -> tuple[datetime, dict[str, int]]:
    """When it was made, and rows by table, after reading it to its end. Raises Broken."""
    made, counts = None, None
    for line in _lines(source, keys):
        made = made or (datetime.fromisoformat(line["made"]) if "made" in line else None)
        counts = line.get("end", counts)
    if made is None or counts is None:
        raise Broken("the backup is cut")
    return made, counts


def restore(db: Connection, source: BinaryIO, keys: list[bytes]) -> dict[str, int]:
    """Everything in the database is replaced, in this one unit of work. The schema must be the backup's or newer."""
    lines = _lines(source, keys)
    head: dict[str, Json] = next(lines, {})
    if not migrate.knows(head.get("schema")):
        raise Broken("the backup was made by a newer Dalil: bring this one up to date first")
    for of in reversed(_TABLES):
        db.execute(delete(of))
    counts = _insert(db, lines)
    _count_on(db)
    return counts


def _insert(db: Connection, lines: Iterator[Json]) -> dict[str, int]:
    known = {of.name: of for of in _TABLES}
    counts: dict[str, int] = {}
    held: list[dict[str, Json]] = []
    now: Table | None = None
    for line in lines:
        if "end" in line:
            break
        of = known[line["t"]]
        if held and (of is not now or len(held) == _ROWS):
            db.execute(insert(now if now is not None else of), held)
            held = []
        now = of
        held.append({k: _value(of, k, v) for k, v in line["r"].items() if k in of.c})
        counts[of.name] = counts.get(of.name, 0) + 1
    if held and now is not None:
        db.execute(insert(now), held)
    return counts


def _count_on(db: Connection) -> None:
    """PostgreSQL's counters begin after the highest id that came in."""
    if db.dialect.name != "postgresql":
        return
    for of in _TABLES:
        if "id" in of.c and of.c.id.autoincrement is True:
            highest = db.execute(select(func.max(of.c.id))).scalar_one_or_none() or 0
            name = text("SELECT setval(pg_get_serial_sequence(:t, 'id'), :n, :used)")
            db.execute(name, {"t": of.name, "n": max(highest, 1), "used": highest > 0})


def _lines(source: BinaryIO, keys: list[bytes]) -> Iterator[Json]:
    with gzip.GzipFile(fileobj=io.BufferedReader(_Chunks(opened(source, keys)))) as unpacked:
        try:
            for line in unpacked:
                yield json.loads(line)
        except (EOFError, gzip.BadGzipFile, ValueError) as error:
            if isinstance(error, Broken):
                raise
            raise Broken("the backup is cut or changed") from error


class _Chunks(io.RawIOBase):
    """Chunks as a file that can be read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._left = chunks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        while not self._left:
            following = next(self._chunks, None)
            if following is None:
                return 0
            self._left = following
        count = min(len(room), len(self._left))
        room[:count], self._left = self._left[:count], self._left[count:]
        return count


def _line(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Json) -> Json:
    if isinstance(value, bytes | memoryview):
        return {"b": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, datetime):
        return {"m": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return {"j": value} if isinstance(value, dict | list) else value


def _value(of: Table, name: str, value: Json) -> Json:
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    return _READ[kind](inner)
