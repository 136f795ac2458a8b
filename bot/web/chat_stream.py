"""What the page listens to: server-sent events with the bubbles of its visitor, and what was said before.

The rows are the truth here too: a stream reads the outbox, so it shows the same after a lost connection, a second tab or a
restart. Between processes nothing needs to ring; within one, a message just received makes its streams look at once."""

import asyncio
import contextlib
import json
import signal
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from bot.assembly import Assembly
from bot.web import dress, reading, visitors
from bot.web.bubbles import to_json
from bot.web.reading import Bubble, News

router = APIRouter(prefix="/chat")
FAST, IDLE = 0.2, 1.0  # seconds between looks, while an answer is awaited and while none is
_PATIENCE = 25  # fast looks before slowing down: then something else is wrong
MOST_STREAMS = 12  # of one visitor: each looks into the database every second
_BEAT = 20  # seconds; a page that hears nothing for much longer connects anew
_RETRY_MS = 2000


class Ears:
    """Streams of this process, by visitor."""

    def __init__(self) -> None:
        self._listening: dict[str, set[asyncio.Event]] = {}

    @contextlib.contextmanager
    def listening(self, token: str) -> Any:
        event = asyncio.Event()
        self._listening.setdefault(token, set()).add(event)
        try:
            yield event
        finally:
            self._listening[token].discard(event)
            if not self._listening[token]:
                del self._listening[token]

    def full(self, token: str) -> bool:
        return len(self._listening.get(token, ())) >= MOST_STREAMS

    def poke(self, token: str) -> None:
        for event in self._listening.get(token, ()):
            event.set()


ears = Ears()


def visitor_token(request: Request) -> str:
    """401 ends the page's attempts: without a cookie there is nothing to listen to."""
    token = visitors.token_of(request)
    if token is None:
        raise HTTPException(401)
    return token


def listener_token(request: Request) -> str:
    token = visitor_token(request)
    if ears.full(token):
        raise HTTPException(429)
    return token


Listener = Annotated[str, Depends(listener_token)]
Known = Annotated[str, Depends(visitor_token)]


@router.get("/stream", response_class=EventSourceResponse)
async def stream(
    request: Request,
    token: Listener,
    response: Response,
    after: Annotated[int, Query(ge=0, le=reading.LARGEST_ID)] = 0,
    last_event_id: Annotated[str | None, Header()] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Bubbles after the last one the page got; `busy` while an answer is on its way; `beat` so that silence tells."""
    response.headers.update({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
    house: Assembly = request.app.state.house
    given = last_event_id or ""
    last = int(given) if given.isdecimal() and len(given) < 16 else after
    with ears.listening(token) as poked:
        yield ServerSentEvent(event="beat", data=0, retry=_RETRY_MS)
        async for found, busy_changed in _looks(house, token, last, poked):
            for bubble in found.bubbles:
                content = json.dumps(to_json(bubble, dress.of(request)), ensure_ascii=False, separators=(",", ":"))
                yield ServerSentEvent(raw_data=content, id=str(bubble.id))  # as it is: escaped, Arabic takes thrice the bytes
            if busy_changed is not None:
                yield ServerSentEvent(event="busy", data=int(busy_changed))
            elif not found.bubbles:
                yield ServerSentEvent(event="beat", data=0)


async def _looks(house: Assembly, token: str, last: int, poked: asyncio.Event) -> AsyncIterator[tuple[News, bool | None]]:
    """Looks again and again; gives what is new, whether `busy` changed, and now and then nothing at all."""
    seen: set[int] = {last}
    since: datetime | None = None
    busy, quiet, fast = False, 0.0, 0
    while not _closing():
        poked.clear()
        found, since = await _look(house, token, last, since, seen)
        seen.update(b.id for b in found.bubbles)
        fast = fast + 1 if found.busy else 0
        changed = found.busy if found.busy != busy else None
        busy = found.busy
        if found.bubbles or changed is not None or quiet >= _BEAT:
            quiet = 0.0
            yield found, changed
        pause = FAST if found.busy and fast < _PATIENCE else IDLE
        quiet += pause
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(poked.wait(), pause)


def _closing() -> bool:
    """Whether the server was told to stop. It waits for open streams, so they must look for themselves; the handler of the
    signal is the only place that knows: https://github.com/encode/uvicorn/blob/master/uvicorn/server.py"""
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return bool(getattr(server, "should_exit", False))


async def _look(house: Assembly, token: str, last: int, since: datetime | None, seen: set[int]) -> tuple[News, datetime | None]:
    def read(db: Any) -> tuple[News, datetime | None]:
        who = reading.visitor(db, house.vault, token)
        if who is None:
            return News(), since
        start = since or reading.moment_before(db, who, last)
        found = reading.news(db, who, start, seen)
        newest = max((b.at - reading.OVERLAP for b in found.bubbles), default=start)
        return found, max(start, newest)

    return await house.database.read(read)


@router.get("/history")
async def history(request: Request, token: Known, after: Annotated[int, Query(ge=0, le=reading.LARGEST_ID)] = 0) -> JSONResponse:
    """The last bubbles of both sides; with `after`, only what the page missed (for browsers without event streams)."""
    house: Assembly = request.app.state.house

    def read(db: Any) -> tuple[list[Bubble], bool]:
        who = reading.visitor(db, house.vault, token)
        if who is None:
            return [], False
        since = reading.moment_before(db, who, after) if after else reading.EVER
        found = reading.news(db, who, since, {after})
        return (list(found.bubbles) if after else reading.history(db, who)), found.busy

    bubbles, busy = await house.database.read(read)
    words = dress.of(request)
    content = {"bubbles": [to_json(b, words) for b in bubbles], "busy": busy}
    return JSONResponse(content, headers={"Cache-Control": "no-store"})
