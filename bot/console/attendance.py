"""The door: ticking who comes on a telephone, the same list on paper, and a paper for who asks for one."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, Row

from bot.booking import attending, changing
from bot.booking.attending import Counts
from bot.console import reading, session_papers
from bot.console.case import NotFound
from bot.console.entrance import Ours, RowId, Signed, house_of, page
from bot.console.sessions import PREFIX, SessionId, coordinator, words_of
from bot.handoff.team import Member
from bot.knowledge.telling import in_variety
from bot.web import dress
from flows.heard import VARIETIES

router = APIRouter(prefix=PREFIX, dependencies=[Depends(coordinator)])
BookingId = Annotated[int, Path(ge=1, le=2**53)]
LONGEST_NAME = 80


@router.get("/{session_id}/attendance")
async def door(request: Request, member: Signed, session_id: SessionId) -> Response:
    return await _show(request, member, session_id)


@router.post("/{session_id}/attendance/{booking_id}")
async def tick(
    request: Request, member: Ours, session_id: SessionId, booking_id: RowId, came: Annotated[int, Form(ge=0, le=50)]
) -> Response:
    house, now = house_of(request), house_of(request).clock()
    done = await house.database.write(lambda db: attending.note(db, now, session_id, booking_id, came))
    return await _after(request, member, session_id, gone=not done)


@router.post("/{session_id}/walk-ins")
async def walk_in(request: Request, member: Ours, session_id: SessionId, step: Annotated[Literal["1", "-1"], Form()]) -> Response:
    house, now = house_of(request), house_of(request).clock()
    by: Literal[1, -1] = 1 if step == "1" else -1
    await house.database.write(lambda db: attending.walk_in(db, now, session_id, by))
    return await _after(request, member, session_id)


@router.post("/{session_id}/close")
async def close(request: Request, member: Ours, session_id: SessionId) -> Response:
    house, now = house_of(request), house_of(request).clock()

    def write(db: Connection) -> None:
        if attending.close(db, now, session_id):
            reading.write_down(db, now, member, "close_attendance", f"session/{session_id}")

    await house.database.write(write)
    return RedirectResponse(f"{PREFIX}/{session_id}/attendance", 303)


@router.get("/{session_id}/list.pdf")
async def printed(request: Request, member: Signed, session_id: SessionId) -> Response:
    session, rows, _ = await _read(request, session_id)
    words = words_of(request, member)
    return _pdf(session_papers.attendance(words, session, rows, house_of(request).clock()), f"attendance-{session_id}")


@router.get("/{session_id}/certificate/{booking_id}")
async def ask_certificate(request: Request, member: Signed, session_id: SessionId, booking_id: BookingId) -> Response:
    return await _certificate_form(request, member, session_id, booking_id)


@router.post("/{session_id}/certificate/{booking_id}")
async def certificate(
    request: Request,
    member: Ours,
    session_id: SessionId,
    booking_id: RowId,
    name: Annotated[str, Form(max_length=LONGEST_NAME)] = "",
    variety: Annotated[str, Form(pattern=rf"^({'|'.join(VARIETIES)})$")] = "fr",
) -> Response:
    """For who came and asks for it. The name is on the sheet and nowhere else, not even in the audit."""
    written = " ".join(name.split())
    if not written:
        return await _certificate_form(request, member, session_id, booking_id, fault=True)
    session, _ = await _attended(request, session_id, booking_id)
    house, now = house_of(request), house_of(request).clock()
    await house.database.write(lambda db: reading.write_down(db, now, member, "certificate", f"session/{session_id}"))
    sheet = session_papers.certificate(dress.of(request), session, written, variety, now)
    return _pdf(sheet, f"certificate-{session_id}")


async def _certificate_form(request: Request, member: Member, session_id: str, booking_id: int, fault: bool = False) -> Response:
    session, row = await _attended(request, session_id, booking_id)
    words = words_of(request, member)
    return page(
        request,
        member,
        "session_certificate.html",
        422 if fault else 200,
        s=session,
        booking=row,
        title=in_variety(session.title, words.language),
        varieties=[(v, words.variety(v)) for v in VARIETIES],
        chosen=row.language or "fr",
        most=LONGEST_NAME,
        fault=fault,
    )


async def _attended(request: Request, session_id: str, booking_id: int) -> tuple[Row[Any], Row[Any]]:
    """The session and the booking of somebody who came. Raises NotFound."""
    session, rows, _ = await _read(request, session_id)
    row = next((r for r in rows if r.id == booking_id and r.came), None)
    if row is None:
        raise NotFound
    return session, row


async def _after(request: Request, member: Member, session_id: str, gone: bool = False) -> Response:
    """A page's part for a page that is open, else the page again."""
    if request.headers.get("HX-Request") == "true" or gone:
        return await _show(request, member, session_id, gone)
    return RedirectResponse(f"{PREFIX}/{session_id}/attendance", 303)


async def _show(request: Request, member: Member, session_id: str, gone: bool = False) -> Response:
    session, rows, counts = await _read(request, session_id)
    words, now = words_of(request, member), house_of(request).clock()
    part = request.headers.get("HX-Request") == "true"
    return page(
        request,
        member,
        "_attendance.html" if part else "session_attendance.html",
        s=session,
        title=in_variety(session.title, words.language),
        when=words.wall(session.starts),
        rows=rows,
        counts=counts,
        phase=attending.phase(session, now),
        begun=changing.has_begun(session, now),
        closed=words.moment(session.attended_at) if session.attended_at else "",
        gone=gone,
    )


async def _read(request: Request, session_id: str) -> tuple[Row[Any], list[Row[Any]], Counts]:
    """Raises NotFound."""

    def read(db: Connection) -> tuple[Row[Any], list[Row[Any]], Counts] | None:
        session = changing.find(db, session_id)
        return (session, attending.expected(db, session_id), attending.counts(db, session)) if session else None

    found = await house_of(request).database.read(read)
    if found is None:
        raise NotFound
    return found


def _pdf(data: bytes, name: str) -> Response:
    return Response(data, media_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'})
