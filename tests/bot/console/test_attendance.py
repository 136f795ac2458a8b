"""The door: ticks, groups, walk-ins, the closed list."""

from datetime import timedelta

from sqlalchemy import select

from bot.booking import attending, seats
from bot.storage.tables import Booking, table
from tests.bot.console.given import Console
from tests.bot.console.test_sessions import ID, PAGE, chief, planned, statuses, the_session

_booking = table(Booking)
DOOR = f"{PAGE}/attendance"


def at_the_door(console: Console, hour: int = 14) -> None:
    """In the morning of 12 December, by default an hour before the session (15:00 in Agadir is 14:00 UTC)."""
    console.inside.clock.now = console.inside.clock.now.replace(day=12, hour=hour, minute=0)


async def came(console: Console) -> list[int | None]:
    return list(await console.inside.do(lambda db: list(db.execute(select(_booking.c.came).order_by(_booking.c.id)).scalars())))


async def test_ticks_are_taken_on_the_day_and_not_before(console: Console) -> None:
    (first,) = await planned(console, ("confirmed", 1))
    browser = await chief(console)
    page = (await browser.get(DOOR)).text
    assert "le jour même" in page
    assert f"{DOOR}/{first}" not in page
    await browser.post(f"{DOOR}/{first}", came="1")
    await browser.post(f"{PAGE}/walk-ins", step="1")
    assert await came(console) == [None]
    assert (await the_session(console)).walk_ins == 0
    at_the_door(console, 8)
    browser = await chief(console, "morning")
    assert f"{DOOR}/{first}" in (await browser.get(DOOR)).text
    assert (await browser.post(f"{DOOR}/{first}", came="1")).status_code == 303
    assert await came(console) == [1]


async def test_a_tick_changes_no_seat_until_the_list_is_closed(console: Console) -> None:
    first, _ = await planned(console, ("confirmed", 3), ("waitlisted", 1), capacity=3)
    at_the_door(console, 9)
    browser = await chief(console)
    await browser.get(DOOR)
    await browser.post(f"{DOOR}/{first}", came="2")
    assert await statuses(console) == ["confirmed", "waitlisted"]
    assert "\u20683\u2069 sur \u20683\u2069" in (await browser.get(PAGE)).text


async def test_a_group_is_ticked_by_number_and_never_more_than_booked(console: Console) -> None:
    first, waits = await planned(console, ("confirmed", 3), ("waitlisted", 1))
    at_the_door(console)
    browser = await chief(console)
    page = (await browser.get(DOOR)).text
    assert page.count(f'action="{DOOR}/{first}"') == 1
    assert page.count('name="came"') == 4
    assert (await browser.post(f"{DOOR}/{first}", came="4")).status_code == 200
    assert (await browser.post(f"{DOOR}/{waits}", came="1")).status_code == 200
    assert await came(console) == [None, None]
    await browser.post(f"{DOOR}/{first}", came="2")
    assert "\u20682\u2069 sur \u20683\u2069 présents" in (await browser.get(DOOR)).text


async def test_a_part_of_the_page_is_enough_for_a_page_that_is_open(console: Console) -> None:
    (first,) = await planned(console, ("confirmed", 1))
    at_the_door(console)
    browser = await chief(console)
    await browser.get(DOOR)
    part = await browser.post(f"{DOOR}/{first}", {"Origin": "http://127.0.0.1:8000", "HX-Request": "true"}, came="1")
    assert part.status_code == 200
    assert "<html" not in part.text
    assert 'aria-pressed="true"' in part.text


async def test_a_seat_given_back_a_moment_ago_is_said_to_be(console: Console) -> None:
    (first,) = await planned(console, ("confirmed", 1))
    at_the_door(console)
    browser = await chief(console)
    await browser.get(DOOR)
    person = await console.inside.do(lambda db: db.execute(select(_booking.c.contact_id)).scalar_one())
    assert await console.inside.do(lambda db: seats.give_up(db, console.inside.clock.now, ID, person))
    answer = await browser.post(f"{DOOR}/{first}", came="1")
    assert "vient d&#39;être rendue" in answer.text
    assert await came(console) == [None]


async def test_walk_ins_are_counted_up_and_down_and_never_below_none(console: Console) -> None:
    await planned(console)
    at_the_door(console)
    browser = await chief(console)
    await browser.get(DOOR)
    for step in ("1", "1", "-1", "-1", "-1", "1"):
        await browser.post(f"{PAGE}/walk-ins", step=step)
    assert (await the_session(console)).walk_ins == 1
    assert (await browser.post(f"{PAGE}/walk-ins", step="99")).status_code == 422


async def test_closing_notes_who_did_not_come_and_mistakes_are_put_right(console: Console) -> None:
    first, second, _, _ = await planned(console, ("confirmed", 2), ("confirmed", 1), ("waitlisted", 1), ("cancelled", 1))
    at_the_door(console, 13)
    browser = await chief(console)
    await browser.get(DOOR)
    await browser.post(f"{DOOR}/{first}", came="1")
    await browser.post(f"{PAGE}/close")
    assert (await the_session(console)).attended_at is None, "it has not begun"
    at_the_door(console, 14)
    await browser.post(f"{PAGE}/close")
    assert await statuses(console) == ["attended", "no_show", "waitlisted", "cancelled"]
    closed = (await the_session(console)).attended_at
    assert closed == console.inside.clock.now
    console.inside.clock.now += timedelta(minutes=5)
    await browser.post(f"{PAGE}/close")
    assert (await the_session(console)).attended_at == closed
    await browser.post(f"{DOOR}/{second}", came="1")
    await browser.post(f"{DOOR}/{first}", came="0")
    assert await statuses(console) == ["no_show", "attended", "waitlisted", "cancelled"]
    page = (await browser.get(DOOR)).text
    assert page.count("/certificate/") == 1


async def test_of_a_cancelled_session_nothing_is_ticked(console: Console) -> None:
    (first,) = await planned(console, ("confirmed", 1))
    browser = await chief(console)
    await browser.get(f"{PAGE}/cancel")
    await browser.post(f"{PAGE}/cancel")
    at_the_door(console)
    now = console.inside.clock.now
    assert not await console.inside.do(lambda db: attending.note(db, now, ID, first, 1))
    assert not await console.inside.do(lambda db: attending.close(db, now + timedelta(days=1), ID))
