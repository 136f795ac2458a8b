"""Seats: exactly the capacity, whatever is done at once, on both databases."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, func, select, update

from bot.booking import planning, seats, sessions
from bot.booking.planning import BadRow, Plan
from bot.people import identity
from bot.storage.crypto import Vault
from bot.storage.database import Database
from bot.storage.tables import Base, Booking, InfoSession, table
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


def confirmed(db: Connection) -> int:
    query = select(func.count()).select_from(_booking).where(_booking.c.status == "confirmed")
    return int(db.execute(query).scalar_one())


async def test_two_hundred_people_on_twenty_seats(database: Database) -> None:
    people = await database.write(lambda db: prepare(db, 200))

    async def ask(person: int) -> str:
        return await database.write(lambda db: seats.take(db, NOW, "agadir-12", person))

    answers = await asyncio.gather(*(ask(p) for p in people))
    assert (answers.count("taken"), answers.count("full")) == (20, 180)
    assert await database.read(confirmed) == 20


async def test_the_same_person_asking_eight_times_at_once_gets_one_seat(database: Database) -> None:
    (person,) = await database.write(lambda db: prepare(db, 1))

    async def ask() -> str:
        return await database.write(lambda db: seats.take(db, NOW, "agadir-12", person))

    answers = await asyncio.gather(*(ask() for _ in range(8)))
    assert (answers.count("taken"), answers.count("already")) == (1, 7)


async def test_a_seat_given_up_can_be_taken_by_somebody_else_and_again_by_the_same(database: Database) -> None:
    first, second = await database.write(lambda db: prepare(db, 2, capacity=1))

    def story(db: Connection) -> list[object]:
        return [
            seats.take(db, NOW, "agadir-12", first),
            seats.take(db, NOW, "agadir-12", second),
            seats.give_up(db, NOW, "agadir-12", first),
            seats.take(db, NOW, "agadir-12", second),
            seats.take(db, NOW, "agadir-12", first),
            seats.give_up(db, NOW, "agadir-12", first),
        ]

    assert await database.write(story) == ["taken", "full", True, "taken", "full", False]


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
        return seats.take(db, now, "agadir-12", person)

    assert await database.write(story) == answer


async def test_an_unknown_session_is_gone_and_its_public_token_works_as_its_id(database: Database) -> None:
    (person,) = await database.write(lambda db: prepare(db, 1))
    assert await database.write(lambda db: seats.take(db, NOW, "nothing", person)) == "gone"
    assert await database.write(lambda db: seats.take(db, NOW, "token", person)) == "taken"


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(capacity=st.integers(0, 4), moves=st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=40))
def test_no_history_of_taking_and_giving_up_ever_seats_more_than_the_capacity(
    capacity: int, moves: list[tuple[int, bool]]
) -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as db:
        Base.metadata.create_all(db)
        people = prepare(db, 6, capacity)
        seated: set[int] = set()
        for who, takes in moves:
            person = people[who]
            if takes:
                answer = seats.take(db, NOW, "agadir-12", person)
                expected = "already" if person in seated else "full" if len(seated) >= capacity else "taken"
                assert answer == expected
                seated |= {person} if answer == "taken" else set()
            else:
                assert seats.give_up(db, NOW, "agadir-12", person) == (person in seated)
                seated.discard(person)
            assert confirmed(db) == len(seated) <= capacity
    engine.dispose()


async def test_sessions_are_listed_by_town_and_region_soonest_first_without_full_ones(database: Database) -> None:
    def sow(db: Connection) -> None:
        planning.save(db, NOW, plan(id="b", starts="2026-12-20T10:00", ends="2026-12-20T12:00"), "t1")
        planning.save(db, NOW, plan(id="a", starts="2026-12-10T10:00", ends="2026-12-10T12:00", city="tiznit"), "t2")
        planning.save(db, NOW, plan(id="full", capacity=0), "t3")
        planning.save(db, NOW, plan(id="past", starts="2026-11-10T10:00", ends="2026-11-10T12:00"), "t4")
        planning.save(db, NOW, plan(id="other", region="beni-mellal-khenifra", city="khenifra"), "t5")

    await database.write(sow)

    async def ids(**where: str) -> list[str]:
        return [s.id for s in await database.read(lambda db: sessions.bookable(db, NOW, **where))]

    assert await ids() == ["a", "other", "b"]
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
