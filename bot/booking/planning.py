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
AUDIENCES = ("all", "youth", "mre", "returnee", "tcn")
MOST_ROWS = 2000
MOST_SEATS = 5000
_MOST_COLUMNS = 60
_LONGEST = {"place": 500, "city": 64, "link": 500, "audience": 64}
_LONGEST |= {f"title_{v.lower()}": 150 for v in VARIETIES} | {f"description_{v.lower()}": 1000 for v in VARIETIES}


class BadRow(ValueError):
    """A row that cannot become a session; the text names the column. `fault` says in one word what is wrong with it, for pages
    that have words of their own: title, moment, offset, order, past, region, missing, language, long, link, id, number, range,
    zone, held, begun, cancelled, twice."""

    def __init__(self, column: str, text: str, fault: str) -> None:
        super().__init__(f"{column}: {text}" if column else text)
        self.column, self.fault = column, fault


class BadFile(BadRow):
    """No row of the file can be read; the text says why. `fault`: kind, unreadable, empty, long."""

    def __init__(self, text: str, fault: str) -> None:
        super().__init__("", text, fault)


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
    values = {"id": plan.id, "token": token, "state": "open", "created_at": now, **values_of(plan)}
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(_session).values(values)
    db.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values_of(plan)))


def values_of(plan: Plan) -> dict[str, Any]:
    """The columns a plan fills: what a coordinator may change of a session."""
    return {
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
    }


def count(db: Connection) -> int:
    return int(db.execute(select(func.count()).select_from(_session)).scalar_one())


def rows_of(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """(row number as the spreadsheet shows it, columns). Raises BadFile."""
    if file.suffix.lower() not in (".xlsx", ".csv"):
        raise BadFile(f"{file.name} is neither .csv nor .xlsx", "kind")
    try:
        table_rows = _of_workbook(file) if file.suffix.lower() == ".xlsx" else _of_text(file)
    except (BadZipFile, InvalidFileException, UnicodeDecodeError, csv.Error, KeyError) as error:
        raise BadFile(f"{file.name} cannot be read as a table (a .csv must be UTF-8)", "unreadable") from error
    if not table_rows:
        raise BadFile(f"{file.name} is empty", "empty")
    if len(table_rows) > MOST_ROWS + 1:
        raise BadFile(f"{file.name} has more than {MOST_ROWS} rows", "long")
    head = [c.strip().lower() for c in table_rows[0]]
    for number, row in enumerate(table_rows[1:], start=2):
        columns = {name: _plain(value) for name, value in zip(head, row, strict=False) if name}
        if any(columns.values()):
            yield number, columns


def _of_workbook(file: Path) -> list[list[str]]:
    book = load_workbook(file, read_only=True, data_only=True)
    rows = book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=_MOST_COLUMNS, values_only=True)
    return [["" if c is None else _cell(c) for c in row] for row in rows]


def _of_text(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        head = stream.readline()
        stream.seek(0)
        delimiter = max(",;\t", key=head.count)
        return [list(row) for row in csv.reader(stream, delimiter=delimiter)]


def _plain(value: str) -> str:
    """A cell's words, without the apostrophe by which a spreadsheet is told that "=…" is no formula."""
    text = value.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@") else text


def _cell(value: Any) -> str:
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else str(value)


def plan_of(row: Mapping[str, str], zone: str, find_city: Callable[[str], str | None], number: int) -> Plan:
    """A row as a plan. Raises BadRow naming the column and what is wrong with it."""
    title = {v: row[f"title_{v.lower()}"] for v in VARIETIES if row.get(f"title_{v.lower()}")}
    if not title:
        raise BadRow("title_fr (or another variety)", "a title is needed", "title")
    starts, ends = _wall(row, "start"), _wall(row, "end")
    if ends <= starts:
        raise BadRow("end", "it must come after the start", "order")
    region = row.get("region", "").lower().replace(" ", "-").replace("é", "e")
    if region not in REGIONS:
        raise BadRow("region", f"{row.get('region')!r} is none of {', '.join(REGIONS)}", "region")
    city = row.get("city", "")
    if not city or not row.get("place"):
        raise BadRow("place" if city else "city", "place and city are both needed", "missing")
    language = row.get("language", "")
    if language not in VARIETIES:
        raise BadRow("language", f"{language!r} is none of {', '.join(VARIETIES)}", "language")
    for column, most in _LONGEST.items():
        if len(row.get(column, "")) > most:
            raise BadRow(column, f"longer than {most} characters", "long")
    if not re.match(r"https?://[^\s]+$|$", row.get("link", "")):
        raise BadRow("link", "it begins with https://", "link")
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


def id_for(city: str, starts: str) -> str:
    """Made of town and time: the same meeting in two tables is one session."""
    slug = re.sub(r"[^a-z0-9]+", "-", city.lower()).strip("-")[:16].strip("-") or "session"
    return f"{slug}-{starts[:10]}-{starts[11:13]}{starts[14:16]}"


def _id(row: Mapping[str, str], city: str, starts: str, number: int) -> str:
    given = row.get("id", "") or id_for(city, starts)
    if not _ID.match(given):
        raise BadRow("id", f"{given!r} may hold a-z, 0-9 and -, 36 characters at most", "id")
    return given


def _wall(row: Mapping[str, str], column: str) -> str:
    try:
        moment = datetime.fromisoformat(row.get(column, ""))
    except ValueError:
        raise BadRow(column, f"{row.get(column)!r} is no local time such as 2026-12-05T15:00", "moment") from None
    if moment.tzinfo is not None:
        raise BadRow(column, "local wall time, without offset", "offset")
    return moment.isoformat(timespec="minutes")


def _number(row: Mapping[str, str], column: str, default: int | None) -> int:
    given = row.get(column, "")
    if not given and default is not None:
        return default
    try:
        number = int(float(given))
    except (ValueError, OverflowError):
        raise BadRow(column, f"{given!r} is no number", "number") from None
    if not (0 if default is not None else 1) <= number <= MOST_SEATS:
        raise BadRow(column, f"{number} is out of range (at most {MOST_SEATS})", "range")
    return number


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadRow("zone", f"{name!r} is no time zone", "zone") from None
    return name
