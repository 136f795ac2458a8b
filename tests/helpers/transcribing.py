"""Rewrites what a transcript expects from what happened, keeping its lines and comments: the diff is the review.

`bot` is always written; of the other expectations only those a line already makes."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from bot import transcript
from bot.settings import Settings

Json = Any
_EXPECTED = ("bot", "choices", "does", "language", "kind", "case", "content", "signal", "bookings", "state")
_ITEM, _KEY = re.compile(r"^  - "), re.compile(r"^    (\w+):")
_NAMES = {"content": "content_id"}


def happened(file: Path, settings: Settings, **given: Any) -> list[dict[str, Json]]:
    """What each line led to, by the names a transcript uses."""
    seen: list[dict[str, Json]] = []

    class Watching(transcript._Player):
        async def _check(self, number: int, line: Mapping[str, Json], replies: list[dict[str, Json]]) -> None:
            last = replies[-1] if replies else {}
            messages = [m["id"] for r in replies for m in r["messages"] if m["id"] not in transcript.UNSEEN]
            choices = [_beginning(transcript._target(c["id"])) for c in last.get("choices", [])]
            found: dict[str, Json] = {"bot": messages, "choices": choices, "does": list(self._done)}
            found |= {k: last.get(_NAMES.get(k, k)) for k in ("language", "kind", "case", "content", "signal")}
            found["bookings"] = [b["session"] for b in last.get("bookings", [])]
            if "state" in line:
                state = (await self._rehearsal.state(str(line.get("contact", "person")))).to_json()
                state["journey"] = state["frames"][-1]["journey"] if state["frames"] else None
                found["state"] = {k: state.get(k, state["slots"].get(k)) for k in line["state"]}
            seen.append(found)

    with patch.object(transcript, "_Player", Watching):
        asyncio.run(transcript.play_file(file, settings, **given))
    return seen


def _beginning(target: str) -> str:
    """Which answers are named hangs on the content of the day."""
    return "entry:" if target.startswith("entry:") else target


def rewrite(file: Path, settings: Settings, **given: Any) -> None:
    found = happened(file, settings, **given)
    head, items = _items(file.read_text(encoding="utf-8").splitlines())
    if len(items) != len(found):
        raise ValueError(f"{file.name}: {len(items)} items in the file, {len(found)} lines played")
    body = [line for item, new in zip(items, found, strict=True) for line in _renewed(item, new)]
    file.write_text("\n".join([*head, *body]) + "\n", encoding="utf-8")


def _items(lines: list[str]) -> tuple[list[str], list[list[str]]]:
    at = lines.index("lines:") + 1
    items: list[list[str]] = []
    for line in lines[at:]:
        if _ITEM.match(line):
            items.append([line])
        elif items:
            items[-1].append(line)
    return lines[:at], items


def _renewed(item: list[str], found: Mapping[str, Json]) -> list[str]:
    keys = {m.group(1) for line in item if (m := _KEY.match(line))}
    kept = [line for line in item if not ((m := _KEY.match(line)) and m.group(1) in _EXPECTED)]
    comments = [line for line in kept[1:] if line.strip().startswith("#")]
    rest = [line for line in kept[1:] if line not in comments]
    wanted = [f"    {k}: {_flow(found[k])}" for k in _EXPECTED if k in keys or k == "bot"]
    return [kept[0], *rest, *wanted, *comments]


def _flow(value: Json) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000)
    return text.removesuffix("...\n").strip()
