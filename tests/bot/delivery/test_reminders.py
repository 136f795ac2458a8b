"""Reminders through the whole house, on both databases: once each however often the clock ticks, at the right local time, by
the gate's rules, and after a decree that changes the clock."""

import asyncio
import importlib.resources
import random
import zoneinfo
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, insert, update

from bot.assembly import Library
from bot.booking import reminding, samples
from bot.booking.planning import Plan, save
from bot.delivery import rounds
from bot.settings import Settings
from bot.storage.tables import Booking, Conversation, Feedback, InfoSession, table
from flows.events import Chose, Started
from tests.helpers.house import ScriptedInterpreter, TestHouse, open_house

_booking, _session, _feedback = table(Booking), table(InfoSession), table(Feedback)
MOROCCO = ZoneInfo("Africa/Casablanca")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 12, 12, 14, 0, tzinfo=UTC)  # 15:00 in Agadir
SAID = ("reminder.today", "reminder.tomorrow", "reminder.later", "feedback.over")


@pytest.fixture
async def house(settings: Settings, library: Library) -> Any:
    async with open_house(settings, library, ScriptedInterpreter({"une personne": "journey/advisor"})) as opened:
        yield opened


def plan(name: str, starts: datetime) -> Plan:
    """`starts`: wall time."""
    return Plan(
        id=name,
        title={"fr": "Secret"},
        place="Centre",
        city="agadir",
        region="souss-massa",
        starts=f"{starts:%Y-%m-%dT%H:%M}",
        ends=f"{starts + 2 * HOUR:%Y-%m-%dT%H:%M}",
        capacity=30,
        language="fr",
        zone="Africa/Casablanca",
    )


async def seat(house: TestHouse, at: datetime, name: str = "agadir-12", starts: str = "2026-12-12T15:00", **how: Any) -> None:
    """A session, and a seat taken at that moment by way of its link."""
    house.clock.now = at
    await house.do(lambda db: save(db, at, plan(name, datetime.fromisoformat(starts)), f"token-{name}"))
    await house.say(Started(payload=f"s_token-{name}"), **how)
    assert (await rows(house, _booking))[-1].status == "confirmed"


async def rows(house: TestHouse, which: Any) -> list[Any]:
    return await house.rows(which)


async def tick(house: TestHouse, at: datetime | None = None, times: int = 1) -> None:
    house.clock.now = at or house.clock.now
    inside = house.house

    def one(db: Connection) -> int:
        return rounds.run(db, inside.vault, inside.bell, inside.desk, house.clock.now)

    await asyncio.gather(*(house.do(one) for _ in range(times)))
    await house.settle()


async def said(house: TestHouse) -> list[tuple[str, str]]:
    """The reminders in the outbox, with the state of each."""
    return [(m["id"], b["state"]) for b in await house.bodies() for m in b["messages"] if m["id"] in SAID]


async def test_ticks_doubled_at_once_bring_it_once(house: TestHouse) -> None:
    await seat(house, START - 3 * DAY)
    await tick(house, START - 48 * HOUR - timedelta(seconds=1), times=4)
    assert await said(house) == []
    for hours, name in ((48, "later"), (24, "tomorrow"), (2, "today")):
        await tick(house, START - hours * HOUR, times=4)
        await tick(house, times=4)
        assert (await said(house))[-1] == (f"reminder.{name}", "sent")
    assert len(await said(house)) == 3
    assert [(r.reminded, r.coming) for r in await rows(house, _booking)] == [(2, None)]


async def test_a_machine_that_was_down_gives_the_last_alone(house: TestHouse) -> None:
    await seat(house, START - 5 * DAY)
    await tick(house, START - 1.5 * HOUR)
    assert await said(house) == [("reminder.today", "sent")]


async def test_nobody_is_reminded_of_a_session_that_has_begun_or_is_called_off(house: TestHouse) -> None:
    await seat(house, START - 5 * DAY)
    await tick(house, START)
    await house.do(lambda db: db.execute(update(_session).values(state="cancelled")))
    await tick(house, START - HOUR)
    assert await said(house) == []


async def test_in_line_nobody_is_reminded(house: TestHouse) -> None:
    await seat(house, START - 5 * DAY)
    await house.do(lambda db: db.execute(update(_booking).values(status="waitlisted")))
    await tick(house, START - 47 * HOUR)
    assert await said(house) == []


async def test_outside_whatsapps_window_it_is_held_with_what_a_template_needs(house: TestHouse) -> None:
    await seat(house, START - 3 * DAY, channel="whatsapp")
    await tick(house, START - 24 * HOUR)
    assert await said(house) == [("reminder.tomorrow", "held")]
    body = next(b for b in await house.bodies() if b["kind"] == "reminder")
    params = body["messages"][0]["params"]
    assert {k: params[k] for k in ("start", "place", "city")} == {
        "start": "2026-12-12T15:00",
        "place": "Centre",
        "city": "agadir",
    }


async def test_a_held_reminder_is_given_while_it_is_true_and_dropped_after(house: TestHouse) -> None:
    await seat(house, START - 3 * DAY, channel="whatsapp")
    await tick(house, START - 24 * HOUR)
    house.clock.now = START - 20 * HOUR
    assert any("demain" in text for text in await house.say("menu", channel="whatsapp"))
    await seat(house, START + 4 * DAY, "agadir-19", "2026-12-19T15:00", channel="whatsapp")
    await tick(house, START + 6 * DAY)
    house.clock.now = START + 9 * DAY
    assert not any("demain" in text for text in await house.say("menu", channel="whatsapp"))
    assert [state for _, state in await said(house)][-1] == "failed"


async def test_no_subject_on_a_telephone_that_may_be_shared(house: TestHouse) -> None:
    await seat(house, START - 3 * DAY)
    before = len(house.telegram.sent)
    for hours in (48, 24, 2, -3):
        await tick(house, START - hours * HOUR)
    told = [bubble.text for _, bubble in house.telegram.sent[before:]]
    assert len(told) == 4
    assert not any("Secret" in text for text in told)


async def test_after_stop_nothing_comes(house: TestHouse) -> None:
    await seat(house, START - 3 * DAY)
    await house.say("stop")
    for hours in (48, 24, 2, -3):
        await tick(house, START - hours * HOUR)
    assert await said(house) == []


async def test_what_was_said_of_it_is_noted_and_kept_without_the_person(house: TestHouse) -> None:
    await seat(house, START - 3 * DAY)
    await tick(house, START - 24 * HOUR)
    await house.say(Chose(choice="coming:yes/agadir-12"))
    assert [r.coming for r in await rows(house, _booking)] == [True]
    await tick(house, START + 3 * HOUR, times=3)
    assert (await said(house))[-1] == ("feedback.over", "sent")
    await tick(house, START + 4 * HOUR)
    for word in ("oui", "non", "passer"):
        await house.say(word)
    (kept,) = await rows(house, _feedback)
    assert (kept.session_id, kept.language, kept.clear, kept.useful, kept.wish) == ("agadir-12", "fr", 3, 1, None)
    assert kept.created_at == datetime(2026, 12, 12, tzinfo=UTC)  # the day, not the moment
    assert [r.feedback_at is not None for r in await rows(house, _booking)] == [True]
    assert [n for n, _ in await said(house)].count("feedback.over") == 1


async def test_who_was_noted_absent_is_not_asked(house: TestHouse) -> None:
    await seat(house, START - 3 * DAY)
    await house.do(lambda db: db.execute(update(_booking).values(status="no_show")))
    await tick(house, START + 3 * HOUR)
    assert await said(house) == []


async def test_a_moved_session_is_reminded_of_anew(house: TestHouse) -> None:
    await seat(house, START - 3 * DAY)
    await tick(house, START - 24 * HOUR)

    def move(db: Connection) -> None:
        db.execute(update(_session).values(starts="2026-12-19T15:00", ends="2026-12-19T17:00", revision=1))
        reminding.start_over(db, house.clock.now, "agadir-12")

    await house.do(move)
    for hours in (24, 0, -5 * 24, -6 * 24):
        await tick(house, START - hours * HOUR)
    assert [name for name, _ in await said(house)] == ["reminder.tomorrow", "reminder.later", "reminder.tomorrow"]


async def test_a_state_that_cannot_be_read_holds_up_nobody_elses_reminder(house: TestHouse) -> None:
    await seat(house, START - 3 * DAY, who="aicha")
    contact = (await house.receive(Started(), who="brahim")).contact_id
    await house.settle()
    values = {"session_id": "agadir-12", "contact_id": contact, "status": "confirmed", "seats": 1}
    values |= {"created_at": house.clock.now, "changed_at": house.clock.now}
    await house.do(lambda db: db.execute(insert(_booking).values(values)))
    theirs = update(table(Conversation)).where(table(Conversation).c.contact_id == contact)
    await house.do(lambda db: db.execute(theirs.values(state=b"x")))
    await tick(house, START - 24 * HOUR)
    assert len(await said(house)) == 1


# --- a year -----------------------------------------------------------------------------------------------------------
FROM, UNTIL = datetime(2026, 12, 1, 8, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC)
STARTS = ((9, 0), (9, 30), (10, 0), (15, 0), (18, 30), (20, 30), (22, 0))
BEFORE = (1, 3, 10, 14, 23, 25, 47, 49, 200)  # hours before the start at which seats are taken


def sessions_of_a_year(seed: int) -> list[tuple[Plan, datetime]]:
    """One about every eight days, and one on each side of every change of the clock; with when its seat is taken."""
    chance = random.Random(seed)
    days = [datetime(2026, 12, 12) + timedelta(days=8 * n + chance.randrange(3)) for n in range(42)]
    days += [datetime(2027, m, d) for m, d in ((2, 6), (2, 7), (2, 8), (3, 13), (3, 14), (3, 15))]
    found = []
    for number, day in enumerate(sorted(days)):
        hour, minute = chance.choice(STARTS)
        starts = day.replace(hour=hour, minute=minute)
        taken = starts.replace(tzinfo=MOROCCO).astimezone(UTC) - chance.choice(BEFORE) * HOUR
        found.append((plan(f"session-{number}", starts), taken))
    return found


def expected(starts: datetime, taken: datetime, hours: int) -> datetime | None:
    """The rule, read once more: an instant, put off by the wall clock."""
    begins = starts.replace(tzinfo=MOROCCO).astimezone(UTC)
    wall = (begins - hours * HOUR).astimezone(MOROCCO)
    if wall < taken:
        return None
    if 8 <= wall.hour < 21:
        return wall.astimezone(UTC)
    night = wall.date() if wall.hour >= 21 else wall.date() - DAY
    evening = datetime(night.year, night.month, night.day, 20, tzinfo=MOROCCO).astimezone(UTC)
    morning = datetime.combine(night + DAY, datetime.min.time(), MOROCCO).replace(hour=8).astimezone(UTC)
    if evening > taken:
        return evening
    return morning if begins - morning >= HOUR else None


async def test_a_year_with_ramadan_and_every_tick_doubled(house: TestHouse) -> None:
    assert datetime(2027, 2, 20, tzinfo=MOROCCO).utcoffset() == timedelta(), "Ramadan's clock of 2027"
    house.clock.now = FROM
    contact = (await house.receive(Started())).contact_id
    await house.settle()
    year = sessions_of_a_year(7)

    def sow(db: Connection) -> None:
        for one, taken in year:
            save(db, FROM, one, f"token-{one.id}")
            values = {"session_id": one.id, "contact_id": contact, "status": "confirmed", "seats": 1}
            db.execute(insert(_booking).values(values | {"created_at": taken, "changed_at": taken}))

    await house.do(sow)
    before, inside = len(house.telegram.sent), house.house
    while (soon := await inside.database.read(lambda db: rounds.next_due(db, house.clock.now))) is not None and soon < UNTIL:
        await tick(house, max(soon, house.clock.now), times=2)
        await tick(house)
    wanted = Counter(
        (one.id, at)
        for one, taken in year
        for hours in (48, 24, 2)
        if (at := expected(datetime.fromisoformat(one.starts), taken, hours)) is not None
    )
    got = Counter()
    for row, body in zip(await house.outbox_rows(), await house.bodies(), strict=True):
        if body["messages"][0]["id"] in SAID[:3]:
            assert 8 <= row.created_at.astimezone(MOROCCO).hour < 21
            got[(body["messages"][0]["params"]["session"], row.created_at)] += 1
    assert len(wanted) > 60
    assert got == wanted
    asked = Counter(b["messages"][0]["params"]["session"] for b in await house.bodies() if b["messages"][0]["id"] == SAID[3])
    assert asked == Counter(one.id for one, _ in year)
    assert len(house.telegram.sent) - before == sum(got.values()) + sum(asked.values())  # one call to the provider for each


@pytest.fixture
def decree(tmp_path: Path) -> Iterator[Any]:
    """Puts another rule for Morocco's clock in place of the present one, as an update of the tz data does."""

    def put(like: str) -> None:
        rule = importlib.resources.files("tzdata.zoneinfo").joinpath(*like.split("/")).read_bytes()
        (tmp_path / "Africa").mkdir(exist_ok=True)
        (tmp_path / "Africa" / "Casablanca").write_bytes(rule)
        zoneinfo.reset_tzpath([str(tmp_path)])
        ZoneInfo.clear_cache()

    yield put
    zoneinfo.reset_tzpath()
    ZoneInfo.clear_cache()


async def test_a_clock_decreed_later_moves_the_reminders_along(house: TestHouse, decree: Any) -> None:
    await seat(house, START - 3 * DAY)
    await tick(house, START - 24 * HOUR)
    decree("Etc/GMT")  # an hour back, overnight
    begins = START + HOUR
    await tick(house, START - 2 * HOUR)
    assert [n for n, _ in await said(house)] == ["reminder.tomorrow"]
    await tick(house, begins - 2 * HOUR, times=2)
    assert [n for n, _ in await said(house)] == ["reminder.tomorrow", "reminder.today"]
    await tick(house, begins)
    assert await house.house.database.read(lambda db: rounds.next_due(db, house.clock.now)) == begins + 3 * HOUR


async def test_the_sample_sessions_are_reminded_of_too(house: TestHouse) -> None:
    now = house.clock.now
    await house.do(lambda db: [save(db, now, p, f"token-{p.id}") for p in samples.plans(now, "Africa/Casablanca")])
    first = min(samples.plans(now, "Africa/Casablanca"), key=lambda p: p.starts)
    await house.say(Started(payload=f"s_token-{first.id}"))
    soon = await house.house.database.read(lambda db: rounds.next_due(db, house.clock.now))
    assert soon is not None
    assert soon == reminding.moment(first.starts, "Africa/Casablanca") - 48 * HOUR
