"""How much anybody may send us, and how long it may take: kept before any page, form or signature is looked at."""

import asyncio

from fastapi import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 256 * 1024  # the largest of any provider's payloads, and of any form of ours, is far below
PATIENCE = 20.0  # seconds for the whole body; a page of ours gives up by then


class Bounded:
    """Reads the body, then hands it on. 413 for a large one, 408 for one that trickles, in both cases without the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(PATIENCE):
                body = await _body(receive)
        except TimeoutError:
            await _refused(408)(scope, receive, send)
            return
        if body is None:
            return  # gone while sending: nobody to answer
        if len(body) > LARGEST_BODY:
            await _refused(413)(scope, receive, send)
            return
        given = False

        async def again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)


async def _body(receive: Receive) -> bytes | None:
    """The whole body, or a little more than is allowed of it; None when the other side hung up."""
    pieces, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        piece = message.get("body", b"")
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_BODY or not message.get("more_body", False):
            return b"".join(pieces)


def _refused(status: int) -> Response:
    return Response(status_code=status, headers={"Connection": "close"})
