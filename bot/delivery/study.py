"""The study: one person at a time is locked, read, answered. Everything of a turn commits together or not at all."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.delivery import codec, inbox, outbox
from bot.delivery.gathering import Gathering, Person
from bot.delivery.ledger import Entry, Ledger
from bot.delivery.understanding import Hearing
from bot.knowledge.wording import Wording
from bot.people.identity import box_of
from bot.storage.bell import Bell
from bot.storage.crypto import Box, Vault
from bot.storage.database import Database
from bot.storage.tables import Inbox, table
from flows import burst
from flows.effects import Message, Say
from flows.events import Event, Said
from flows.turn import turn

log = logging.getLogger(__name__)
_inbox = table(Inbox)
MOST_RUNS = 5
MOST_ROWS = 20
ATTEMPTS = 3
RETRY = timedelta(seconds=5)


class TooManyRuns(RuntimeError):
    """A turn that asks and asks: a fault of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The rows one turn takes, with their events understood."""

    rows: tuple[Row[Any], ...]
    events: tuple[Event, ...]

    @property
    def ids(self) -> list[int]:
        return [r.id for r in self.rows]


class Study:
    """`clock` gives the moment; `team_open` says whether advisors are in at that moment."""

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
        team_open: Callable[[datetime], bool],
    ) -> None:
        self._database, self._vault, self._bell = database, vault, bell
        self._hearing, self._gathering, self.ledger, self._wording = hearing, gathering, ledger, wording
        self._clock, self._team_open = clock, team_open

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
        batch = await self._prepare(contact_id)
        if batch is None:
            return False
        try:
            done = await self._database.write(lambda db: self._work(db, contact_id, batch))
        except Exception:  # the turn failed: nothing of it happened; say sorry later rather than lose the message
            log.exception("turn_failed", extra={"inbox": batch.ids})
            await self._database.write(lambda db: self._failed(db, contact_id, batch))
            return True
        if done:
            self._bell.rung(outbox.OUTBOX)
        return done

    async def _prepare(self, contact_id: int) -> Batch | None:
        """Read and understand what waits, without any lock: understanding needs only the text."""
        read = await self._database.read(lambda db: self._read(db, contact_id))
        if read is None:
            return None
        rows, events = read
        return await self._hearing.at_work(lambda: self._batch(rows, events))

    def _batch(self, rows: list[Row[Any]], events: list[Event]) -> Batch:
        """Understood, and cut where the turn ends."""
        understood = [self._hearing.understand(e) for e in events]
        count = burst.take(understood)
        taken = tuple(understood[:count])
        whole = burst.joined(taken)
        if whole is not None:
            taken = (self._with_signal(whole, taken),)
        return Batch(rows=tuple(rows[:count]), events=taken)

    def _with_signal(self, whole: Said, parts: tuple[Event, ...]) -> Event:
        """An emergency seen in one part is one of the whole, whatever the whole reads like."""
        heard = self._hearing.hear(whole.text)
        signals = [e.heard.signal for e in parts if isinstance(e, Said) and e.heard and e.heard.signal]
        if signals and heard.signal is None:
            heard = replace(heard, signal=signals[0])
        return replace(whole, heard=heard)

    def _read(self, db: Connection, contact_id: int) -> tuple[list[Row[Any]], list[Event]] | None:
        rows = _rows(db, contact_id)
        box = box_of(db, self._vault, contact_id) if rows else None
        if box is None or not any(r.due_at <= self._clock() for r in rows):
            return None
        return rows, [codec.from_json(box.open_json(r.event)) for r in rows]

    def _work(self, db: Connection, contact_id: int, batch: Batch) -> bool:
        if not inbox.lock(db, contact_id):
            return False
        rows, box = _rows(db, contact_id), box_of(db, self._vault, contact_id)
        if box is None or [r.id for r in rows[: len(batch.rows)]] != batch.ids:
            return False  # another worker was faster, or an earlier message came in between: look again
        now = self._clock()
        person = self._gathering.person(db, box, contact_id, batch.rows[-1].channel)
        entry = Entry(db=db, now=now, person=person, state=self._gathering.state(db, box, contact_id))
        facts = self._gathering.facts(db, now, person, batch.events, self._team_open(now))
        events: tuple[Event, ...] = batch.events
        for run in range(MOST_RUNS + 1):
            if run == MOST_RUNS:
                raise TooManyRuns
            done = turn(entry.state, events, facts)
            sequel = batch.rows[-1].received_at + timedelta(seconds=burst.PATIENCE_SECONDS)
            if done.patient and run == 0 and now < sequel and len(rows) < burst.MOST_JOINED:
                inbox.postpone(db, [r.id for r in rows], sequel)
                return True
            entry.state = done.state
            events = tuple(self.ledger.carry_out(entry, done.effects))
            if not events:
                break
        outbox.release_held(db, self._bell, now, contact_id)
        self.ledger.close(entry, batch.ids, batch.rows[0].trace, batch.events)
        return True

    def _failed(self, db: Connection, contact_id: int, batch: Batch) -> None:
        """Try again twice; then lay the rows aside for the operator and say sorry."""
        if not inbox.lock(db, contact_id):
            return
        now, attempts = self._clock(), batch.rows[0].attempts + 1
        dead = attempts >= ATTEMPTS
        values: dict[str, Any] = {"attempts": attempts, "error": "turn_failed", "due_at": now + RETRY * attempts}
        if dead:
            values |= {"state": "dead", "handled_at": now}
        db.execute(update(_inbox).where(_inbox.c.id.in_(batch.ids)).values(values))
        box = box_of(db, self._vault, contact_id)
        if dead and box is not None:
            self._apologise(db, box, contact_id, batch, now)

    def _apologise(self, db: Connection, box: Box, contact_id: int, batch: Batch, now: datetime) -> None:
        person: Person = self._gathering.person(db, box, contact_id, batch.rows[-1].channel)
        language = self._gathering.state(db, box, contact_id).language or "fr"
        say = Say(messages=(Message(id="error"),), kind="system")
        rendered = self._wording.bubble(say, language)
        outbox.write(db, self._bell, now, person, say, rendered, language, None, batch.ids, batch.rows[0].trace)


def _waiting(db: Connection, now: datetime, limit: int) -> list[int]:
    query = (
        select(_inbox.c.contact_id)
        .where(_inbox.c.state == "waiting", _inbox.c.due_at <= now)
        .order_by(_inbox.c.due_at)
        .limit(limit * 4)
    )
    return list(dict.fromkeys(db.execute(query).scalars()))[:limit]


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
