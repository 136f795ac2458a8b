"""A chat in the terminal, with the real engine on a throw-away database."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from bot.cli.converse import open_rehearsal, throw_away
from bot.settings import Settings

Json = Any


def talk(
    save: Annotated[Path | None, typer.Option(help="keep the conversation as a transcript")] = None,
    channel: Annotated[str, typer.Option(help="telegram, whatsapp or web")] = "telegram",
) -> None:
    """Write as a person would; a number picks a choice; Ctrl-D ends."""
    with tempfile.TemporaryDirectory(prefix="dalil-") as folder:
        asyncio.run(_talk(throw_away(Settings(), folder), channel, save))


async def _talk(settings: Settings, channel: str, save: Path | None) -> None:
    rehearsal = await open_rehearsal(settings, seed=True)
    began, lines = rehearsal.clock.now, []
    print("Write a message; Ctrl-D ends.", file=sys.stderr)
    try:
        while text := await asyncio.to_thread(_read):
            replies = await rehearsal.play({"contact": "me", "channel": channel, "text": text})
            lines.append({"person": text, "bot": [m["id"] for r in replies for m in r["messages"] if m["id"] != "notice"]})
            for reply in replies:
                _show(reply)
    finally:
        await rehearsal.close()
    if save is not None:
        given = {"now": began.isoformat(timespec="seconds"), "given": {"person": {"channel": channel}}, "lines": lines}
        save.write_text(yaml.safe_dump({"title": save.stem, **given}, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _read() -> str:
    try:
        return input("> ").strip() or " "
    except EOFError:
        return ""


def _show(reply: dict[str, Json]) -> None:
    print(f"\n{reply['text']}")
    for number, choice in enumerate(reply["choices"], start=1):
        print(f"  {number}. {choice['title']}")
    print(f"  [{reply['kind']} · {reply['language']}]\n", file=sys.stderr)
