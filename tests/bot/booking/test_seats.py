"""Seats: exactly the capacity, whatever is done at once, on both databases."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Row, select, update

from bot.assembly import new_code
from bot.booking import planning, seats, sessions
from bot.booking.planning import BadRow, Plan
from bot.people import identity
from bot.storage.crypto import Vault
from bot.storage.database import Database
from bot.storage.tables import Booking, InfoSession, table
from tests.conftest import NOW

VAULT = Vault([b"k" * 32], b"l" * 32)
_booking = table(Booking)


def plan(capacity: int = 20, **other: object) -> Plan:
    fields: dict[str, object] = {
        "id": "agadir-12",
        "title": {"fr": "Étudier en France"},
        "place": "Centre de quartier",
        "city": "agadir",
        "region": "souss-massa",
        "starts": "2026-12-12T15:00",
        "ends": "2026-12-12T17:00",
        "capacity": capacity,
        "language": "fr",
        "zone": "Africa/Casablanca",
    }
    return Plan(**{**fields, **other})  # type: ignore[arg-type]


def prepare(db: Connection, people: int, capacity: int = 20) -> list[int]:
    planning.save(db, NOW, plan(capacity), "token")
    return [identity.create(db, VAULT, NOW)[0] for _ in range(people)]


def take(db: Connection, person: int, seats_: int | None = None, now: datetime = NOW, session: str = "agadir-12") -> str:
    return seats.take(db, now, session, person, new_code, seats_)


def bookings(db: Connection) -> list[Row[Any]]:
    return list(db.execute(select(_booking).order_by(_booking.c.id)))


async def test_two_hundred_people_on_twenty_seats(database: Database) -> None:
    people = await database.write(lambda db: prepare(db, 200))
    # Three before the others: ten at a time, in step, would fill twenty seats exactly, lock or no lock.
    answers = [await database.write(lambda db, p=p: take(db, p)) for p in people[:3]]
    answers += await asyncio.gather(*(database.write(lambda db, p=p: take(db, p)) for p in people[3:]))
    assert (answers.count("taken"), answers.count("waitlisted")) == (20, 180)
    rows = await database.read(bookings)
    assert [r.status for r in rows] == ["confirmed"] * 20 + ["waitlisted"] * 180, "whoever came first has a seat"
    assert len({r.code for r in rows[:20]}) == 20
    standing = await database.read(lambda db: [seats.of_contact(db, r.contact_id)[0].position for r in rows])
    assert standing == [None] * 20 + list(range(1, 181))


async def test_the_same_person_asking_eight_times_at_once_gets_one_seat(database: Database) -> None:
    (person,) = await database.write(lambda db: prepare(db, 1))
    answers = await asyncio.gather(*(database.write(lambda db: take(db, person)) for _ in range(8)))
    assert (answers.count("taken"), answers.count("already")) == (1, 7)


async def test_a_seat_given_up_is_for_whoever_waits_and_not_for_who_asks_anew(database: Database) -> None:
    first, second, third = await database.write(lambda db: prepare(db, 3, capacity=1))

    def story(db: Connection) -> list[object]:
        return [
            take(db, first),
            take(db, second),
            take(db, second),
            seats.give_up(db, NOW, "agadir-12", first),
            take(db, third),
            take(db, second),
            seats.give_up(db, NOW, "agadir-12", first),
            seats.give_up(db, NOW, "agadir-12", third),
        ]

    assert await database.write(story) == ["taken", "waitlisted", "in_line", True, "waitlisted", "taken", False, True]


@pytest.mark.parametrize(("waitlist", "answers"), [(0, ["taken", "full", "full"]), (1, ["taken", "waitlisted", "full"])])
async def test_no_more_wait_than_may(database: Database, waitlist: int, answers: list[str]) -> None:
    def story(db: Connection) -> list[str]:
        people = prepare(db, 3)
        planning.save(db, NOW, plan(1, waitlist=waitlist), "token")
        return [take(db, p) for p in people]

    assert await database.write(story) == answers


async def test_groups_are_never_split(database: Database) -> None:
    pair, three, alone, four = await database.write(lambda db: prepare(db, 4, capacity=3))

    def story(db: Connection) -> list[str]:
        return [take(db, pair, 2), take(db, three, 3), take(db, alone), take(db, four, 4), take(db, four, 9)]

    # One seat is left and nobody who waits fits on it: whoever comes alone has it. Four never fit on three.
    assert await database.write(story) == ["taken", "waitlisted", "taken", "full", "full"]
    assert [(r.status, r.seats) for r in await database.read(bookings)] == [("confirmed", 2), ("waitlisted", 3), ("confirmed", 1)]


async def test_a_group_grows_and_shrinks_in_its_place(database: Database) -> None:
    (person, other) = await database.write(lambda db: prepare(db, 2, capacity=3))

    def story(db: Connection) -> list[str]:
        return [
            take(db, person),
            take(db, other),
            take(db, person, 3),
            take(db, person, 2),
            take(db, person),
            take(db, person, 1),
        ]

    assert await database.write(story) == ["taken", "taken", "short", "resized", "already", "resized"]
    assert [r.seats for r in await database.read(bookings)] == [1, 1]


async def test_no_two_bookings_of_a_session_bear_the_same_code(database: Database) -> None:
    people = await database.write(lambda db: prepare(db, 3))
    drawn = iter(["AAAA", "AAAA", "AAAA", "BBBB", "BBBB", "AAAA", "CCCC"])
    await database.write(lambda db: [seats.take(db, NOW, "agadir-12", p, lambda: next(drawn)) for p in people])
    assert [r.code for r in await database.read(bookings)] == ["AAAA", "BBBB", "CCCC"]


def test_a_code_has_four_signs_that_nobody_confuses() -> None:
    drawn = {new_code() for _ in range(200)}
    assert all(len(c) == 4 and not set(c) & set("0O1I") for c in drawn)
    assert len(drawn) > 150


@pytest.mark.parametrize(
    ("when", "change", "answer"),
    [
        ("2026-12-12T15:00+01:00", {}, "gone"),
        ("2026-12-12T14:59+01:00", {}, "taken"),
        ("2026-12-01T10:00+01:00", {"opens": "2026-12-05T08:00"}, "gone"),
        ("2026-12-06T10:00+01:00", {"closes": "2026-12-05T08:00"}, "gone"),
    ],
)
async def test_a_seat_can_be_had_only_while_booking_is_open(database: Database, when: str, change: dict, answer: str) -> None:
    now = datetime.fromisoformat(when)

    def story(db: Connection) -> str:
        planning.save(db, NOW, plan(**change), "token")
        person, _ = identity.create(db, VAULT, NOW)
        return take(db, person, now=now)

    assert await database.write(story) == answer


async def test_an_unknown_session_is_gone_and_its_public_token_works_as_its_id(database: Database) -> None:
    (person,) = await database.write(lambda db: prepare(db, 1))
    assert await database.write(lambda db: take(db, person, session="nothing")) == "gone"
    assert await database.write(lambda db: take(db, person, session="token")) == "taken"


async def test_sessions_are_listed_by_town_and_region_soonest_first_with_those_to_wait_for_behind(database: Database) -> None:
    def sow(db: Connection) -> None:
        planning.save(db, NOW, plan(id="b", starts="2026-12-20T10:00", ends="2026-12-20T12:00"), "t1")
        planning.save(db, NOW, plan(id="a", starts="2026-12-10T10:00", ends="2026-12-10T12:00", city="tiznit"), "t2")
        planning.save(db, NOW, plan(id="full", capacity=0), "t3")
        planning.save(db, NOW, plan(id="small", capacity=1, city="tata", region="elsewhere", starts="2026-12-02T10:00"), "t6")
        planning.save(db, NOW, plan(id="past", starts="2026-11-10T10:00", ends="2026-11-10T12:00"), "t4")
        planning.save(db, NOW, plan(id="other", region="beni-mellal-khenifra", city="khenifra"), "t5")

        for person in [identity.create(db, VAULT, NOW)[0] for _ in range(2)]:
            take(db, person, session="small")

    await database.write(sow)

    async def ids(**where: str) -> list[str]:
        return [s.id for s in await database.read(lambda db: sessions.bookable(db, NOW, **where))]

    assert await ids() == ["a", "other", "b", "small"]
    assert await ids(region="souss-massa") == ["a", "b"]
    assert await ids(city="tiznit") == ["a"]
    assert await ids(city="zagora") == []


def test_a_wall_time_keeps_its_hour_through_ramadans_clock() -> None:
    """Morocco leaves summer time for Ramadan (8 February to 9 March 2027 by the pinned tz data): 15:00 stays 15:00."""
    before, during = (
        sessions.instant("2027-02-01T15:00", "Africa/Casablanca"),
        sessions.instant("2027-02-20T15:00", "Africa/Casablanca"),
    )
    assert (before.utcoffset(), during.utcoffset()) == (timedelta(hours=1), timedelta(0))
    assert (before.hour, during.hour) == (15, 15)


ROW = {
    "title_fr": "Étudier",
    "place": "Centre",
    "city": "Agadir",
    "region": "Souss-Massa",
    "start": "2026-12-12T15:00",
    "end": "2026-12-12T17:00",
    "capacity": "30",
    "language": "fr",
}


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"title_fr": ""}, "title_fr"),
        ({"start": "samedi"}, "start"),
        ({"start": "2026-12-12T15:00+01:00"}, "start"),
        ({"end": "2026-12-12T14:00"}, "end"),
        ({"region": "Paris"}, "region"),
        ({"capacity": "beaucoup"}, "capacity"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "1e999"}, "capacity"),
        ({"place": "x" * 501}, "place"),
        ({"city": "x" * 65}, "city"),
        ({"capacity": "999999"}, "capacity"),
        ({"language": "de"}, "language"),
        ({"city": ""}, "city"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"id": "A B"}, "id"),
    ],
)
def test_a_bad_row_is_refused_by_the_name_of_its_column(change: dict[str, str], column: str) -> None:
    with pytest.raises(BadRow, match=column):
        planning.plan_of({**ROW, **change}, "Africa/Casablanca", lambda _: "agadir", 2)


def test_a_good_row_becomes_a_plan_with_an_id_made_of_town_and_time() -> None:
    made = planning.plan_of(ROW, "Africa/Casablanca", lambda _: "agadir", 2)
    assert (made.id, made.city, made.capacity) == ("agadir-2026-12-12-1500", "agadir", 30)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("western.csv", "title_fr;place\nÉtudier;Café\n".encode("cp1252")),
        ("not.xlsx", b"this is no workbook"),
        ("sessions.ods", b""),
        ("long.csv", b"title_fr,place\n" + b"a,b\n" * (planning.MOST_ROWS + 1)),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_its_name(tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(BadRow, match=name):
        list(planning.rows_of(file))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_are_read_whatever_separates_their_columns(tmp_path: Path, delimiter: str) -> None:
    file = tmp_path / "sessions.csv"
    file.write_text(f'title_fr{delimiter}place\n"Pension, soins; école"{delimiter}Centre\n', encoding="utf-8-sig")
    assert list(planning.rows_of(file)) == [(2, {"title_fr": "Pension, soins; école", "place": "Centre"})]


async def test_reading_the_table_again_opens_no_cancelled_session(database: Database) -> None:
    def story(db: Connection) -> str:
        prepare(db, 0)
        sessions_table = table(InfoSession)
        db.execute(update(sessions_table).values(state="cancelled"))
        prepare(db, 0)
        return str(db.execute(select(sessions_table.c.state)).scalar_one())

    assert await database.write(story) == "cancelled"
