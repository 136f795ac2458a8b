"""Sessions as tables: brought in from one, taken away as one."""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, File, Request, Response, UploadFile
from sqlalchemy import Connection
from starlette.datastructures import UploadFile as Received

from bot.booking import attending, bringing, changing, figures
from bot.booking.bringing import Read
from bot.booking.figures import Line
from bot.booking.planning import MOST_SEATS, BadFile
from bot.console import reading, sheets
from bot.console.case import NotFound
from bot.console.entrance import Ours, Signed, house_of, page
from bot.console.session_form import label, reason
from bot.console.sessions import SessionId, coordinator, words_of
from bot.console.sheets import Cell, Kind
from bot.console.words import Words
from bot.handoff.team import Member
from flows.heard import VARIETIES

router = APIRouter(prefix="/console", dependencies=[Depends(coordinator)])
Rows = Callable[[Connection], list[list[Cell]]]
_EVERY = 100_000
_TEXTS = tuple(f"{name}_{v.lower()}" for name in ("title", "description") for v in VARIETIES)
_PLANNED = ("id", *_TEXTS, "place", "city", "region", "link", "audience", "language", "capacity", "waitlist", "start", "end")
_FIGURES = ("state", "held", "waiting", "came", "walk_ins", "no_shows", "answers", "clear_yes", "useful_yes")
HEAD = (*_PLANNED, "booking_opens", "booking_closes", "zone", *_FIGURES)
_ATTENDANCE = ("code", "seats", "language", "status", "came", "coming")
_FEEDBACK = ("language", "clear", "useful", "wish")


@router.get("/import-sessions")
async def ask(request: Request, member: Signed) -> Response:
    return page(request, member, "session_import.html")


@router.post("/import-sessions")
async def bring(request: Request, member: Ours, file: Annotated[UploadFile | str, File()] = "") -> Response:
    """Rows that can be read are written, the others named with what is wrong with them."""
    house, words = house_of(request), words_of(request, member)
    if not isinstance(file, Received) or not file.filename:
        return page(request, member, "session_import.html", 422, fault=words.say("session.import.none"))
    data, name = await file.read(), file.filename
    try:
        table = await asyncio.get_running_loop().run_in_executor(None, _read, words, data, Path(name).suffix.lower())
    except BadFile as error:
        return page(request, member, "session_import.html", 422, fault=words.say(f"session.import.{error.fault}"))
    now = house.clock()

    def write(db: Connection) -> bringing.Report:
        report = bringing.write(db, now, table, house.token, past=False)
        reading.write_down(db, now, member, "import_sessions", f"{report.new} new, {report.changed} changed")
        return report

    report = await house.database.write(write)
    bad = [(b.row, label(words, b.why.column.split(" ")[0]), reason(words, b.why)) for b in report.bad]
    return page(request, member, "session_import.html", report=report, bad=bad)


def _read(words: Words, data: bytes, ending: str) -> Read:
    """Raises BadFile, also for what only looks like a workbook."""
    places = words.house.library.places

    def find_city(name: str) -> str | None:
        found = places.find(name)
        return found.id if found else None

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"table{ending if ending in ('.csv', '.xlsx') else '.other'}"
        file.write_bytes(data)
        try:
            return bringing.read(file, words.house.settings.timezone, find_city)
        except BadFile:
            raise
        except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, SyntaxError) as error:
            raise BadFile("table", "unreadable") from error


@router.get("/sessions.{kind}")
async def every(request: Request, member: Signed, kind: Kind) -> Response:
    """All sessions with their figures, in columns that the import reads."""
    house, now = house_of(request), house_of(request).clock()

    def read(db: Connection) -> list[tuple[Line, figures.Opinions]]:
        reading.write_down(db, now, member, "export_sessions", kind)
        return [(line, figures.opinions(db, line.session.id)) for line in figures.lines(db, now, "all", _EVERY)]

    found = await house.database.write(read)
    return sheets.answer(kind, "sessions", HEAD, (_row(*pair) for pair in found))


def _row(line: Line, opinions: figures.Opinions) -> list[Cell]:
    plan = changing.plan_of(line.session)
    texts = [texts.get(v, "") for texts in (plan.title, plan.description) for v in VARIETIES]
    waitlist = None if plan.waitlist >= MOST_SEATS else plan.waitlist
    seen = opinions.answers >= figures.FEWEST_OPINIONS
    return [
        *(plan.id, *texts, plan.place, plan.city, plan.region, plan.link, plan.audience, plan.language),
        *(plan.capacity, waitlist, plan.starts, plan.ends, plan.opens, plan.closes, plan.zone),
        *(line.session.state, line.held, line.waiting, line.came, line.session.walk_ins, line.no_shows, opinions.answers),
        *((opinions.clear[2], opinions.useful[2]) if seen else (None, None)),
    ]


@router.get("/sessions/{session_id}/attendance.{kind}")
async def attendance(request: Request, member: Signed, session_id: SessionId, kind: Kind) -> Response:
    """Booking by booking, by the code shown at the door; there is no name in the house."""

    def read(db: Connection) -> list[list[Cell]]:
        return [[r.code, r.seats, r.language, r.status, r.came, _yes(r.coming)] for r in attending.expected(db, session_id)]

    return await _table(request, member, session_id, kind, "attendance", read, _ATTENDANCE)


@router.get("/sessions/{session_id}/feedback.{kind}")
async def feedback(request: Request, member: Signed, session_id: SessionId, kind: Kind) -> Response:
    """Answer by answer, none while they are so few that one could be somebody's."""

    def read(db: Connection) -> list[list[Cell]]:
        rows = figures.answers(db, session_id)
        return [list(row) for row in rows] if len(rows) >= figures.FEWEST_OPINIONS else []

    return await _table(request, member, session_id, kind, "feedback", read, _FEEDBACK)


async def _table(
    request: Request, member: Member, session_id: str, kind: Kind, what: str, read: Rows, head: tuple[str, ...]
) -> Response:
    now = house_of(request).clock()

    def looked(db: Connection) -> list[list[Cell]] | None:
        if changing.find(db, session_id) is None:
            return None
        reading.write_down(db, now, member, f"export_{what}", f"session/{session_id}")
        return read(db)

    rows = await house_of(request).database.write(looked)
    if rows is None:
        raise NotFound
    return sheets.answer(kind, f"{what}-{session_id}", head, rows)


def _yes(coming: bool | None) -> str | None:
    return None if coming is None else "yes" if coming else "no"
