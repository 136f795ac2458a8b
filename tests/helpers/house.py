"""A house for tests: real rooms on a fresh database, a clock that stands still, channels that do as they are told."""

from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from bot.assembly import Assembly, Library, assemble
from bot.channels.base import Address, Bubble, Inbound, Outcome, Sent
from bot.delivery import inbox
from bot.people.identity import box_of
from bot.rehearsal import MovableClock
from bot.settings import Settings
from bot.storage.tables import Inbox, Outbox, table
from flows.events import Event, Said
from nlu.interpreter import Interpreter, Language, Parse, Ranked, Thresholds
from tests.conftest import NOW

inbox_table, outbox_table = table(Inbox), table(Outbox)


@dataclass
class StubChannel:
    """Takes everything, unless `outcomes` says otherwise: each send consumes one."""

    name: str
    sent: list[tuple[str, Bubble]] = field(default_factory=list)
    outcomes: deque[Outcome | Exception] = field(default_factory=deque)
    on_send: Callable[[], Any] | None = None

    async def send(self, to: Address, bubble: Bubble) -> Outcome:
        self.sent.append((to.value, bubble))
        if self.on_send:
            await self.on_send()
        outcome = self.outcomes.popleft() if self.outcomes else Sent(provider_id=f"{self.name}-{len(self.sent)}")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def fetch(self, reference: str) -> tuple[bytes, str] | None:
        return None

    async def close(self) -> None: ...


class ScriptedInterpreter:
    """Understands what it was taught: text to intent. Anything else is nothing; the language is French unless taught."""

    def __init__(self, taught: dict[str, str] | None = None, language: str = "fr") -> None:
        self.taught = taught or {}
        self.language = language
        self.seen: list[str] = []

    def parse(self, text: str) -> Parse:
        self.seen.append(text)
        intent = self.taught.get(text)
        ranking = (Ranked(intent, 0.95),) if intent else (Ranked("out_of_scope", 0.05),)
        return Parse(
            text=text,
            intent=ranking[0],
            ranking=ranking,
            language=Language(self.language, 0.9),
            thresholds=Thresholds(answer=0.6, suggest=0.2, margin=0.1),
        )


@dataclass
class TestHouse:
    """Shorthands over an assembly."""

    __test__ = False
    house: Assembly
    clock: MovableClock
    channels: dict[str, StubChannel]
    _count: int = 0

    @property
    def telegram(self) -> StubChannel:
        return self.channels["telegram"]

    async def receive(
        self,
        text: str | Event,
        who: str = "aicha",
        channel: str = "telegram",
        provider_id: str | None = None,
        sort_key: int | None = None,
    ) -> inbox.Received:
        """Through the front door's unit of work."""
        self._count += 1
        event = Said(text=text) if isinstance(text, str) else text
        kind = {"telegram": "chat", "whatsapp": "phone", "web": "visitor"}[channel]
        inbound = Inbound(
            channel=channel,
            provider_id=provider_id or f"u{self._count}",
            addresses=(Address(kind=kind, value=who),),
            event=event,
            sort_key=sort_key,
        )
        house, now = self.house, self.clock.now
        return await house.database.write(
            lambda db: inbox.receive(db, house.vault, house.bell, now, inbound, "trace", house.token())
        )

    async def think(self) -> None:
        """Turns until nothing is due."""
        while any([await self.house.study.handle(c) for c in await self.house.study.waiting()]):
            pass

    async def post(self) -> None:
        while await self.house.postroom.send_due():
            pass

    async def settle(self) -> None:
        await self.think()
        await self.post()

    async def say(self, text: str | Event, **how: Any) -> list[str]:
        """Receive, think (waiting out the patience for a sequel), post: the texts sent in answer."""
        before = {name: len(c.sent) for name, c in self.channels.items()}
        await self.receive(text, **how)
        await self.settle()
        self.clock.now += timedelta(seconds=3)
        await self.settle()
        return [b.text for name, c in self.channels.items() for _, b in c.sent[before[name] :]]

    async def rows(self, which: Any) -> list[Any]:
        return await self.house.database.read(lambda db: list(db.execute(select(which).order_by(which.c.id))))

    async def inbox_rows(self) -> list[Any]:
        return await self.rows(inbox_table)

    async def outbox_rows(self) -> list[Any]:
        return await self.rows(outbox_table)

    async def bodies(self) -> list[dict[str, Any]]:
        """What the outbox holds, opened."""

        def read(db: Connection) -> list[dict[str, Any]]:
            rows = db.execute(select(outbox_table).order_by(outbox_table.c.id))
            opened = []
            for row in rows:
                box = box_of(db, self.house.vault, row.contact_id)
                opened.append({**box.open_json(row.body), "kind": row.kind, "state": row.state} if box else {})
            return opened

        return await self.house.database.read(read)

    async def do(self, work: Callable[[Connection], Any]) -> Any:
        return await self.house.database.write(work)


@asynccontextmanager
async def open_house(
    settings: Settings, library: Library, interpreter: Interpreter | None = None, now: datetime = NOW
) -> AsyncIterator[TestHouse]:
    clock = MovableClock(now)
    channels = {name: StubChannel(name) for name in ("telegram", "whatsapp", "web")}
    house = assemble(settings, channels, clock, interpreter or ScriptedInterpreter(), library)
    try:
        yield TestHouse(house=house, clock=clock, channels=channels)
    finally:
        await house.close()
