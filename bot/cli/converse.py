"""Conversations without network: events as JSON lines in, replies as JSON lines out."""

import asyncio
import json
import queue
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from bot.assembly import new_token, system_clock
from bot.booking import planning, samples
from bot.cli.failures import Refused
from bot.handoff.desk import NotYours
from bot.rehearsal import Rehearsal
from bot.settings import Settings
from bot.transcript import play_file

Json = Any
_PEEK_SECONDS = 0.3  # how long the next line is waited for, when it could be the sequel of a burst


def converse(
    database: Annotated[str, typer.Option(help="database to use; default: a throw-away one with three sessions")] = "",
    transcript: Annotated[Path | None, typer.Option(help="play a transcript and check it")] = None,
) -> None:
    """Play a conversation: the real engine, no network."""
    if transcript is not None:
        if not transcript.is_file():
            raise Refused(f"{transcript} is no file")
        faults = asyncio.run(play_file(transcript, Settings(), show=_print))
        for fault in faults:
            print(fault, file=sys.stderr)
        if faults:
            raise SystemExit(1)
        return
    with tempfile.TemporaryDirectory(prefix="dalil-") as folder:
        asyncio.run(_converse(throw_away(Settings(), folder, database), seed=not database))


def throw_away(settings: Settings, folder: str, database: str = "") -> Settings:
    """The settings with a database, and keys, of their own (kept when a database is named)."""
    if database:
        return settings.model_copy(update={"database_url": database})
    own = {"database_url": f"sqlite:///{folder}/dalil.db", "data_dir": Path(folder), "encryption_keys": "", "public_url": ""}
    return settings.model_copy(update=own)


async def open_rehearsal(settings: Settings, seed: bool) -> Rehearsal:
    rehearsal = await Rehearsal.open(settings, system_clock())
    if seed:
        plans = samples.plans(rehearsal.clock.now, settings.timezone)

        def sow(db: Connection) -> None:
            for plan in plans:
                planning.save(db, rehearsal.clock.now, plan, new_token())

        await rehearsal.house.database.write(sow)
    return rehearsal


async def _converse(settings: Settings, seed: bool) -> None:
    rehearsal = await open_rehearsal(settings, seed)
    lines = _Lines()
    try:
        line = await asyncio.to_thread(lines.next, None)
        while line is not None:
            following = await asyncio.to_thread(lines.peek, _PEEK_SECONDS) if line.get("at") else None
            await _one(rehearsal, line, following)
            line = await asyncio.to_thread(lines.next, None)
    finally:
        await rehearsal.close()


async def _one(rehearsal: Rehearsal, line: Mapping[str, Json], following: Mapping[str, Json] | None) -> None:
    try:
        for reply in await rehearsal.play(line, following):
            _print(reply)
    except NotYours:
        print(f"event {rehearsal.played - 1}: the case is held by somebody else, or closed", file=sys.stderr)
    except (ValueError, KeyError) as error:
        raise Refused(f"event {rehearsal.played}: {error}") from error


def _print(reply: Mapping[str, Json]) -> None:
    print(json.dumps(reply, ensure_ascii=False), flush=True)


class _Lines:
    """Standard input, read ahead by a thread so that the next line can be looked at without waiting for it."""

    def __init__(self) -> None:
        self._queue: queue.Queue[dict[str, Json] | None] = queue.Queue()
        self._ahead: list[dict[str, Json] | None] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for text in sys.stdin:
            if text.strip():
                try:
                    self._queue.put(json.loads(text))
                except ValueError:
                    print(f"this is no JSON: {text[:60]!r}", file=sys.stderr)
        self._queue.put(None)

    def next(self, seconds: float | None) -> dict[str, Json] | None:
        return self._ahead.pop() if self._ahead else self._queue.get(timeout=seconds)

    def peek(self, seconds: float) -> dict[str, Json] | None:
        if not self._ahead:
            try:
                self._ahead.append(self._queue.get(timeout=seconds))
            except queue.Empty:
                return None
        return self._ahead[0]
