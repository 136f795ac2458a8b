"""A chat in the terminal, with the real engine on a throw-away database."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.booking import samples
from bot.cli.converse import open_rehearsal, throw_away
from bot.recording import Recording
from bot.settings import Settings

Json = Any


def talk(
    save: Annotated[Path | None, typer.Option(help="keep the conversation as a transcript")] = None,
    channel: Annotated[str, typer.Option(help="telegram, whatsapp or web")] = "telegram",
) -> None:
    """Write as a person would; a number picks a choice; Ctrl-D ends."""
    with tempfile.TemporaryDirectory(prefix="dalil-") as folder:
        asyncio.run(chat(throw_away(Settings(), folder), channel, save))


async def chat(settings: Settings, channel: str, save: Path | None, begin: str | None = None) -> None:
    """Until the input ends. `begin` is a journey to begin with; without it the person speaks first."""
    rehearsal = await open_rehearsal(settings, seed=True)
    began = rehearsal.clock.now
    recording = Recording(now=began, channel=channel, plans=samples.plans(began, settings.timezone))
    print("Write a message; Ctrl-D ends.", file=sys.stderr)
    line: dict[str, Json] | None = {"begin": begin} if begin else await asyncio.to_thread(_read)
    try:
        while line:
            event = {"choice": f"journey:{line['begin']}"} if "begin" in line else {"text": line["person"]}
            replies = await rehearsal.play({"contact": "me", "channel": channel, **event})
            recording.add(line, replies)
            for reply in replies:
                _show(reply)
            line = await asyncio.to_thread(_read)
    finally:
        await rehearsal.close()
    if save is not None:
        save.write_text(recording.text(save.name.split(".")[0]), encoding="utf-8")


def _read() -> dict[str, Json] | None:
    try:
        return {"person": input("> ").strip() or " "}
    except EOFError:
        return None


def _show(reply: dict[str, Json]) -> None:
    print(f"\n{reply['text']}")
    for number, choice in enumerate(reply["choices"], start=1):
        print(f"  {number}. {choice['title']}")
    print(f"  [{reply['kind']} · {reply['language']}]\n", file=sys.stderr)
