"""Quiet hours by the wall clock, in every zone and on the nights on which the clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.booking import hours

MOROCCO = "Africa/Casablanca"
MOMENTS = some.datetimes(datetime(2026, 12, 1), datetime(2027, 12, 1), timezones=some.just(UTC))
ZONES = some.sampled_from([MOROCCO, "Europe/Paris", "America/Montreal", "UTC"])


def wall(moment: datetime, zone: str = MOROCCO) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def at(text: str, zone: str = MOROCCO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("local", "is_quiet"), [("07:59", True), ("08:00", False), ("20:59", False), ("21:00", True), ("00:00", True)]
)
def test_from_nine_to_eight(local: str, is_quiet: bool) -> None:
    for day in ("2026-12-01", "2027-02-20", "2027-06-01"):  # the second in Ramadan
        assert hours.quiet(at(f"{day}T{local}"), MOROCCO) is is_quiet


@given(MOMENTS, ZONES)
def test_the_next_open_moment_is_the_moment_itself_or_the_morning(moment: datetime, zone: str) -> None:
    opens = hours.next_open(moment, zone)
    assert not hours.quiet(opens, zone)
    if hours.quiet(moment, zone):
        assert moment < opens <= moment + timedelta(hours=12)
        assert wall(opens, zone).strftime("%H:%M") == "08:00"
    else:
        assert opens == moment


@given(MOMENTS, some.integers(0, 3 * 24 * 60), ZONES)
def test_awake_minutes_are_counted_one_by_one(moment: datetime, minutes: int, zone: str) -> None:
    """Against a count minute by minute, from a full minute on."""
    start = moment.replace(second=0, microsecond=0)
    until = hours.awake(start, minutes * 60, zone)
    span = int((until - start).total_seconds() // 60)
    passed = sum(not hours.quiet(start + timedelta(minutes=m), zone) for m in range(span))
    assert passed == minutes
    assert minutes == 0 or not hours.quiet(until - timedelta(minutes=1), zone)


def test_the_evening_before_a_night() -> None:
    for quiet, evening in (("2026-12-12T07:00", "2026-12-11T20:00"), ("2026-12-12T22:30", "2026-12-12T20:00")):
        assert wall(hours.evening_before(at(quiet), MOROCCO, 20)) == datetime.fromisoformat(evening)


def test_the_night_before_ramadan_is_an_hour_longer() -> None:
    """The clock goes back on 7 February 2027: from nine to eight takes twelve hours."""
    evening = at("2027-02-06T21:00")
    assert hours.next_open(evening, MOROCCO) - evening == timedelta(hours=12)
    assert hours.awake(at("2027-02-06T20:30"), 3600, MOROCCO) == at("2027-02-07T08:30")
