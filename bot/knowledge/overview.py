"""What a coordinator asks of the content: which answers there are, and which must be looked at again this month."""

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.knowledge.entries import Knowledge
from bot.knowledge.model import Entry, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """`review_due` has come, or comes before the month ends. `unverified` are the sources nobody has opened since."""

    id: str
    review_due: date
    state: State
    sources: tuple[str, ...]


def due(knowledge: Knowledge, today: date) -> list[Due]:
    """Earliest first. What was withdrawn on purpose is settled and does not come back here."""
    month_end = today.replace(day=calendar.monthrange(today.year, today.month)[1])
    found = [
        Due(
            id=entry.id,
            review_due=knowledge.review_due(entry.id),
            state=knowledge.state(entry.id, today),
            sources=tuple(source.url for source in entry.sources),
        )
        for entry in knowledge.entries.values()
        if not entry.withdrawn and knowledge.review_due(entry.id) <= month_end
    ]
    return sorted(found, key=lambda item: (item.review_due, item.id))


def listing(knowledge: Knowledge, today: date) -> list[dict[str, Any]]:
    """Every answer as plain data, for `dalil content list --json`."""
    return [_listed(knowledge, entry, today) for entry in knowledge.entries.values()]


def _listed(knowledge: Knowledge, entry: Entry, today: date) -> dict[str, Any]:
    return {
        "id": entry.id,
        "area": entry.area,
        "audience": entry.audience,
        "kind": entry.kind,
        "state": knowledge.state(entry.id, today),
        "version": knowledge.version(entry.id),
        "title": dict(entry.short_title),
        "varieties": list(entry.texts),
        "facts": list(entry.facts),
        "sources": [
            {
                "name": source.name,
                "url": source.url,
                "source_date": str(source.source_date) if source.source_date else None,
                "verified_on": source.verified_on.isoformat() if source.verified_on else None,
            }
            for source in entry.sources
        ],
        "written_on": entry.written_on.isoformat(),
        "review_due": knowledge.review_due(entry.id).isoformat(),
        "signed": [{"role": signature.role, "on": signature.on.isoformat()} for signature in entry.signed],
        "reviewed": entry.reviewed,
        "native_read": {variety: day.isoformat() if day else None for variety, day in entry.native_read.items()},
    }
