"""Whatever people do with the seats of a session, in whatever order: never over, never lost, never out of order.

A small model of the rules is played beside the real ones: book, cancel, offer, expire, accept, decline, enlarge, shrink, stop."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import Connection, create_engine, update

from bot.assembly import new_code
from bot.booking import line, planning, seats
from bot.storage.database import Database
from bot.storage.tables import Base, Contact, InfoSession, table
from flows.events import OfferLapsed, SeatOffered
from tests.bot.booking.test_seats import bookings, plan, prepare, take
from tests.conftest import NOW

_contact, _session = table(Contact), table(InfoSession)
PEOPLE = 6
BEGINS = datetime.fromisoformat("2026-12-12T15:00+01:00")


@dataclass
class Held:
    """What the model knows of one booking. `number` is its place in the order of coming."""

    number: int
    status: str
    seats: int
    until: datetime | None = None


@dataclass
class Model:
    """The rules once more, as simply as can be."""

    capacity: int
    waitlist: int
    held: dict[int, Held] = field(default_factory=dict)
    stopped: set[int] = field(default_factory=set)
    came: int = 0

    @property
    def free(self) -> int:
        return self.capacity - sum(h.seats for h in self.held.values() if h.status != "waitlisted")

    @property
    def line(self) -> list[int]:
        waits = [who for who, h in self.held.items() if h.status != "confirmed"]
        return sorted(waits, key=lambda who: self.held[who].number)

    def head(self) -> int | None:
        for who in self.line:
            if self.held[who].status == "waitlisted" and who not in self.stopped and self.held[who].seats <= self.free:
                return who
        return None

    def take(self, who: int, wanted: int | None, near: bool) -> str:
        mine = self.held.get(who)
        if mine is None:
            return self._anew(who, wanted or 1, near)
        number = wanted or mine.seats
        if mine.status == "confirmed":
            if number == mine.seats:
                return "already"
            if number > mine.seats and not (number - mine.seats <= self.free and (near or self.head() is None)):
                return "short"
            mine.seats = number
            return "resized"
        if mine.status == "offered":
            mine.status, mine.until = "confirmed", None
            return "taken"
        if number <= self.free and (near or self.head() in (None, who)):
            mine.status, mine.seats = "confirmed", number
            return "taken"
        waiting = sum(self.held[w].seats for w in self.line)
        if number <= self.capacity and waiting + number - mine.seats <= self.waitlist:
            mine.seats = number
        return "in_line"

    def _anew(self, who: int, number: int, near: bool) -> str:
        if number <= self.free and (near or self.head() is None):
            status = "confirmed"
        elif number > self.capacity or sum(self.held[w].seats for w in self.line) + number > self.waitlist:
            return "full"
        else:
            status = "waitlisted"
        self.came += 1
        self.held[who] = Held(number=self.came, status=status, seats=number)
        return "taken" if status == "confirmed" else "waitlisted"


class Play:
    """One history, in the database and in the model."""

    def __init__(self, db: Connection, capacity: int, waitlist: int) -> None:
        self.db, self.now, self.offered = db, NOW, 0
        self.people = prepare(db, PEOPLE)
        planning.save(db, NOW, plan(capacity, waitlist=waitlist), "token")
        self.model = Model(capacity=capacity, waitlist=waitlist)

    @property
    def near(self) -> bool:
        return BEGINS - self.now <= line.NEAR

    def book(self, who: int, number: int | None) -> None:
        expected = self.model.take(who, number, self.near) if self.now < BEGINS else "gone"
        assert take(self.db, self.people[who], number, now=self.now) == expected

    def cancel(self, who: int) -> None:
        had = self.model.held.pop(who, None) is not None
        assert seats.give_up(self.db, self.now, "agadir-12", self.people[who]) == had

    def answer(self, who: int, accept: bool) -> None:
        mine = self.model.held.get(who)
        if self.now >= BEGINS:
            expected = "gone"
        elif mine is None:
            expected = "lapsed"
        elif mine.status != "offered":
            expected = "already" if mine.status == "confirmed" else "in_line"
        else:
            expected = "taken" if accept else "declined"
            mine.status, mine.until = "confirmed", None
            if not accept:
                del self.model.held[who]
        assert seats.answer_offer(self.db, self.now, "agadir-12", self.people[who], accept, new_code) == expected

    def resize(self, capacity: int) -> None:
        self.model.capacity = capacity
        self.db.execute(update(_session).values(capacity=capacity))

    def stop(self, who: int, stops: bool) -> None:
        (self.model.stopped.add if stops else self.model.stopped.discard)(who)
        at = self.now if stops else None
        self.db.execute(update(_contact).where(_contact.c.id == self.people[who]).values(opted_out_at=at))

    def pass_time(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    def round(self) -> None:
        """What the clock finds: first the lapsed leave, then the heads of the line are offered what is free."""
        before = self.model.free
        told = line.move_on(self.db, self.now)
        if self.now >= BEGINS:
            assert told == []
            self.model.held = {w: h for w, h in self.model.held.items() if h.status == "confirmed"}
            return
        for who in [w for w in self.model.line if (u := self.model.held[w].until) is not None and u <= self.now]:
            assert self._told(told, who, OfferLapsed)
            del self.model.held[who]
        may = line.offer_from(self.now, BEGINS, "Africa/Casablanca") == self.now
        offered = 0
        while may and (who := self.model.head()) is not None:
            notice = self._told(told, who, SeatOffered)
            assert notice, "the first whose group fits"
            until = line.kept_until(self.now, BEGINS, "Africa/Casablanca")
            assert until is not None
            assert until > self.now
            self.model.held[who].status, self.model.held[who].until = "offered", until
            offered += 1
        assert len([n for n in told if isinstance(n.event, SeatOffered)]) == offered
        self.offered += offered
        assert self.model.free >= min(before, 0)
        assert line.move_on(self.db, self.now) == [], "a doubled round tells nothing twice"

    def _told(self, told: list[line.Notice], who: int, kind: type) -> bool:
        return any(n.contact == self.people[who] and isinstance(n.event, kind) for n in told)

    def check(self) -> None:
        """What the database holds is what the model says, and ranks run from one on."""
        rows = [b for b in bookings(self.db) if b.status in ("confirmed", "waitlisted", "offered")]
        found = {self.people.index(b.contact_id): (b.status, b.seats, b.offered_until) for b in rows}
        assert found == {w: (h.status, h.seats, h.until) for w, h in self.model.held.items()}
        codes = [b.code for b in rows if b.status == "confirmed"]
        assert all(codes)
        assert len(set(codes)) == len(codes)
        for at, who in enumerate(self.model.line, start=1):
            (standing,) = seats.of_contact(self.db, self.people[who])
            assert standing.position == (1 if self.model.held[who].status == "offered" else at)

    def due_is_honest(self) -> None:
        """A round that finds something was announced; one announced finds something, so that a moved clock comes to rest."""
        due = line.due(self.db, self.now)
        before = [(b.id, b.status) for b in bookings(self.db)]
        with self.db.begin_nested() as attempt:
            line.move_on(self.db, self.now)
            after = [(b.id, b.status) for b in bookings(self.db)]
            attempt.rollback()
        assert (due is not None and due <= self.now) == (before != after)


WHO = st.integers(0, PEOPLE - 1)


class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.engine = create_engine("sqlite://")
        self.db = self.engine.connect()
        self.db.begin()
        Base.metadata.create_all(self.db)
        self.play = Play(self.db, capacity=2, waitlist=6)

    def teardown(self) -> None:
        self.db.close()
        self.engine.dispose()

    @rule(who=WHO, number=st.sampled_from([None, None, 1, 2, 3, 4]))
    def book(self, who: int, number: int | None) -> None:
        self.play.book(who, number)

    @rule(who=WHO)
    def cancel(self, who: int) -> None:
        self.play.cancel(who)

    @rule()
    def round(self) -> None:
        self.play.due_is_honest()
        self.play.round()

    @rule(who=WHO, accept=st.booleans())
    def answer(self, who: int, accept: bool) -> None:
        self.play.answer(who, accept)

    @rule(hours=st.sampled_from([0.3, 1, 5, 24, 60, 100]))
    def pass_time(self, hours: float) -> None:
        self.play.pass_time(hours)

    @rule(capacity=st.integers(0, 6))
    def resize(self, capacity: int) -> None:
        self.play.resize(capacity)

    @rule(who=WHO, stops=st.booleans())
    def stop(self, who: int, stops: bool) -> None:
        self.play.stop(who, stops)

    @invariant()
    def holds(self) -> None:
        self.play.check()


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def one_move(play: Play, chance: random.Random) -> None:
    who = chance.randrange(PEOPLE)
    moves: list[tuple[Any, ...]] = [
        *[(play.book, who, chance.choice([None, None, None, 1, 2, 4]))] * 4,
        *[(play.cancel, who)] * 2,
        (play.answer, who, chance.random() < 0.7),
        *[(play.round,)] * 3,
        (play.pass_time, chance.choice([0.3, 1, 3, 5])),
        (play.resize, chance.randint(1, 3)),
        (play.stop, who, chance.random() < 0.1),
    ]
    move, *given = chance.choice(moves)
    move(*given)
    play.check()


@pytest.mark.parametrize("seed", range(4))
async def test_the_same_histories_on_both_databases(database: Database, seed: int) -> None:
    def story(db: Connection) -> None:
        chance = random.Random(seed)
        play = Play(db, capacity=chance.randint(1, 3), waitlist=chance.randint(2, 8))
        for _ in range(150):
            one_move(play, chance)
        assert play.offered, "the history is worth playing"

    await database.write(story)
