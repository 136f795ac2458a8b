"""200 people at once on 20 seats, from two processes that are killed with -9 at random moments and started again; then some give
their seats up while two clocks tick, killed as well. Afterwards the books of the session must balance."""

import asyncio
import random
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from bot.assembly import new_code
from bot.booking import planning, seats
from bot.people import identity
from bot.storage.database import open_database
from bot.storage.tables import Booking, Inbox, table
from tests.bot.booking.test_seats import plan
from tests.faults.seating import NOW, SESSION, VAULT

_booking, _inbox = table(Booking), table(Inbox)
PEOPLE, SEATS, FREED = 200, 20, 5
PROCESSES = 2


@dataclass
class Books:
    """What one round amounts to; the lists are faults."""

    confirmed: int = 0
    waitlisted: int = 0
    offered: int = 0
    kills: int = 0
    over: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.over or self.lost or self.out_of_order)


@dataclass
class Asked:
    """When somebody's asking began, and when it was answered for sure; seconds of one clock for all processes."""

    began: float
    answered: float | None = None


async def round_of(url: str, folder: Path, kills: int, seed: int) -> Books:
    """One round on a migrated, empty database."""
    books, chance = Books(), random.Random(seed)
    people = await _sow(url)
    asked: dict[int, Asked] = {}
    waiting = list(people)
    while waiting:
        chance.shuffle(waiting)
        shares = [waiting[n::PROCESSES] for n in range(PROCESSES)]
        mean = kills > books.kills
        lines = await asyncio.to_thread(_run, url, [("ask", s) for s in shares], folder, chance, mean, books)
        _read(lines, asked, books)
        waiting = [p for p in people if p not in asked or asked[p].answered is None]
    await _balance_of_asking(url, people, asked, books)
    await _free_some(url, folder, chance, kills > 0, books)
    return books


async def _sow(url: str) -> list[int]:
    database = open_database(url)

    def write(db: Connection) -> list[int]:
        planning.save(db, NOW, plan(SEATS), "token")
        return [identity.create(db, VAULT, NOW)[0] for _ in range(PEOPLE)]

    try:
        return await database.write(write)
    finally:
        await database.close()


def _run(
    url: str, tasks: list[tuple[str, list[int]]], folder: Path, chance: random.Random, killing: bool, books: Books
) -> list[list[str]]:
    """Start the processes, perhaps kill one or more in the middle of it, and give what each said before its end."""
    files = [folder / f"seating-{number}.log" for number in range(len(tasks))]
    running = []
    for (what, contacts), file in zip(tasks, files, strict=True):
        command = [sys.executable, "-m", "tests.faults.seating", url, what, ",".join(map(str, contacts))]
        with file.open("wb") as log:
            running.append(subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT))
    for process, file in zip(running, files, strict=True):
        if killing and chance.random() < 0.8 and _goes_on(process, file, chance.randint(1, 90)):
            process.send_signal(signal.SIGKILL)
            books.kills += 1
    ends = [process.wait(120) for process in running]
    said = [file.read_text(errors="replace").splitlines() for file in files]
    for end, lines in zip(ends, said, strict=True):
        if end not in (0, -signal.SIGKILL):
            raise RuntimeError("\n".join(lines[-20:]))
    return [lines if lines and lines[-1].split() and _whole(lines[-1]) else lines[:-1] for lines in said]


def _goes_on(process: subprocess.Popen[bytes], file: Path, lines: int) -> bool:
    """Waits until the process has said so much, in the midst of its work. False when it is done already."""
    while process.poll() is None:
        if file.read_bytes().count(b"\n") >= lines:
            return True
    return False


def _whole(line: str) -> bool:
    """A process killed in the middle of a line leaves half of one."""
    return len(line.split()) >= (4 if line.startswith(("asked", "ticked")) else 3)


def _read(said: list[list[str]], asked: dict[int, Asked], books: Books) -> None:
    for line in (line for lines in said for line in lines):
        what, contact, moment, *answer = line.split()
        if what == "ask":  # who asks again after a kill may have been in the line since the first time
            asked.setdefault(int(contact), Asked(began=float(moment)))
        elif what == "asked":
            asked[int(contact)].answered = float(moment)
            if answer[0] not in ("taken", "waitlisted", "already", "in_line"):
                books.lost.append(f"{contact}: {answer[0]}")


async def _balance_of_asking(url: str, people: list[int], asked: dict[int, Asked], books: Books) -> None:
    rows = await _bookings(url)
    books.confirmed = sum(r.status == "confirmed" for r in rows)
    books.waitlisted = sum(r.status == "waitlisted" for r in rows)
    if books.confirmed != SEATS:
        books.over.append(f"{books.confirmed} confirmed")
    held = [r.contact_id for r in rows]
    books.lost += [f"{p}: {held.count(p)} bookings" for p in people if held.count(p) != 1]
    if [r.status for r in rows] != ["confirmed"] * SEATS + ["waitlisted"] * (PEOPLE - SEATS):
        books.out_of_order.append("somebody who came later has a seat")
    if len({r.code for r in rows if r.code}) != SEATS:
        books.lost.append("codes")
    latest = 0.0  # whoever was answered before another began to ask stands before them
    for contact in held:
        asking = asked[contact]
        if asking.answered is not None and asking.answered < latest:
            books.out_of_order.append(f"{contact} was answered before somebody ahead of them began to ask")
        latest = max(latest, asking.began)


async def _free_some(url: str, folder: Path, chance: random.Random, killing: bool, books: Books) -> None:
    """Some give up their seats while two clocks tick: the seats go to the first in the line, who are told once."""
    rows = await _bookings(url)
    givers = chance.sample([r.contact_id for r in rows if r.status == "confirmed"], FREED)
    first = [r.contact_id for r in rows if r.status == "waitlisted"][:FREED]
    tasks = [("give", givers), ("tick", []), ("tick", [])]
    await asyncio.to_thread(_run, url, tasks, folder, chance, killing, books)
    await asyncio.to_thread(_run, url, tasks, folder, chance, False, books)
    rows = await _bookings(url)
    offered = [r for r in rows if r.status == "offered"]
    books.offered = len(offered)
    if [r.contact_id for r in offered] != first:
        books.out_of_order.append(f"offered to {[r.contact_id for r in offered]}, not to {first}")
    if sum(r.seats for r in rows if r.status in ("confirmed", "offered")) != SEATS:
        books.over.append("seats held and offered are not the seats there are")
    told = await _told(url)
    if sorted(told) != sorted((r.contact_id, f"offer:{r.id}") for r in offered):
        books.lost.append(f"told {told}")
    await _accept(url, first, books)


async def _accept(url: str, first: list[int], books: Books) -> None:
    """All say yes at once, twice."""
    database = open_database(url)

    async def yes(contact: int) -> str:
        return await database.write(lambda db: seats.answer_offer(db, NOW, SESSION, contact, True, new_code))

    try:
        answers = await asyncio.gather(*(yes(contact) for contact in (*first, *first)))
    finally:
        await database.close()
    if sorted(answers) != ["already"] * len(first) + ["taken"] * len(first):
        books.lost.append(f"accepted: {answers}")
    confirmed = sum(r.status == "confirmed" for r in await _bookings(url))
    if confirmed != SEATS:
        books.over.append(f"{confirmed} confirmed in the end")


async def _bookings(url: str) -> list[Any]:
    """The active ones, in the order of the line."""
    query = select(_booking).where(_booking.c.status.in_(("confirmed", "waitlisted", "offered"))).order_by(_booking.c.id)
    return await _rows(url, query)


async def _told(url: str) -> list[tuple[int, str]]:
    rows = await _rows(url, select(_inbox).where(_inbox.c.kind == "SeatOffered"))
    return [(r.contact_id, r.provider_id) for r in rows]


async def _rows(url: str, query: Any) -> list[Any]:
    database = open_database(url)
    try:
        return await database.read(lambda db: list(db.execute(query)))
    finally:
        await database.close()
