"""Sessions as a coordinator plans them: one by one, or from a table."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.tables import InfoSession, table
from flows.heard import VARIETIES

_session = table(InfoSession)
_ID = re.compile(r"^[a-z0-9][a-z0-9-]{0,35}$")
REGIONS = ("souss-massa", "beni-mellal-khenifra")
MOST_ROWS = 2000
MOST_SEATS = 5000
_LONGEST = {"place": 500, "city": 64, "link": 500, "audience": 64}


class BadRow(ValueError):
    """A row that cannot become a session; the text names the column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A session to be. `starts`, `ends`, `opens`, `closes` are local wall time (ISO, no offset). `waitlist` is how many may wait
    for a seat: as many as come, unless said otherwise; 0 is no line."""

    id: str
    title: Mapping[str, str]
    description: Mapping[str, str] = field(default_factory=dict)
    place: str
    city: str
    region: str
    starts: str
    ends: str
    capacity: int
    language: str
    zone: str
    waitlist: int = MOST_SEATS
    audience: str = "all"
    link: str | None = None
    opens: str | None = None
    closes: str | None = None


def save(db: Connection, now: datetime, plan: Plan, token: str) -> None:
    """Write a session, or change the one of this id (its seats, its public address and whether it was cancelled stay)."""
    values = {
        "id": plan.id,
        "token": token,
        "title": dict(plan.title),
        "description": dict(plan.description),
        "place": plan.place,
        "city": plan.city,
        "region": plan.region,
        "link": plan.link,
        "audience": plan.audience,
        "language": plan.language,
        "capacity": plan.capacity,
        "waitlist": plan.waitlist,
        "starts": plan.starts,
        "ends": plan.ends,
        "zone": plan.zone,
        "booking_opens": plan.opens,
        "booking_closes": plan.closes,
        "state": "open",
        "created_at": now,
    }
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    changed = {k: v for k, v in values.items() if k not in ("id", "token", "state", "created_at")}
    statement = dialect.insert(_session).values(values)
    db.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed))


def count(db: Connection) -> int:
    return int(db.execute(select(func.count()).select_from(_session)).scalar_one())


def rows_of(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """(row number as the spreadsheet shows it, columns). Raises BadRow for a file that is no table."""
    if file.suffix.lower() not in (".xlsx", ".csv"):
        raise BadRow(f"{file.name} is neither .csv nor .xlsx")
    try:
        table_rows = _of_workbook(file) if file.suffix.lower() == ".xlsx" else _of_text(file)
    except (BadZipFile, InvalidFileException, UnicodeDecodeError, csv.Error, KeyError) as error:
        raise BadRow(f"{file.name} cannot be read as a table (a .csv must be UTF-8)") from error
    if not table_rows:
        raise BadRow(f"{file.name} is empty")
    if len(table_rows) > MOST_ROWS + 1:
        raise BadRow(f"{file.name} has more than {MOST_ROWS} rows")
    head = [c.strip().lower() for c in table_rows[0]]
    for number, row in enumerate(table_rows[1:], start=2):
        columns = {name: value.strip() for name, value in zip(head, row, strict=False) if name}
        if any(columns.values()):
            yield number, columns


def _of_workbook(file: Path) -> list[list[str]]:
    book = load_workbook(file, read_only=True, data_only=True)
    return [["" if c is None else _cell(c) for c in row] for row in book.worksheets[0].iter_rows(values_only=True)]


def _of_text(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        head = stream.readline()
        stream.seek(0)
        delimiter = max(",;\t", key=head.count)
        return [list(row) for row in csv.reader(stream, delimiter=delimiter)]


def _cell(value: Any) -> str:
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else str(value)


def plan_of(row: Mapping[str, str], zone: str, find_city: Callable[[str], str | None], number: int) -> Plan:
    """A row as a plan. Raises BadRow naming the column and what is wrong with it."""
    title = {v: row[f"title_{v.lower()}"] for v in VARIETIES if row.get(f"title_{v.lower()}")}
    if not title:
        raise BadRow("title_fr (or another variety): a title is needed")
    starts, ends = _wall(row, "start"), _wall(row, "end")
    if ends <= starts:
        raise BadRow("end: it must come after the start")
    region = row.get("region", "").lower().replace(" ", "-").replace("é", "e")
    if region not in REGIONS:
        raise BadRow(f"region: {row.get('region')!r} is none of {', '.join(REGIONS)}")
    city = row.get("city", "")
    if not city or not row.get("place"):
        raise BadRow("city and place: both are needed")
    language = row.get("language", "")
    if language not in VARIETIES:
        raise BadRow(f"language: {language!r} is none of {', '.join(VARIETIES)}")
    for column, most in _LONGEST.items():
        if len(row.get(column, "")) > most:
            raise BadRow(f"{column}: longer than {most} characters")
    found = find_city(city)
    return Plan(
        id=_id(row, found or city, starts, number),
        title=title,
        description={v: row[f"description_{v.lower()}"] for v in VARIETIES if row.get(f"description_{v.lower()}")},
        place=row["place"],
        city=found or city,
        region=region,
        starts=starts,
        ends=ends,
        capacity=_number(row, "capacity", None),
        language=language,
        zone=_zone(row.get("zone") or zone),
        waitlist=_number(row, "waitlist", MOST_SEATS),
        audience=row.get("audience") or "all",
        link=row.get("link") or None,
        opens=_wall(row, "booking_opens") if row.get("booking_opens") else None,
        closes=_wall(row, "booking_closes") if row.get("booking_closes") else None,
    )


def _id(row: Mapping[str, str], city: str, starts: str, number: int) -> str:
    given = row.get("id", "")
    if not given:
        slug = re.sub(r"[^a-z0-9]+", "-", city.lower()).strip("-")[:16] or "session"
        given = f"{slug}-{starts[:10]}-{starts[11:13]}{starts[14:16]}"
    if not _ID.match(given):
        raise BadRow(f"id: {given!r} may hold a-z, 0-9 and -, 36 characters at most")
    return given


def _wall(row: Mapping[str, str], column: str) -> str:
    try:
        moment = datetime.fromisoformat(row.get(column, ""))
    except ValueError:
        raise BadRow(f"{column}: {row.get(column)!r} is no local time such as 2026-12-05T15:00") from None
    if moment.tzinfo is not None:
        raise BadRow(f"{column}: local wall time, without offset")
    return moment.isoformat(timespec="minutes")


def _number(row: Mapping[str, str], column: str, default: int | None) -> int:
    given = row.get(column, "")
    if not given and default is not None:
        return default
    try:
        number = int(float(given))
    except (ValueError, OverflowError):
        raise BadRow(f"{column}: {given!r} is no number") from None
    if not (0 if default is not None else 1) <= number <= MOST_SEATS:
        raise BadRow(f"{column}: {number} is out of range (at most {MOST_SEATS})")
    return number


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadRow(f"zone: {name!r} is no time zone") from None
    return name
