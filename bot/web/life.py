"""What runs while the house is open: workers in the study, the post room, the clock's rounds, Telegram's polling loop.

One owner starts and ends them. At shutdown claiming stops first, then sends under way get time to finish."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.assembly import Assembly
from bot.delivery import rounds
from bot.delivery.inbox import INBOX
from bot.delivery.outbox import OUTBOX
from bot.web.polling import Arrival

log = logging.getLogger(__name__)
POLL_SECONDS = 2.0  # a ring may be missed; the rows are looked at this often anyway
SHORTEST_WAIT = 0.02
TICK_SECONDS = 5
DRAIN_SECONDS = 20
READERS = 4  # people handled at once in one process


class Life:
    """`web` only receives, `worker` only works; `serve` does both."""

    def __init__(self, house: Assembly, works: bool, arrival: Arrival | None) -> None:
        self._house, self._works, self._arrival = house, works, arrival
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    async def start(self) -> None:
        await self._house.bell.start()
        if self._arrival:
            self._tasks.append(asyncio.create_task(self._arrival.run(self._stopping), name="arrival"))
        if not self._works:
            return
        self._tasks += [
            asyncio.create_task(self._loop(INBOX, self._study, self._house.study.next_due), name="study"),
            asyncio.create_task(self._loop(OUTBOX, self._post, self._house.postroom.next_due), name="postroom"),
        ]
        self._scheduler.add_job(self._tick, "interval", seconds=TICK_SECONDS, max_instances=1, coalesce=True)
        self._scheduler.start()

    async def stop(self) -> None:
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for topic in (INBOX, OUTBOX):
            self._house.bell.rung(topic)
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await asyncio.gather(*self._tasks, return_exceptions=True)
                await self._house.postroom.drain()
        except TimeoutError:
            self._house.postroom.abandon()
        await self._house.close()

    async def _loop(
        self, topic: str, work: Callable[[], Awaitable[int]], next_due: Callable[[], Awaitable[datetime | None]]
    ) -> None:
        """Work until nothing is due, then sleep until the bell rings or the next thing is due."""
        while not self._stopping.is_set():
            try:
                if await work():
                    continue
                await self._house.bell.wait(topic, await self._until(next_due))
            except Exception:  # the database may be away for a moment: the rows stay, so look again soon
                log.exception("loop_failed", extra={"topic": topic})
                await asyncio.sleep(1)

    async def _until(self, next_due: Callable[[], Awaitable[datetime | None]]) -> float:
        due = await next_due()
        if due is None:
            return POLL_SECONDS
        return min(POLL_SECONDS, max(SHORTEST_WAIT, (due - self._house.clock()).total_seconds()))

    async def _study(self) -> int:
        """The next few people with something due. Where other processes have those in hand already, the few behind them."""
        study = self._house.study
        waiting = await study.waiting()
        for at in range(0, len(waiting), READERS):
            if any(await asyncio.gather(*(study.handle(c) for c in waiting[at : at + READERS]))):
                return READERS
        return 0

    async def _post(self) -> int:
        return await self._house.postroom.start_due()

    async def _tick(self) -> None:
        """Due rows besides messages, and bubbles whose sender died. Rows are claimed: a doubled tick does nothing twice."""
        house = self._house
        now = house.clock()
        if await self._quietly(house.database.write(lambda db: rounds.run(db, house.vault, house.bell, house.desk, now))):
            house.bell.rung(INBOX)
        if await self._quietly(house.postroom.sweep()):
            house.bell.rung(OUTBOX)
        await self._quietly(house.forget())
        await self._quietly(house.shredder.run())
        await self._quietly(self._expire())

    async def _expire(self) -> int:
        done = await self._house.expire()
        if not done.nothing:
            log.info(
                "retention", extra={"people": done.people, "thinned": done.thinned, "cases": done.cases, "seats": done.seats}
            )
        return done.people

    @staticmethod
    async def _quietly(work: Awaitable[int]) -> int:
        try:
            return await work
        except Exception:  # as above: the next tick finds the same rows
            log.exception("tick_failed")
            return 0
