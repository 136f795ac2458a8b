"""The study: one person at a time is locked, read, answered. Everything of a turn commits together or not at all."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from bot.delivery import codec, inbox, outbox
from bot.delivery.gathering import Gathering, Person
from bot.delivery.ledger import Ledger
from bot.delivery.understanding import Hearing
from bot.delivery.writing import Entry
from bot.knowledge.wording import Wording
from bot.people.identity import box_of
from bot.storage.bell import Bell
from bot.storage.crypto import Box, Vault
from bot.storage.database import Database
from bot.storage.tables import Inbox, table
from flows import burst
from flows.effects import Message, Say
from flows.events import Event, Said
from flows.heard import Level
from flows.turn import turn

log = logging.getLogger(__name__)
_inbox = table(Inbox)
MOST_RUNS = 5
MOST_ROWS = 20
ATTEMPTS = 3
RETRY = timedelta(seconds=5)
LEVELS: tuple[Level, ...] = ("critical", "urgent", "normal")
_PATIENCE = timedelta(seconds=burst.PATIENCE_SECONDS)


class TooManyRuns(RuntimeError):
    """A turn that asks and asks: a fault of ours."""


class Unreadable(RuntimeError):
    """A waiting row that cannot be opened, is of a kind only a newer version knows, or trips understanding."""

    def __init__(self, row: Row[Any]) -> None:
        self.row = row
        super().__init__(f"inbox {row.id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The rows one turn takes, with their events understood. `seen` is how many waited when they were taken."""

    rows: tuple[Row[Any], ...]
    events: tuple[Event, ...]
    seen: int

    @property
    def ids(self) -> list[int]:
        return [r.id for r in self.rows]


class Study:
    """`clock` gives the moment."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        bell: Bell,
        hearing: Hearing,
        gathering: Gathering,
        ledger: Ledger,
        wording: Wording,
        clock: Callable[[], datetime],
    ) -> None:
        self._database, self._vault, self._bell = database, vault, bell
        self._hearing, self._gathering, self.ledger, self._wording = hearing, gathering, ledger, wording
        self._clock = clock

    async def waiting(self, limit: int = 32) -> list[int]:
        """People with something due, who waited longest first."""
        now = self._clock()
        return await self._database.read(lambda db: _waiting(db, now, limit))

    async def next_due(self) -> datetime | None:
        """When the earliest waiting row is due."""
        query = select(_inbox.c.due_at).where(_inbox.c.state == "waiting").order_by(_inbox.c.due_at).limit(1)
        return await self._database.read(lambda db: db.execute(query).scalar_one_or_none())

    async def handle(self, contact_id: int) -> bool:
        """One turn for this person. False when there was nothing to do, or somebody else is at it."""
        try:
            batch = await self._prepare(contact_id)
        except Unreadable as error:  # one row must hold up neither the person's others nor anybody else
            log.exception("row_unreadable", extra={"inbox": error.row.id})
            unreadable = error.row
            await self._database.write(lambda db: self._failed(db, contact_id, (unreadable,)))
            return True
        if batch is None:
            return False
        try:
            done = await self._database.write(lambda db: self._work(db, contact_id, batch))
        except Exception:  # the turn failed: nothing of it happened; say sorry later rather than lose the message
            log.exception("turn_failed", extra={"inbox": batch.ids})
            await self._database.write(lambda db: self._failed(db, contact_id, batch.rows))
            return True
        if done:
            self._bell.rung(outbox.OUTBOX)
        return done

    async def _prepare(self, contact_id: int) -> Batch | None:
        """Read and understand what waits, without any lock: understanding needs only the text."""
        read = await self._database.read(lambda db: self._read(db, contact_id))
        if read is None:
            return None
        rows, box = read
        if box is None:
            await self._database.write(lambda db: inbox.drop(db, self._clock(), contact_id))
            return None
        return await self._hearing.at_work(lambda: self._batch(rows, box))

    def _batch(self, rows: list[Row[Any]], box: Box) -> Batch:
        """Understood, and cut where the turn ends."""
        understood = self._understand(rows, box)
        count = burst.take(understood)
        taken = tuple(understood[:count])
        whole = burst.joined(taken)
        if whole is not None:
            taken = (self._hear_whole(whole, taken),)
        return Batch(rows=tuple(rows[:count]), events=taken, seen=len(rows))

    def _understand(self, rows: list[Row[Any]], box: Box) -> list[Event]:
        """Up to the first row that cannot be read; raises Unreadable when that is the very first."""
        events: list[Event] = []
        for row in rows:
            try:
                events.append(self._hearing.understand(codec.from_json(box.open_json(row.event))))
            except Exception as error:
                if not events:
                    raise Unreadable(row) from error
                break
        return events

    def _hear_whole(self, whole: Said, parts: tuple[Event, ...]) -> Event:
        """What was understood in the last part counts when the whole says nothing; the gravest emergency of any part counts
        whatever the whole reads like."""
        heard = self._hearing.hear(whole.text)
        said = [e for e in parts if isinstance(e, Said)]
        if said[-1].heard and burst.understood(said[-1]) and not burst.understood(replace(whole, heard=heard)):
            heard = said[-1].heard
        signals = [h.signal for h in (heard, *(e.heard for e in said)) if h and h.signal]
        gravest = min(signals, key=lambda s: LEVELS.index(s.level), default=None)
        return replace(whole, heard=replace(heard, signal=gravest))

    def _read(self, db: Connection, contact_id: int) -> tuple[list[Row[Any]], Box | None] | None:
        rows = _rows(db, contact_id)
        if not any(r.due_at <= self._clock() for r in rows):
            return None
        return rows, box_of(db, self._vault, contact_id)

    def _work(self, db: Connection, contact_id: int, batch: Batch) -> bool:
        if not inbox.lock(db, contact_id):
            return False
        rows, box = _rows(db, contact_id), box_of(db, self._vault, contact_id)
        if box is None or [r.id for r in rows[: len(batch.rows)]] != batch.ids:
            return False  # another worker was faster, or an earlier message came in between: look again
        now = self._clock()
        person = self._gathering.person(db, box, contact_id, batch.rows[-1].channel)
        state = self._gathering.state(db, box, contact_id)
        entry = Entry(db=db, now=now, person=person, state=state, answering=batch.ids)
        facts = self._gathering.facts(db, now, person, batch.events)
        events: tuple[Event, ...] = batch.events
        for run in range(MOST_RUNS + 1):
            if run == MOST_RUNS:
                raise TooManyRuns
            done = turn(entry.state, events, facts)
            if done.patient and run == 0 and len(rows) > batch.seen:
                return True  # the sequel is here: read both together
            sequel = batch.rows[-1].received_at + _PATIENCE
            if done.patient and run == 0 and _awaits(batch, len(rows)) and sequel - _PATIENCE <= now < sequel:
                inbox.postpone(db, batch.ids, sequel)
                return True
            entry.state = done.state
            events = tuple(self.ledger.carry_out(entry, done.effects))
            if not events:
                break
        if any(row.channel not in inbox.OURS for row in batch.rows):
            outbox.release_held(db, self._bell, now, contact_id)
        self.ledger.close(entry, batch.ids, batch.rows[0].trace, batch.events)
        return True

    def _failed(self, db: Connection, contact_id: int, rows: tuple[Row[Any], ...]) -> None:
        """Try again twice; then lay the rows aside for the operator and say sorry."""
        if not inbox.lock(db, contact_id):
            return
        now, attempts = self._clock(), rows[0].attempts + 1
        dead = attempts >= ATTEMPTS
        values: dict[str, Any] = {"attempts": attempts, "error": "turn_failed", "due_at": now + RETRY * attempts}
        if dead:
            values |= {"state": "dead", "handled_at": now}
        # Still waiting: the turn may have been committed though its end was not heard of, or another worker did it.
        still = _inbox.c.id.in_([r.id for r in rows]) & (_inbox.c.state == "waiting") & (_inbox.c.contact_id == contact_id)
        if db.execute(update(_inbox).where(still).values(values)).rowcount and dead:
            self._apologise(db, contact_id, rows, now)

    def _apologise(self, db: Connection, contact_id: int, rows: tuple[Row[Any], ...], now: datetime) -> None:
        """If that fails too (a state that cannot be read, say), the rows are laid aside all the same."""
        try:
            with db.begin_nested():
                self._say_sorry(db, contact_id, rows, now)
        except Exception:
            log.exception("apology_failed", extra={"inbox": [r.id for r in rows]})

    def _say_sorry(self, db: Connection, contact_id: int, rows: tuple[Row[Any], ...], now: datetime) -> None:
        box = box_of(db, self._vault, contact_id)
        if box is None:
            return
        person: Person = self._gathering.person(db, box, contact_id, rows[-1].channel)
        language = self._gathering.state(db, box, contact_id).language or "fr"
        say = Say(messages=(Message(id="error"),), kind="system")
        rendered = self._wording.bubble(say, language)
        outbox.write(db, self._bell, now, person, say, rendered, language, None, [r.id for r in rows], rows[0].trace)


def _awaits(batch: Batch, waiting: int) -> bool:
    """Whether a sequel could still be read together with these rows: nothing else stands behind them already."""
    return waiting == len(batch.rows) < burst.MOST_JOINED


def _waiting(db: Connection, now: datetime, limit: int) -> list[int]:
    query = (
        select(_inbox.c.contact_id)
        .where(_inbox.c.state == "waiting", _inbox.c.due_at <= now)
        .group_by(_inbox.c.contact_id)
        .order_by(func.min(_inbox.c.due_at), _inbox.c.contact_id)
        .limit(limit)
    )
    return list(db.execute(query).scalars())


def _rows(db: Connection, contact_id: int) -> list[Row[Any]]:
    """What waits for this person, in order: as it was acknowledged, and Telegram's among themselves by update_id."""
    query = (
        select(_inbox)
        .where(_inbox.c.contact_id == contact_id, _inbox.c.state == "waiting")
        .order_by(_inbox.c.id)
        .limit(MOST_ROWS)
    )
    rows = list(db.execute(query))
    keyed = sorted((r for r in rows if r.sort_key is not None), key=lambda r: r.sort_key)
    by_provider = iter(keyed)
    return [next(by_provider) if r.sort_key is not None else r for r in rows]
