"""What a provider may do wrong, set up by a test for the calls to come."""

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send


@dataclass(slots=True, kw_only=True)
class Fault:
    """`after` says whether the work was done before things went wrong: then the message is out, but nobody was told."""

    kind: Literal["answer", "delay", "drop"]
    status: int = 200
    body: Mapping[str, Any] | str = field(default_factory=dict)
    seconds: float = 0
    after: bool = False


class Dropped(Response):
    """Begins an answer and hangs up: the client sees a connection that died."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})


class Faults:
    """One queue a method; each fault serves once."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = {}

    def add(self, method: str, fault: Fault, times: int = 1) -> None:
        self._waiting.setdefault(method, deque()).extend([fault] * times)

    def next(self, method: str) -> Fault | None:
        waiting = self._waiting.get(method)
        return waiting.popleft() if waiting else None


async def suffer(fault: Fault) -> Response | None:
    """The spoilt answer; None for a delay, after which the ordinary one is given."""
    if fault.kind == "delay":
        await asyncio.sleep(fault.seconds)
        return None
    if fault.kind == "drop":
        return Dropped()
    if isinstance(fault.body, str):
        return Response(fault.body, status_code=fault.status, media_type="text/html")
    return JSONResponse(json.loads(json.dumps(fault.body)), status_code=fault.status)
