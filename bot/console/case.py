"""One conversation: read it, take it, answer, note, hand it back. Every deed checks again, inside its own unit of work, that
the case is for this member at all."""

from collections.abc import Callable
from datetime import datetime
from secrets import token_urlsafe
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from bot.console import reading, summary, thread
from bot.console.entrance import Ours, RowId, Signed, house_of, page
from bot.console.words import Words, interface
from bot.delivery.inbox import INBOX
from bot.delivery.outbox import OUTBOX
from bot.handoff import cases, letters
from bot.handoff.desk import LONGEST_REPLY, NotYours
from bot.handoff.team import Member

router = APIRouter(prefix="/console/case/{case_id}")
Said = Annotated[str, Form(max_length=LONGEST_REPLY * 2)]
Once = Annotated[str, Form(pattern=r"^[A-Za-z0-9_-]{0,32}$")]
_WITH_THREAD = ("case.html", "_desk.html", "_thread.html")
Deed = Callable[[Connection, datetime], Any]


class NotFound(Exception):
    """No such case, or not for this member: the two look the same."""


@router.get("")
async def conversation(request: Request, member: Signed, case_id: RowId) -> Response:
    """The whole page. That it was read is written down."""
    return await _show(request, member, case_id, "case.html", read=True)


@router.get("/thread")
async def thread_part(request: Request, member: Signed, case_id: RowId) -> Response:
    return await _show(request, member, case_id, "_thread.html")


@router.get("/head")
async def head_part(request: Request, member: Signed, case_id: RowId) -> Response:
    return await _show(request, member, case_id, "_head.html")


@router.get("/facts")
async def facts_part(request: Request, member: Signed, case_id: RowId) -> Response:
    return await _show(request, member, case_id, "_facts.html")


@router.get("/composer")
async def composer_part(request: Request, member: Signed, case_id: RowId) -> Response:
    return await _show(request, member, case_id, "_composer.html")


@router.post("/take")
async def take(request: Request, member: Ours, case_id: RowId) -> Response:
    """Also renews: taking what one holds already begins the lease anew."""
    desk = house_of(request).desk
    return await _do(request, member, case_id, lambda db, now: desk.take(db, now, case_id, member.id))


@router.post("/say")
async def say(
    request: Request,
    member: Ours,
    case_id: RowId,
    text: Said = "",
    once: Once = "",
) -> Response:
    """`once` was made with the form: the same form sent twice is one reply."""
    desk, key = house_of(request).desk, f"say:{member.id}:{case_id}:{once}"
    if not once:
        return await _again(request, member, case_id, "notice.incomplete", text)
    return await _do(request, member, case_id, lambda db, now: desk.say(db, now, case_id, member.id, text, key), text)


@router.post("/note")
async def note(request: Request, member: Ours, case_id: RowId, text: Said = "") -> Response:
    desk = house_of(request).desk
    return await _do(request, member, case_id, lambda db, now: desk.note(db, now, case_id, member.id, text), text)


@router.post("/hand-back")
async def hand_back(request: Request, member: Ours, case_id: RowId) -> Response:
    desk = house_of(request).desk
    return await _do(request, member, case_id, lambda db, now: desk.hand_back(db, now, case_id, member.id))


@router.post("/again/{outbox_id}")
async def again(request: Request, member: Ours, case_id: RowId, outbox_id: RowId) -> Response:
    """An advisor's reply of unknown or sad fate, sent again because the advisor decides so."""
    house = house_of(request)

    def deed(db: Connection, now: datetime) -> None:
        row = reading.case(db, now, member, case_id)
        if row is None or not reading.holds(row, member, now):
            raise NotYours
        letters.send_again(db, house.bell, now, member.id, outbox_id, row.contact_id)

    return await _do(request, member, case_id, deed)


async def _do(request: Request, member: Member, case_id: int, deed: Deed, text: str = "") -> Response:
    """One deed in one unit of work; whatever is in its way is said kindly, and what was typed is kept."""
    house = house_of(request)
    now = house.clock()

    def work(db: Connection) -> None:
        if reading.case(db, now, member, case_id) is None:
            raise NotFound
        deed(db, now)

    try:
        await house.database.write(work)
    except NotYours:
        return await _again(request, member, case_id, "notice.not_yours", text)
    except ValueError:
        return await _again(request, member, case_id, "notice.length", text)
    house.bell.rung(INBOX)
    house.bell.rung(OUTBOX)
    if request.headers.get("HX-Request") != "true":
        return RedirectResponse(f"/console/case/{case_id}", 303)
    return await _show(request, member, case_id, "_desk.html")


async def _again(request: Request, member: Member, case_id: int, notice: str, text: str) -> Response:
    whole = request.headers.get("HX-Request") != "true"
    template = "case.html" if whole else "_desk.html"
    return await _show(request, member, case_id, template, notice=notice, draft=text)


async def _show(
    request: Request,
    member: Member,
    case_id: int,
    template: str,
    read: bool = False,
    notice: str | None = None,
    draft: str = "",
) -> Response:
    house = house_of(request)
    now, words = house.clock(), Words(house=house, language=interface(member.interface))
    found = await house.database.read(lambda db: _gather(db, words, member, case_id, now, template in _WITH_THREAD))
    if found is None:
        raise NotFound
    if read:
        await house.database.write(lambda db: reading.write_down(db, now, member, "read", f"case/{case_id}"))
    if template in _WITH_THREAD and found["mine"] and found["case"].unread:
        await house.database.write(lambda db: cases.seen(db, case_id, member.id))
    return page(request, member, template, notice=notice, draft=draft, once=token_urlsafe(16), **found)


def _gather(
    db: Connection, words: Words, member: Member, case_id: int, now: datetime, with_thread: bool
) -> dict[str, Any] | None:
    """One consistent moment: marks and thread belong together."""
    case = reading.case(db, now, member, case_id)
    if case is None:
        return None
    held = case.state == "taken" and case.lease_until is not None and case.lease_until > now
    since = reading.begins(db, member, case)
    return {
        "case": case,
        "mine": reading.holds(case, member, now),
        "held": held,
        "hears": reading.hears(case, member, now),
        "summary": summary.of(db, words, case, now, since),
        "days": thread.days(db, words, case, since) if with_thread else [],
        "marks": str(reading.marks(db, now, member, case_id)),
        "longest": LONGEST_REPLY,
    }
