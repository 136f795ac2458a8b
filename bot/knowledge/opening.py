"""Opening hours: structured, or unknown. Unknown is said to be unknown, never taken for closed."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from bot.knowledge.fields import Fields
from bot.knowledge.organisation import DAYS

PARTS = ("morning", "afternoon")
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """On `days` (0 is Monday), from `start` to `end`, local wall time; or only a part of the day is known."""

    days: tuple[int, ...]
    start: time | None = None
    end: time | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """`always`: day and night. `sure` False: an old or seasonal notice, shown as to be confirmed and not counted on."""

    spans: tuple[Span, ...] = ()
    always: bool = False
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """`next` is the local wall time of the next opening, when closed."""

    state: Literal["open", "closed", "unknown"]
    next: datetime | None = None


def at(hours: Hours | None, local: datetime) -> Now:
    """Open at this local wall time, and if not, when next. Unknown where hours are missing, unsure, or only a part of a day."""
    if hours is None or not hours.sure or any(span.start is None for span in hours.spans):
        return Now(state="unknown")
    if hours.always or any(_holds(span, local) for span in hours.spans):
        return Now(state="open")
    starts = [start for span in hours.spans for day in range(_WEEK + 1) if (start := _start(span, local, day))]
    return Now(state="closed", next=min(starts, default=None))


def _holds(span: Span, local: datetime) -> bool:
    if span.start is None or span.end is None:
        return False
    return local.weekday() in span.days and span.start <= local.time() < span.end


def _start(span: Span, local: datetime, ahead: int) -> datetime | None:
    """When the span begins `ahead` days from now; None when it does not, or has begun already."""
    if span.start is None:
        return None
    day = local.date() + timedelta(days=ahead)
    start = datetime.combine(day, span.start)
    return start if day.weekday() in span.days and start > local else None


def read_hours(fields: Fields) -> Hours | None:
    """`hours: null`, `{always: true, sure: …}` or `{periods: [{days: mon-fri, from: '09:00', to: '15:00'}], sure: …}`."""
    if fields.data.get("hours") is None:
        return None
    under = fields.under("hours")
    sure = under.one_of("sure", ("True", "False")) == "True"
    if under.data.get("always") is True:
        return Hours(always=True, sure=sure)
    items = under.items("periods")
    spans = tuple(span for item in items if (span := _span(item)))
    if not items:
        under.fault("periods", "missing (write hours: null where they are unknown)")
    return Hours(spans=spans, sure=sure)


def _span(item: Fields) -> Span | None:
    days = days_of(str(item.data.get("days")))
    if days is None:
        item.fault("days", f"{item.data.get('days')} is not like mon or mon-fri ({', '.join(DAYS)})")
        return None
    if "part" in item.data:
        return Span(days=days, part=item.one_of("part", PARTS))
    start, end = (_time(item, name) for name in ("from", "to"))
    if start is None or end is None:
        return None
    if start >= end:
        item.fault("to", "is not after from")
    return Span(days=days, start=start, end=end)


def days_of(text: str) -> tuple[int, ...] | None:
    """mon, or mon-fri; None for anything else."""
    first, dash, last = text.partition("-")
    if first not in DAYS or (dash and last not in DAYS) or DAYS.index(first) > DAYS.index(last or first):
        return None
    return tuple(range(DAYS.index(first), DAYS.index(last or first) + 1))


def time_of(text: str) -> time | None:
    """9:00, 9h, 9h30."""
    hour, _, minute = text.replace("h", ":").partition(":")
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        return None


def _time(item: Fields, name: str) -> time | None:
    """Quoted: to YAML 9:30 alone is the number 570."""
    given = item.data.get(name)
    try:
        return time.fromisoformat(given if isinstance(given, str) else "")
    except ValueError:
        item.fault(name, f"{given} is not a time like '09:30', in quotes")
        return None
