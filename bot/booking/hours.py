"""Quiet hours: when nobody is written to who did not write first. From nine in the evening to eight in the morning, by the
clock on the wall of the session's zone."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

EVENING, MORNING = time(21), time(8)
_DAY = timedelta(days=1)


def quiet(moment: datetime, zone: str) -> bool:
    """`moment` is aware, `zone` a name such as Africa/Casablanca."""
    wall = moment.astimezone(ZoneInfo(zone)).time()
    return wall >= EVENING or wall < MORNING


def next_open(moment: datetime, zone: str) -> datetime:
    """The moment itself, or the morning that ends the quiet hours it lies in."""
    if not quiet(moment, zone):
        return moment
    local = moment.astimezone(ZoneInfo(zone))
    return _at(local, MORNING, 1 if local.time() >= EVENING else 0).astimezone(moment.tzinfo)


def awake(start: datetime, seconds: float, zone: str) -> datetime:
    """The moment by which that many seconds have passed that are not quiet. Counted in instants: a change of the clock in the
    night shortens or lengthens nothing."""
    left, at = timedelta(seconds=seconds), next_open(start, zone)
    while left > (room := _evening_of(at, zone) - at):
        left -= room
        at = next_open(at + room, zone)
    return at + left


def evening_before(moment: datetime, zone: str, hour: int) -> datetime:
    """That hour of the evening with which the quiet hours of `moment` began, or just before them."""
    local = moment.astimezone(ZoneInfo(zone))
    return _at(local, time(hour), 0 if local.time() >= EVENING else -1).astimezone(moment.tzinfo)


def _evening_of(moment: datetime, zone: str) -> datetime:
    return _at(moment.astimezone(ZoneInfo(zone)), EVENING, 0).astimezone(moment.tzinfo)


def _at(local: datetime, wall: time, days: int) -> datetime:
    """That time of the wall clock, some days from the day of `local`."""
    return datetime.combine(local.date() + days * _DAY, wall, tzinfo=local.tzinfo)
