"""A conversation in the terminal, kept as a transcript."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import yaml

from bot.booking.planning import Plan
from bot.transcript import UNSEEN
from flows.policy import choices

Json = Any


@dataclass(slots=True, kw_only=True)
class Recording:
    """A conversation as it happened, to be kept as a transcript: what was written, and what came of it."""

    now: datetime
    channel: str
    plans: Sequence[Plan] = ()
    lines: list[dict[str, Json]] = field(default_factory=list)

    def add(self, line: Mapping[str, Json], replies: Sequence[Mapping[str, Json]]) -> None:
        said = [m["id"] for r in replies for m in r["messages"] if m["id"] not in UNSEEN]
        last = replies[-1] if replies else {}
        shown = [choices.split(c["id"])[1] for c in last.get("choices", [])]
        self.lines.append({**line, "bot": said, "choices": shown, "language": last.get("language")})

    def text(self, title: str) -> str:
        """YAML, in the form that `bot.transcript` explains."""
        same = ("id", "place", "city", "region")
        sessions = [
            {name: getattr(plan, name) for name in same}
            | {"title": dict(plan.title), "start": plan.starts, "seats": plan.capacity}
            for plan in self.plans
        ]
        given = {"sessions": sessions, "person": {"channel": self.channel}}
        data = {"title": title, "now": self.now.isoformat(timespec="seconds"), "given": given, "lines": self.lines}
        return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=130)
