"""A process of its own that asks for seats, gives them up or lets the clock tick, until it is done or killed with -9.

`python -m tests.faults.seating URL WHAT FIRST LAST`: each line on standard output is `what contact monotonic-seconds [answer]`,
written before and after the unit of work, so that whoever reads it knows what was surely committed and in which order."""

import asyncio
import sys
import time
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.assembly import new_code, new_token
from bot.booking import seats
from bot.delivery import rounds
from bot.handoff.desk import Desk
from bot.storage.bell import open_bell
from bot.storage.crypto import Vault
from bot.storage.database import Database, open_database

SESSION = "agadir-12"
NOW = datetime.fromisoformat("2026-12-01T10:00+01:00")
VAULT = Vault([b"k" * 32], b"l" * 32)
AT_ONCE = 9  # in each process: a number that does not go into the seats, so that processes in step do not hide a fault
TICKS = 12


def note(what: str, *rest: object) -> None:
    print(what, *rest, flush=True)


async def ask(database: Database, contact: int, together: asyncio.Semaphore) -> None:
    async with together:
        note("ask", contact, time.monotonic())
        answer = await database.write(lambda db: seats.take(db, NOW, SESSION, contact, new_code))
        note("asked", contact, time.monotonic(), answer)


async def give(database: Database, contact: int, together: asyncio.Semaphore) -> None:
    async with together:
        await database.write(lambda db: seats.give_up(db, NOW, SESSION, contact))
        note("given", contact, time.monotonic())


async def tick(database: Database, url: str) -> None:
    bell = open_bell(url)
    desk = Desk(vault=VAULT, bell=bell, token=new_token)

    def one(db: Connection, at: datetime) -> int:
        return rounds.run(db, VAULT, bell, desk, at)

    for number in range(TICKS):
        found = await database.write(lambda db, n=number: one(db, NOW + timedelta(seconds=n)))  # type: ignore[misc]
        note("ticked", 0, time.monotonic(), found)


async def main(url: str, what: str, contacts: list[int]) -> None:
    database, together = open_database(url), asyncio.Semaphore(AT_ONCE)
    note("ready", 0, time.monotonic())
    try:
        if what == "tick":
            await tick(database, url)
        else:
            work = ask if what == "ask" else give
            await asyncio.gather(*(work(database, contact, together) for contact in contacts))
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], [int(c) for c in sys.argv[3].split(",") if c]))
