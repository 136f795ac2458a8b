"""The line: who is offered a freed seat, for how long, and when nobody is."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, update

from bot.assembly import new_code
from bot.booking import line, planning, seats
from bot.booking.line import Notice
from bot.storage.database import Database
from bot.storage.tables import Contact, InfoSession, table
from flows.events import OfferLapsed, SeatOffered
from tests.bot.booking.test_seats import bookings, plan, prepare, take
from tests.conftest import NOW

ZONE = "Africa/Casablanca"
_contact, _session = table(Contact), table(InfoSession)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


BEGINS = at("2026-12-12T15:00+01:00")  # a Saturday; clocks show +01:00 all winter


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-12-01T10:00+01:00", "2026-12-02T21:00+01:00"),  # 24 waking hours: 11 today, 13 tomorrow
        ("2026-12-08T10:00+01:00", "2026-12-09T09:00+01:00"),  # 12: of which 11 before nine in the evening
        ("2026-12-11T08:00+01:00", "2026-12-11T12:00+01:00"),
        ("2026-12-11T16:00+01:00", "2026-12-11T17:00+01:00"),
        ("2026-12-12T10:00+01:00", "2026-12-12T10:20+01:00"),
        ("2026-12-12T12:59+01:00", "2026-12-12T13:19+01:00"),
    ],
)
def test_a_seat_is_kept_for_a_time_that_depends_on_how_near_the_session_is(now: str, until: str) -> None:
    assert line.kept_until(at(now), BEGINS, ZONE) == at(until)


@pytest.mark.parametrize("now", ["2026-12-12T13:00+01:00", "2026-12-12T14:59+01:00"])
def test_near_the_session_a_seat_is_kept_for_nobody(now: str) -> None:
    assert line.kept_until(at(now), BEGINS, ZONE) is None


@pytest.mark.parametrize(
    ("now", "starts", "offered"),
    [
        ("2026-12-10T20:59+01:00", "2026-12-12T15:00", "2026-12-10T20:59+01:00"),
        ("2026-12-10T21:00+01:00", "2026-12-12T15:00", "2026-12-11T08:00+01:00"),
        ("2026-12-11T22:00+01:00", "2026-12-12T12:00", "2026-12-12T08:00+01:00"),  # noon itself is not before noon
        ("2026-12-11T22:00+01:00", "2026-12-12T11:00", "2026-12-11T22:00+01:00"),
        ("2026-12-12T02:00+01:00", "2026-12-12T11:00", "2026-12-12T02:00+01:00"),
        ("2026-12-12T02:00+01:00", "2026-12-13T11:00", "2026-12-12T08:00+01:00"),
        ("2026-12-11T21:30+01:00", "2026-12-11T23:00", None),
    ],
)
def test_nobody_is_woken_for_an_offer_unless_the_session_is_next_morning(now: str, starts: str, offered: str | None) -> None:
    begins = at(f"{starts}+01:00")
    assert line.offer_from(at(now), begins, ZONE) == (at(offered) if offered else None)


def test_an_offer_ends_an_hour_before_the_session_at_the_latest() -> None:
    begins = at("2026-12-12T10:00+01:00")
    assert line.kept_until(at("2026-12-11T22:30+01:00"), begins, ZONE) == at("2026-12-12T09:00+01:00")
    assert line.kept_until(at("2026-12-11T20:50+01:00"), at("2026-12-11T23:00+01:00"), ZONE) == at("2026-12-11T22:00+01:00")


def offers(told: list[Notice]) -> list[int]:
    return [n.contact for n in told if isinstance(n.event, SeatOffered)]


def lapses(told: list[Notice]) -> list[int]:
    return [n.contact for n in told if isinstance(n.event, OfferLapsed)]


async def test_a_freed_seat_travels_along_the_line(database: Database) -> None:
    ten = at("2026-12-01T10:00+01:00")

    def story(db: Connection) -> None:
        holder, first, second, third = prepare(db, 4, capacity=1)
        for person in (holder, first, second, third):
            take(db, person, now=ten)
        assert line.move_on(db, ten) == []
        assert line.due(db, ten) == BEGINS, "nothing is free before the session itself ends the line"
        seats.give_up(db, ten, "agadir-12", holder)
        assert line.due(db, ten) == ten
        (notice,) = line.move_on(db, ten)
        assert (notice.contact, notice.key) == (first, f"offer:{bookings(db)[1].id}")
        assert isinstance(notice.event, SeatOffered)
        assert (notice.event.until, notice.event.about["city"]) == ("2026-12-02T21:00", "agadir")
        assert line.move_on(db, ten) == [], "a doubled round offers nothing twice"
        until = at("2026-12-02T21:00+01:00")
        assert line.due(db, ten) == until
        told = line.move_on(db, until)
        assert (lapses(told), offers(told)) == ([first], []), "nine in the evening: nobody is woken"
        assert line.due(db, until) == at("2026-12-03T08:00+01:00")
        assert offers(line.move_on(db, at("2026-12-03T08:00+01:00"))) == [second]
        assert seats.answer_offer(db, ten, "agadir-12", first, True, new_code) == "lapsed"
        assert seats.answer_offer(db, ten, "agadir-12", second, False, new_code) == "declined"
        assert offers(line.move_on(db, at("2026-12-03T08:00+01:00"))) == [third]
        assert seats.answer_offer(db, ten, "agadir-12", third, True, new_code) == "taken"
        assert seats.answer_offer(db, ten, "agadir-12", third, True, new_code) == "already"
        assert [b.status for b in bookings(db)] == ["cancelled", "cancelled", "cancelled", "confirmed"]
        assert line.due(db, ten) is None

    await database.write(story)


async def test_a_late_yes_counts_until_somebody_else_is_offered_the_seat(database: Database) -> None:
    def story(db: Connection) -> str:
        holder, waits = prepare(db, 2, capacity=1)
        take(db, holder), take(db, waits)
        seats.give_up(db, NOW, "agadir-12", holder)
        line.move_on(db, NOW)
        return seats.answer_offer(db, NOW + timedelta(days=3), "agadir-12", waits, True, new_code)

    assert await database.write(story) == "taken"


async def test_the_first_whose_group_fits_is_offered_the_seats_and_keeps_nobody_waiting_in_vain(database: Database) -> None:
    def story(db: Connection) -> None:
        one, other, three, two, alone = prepare(db, 5, capacity=2)
        for person, many in ((one, 1), (other, 1), (three, 2), (two, 2), (alone, 1)):
            take(db, person, many)
        seats.give_up(db, NOW, "agadir-12", one)
        assert offers(line.move_on(db, NOW)) == [alone], "one seat: the groups before wait on"
        seats.give_up(db, NOW, "agadir-12", other)
        seats.give_up(db, NOW, "agadir-12", alone)
        assert offers(line.move_on(db, NOW)) == [three]
        assert [b.position for b in seats.of_contact(db, two)] == [2]

    await database.write(story)


async def test_more_seats_are_offered_to_as_many(database: Database) -> None:
    def story(db: Connection) -> None:
        people = prepare(db, 5, capacity=1)
        for person in people:
            take(db, person)
        db.execute(update(_session).values(capacity=4))
        assert offers(line.move_on(db, NOW)) == people[1:4]
        db.execute(update(_session).values(capacity=1))
        seats.give_up(db, NOW, "agadir-12", people[0])
        assert offers(line.move_on(db, NOW)) == [], "smaller now: what was offered stands, nothing more is given"
        assert seats.answer_offer(db, NOW, "agadir-12", people[1], True, new_code) == "taken"

    await database.write(story)


async def test_whoever_wrote_stop_or_was_erased_is_passed_over_and_holds_up_nobody(database: Database) -> None:
    def story(db: Connection) -> None:
        holder, stopped, erased, waits, late = prepare(db, 5, capacity=1)
        for person in (holder, stopped, erased, waits):
            take(db, person)
        db.execute(update(_contact).where(_contact.c.id == stopped).values(opted_out_at=NOW))
        db.execute(update(_contact).where(_contact.c.id == erased).values(data_key=None))
        seats.give_up(db, NOW, "agadir-12", holder)
        assert offers(line.move_on(db, NOW)) == [waits]
        seats.give_up(db, NOW, "agadir-12", waits)
        assert take(db, late) == "taken", "nobody else can be offered it"
        seats.give_up(db, NOW, "agadir-12", late)
        assert take(db, stopped) == "taken", "asking oneself is another thing"

    await database.write(story)


async def test_in_the_last_two_hours_whoever_comes_first_has_it(database: Database) -> None:
    def story(db: Connection) -> None:
        holder, waits, comes = prepare(db, 3, capacity=1)
        take(db, holder), take(db, waits)
        now = BEGINS - timedelta(hours=1)
        seats.give_up(db, now, "agadir-12", holder)
        assert line.move_on(db, now) == []
        assert take(db, comes, now=now) == "taken"
        assert take(db, waits, now=now) == "in_line"
        seats.give_up(db, now, "agadir-12", comes)
        assert take(db, waits, now=now) == "taken"

    await database.write(story)


@pytest.mark.parametrize("why", ["begun", "cancelled"])
async def test_a_line_ends_with_its_session_without_a_word(database: Database, why: str) -> None:
    def story(db: Connection) -> None:
        holder, offered, waits = prepare(db, 3, capacity=1)
        for person in (holder, offered, waits):
            take(db, person)
        seats.give_up(db, NOW, "agadir-12", holder)
        line.move_on(db, NOW)
        if why == "cancelled":
            db.execute(update(_session).values(state="cancelled"))
        now = BEGINS if why == "begun" else NOW
        assert seats.answer_offer(db, now, "agadir-12", offered, True, new_code) == "gone"
        assert line.due(db, now) == now
        assert line.move_on(db, now) == []
        assert [b.status for b in bookings(db)] == ["cancelled"] * 3
        assert line.due(db, now) is None

    await database.write(story)


async def test_the_lines_of_two_sessions_are_two(database: Database) -> None:
    def story(db: Connection) -> None:
        here, there, waits = prepare(db, 3, capacity=1)
        planning.save(db, NOW, plan(1, id="tiznit-13", city="tiznit"), "t2")
        take(db, here), take(db, there, session="tiznit-13")
        take(db, waits), take(db, waits, session="tiznit-13")
        seats.give_up(db, NOW, "tiznit-13", there)
        (notice,) = line.move_on(db, NOW)
        assert (notice.event.session, notice.contact) == ("tiznit-13", waits)
        assert [(s.session, s.status, s.position) for s in seats.of_contact(db, waits)] == [
            ("agadir-12", "waitlisted", 1),
            ("tiznit-13", "offered", 1),
        ]

    await database.write(story)
