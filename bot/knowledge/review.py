"""How long an answer holds: due for review after its kind's months, withdrawn six months later at the latest."""

import calendar
from collections.abc import Sequence
from datetime import date

from bot.knowledge.guides import Sign
from bot.knowledge.model import MONTHS_UNTIL_REVIEW, Entry, Source, State

MONTHS_OF_GRACE = 6


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def computed_due(entry: Entry) -> date:
    """By kind, from the latest of the day it was written and the days somebody opened the live pages."""
    return _due(entry.written_on, entry.sources, entry.kind)


def _due(written_on: date, sources: Sequence[Source], kind: str) -> date:
    checked = [source.verified_on for source in sources if source.verified_on]
    return add_months(max([written_on, *checked]), MONTHS_UNTIL_REVIEW[kind])


def review_due(entry: Entry) -> date:
    return entry.review_due or computed_due(entry)


def state(entry: Entry, today: date) -> State:
    if entry.withdrawn and entry.withdrawn <= today:
        return "withdrawn"
    return _state(review_due(entry), today)


def state_of(sign: Sign, today: date) -> State:
    """A warning sign is a procedure: how people are cheated changes."""
    return _state(_due(sign.written_on, sign.sources, "procedure"), today)


def _state(due: date, today: date) -> State:
    if today > add_months(due, MONTHS_OF_GRACE):
        return "withdrawn"
    return "ageing" if today > due else "fresh"
