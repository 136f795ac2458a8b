"""Many people write while the house is killed again and again; afterwards the books must balance.

Each message names an entry (by deep link or button), so that its answer can be told apart. What was acknowledged (a 2xx, or an
offset moved past it) must be answered exactly once, in the order of acknowledgement."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy import Connection, select

from bot.storage.database import open_database
from bot.storage.tables import Inbox, Outbox, table
from tests.counterparts.telegram_api import TelegramApi
from tests.counterparts.twilio_api import TwilioApi
from tests.faults.process import HouseProcess

_inbox, _outbox = table(Inbox), table(Outbox)
SETTLE_SECONDS = 150


@dataclass
class Books:
    """What the run amounts to."""

    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)
    out_of_order: list[int] = field(default_factory=list)
    repeats: int = 0
    kills: int = 0

    @property
    def clean(self) -> bool:
        return not (self.lost or self.twice or self.out_of_order)


@dataclass
class Scenario:
    """`entries` are ids to ask for; `firsts` their first lines as sent, by which an answer is recognised."""

    house: HouseProcess
    database_url: str
    people: int
    messages: int
    kills: int
    seed: int
    firsts: dict[str, str]
    books: Books = field(default_factory=Books)
    asked: dict[int, list[str]] = field(default_factory=dict)
    acknowledged: set[tuple[str, str]] = field(default_factory=set)

    async def run(self, deliver: Callable[["Scenario", int, str], Awaitable[tuple[str, str] | None]]) -> None:
        """`deliver` brings one message to the house, however often it takes, and gives its (channel, provider id)."""
        chance = random.Random(self.seed)
        self.house.start()
        done = asyncio.Event()
        killing = asyncio.create_task(self._kill(chance, done))
        await asyncio.gather(*(self._person(random.Random(self.seed + p), p, deliver) for p in range(1, self.people + 1)))
        done.set()
        await killing
        if not await self._settled(getattr(deliver, "left", lambda: 0)):
            self.books.lost.append("not everything settled")

    async def _person(self, chance: random.Random, person: int, deliver: Any) -> None:
        for _ in range(self.messages):
            entry = chance.choice(sorted(self.firsts))
            self.asked.setdefault(person, []).append(entry)
            identity = await deliver(self, person, entry)
            if identity is not None:
                self.acknowledged.add(identity)
            await asyncio.sleep(chance.uniform(0, 0.2))

    async def _kill(self, chance: random.Random, done: asyncio.Event) -> None:
        while self.books.kills < self.kills or not done.is_set():
            await asyncio.sleep(chance.uniform(0.05, 0.9))
            if self.books.kills >= self.kills:
                await asyncio.sleep(0.1)
                continue
            await asyncio.to_thread(self.house.kill)
            self.books.kills += 1
            await asyncio.to_thread(self.house.start)

    async def _settled(self, outside: Callable[[], int]) -> bool:
        """Wait until nothing waits, here or still at the provider (`outside`), and nothing is on its way."""
        database = open_database(self.database_url)
        try:
            for _ in range(SETTLE_SECONDS * 2):
                left = await database.read(_left)
                if left == 0 and outside() == 0:
                    return True
                await asyncio.sleep(0.5)
            return False
        finally:
            await database.close()

    async def balance(self, seen: Callable[[int], list[str]]) -> Books:
        """`seen` gives the texts that the provider delivered to one person, in order."""
        database = open_database(self.database_url)
        try:
            inbox, outbox = await database.read(_rows)
        finally:
            await database.close()
        books = self.books
        books.acknowledged = len(self.acknowledged)
        handled = {(r.channel, r.provider_id): r.id for r in inbox if r.state == "handled"}
        books.lost += [f"{c}/{p}" for c, p in sorted(self.acknowledged - set(handled))]
        answered = [i for row in outbox for i in row.answers]
        books.twice += sorted({i for i in answered if answered.count(i) > 1})
        books.lost += [f"inbox {i} has no answer" for i in handled.values() if i not in set(answered)]
        for person, asked in self.asked.items():
            self._compare(person, asked, [self._entry_of(t) for t in seen(person)])
        return books

    def _entry_of(self, text: str) -> str:
        return next((e for e, first in self.firsts.items() if text.startswith(first)), "?")

    def _compare(self, person: int, asked: list[str], seen: list[str]) -> None:
        """The provider's order must be that of asking. A repeat after a kill in the middle of a send is counted."""
        at = 0
        for entry in seen:
            if at < len(asked) and entry == asked[at]:
                at += 1
            elif at and entry == asked[at - 1]:
                self.books.repeats += 1
            else:
                self.books.out_of_order.append(person)
                return
        if at < len(asked):
            self.books.lost.append(f"person {person}: {len(asked) - at} answers never reached the provider")


def _left(db: Connection) -> int:
    waiting = db.execute(select(_inbox.c.id).where(_inbox.c.state == "waiting")).all()
    going = db.execute(select(_outbox.c.id).where(_outbox.c.state.in_(("queued", "sending")))).all()
    return len(waiting) + len(going)


def _rows(db: Connection) -> tuple[list[Any], list[Any]]:
    return (list(db.execute(select(_inbox))), list(db.execute(select(_outbox).order_by(_outbox.c.id))))


async def until_accepted(post: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]) -> None:
    """Deliver again and again, as the providers do, until the answer is a 2xx."""
    async with httpx.AsyncClient(timeout=10) as client:
        for _ in range(2000):
            try:
                if (await post(client)).is_success:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)
    raise RuntimeError("never accepted")


class ByTelegramWebhook:
    """Updates pushed as Telegram does: one in flight a chat, the same one until a 2xx."""

    secret = "a-secret-of-the-tests"

    def __init__(self, api: TelegramApi) -> None:
        self.api = api

    async def __call__(self, scenario: Scenario, person: int, entry: str) -> tuple[str, str]:
        update = self.api.say(person, f"/start e_{entry}", "fr")
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret}
        await until_accepted(lambda c: c.post(f"{scenario.house.base}/webhooks/telegram", json=update, headers=headers))
        return "telegram", str(update["update_id"])


class ByTelegramPolling:
    """Updates wait at Telegram until the house fetches them."""

    def __init__(self, api: TelegramApi) -> None:
        self.api = api

    async def __call__(self, scenario: Scenario, person: int, entry: str) -> tuple[str, str]:
        update = self.api.say(person, f"/start e_{entry}", "fr")
        return "telegram", str(update["update_id"])

    def left(self) -> int:
        return len(self.api.pending)


class ByTwilioWebhook:
    """Signed forms, repeated until a 2xx (the retry settings in the webhook's address ask Twilio for that)."""

    def __init__(self, api: TwilioApi) -> None:
        self.api = api

    async def __call__(self, scenario: Scenario, person: int, entry: str) -> tuple[str, str]:
        form = self.api.inbound(number_of(person), "Oui", ButtonPayload=f"0.entry:{entry}", ButtonText="Oui")
        url = f"{scenario.house.base}/webhooks/whatsapp"
        await until_accepted(lambda c: self.api.post(c, url, form))
        return "whatsapp", dict(form)["MessageSid"]


def number_of(person: int) -> str:
    return f"+2126{person:08}"
