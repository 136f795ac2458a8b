"""What people ask and do not get answered well, grouped, for those who write answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.reports.likeness import groups
from bot.storage.tables import Gap, table
from nlu.concepts import Concepts

_gap = table(Gap)
_MOST = 3000  # rows read, the newest
_SHOWN = 3  # lines of a group


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Messages that ask for the same thing. `lines` are some of them, in common words only."""

    count: int
    outcomes: dict[str, int]
    languages: dict[str, int]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwanted:
    """An answer to which people said "no, not that", or a subject of ours that has no answer yet."""

    topic: str
    outcome: str
    count: int


def grouped(db: Connection, since: date, concepts: Concepts, least: int = 1) -> list[Group]:
    """Groups of `least` messages or more since that day, the largest first."""
    query = select(_gap).where(_gap.c.day >= since, _gap.c.words != "").order_by(_gap.c.id.desc()).limit(_MOST)
    rows = list(db.execute(query))[::-1]
    found = groups([row.words.split() for row in rows], concepts)
    return [_group([rows[at] for at in members]) for members in found if len(members) >= least]


def unwanted(db: Connection, since: date) -> list[Unwanted]:
    """By subject, the most frequent first."""
    of_topic = (_gap.c.day >= since) & _gap.c.topic.is_not(None)
    query = select(_gap.c.topic, _gap.c.outcome, func.count()).where(of_topic).group_by(_gap.c.topic, _gap.c.outcome)
    found = [Unwanted(topic=topic, outcome=outcome, count=count) for topic, outcome, count in db.execute(query)]
    return sorted(found, key=lambda one: (-one.count, one.topic, one.outcome))


def _group(rows: list[Row[Any]]) -> Group:
    lines = dict.fromkeys(row.words for row in rows)
    return Group(
        count=len(rows),
        outcomes=dict(Counter(row.outcome for row in rows).most_common()),
        languages=dict(Counter(row.language or "?" for row in rows).most_common()),
        lines=tuple(lines)[:_SHOWN],
    )
