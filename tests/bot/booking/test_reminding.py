"""When reminders come: by rule, against a second reading of the rule, and at the edges."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from bot.booking import hours, reminding
from bot.booking.reminding import following, moment, planned, reached

MOROCCO = "Africa/Casablanca"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
AHEAD = (48, 24, 2)
BEGINS = some.datetimes(datetime(2026, 12, 1), datetime(2027, 12, 1), timezones=some.just(UTC))
BACK = some.timedeltas(timedelta(), timedelta(days=4))  # before the start
REMINDED = some.sampled_from([None, *AHEAD])


def at(wall: str) -> datetime:
    return moment(wall, MOROCCO)


def local(found: datetime | None) -> str | None:
    return found and f"{found.astimezone(ZoneInfo(MOROCCO)):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("starts", "ahead", "comes"),
    [
        ("2026-12-12T15:00", 48, "12-10 15:00"),
        ("2026-12-12T15:00", 2, "12-12 13:00"),
        ("2026-12-12T09:30", 2, "12-11 20:00"),  # 7:30 is quiet: the evening before
        ("2026-12-12T22:00", 24, "12-11 20:00"),  # an evening session in Ramadan, say
        ("2026-12-12T23:30", 2, "12-12 20:00"),
        # The clock goes back on 7 February: hours are true hours.
        ("2027-02-07T15:00", 24, "02-06 16:00"),
        ("2027-02-07T15:00", 2, "02-07 13:00"),
        # It goes forward on 14 March.
        ("2027-03-14T15:00", 24, "03-13 14:00"),
    ],
)
def test_a_seat_held_for_long(starts: str, ahead: int, comes: str) -> None:
    assert local(planned(at(starts), ahead, LONG_AGO, MOROCCO)) == comes


@pytest.mark.parametrize(
    ("starts", "ahead", "since", "comes"),
    [
        ("2026-12-12T15:00", 24, "2026-12-11T15:01", None),  # over before the seat was taken
        ("2026-12-12T15:00", 24, "2026-12-11T15:00", "12-11 15:00"),
        ("2026-12-12T09:30", 2, "2026-12-11T20:30", "12-12 08:00"),  # the evening is over: the morning
        ("2026-12-12T09:00", 2, "2026-12-11T20:30", "12-12 08:00"),  # just an hour before
        ("2026-12-12T08:30", 2, "2026-12-11T20:30", None),  # nearer than an hour
        ("2026-12-12T09:30", 2, "2026-12-12T07:45", None),
    ],
)
def test_a_seat_taken_late(starts: str, ahead: int, since: str, comes: str | None) -> None:
    assert local(planned(at(starts), ahead, at(since), MOROCCO)) == comes


def test_of_what_was_missed_only_the_last_is_given() -> None:
    begins = at("2026-12-12T15:00")
    assert reached(begins, MOROCCO, AHEAD, None, LONG_AGO, begins - timedelta(hours=5)) == 24
    assert reached(begins, MOROCCO, AHEAD, None, LONG_AGO, begins - timedelta(hours=1)) == 2
    assert reached(begins, MOROCCO, AHEAD, 2, LONG_AGO, begins - timedelta(hours=1)) is None
    assert reached(begins, MOROCCO, AHEAD, None, LONG_AGO, begins) is None


def test_what_was_missed_is_not_made_up_for_at_night() -> None:
    begins, night = at("2026-12-12T15:00"), at("2026-12-12T03:00")
    assert reached(begins, MOROCCO, AHEAD, None, LONG_AGO, night) is None
    assert local(following(begins, MOROCCO, AHEAD, None, LONG_AGO, night)) == "12-12 08:00"
    assert following(at("2026-12-12T07:30"), MOROCCO, (24,), None, LONG_AGO, night) is None  # begun by then


@given(BEGINS, some.integers(1, 72), BACK)
def test_it_never_wakes_nor_comes_after_the_start_or_before_the_seat(begins: datetime, ahead: int, back: timedelta) -> None:
    since = begins - back
    comes = planned(begins, ahead, since, MOROCCO)
    assume(comes is not None)
    assert comes is not None
    assert not hours.quiet(comes, MOROCCO)
    assert since <= comes <= begins - timedelta(hours=1)
    assert abs(comes - (begins - timedelta(hours=ahead))) <= timedelta(hours=13)


@given(BEGINS, REMINDED, BACK, BACK)
def test_the_next_moment_is_when_it_is_reached(begins: datetime, reminded: int | None, held: timedelta, back: timedelta) -> None:
    """A clock that jumps from moment to moment finds at each what is due, and nothing before it."""
    since, now = begins - held, begins - back
    assume(now >= since)
    soon = following(begins, MOROCCO, AHEAD, reminded, since, now)
    given_now = reached(begins, MOROCCO, AHEAD, reminded, since, now)
    assert (given_now is not None) == (soon is not None and soon <= now)
    if soon is not None:
        assert reached(begins, MOROCCO, AHEAD, reminded, since, soon) is not None


@given(BEGINS, BACK)
def test_jumping_from_moment_to_moment_gives_each_once_and_comes_to_an_end(begins: datetime, held: timedelta) -> None:
    since = now = begins - held
    reminded, told = None, []
    while (now_or_later := following(begins, MOROCCO, AHEAD, reminded, since, now)) is not None:
        now = now_or_later
        reminded = reached(begins, MOROCCO, AHEAD, reminded, since, now)
        assert reminded is not None
        told.append(reminded)
    assert told == sorted(set(told), reverse=True)
    plans = {h: planned(begins, h, since, MOROCCO) for h in AHEAD}
    assert set(told) == {h for h, comes in plans.items() if comes is not None}


def test_the_question_afterwards_waits_for_the_morning() -> None:
    assert local(reminding.asked_at(at("2026-12-12T17:00"), MOROCCO)) == "12-12 18:00"
    assert local(reminding.asked_at(at("2026-12-12T20:30"), MOROCCO)) == "12-13 08:00"
