"""When the team answers: several periods a day, Ramadan's hours, holidays, each office by its own. Wall time throughout; the
caller knows the clock and the zone."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from bot.knowledge.organisation import Office, Organisation, Period

_LOOK_AHEAD = 60  # days; a team that opens later than that is closed


def day_hours(organisation: Organisation, office: Office, day: date) -> tuple[Period, ...]:
    """The periods of one day at one office, in order."""
    if day in organisation.closed or (day.month, day.day) in organisation.closed_every_year:
        return ()
    return tuple(sorted((p for p in week(organisation, office, day) if day.weekday() in p.days), key=lambda p: p.start))


def week(organisation: Organisation, office: Office, day: date) -> tuple[Period, ...]:
    """The hours in force on that day, for the whole week: Ramadan's, or those of the rest of the year."""
    fasting = any(first <= day <= last for first, last in organisation.ramadan)
    return office.ramadan if fasting and office.ramadan else office.hours


def answering(organisation: Organisation, region: str | None = None, sensitive: bool = False) -> Sequence[Office]:
    """The offices that may take a request: those of the region where there are any; never a public one for what is sensitive."""
    may = [o for o in organisation.offices if not (sensitive and o.kind == "public")]
    return [o for o in may if o.region == region] or may


def is_open(organisation: Organisation, offices: Sequence[Office], local: datetime) -> bool:
    """`local` is wall time. The end of a period is not in it."""
    hours = (p for o in offices for p in day_hours(organisation, o, local.date()))
    return any(p.start <= local.time() < p.end for p in hours)


def opens(organisation: Organisation, offices: Sequence[Office], local: datetime) -> datetime | None:
    """The next beginning of a period after `local`, wall time; None when none is known."""
    for ahead in range(_LOOK_AHEAD):
        day = local.date() + timedelta(days=ahead)
        starts = [p.start for o in offices for p in day_hours(organisation, o, day)]
        later = [s for s in starts if ahead or s > _minute(local)]
        if later:
            return datetime.combine(day, min(later), tzinfo=local.tzinfo)
    return None


def _minute(local: datetime) -> time:
    return local.time().replace(tzinfo=None)
