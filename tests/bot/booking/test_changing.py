"""What coordinators do while people take seats: nobody is left with a seat of a session that is off, none is taken away by a
smaller room, and whoever is concerned is told."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, func, select

from bot.assembly import new_code
from bot.booking import attending, changing, figures, planning, seats
from bot.booking.changing import Over, Overtaken, TooFew
from bot.booking.planning import BadRow
from bot.delivery import announcing
from bot.people import identity
from bot.storage.bell import HouseBell
from bot.storage.crypto import Vault
from bot.storage.database import Database
from bot.storage.tables import Base, Booking, Inbox, InfoSession, table
from tests.bot.booking.test_seats import VAULT, plan
from tests.conftest import NOW

_booking, _inbox, _session = table(Booking), table(Inbox), table(InfoSession)
ID = "agadir-12"


def take(db: Connection, person: int, wanted: int = 1) -> str:
    return seats.take(db, NOW, ID, person, new_code, wanted)


def people(db: Connection, number: int, capacity: int = 20) -> list[int]:
    planning.save(db, NOW, plan(capacity), "token")
    return [identity.create(db, VAULT, NOW)[0] for _ in range(number)]


async def test_calling_off_while_eighty_ask_leaves_nobody_with_a_seat_and_nobody_untold(database: Database) -> None:
    everybody = await database.write(lambda db: people(db, 80))

    async def ask(person: int) -> str:
        return await database.write(lambda db: take(db, person))

    async def call_off() -> int:
        return await database.write(lambda db: announcing.cancel(db, VAULT, HouseBell(), NOW, ID))

    *early, told = await asyncio.gather(*(ask(p) for p in everybody[:40]), call_off())
    late = await asyncio.gather(*(ask(p) for p in everybody[40:]))
    answers = [*early, *late]
    reached = {p for p, a in zip(everybody, answers, strict=True) if a in ("taken", "waitlisted")}

    def read(db: Connection) -> tuple[int, set[int]]:
        active = select(func.count()).select_from(_booking).where(_booking.c.status != "cancelled")
        return db.execute(active).scalar_one(), set(db.execute(select(_inbox.c.contact_id)).scalars())

    active, written = await database.read(read)
    assert (active, told) == (0, len(reached))
    assert written == reached
    assert set(late) == {"gone"}


async def test_a_room_made_smaller_while_people_ask_never_holds_more_than_its_seats(database: Database) -> None:
    everybody = await database.write(lambda db: people(db, 40, capacity=30))

    async def ask(person: int) -> str:
        return await database.write(lambda db: take(db, person))

    async def shrink() -> int | None:
        def smaller(db: Connection) -> None:
            changing.change(db, NOW, ID, plan(10), changing.mark(changing.find(db, ID)))  # type: ignore[arg-type]

        try:
            await database.write(smaller)
        except TooFew as few:
            return few.taken
        return None

    answers = await asyncio.gather(*(ask(p) for p in everybody[:20]), shrink(), *(ask(p) for p in everybody[20:]))
    refused = answers[20]
    seated = [a for n, a in enumerate(answers) if n != 20 and a == "taken"]
    assert len(seated) == (10 if refused is None else 30)
    assert refused is None or 10 < refused <= 30


async def test_two_who_plan_the_same_hour_at_once_have_two_sessions(database: Database) -> None:
    async def create(token: str) -> str:
        return await database.write(lambda db: changing.create(db, NOW, plan(), token))

    assert sorted(await asyncio.gather(*(create(f"t{n}") for n in range(5)))) == [ID, *(f"{ID}-{n}" for n in range(2, 6))]


async def test_calling_off_twice_at_once_is_calling_off_once(database: Database) -> None:
    (person,) = await database.write(lambda db: people(db, 1))
    await database.write(lambda db: take(db, person))

    async def call_off() -> int | None:
        try:
            return await database.write(lambda db: announcing.cancel(db, VAULT, HouseBell(), NOW, ID))
        except Over:
            return None

    assert sorted(await asyncio.gather(call_off(), call_off()), key=str) == [1, None]


async def test_one_whose_key_is_lost_holds_up_nobody(database: Database) -> None:
    first, second = await database.write(lambda db: people(db, 2))
    for person in (first, second):
        await database.write(lambda db, p=person: take(db, p))  # type: ignore[misc]
    elsewhere = Vault([b"x" * 32], b"l" * 32)  # opens nobody's key
    assert await database.write(lambda db: announcing.cancel(db, elsewhere, HouseBell(), NOW, ID)) == 2
    assert await database.read(lambda db: {c.contact for c in changing.concerned(db, ID)}) == set()


async def test_what_a_table_may_change(database: Database) -> None:
    def story(db: Connection) -> list[str]:
        found = [changing.bring(db, NOW, plan(), "t1"), changing.bring(db, NOW, plan(), "t2")]
        found.append(changing.bring(db, NOW, plan(place="Maison des jeunes"), "t3"))
        take(db, identity.create(db, VAULT, NOW)[0])
        for other in ({"place": "Gare"}, {"capacity": 5}):
            with pytest.raises(BadRow, match="people hold seats"):
                changing.bring(db, NOW, plan(**other), "t4")
        found.append(changing.bring(db, NOW, plan(place="Maison des jeunes"), "t5"))
        changing.cancel(db, NOW, ID)
        with pytest.raises(BadRow, match="cancelled"):
            changing.bring(db, NOW, plan(place="Gare"), "t6")
        return found

    assert await database.write(story) == ["new", "same", "changed", "same"]


async def test_figures_count_seats_and_not_bookings(database: Database) -> None:
    def story(db: Connection) -> tuple[figures.Line, figures.Line]:
        first, second, third = people(db, 3, capacity=4)
        assert [take(db, first, 3), take(db, second, 1), take(db, third, 2)] == ["taken", "taken", "waitlisted"]
        later = NOW + timedelta(days=12)
        booking = db.execute(select(_booking.c.id).where(_booking.c.contact_id == first)).scalar_one()
        assert attending.note(db, later, ID, booking, 2)
        assert attending.close(db, later, ID)
        alone = figures.line(db, ID)
        assert alone
        return figures.lines(db, later, "all")[0], alone

    of_all, alone = await database.write(story)
    for line in (of_all, alone):
        assert (line.held, line.waiting, line.came, line.no_shows) == (4, 2, 2, 1)


MOVES = st.one_of(
    st.tuples(st.just("take"), st.integers(0, 5), st.integers(1, 3)),
    st.tuples(st.just("give"), st.integers(0, 5), st.just(0)),
    st.tuples(st.just("size"), st.integers(0, 8), st.just(0)),
    st.tuples(st.just("move"), st.integers(0, 3), st.just(0)),
    st.tuples(st.just("off"), st.just(0), st.just(0)),
)


@hypothesis_settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves=st.lists(MOVES, max_size=25))
def test_no_history_of_changes_seats_too_many_or_forgets_to_tell(moves: list[tuple[str, int, int]]) -> None:
    """After any history: seats held fit the room; each move told exactly those who held or waited; off is off for all."""
    engine = create_engine("sqlite://")
    with engine.begin() as db:
        Base.metadata.create_all(db)
        everybody = people(db, 6, capacity=4)
        expected: set[str] = set()
        for what, number, wanted in moves:
            before, row = {c.booking for c in changing.concerned(db, ID)}, changing.find(db, ID)
            assert row
            if what == "take":
                take(db, everybody[number], wanted)
            elif what == "give":
                seats.give_up(db, NOW, ID, everybody[number])
            elif what == "off":
                expected |= _called_off(db, row.state, before)
            else:
                expected |= _changed(db, row, before, what, number)
            line = figures.line(db, ID)
            assert line
            assert line.held <= line.session.capacity
            assert line.session.state == "open" or not changing.concerned(db, ID)
        assert set(db.execute(select(_inbox.c.provider_id)).scalars()) == expected
    engine.dispose()


def _called_off(db: Connection, state: str, concerned: set[int]) -> set[str]:
    try:
        announcing.cancel(db, VAULT, HouseBell(), NOW, ID)
    except Over:
        assert state == "cancelled"
        return set()
    return {f"cancelled:{b}" for b in concerned}


def _changed(db: Connection, row: object, concerned: set[int], what: str, number: int) -> set[str]:
    now = changing.plan_of(row)  # type: ignore[arg-type]
    capacity, place = (number, now.place) if what == "size" else (now.capacity, f"House {number}")
    wanted = plan(capacity, place=place)
    with pytest.raises(Overtaken) if row.state == "open" else pytest.raises(Over):  # type: ignore[attr-defined]
        announcing.change(db, VAULT, HouseBell(), NOW, ID, wanted, "0" * 12)
    try:
        changed = announcing.change(db, VAULT, HouseBell(), NOW, ID, wanted, changing.mark(row))  # type: ignore[arg-type]
    except (Over, TooFew):
        return set()
    return {f"moved:{b}:{changed.revision}" for b in concerned} if place != now.place else set()
