"""The form of a session: a new one, or another time, place or number of seats. Another time or place is told to everybody it
concerns, after the coordinator has seen how many they are."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, Row
from starlette.datastructures import FormData

from bot.booking import changing, planning
from bot.booking.changing import Over, Overtaken, TooFew
from bot.booking.planning import AUDIENCES, BadRow, Plan
from bot.console import reading
from bot.console.case import NotFound
from bot.console.entrance import Ours, Signed, house_of, page
from bot.console.sessions import PREFIX, SessionId, coordinator, spoken, words_of
from bot.console.words import Words
from bot.delivery import announcing
from bot.delivery.inbox import INBOX
from bot.handoff.team import Member
from flows.heard import VARIETIES

router = APIRouter(prefix="/console", dependencies=[Depends(coordinator)])
NEW = "/console/new-session"
_TITLES, _DESCRIPTIONS = ({v: f"{name}_{v.lower()}" for v in VARIETIES} for name in ("title", "description"))
_LINES = ("place", "city", "region", "link", "audience", "language", "capacity", "waitlist")
_MOMENTS = ("start", "end", "booking_opens", "booking_closes")
_FIELDS = (*_TITLES.values(), *_DESCRIPTIONS.values(), *_LINES, *_MOMENTS)
_LONGEST = 2000  # characters of any field: more than any of them may hold, so that the plan says which is too long


@router.get("/new-session")
async def empty(request: Request, member: Signed) -> Response:
    region = member.region or house_of(request).settings.region
    typed = dict.fromkeys(_FIELDS, "") | {"region": region, "language": "ary", "audience": "all", "capacity": "30"}
    return await _form(request, member, None, typed)


@router.post("/new-session")
async def create(request: Request, member: Ours) -> Response:
    house, now = house_of(request), house_of(request).clock()
    typed = _typed(await request.form())
    try:
        plan = _plan(words_of(request, member), typed, house.settings.timezone)
        changing.ahead(plan, now)
    except BadRow as why:
        return await _form(request, member, None, typed, fault=_sentence(words_of(request, member), why), wrong=why.column)

    def write(db: Connection) -> str:
        made = changing.create(db, now, plan, house.token())
        reading.write_down(db, now, member, "plan_session", f"session/{made}")
        return made

    return RedirectResponse(f"{PREFIX}/{await house.database.write(write)}?told=0", 303)


@router.get("/sessions/{session_id}/edit")
async def edit(request: Request, member: Signed, session_id: SessionId) -> Response:
    row, _ = await _found(request, session_id)
    if not _may_change(request, row):
        return RedirectResponse(f"{PREFIX}/{session_id}", 303)
    return await _form(request, member, row, _as_typed(words_of(request, member), row), seen=changing.mark(row))


@router.post("/sessions/{session_id}/edit")
async def change(request: Request, member: Ours, session_id: SessionId) -> Response:
    house, words = house_of(request), words_of(request, member)
    form = await request.form()
    typed, seen = _typed(form), str(form.get("seen", ""))[:12]
    row, people = await _found(request, session_id)
    try:
        plan = replace(_plan(words, typed, row.zone), id=row.id)
        if people and not form.get("sure") and changing.moves(row, plan) and changing.mark(row) == seen:
            return await _form(request, member, row, typed, seen=seen, moves=people)
        told = await _write(request, member, row, plan, seen)
    except BadRow as why:
        return await _form(request, member, row, typed, _sentence(words, why), why.column, seen=seen)
    except TooFew as few:
        fault = words.say("session.form.too_few", taken=few.taken)
        return await _form(request, member, row, typed, fault, "capacity", seen=seen)
    except Overtaken:
        row, _ = await _found(request, session_id)
        fault = words.say("session.form.overtaken")
        return await _form(request, member, row, _as_typed(words, row), fault, seen=changing.mark(row), status=409)
    except Over:
        return await _form(request, member, row, typed, words.say("session.form.over"), seen=seen, status=409)
    house.bell.rung(INBOX)
    return RedirectResponse(f"{PREFIX}/{session_id}?told={told}", 303)


async def _write(request: Request, member: Member, row: Row[Any], plan: Plan, seen: str) -> int:
    house, now = house_of(request), house_of(request).clock()

    def write(db: Connection) -> int:
        changed = announcing.change(db, house.vault, house.bell, now, row.id, plan, seen)
        reading.write_down(db, now, member, "move_session" if changed.moved else "change_session", f"session/{row.id}")
        return len(changed.concerned)

    return await house.database.write(write)


async def _found(request: Request, session_id: str) -> tuple[Row[Any], int]:
    """The session and how many people hold or await a seat. Raises NotFound."""
    row, people = await house_of(request).database.read(
        lambda db: (changing.find(db, session_id), len(changing.concerned(db, session_id)))
    )
    if row is None:
        raise NotFound
    return row, people


def _may_change(request: Request, row: Row[Any]) -> bool:
    return row.state == "open" and not changing.has_begun(row, house_of(request).clock())


def _typed(form: FormData) -> dict[str, str]:
    """Fields as typed: one line each, but descriptions, which keep their lines. A NUL is nothing a database can hold."""
    typed = {}
    for name in _FIELDS:
        value = form.get(name, "")
        text = value.replace("\x00", "")[:_LONGEST] if isinstance(value, str) else ""
        keep = name in _DESCRIPTIONS.values()
        typed[name] = text.replace("\r\n", "\n").strip() if keep else " ".join(text.split())
    return typed


def _plan(words: Words, typed: Mapping[str, str], zone: str) -> Plan:
    """Raises BadRow."""
    places = words.house.library.places

    def find_city(name: str) -> str | None:
        found = places.find(name)
        return found.id if found else None

    return planning.plan_of(typed, zone, find_city, 0)


def _as_typed(words: Words, row: Row[Any]) -> dict[str, str]:
    plan = changing.plan_of(row)
    typed = {name: plan.title.get(v, "") for v, name in _TITLES.items()}
    typed |= {name: plan.description.get(v, "") for v, name in _DESCRIPTIONS.items()}
    typed |= {name: str(getattr(plan, name) or "") for name in _LINES}
    unlimited = plan.waitlist >= planning.MOST_SEATS
    typed |= {"city": words.place(plan.city), "waitlist": "" if unlimited else str(plan.waitlist)}
    return typed | {
        "start": plan.starts,
        "end": plan.ends,
        "booking_opens": plan.opens or "",
        "booking_closes": plan.closes or "",
    }


def label(words: Words, column: str) -> str:
    """A column's name as the form has it."""
    kind, _, code = column.partition("_")
    if kind in ("title", "description"):
        variety = next((v for v in VARIETIES if code == v.lower()), "fr")
        return words.say(f"session.field.{kind}", variety=words.variety(variety))
    return words.known(f"session.field.{column}", column)


def reason(words: Words, why: BadRow) -> str:
    return words.say(f"session.fault.{why.fault}")


def _sentence(words: Words, why: BadRow) -> str:
    return words.say("session.form.fault", field=label(words, why.column), why=reason(words, why))


async def _form(
    request: Request,
    member: Member,
    row: Row[Any] | None,
    typed: Mapping[str, str],
    fault: str | None = None,
    wrong: str = "",
    seen: str = "",
    moves: int = 0,
    status: int = 0,
) -> Response:
    words = words_of(request, member)
    return page(
        request,
        member,
        "session_form.html",
        status or (422 if fault else 200),
        row=row,
        action=f"{PREFIX}/{row.id}/edit" if row else NEW,
        typed=typed,
        fault=fault,
        wrong=wrong,
        seen=seen,
        moves=moves,
        titles=[(name, words.variety(v), "rtl" if v in ("ar", "ary") else "ltr") for v, name in _TITLES.items()],
        descriptions=[(name, label(words, name), "rtl" if v in ("ar", "ary") else "ltr") for v, name in _DESCRIPTIONS.items()],
        regions=[(code, words.region(code)) for code in planning.REGIONS],
        languages=[(v, spoken(words, v)) for v in VARIETIES if v != "ary-Latn" or v == typed["language"]],
        audiences=[(a, words.known(f"session.audience.{a}", a)) for a in dict.fromkeys((*AUDIENCES, typed["audience"]))],
        more=any(typed.get(name) for name in (*_DESCRIPTIONS.values(), "booking_opens", "booking_closes")),
        label=lambda name: label(words, name),
    )
