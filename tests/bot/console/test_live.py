"""Streams tell what changed, once, and carry on where another process left off."""

import asyncio
from collections.abc import AsyncIterator

from sqlalchemy import Connection

from bot.console import live, reading
from bot.handoff import cases, team
from bot.handoff.team import Member
from tests.bot.console.given import Console


async def member(console: Console) -> Member:
    advisor_id = await console.member("salma")

    def enter(db: Connection) -> Member | None:
        team.sign_in(db, console.inside.clock.now, advisor_id, "token")
        return team.who(db, console.inside.clock.now, "token")

    found: Member | None = await console.inside.do(enter)
    assert found
    return found


async def stream(console: Console, who: Member, case_id: int, known: str) -> AsyncIterator[str]:
    async def look() -> live.Marks | None:
        marks = await console.inside.house.database.read(lambda db: reading.marks(db, console.inside.clock.now, who, case_id))
        return None if marks is None else {"thread": marks.thread, "head": marks.head, "owner": marks.owner}

    events = live._events(console.inside.house, "token", look, known.split("."))
    assert await anext(events) == "retry: 1000\n\n"
    return events


def names(told: str) -> list[str]:
    return [line.removeprefix("event: ") for line in told.splitlines() if line.startswith("event: ")]


def last_id(told: str) -> str:
    return next(line for line in reversed(told.splitlines()) if line.startswith("id: ")).removeprefix("id: ")


async def test_only_what_changed_is_told(console: Console) -> None:
    case_id = await console.case()
    who = await member(console)
    at_first = await console.inside.do(lambda db: str(reading.marks(db, console.inside.clock.now, who, case_id)))
    events = await stream(console, who, case_id, at_first)
    waiting = asyncio.create_task(anext(events))
    await asyncio.sleep(live.LOOK_SECONDS * 2)
    assert not waiting.done()
    await console.inside.receive("encore", who="aicha")
    told = await asyncio.wait_for(waiting, 1)
    assert names(told) == ["thread"]
    await console.inside.do(lambda db: cases.take(db, console.inside.clock.now, case_id, who.id))
    assert names(await asyncio.wait_for(anext(events), 1)) == ["head", "owner"]


async def test_a_reconnection_misses_nothing_and_repeats_nothing(console: Console) -> None:
    case_id = await console.case()
    who = await member(console)
    first = await stream(console, who, case_id, "")
    told = await anext(first)
    assert names(told) == ["thread", "head", "owner"]
    await first.aclose()  # type: ignore[attr-defined]
    await console.inside.receive("pendant la coupure", who="aicha")
    again = await stream(console, who, case_id, last_id(told))
    told = await asyncio.wait_for(anext(again), 1)
    assert names(told) == ["thread"]
    calm = await stream(console, who, case_id, last_id(told))
    waiting = asyncio.create_task(anext(calm))
    await asyncio.sleep(live.LOOK_SECONDS * 2)
    assert not waiting.done()
    waiting.cancel()


async def test_the_stream_ends_with_the_session(console: Console, monkeypatch: object) -> None:
    case_id = await console.case()
    who = await member(console)
    live_seconds, live.SIGNED_IN_SECONDS = live.SIGNED_IN_SECONDS, 0
    try:
        events = await stream(console, who, case_id, "")
        await anext(events)
        console.inside.clock.now += team.LIFETIME
        told = [event async for event in events]
    finally:
        live.SIGNED_IN_SECONDS = live_seconds
    assert last_id(told[-1]) == "over"
