"""What keeps an open page true: streams that say which part of it has changed. A stream holds no state but the marks it last
told, and those come back with the browser (`Last-Event-ID`), so any process can carry on where another left off."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from bot.assembly import Assembly
from bot.console import reading
from bot.console.entrance import COOKIE, RowId, Watching, house_of
from bot.handoff import team

router = APIRouter(prefix="/console")
LOOK_SECONDS = 0.4  # a person's message is on the page within a second
SIGNED_IN_SECONDS = 10
_BREATH_SECONDS = 15  # proxies close what is silent
Marks = dict[str, str]


@router.get("/live")
async def queue(request: Request, member: Watching, seen: str = "") -> Response:
    house = house_of(request)

    async def look() -> Marks | None:
        now = house.clock()
        return {"queue": await house.database.read(lambda db: reading.queue_mark(db, now, member))}

    return _stream(request, house, look, seen)


@router.get("/case/{case_id}/live")
async def case(request: Request, member: Watching, case_id: RowId, seen: str = "") -> Response:
    house = house_of(request)

    async def look() -> Marks | None:
        now = house.clock()
        marks = await house.database.read(lambda db: reading.marks(db, now, member, case_id))
        return None if marks is None else {"thread": marks.thread, "head": marks.head, "owner": marks.owner}

    return _stream(request, house, look, seen)


def _stream(request: Request, house: Assembly, look: Callable[[], Awaitable[Marks | None]], seen: str) -> Response:
    known = (request.headers.get("Last-Event-ID") or seen).split(".")
    stream = _events(house, request.cookies.get(COOKIE, ""), look, known)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _events(
    house: Assembly, token: str, look: Callable[[], Awaitable[Marks | None]], known: list[str]
) -> AsyncIterator[str]:
    """One event a changed part, named like the part. At the end of the session all parts are called changed: fetching one
    of them leads to the sign-in page."""
    loop = asyncio.get_running_loop()
    checked = spoken = loop.time()
    told: list[str] = known
    yield "retry: 1000\n\n"
    while not _closing():
        found = await look()
        if found is None:
            yield _event("owner", "gone")
            return
        marks = list(found.values())
        changed = [name for place, name in enumerate(found) if place >= len(told) or told[place] != marks[place]]
        if changed:
            told, spoken = marks, loop.time()
            yield "".join(_event(name, ".".join(marks)) for name in changed)
        elif loop.time() - spoken > _BREATH_SECONDS:
            spoken = loop.time()
            yield ": here\n\n"
        if loop.time() - checked > SIGNED_IN_SECONDS:
            checked = loop.time()
            if not await _signed_in(house, token):
                yield "".join(_event(name, "over") for name in found)
                return
        await asyncio.sleep(LOOK_SECONDS)


def _closing() -> bool:
    """Whether the server was told to stop: it waits for open streams, and only the handler of the signal knows of it.
    https://github.com/encode/uvicorn/blob/master/uvicorn/server.py"""
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return bool(getattr(server, "should_exit", False))


async def _signed_in(house: Assembly, token: str) -> bool:
    now = house.clock()
    return await house.database.read(lambda db: team.who(db, now, token)) is not None


def _event(name: str, mark: str) -> str:
    return f"event: {name}\nid: {mark}\ndata: .\n\n"
