"""Wakes whoever waits for work: within a process by an event, between processes by PostgreSQL's NOTIFY. A missed ring costs
at most the poll interval, never a message: the rows are the truth."""

import asyncio
import contextlib
import logging
from typing import Any, Protocol

from sqlalchemy import Connection, make_url, text

log = logging.getLogger(__name__)
CHANNEL = "dalil"


class Bell(Protocol):
    """`ring_in` belongs into the unit of work that made the work; `rung` is called once that unit is committed."""

    def ring_in(self, db: Connection, topic: str) -> None: ...
    def rung(self, topic: str) -> None: ...
    async def wait(self, topic: str, seconds: float) -> None: ...
    async def start(self) -> None: ...
    async def close(self) -> None: ...


class HouseBell:
    """One process."""

    def __init__(self) -> None:
        self._events: dict[str, asyncio.Event] = {}

    def ring_in(self, db: Connection, topic: str) -> None:
        """Nothing to do inside the transaction: `rung` follows the commit."""

    def rung(self, topic: str) -> None:
        self._event(topic).set()

    async def wait(self, topic: str, seconds: float) -> None:
        event = self._event(topic)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), seconds)
        event.clear()

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    def _event(self, topic: str) -> asyncio.Event:
        return self._events.setdefault(topic, asyncio.Event())


class PostgresBell(HouseBell):
    """Many processes: NOTIFY is delivered when the transaction commits. https://www.postgresql.org/docs/current/sql-notify.html"""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._listener: Any = None
        self._task: asyncio.Task[None] | None = None

    def ring_in(self, db: Connection, topic: str) -> None:
        db.execute(text("SELECT pg_notify(:channel, :topic)"), {"channel": CHANNEL, "topic": topic})

    async def start(self) -> None:
        self._task = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        """Keeps one connection for listening; opens it anew when the server went away."""
        import asyncpg  # type: ignore[import-untyped]  # only where PostgreSQL is used

        while True:
            try:
                self._listener = await asyncpg.connect(self._url)
                await self._listener.add_listener(CHANNEL, lambda _c, _p, _n, topic: self.rung(str(topic)))
                lost = asyncio.Event()
                self._listener.add_termination_listener(lambda _c, lost=lost: lost.set())
                await lost.wait()
            except Exception:  # whatever went wrong: without a listener every message would wait for the poll
                log.warning("listener_lost", exc_info=True)
                await asyncio.sleep(1)

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._listener and not self._listener.is_closed():
            await self._listener.close()


def open_bell(url: str) -> Bell:
    return HouseBell() if url.startswith("sqlite") else PostgresBell(url)
