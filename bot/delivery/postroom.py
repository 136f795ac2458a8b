"""The post room: the only sender. Claims the head of each person's queue, lets go of the database, sends, writes down."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from bot.channels.base import Address, Bubble, Button, Channel, NotSent, Outcome, Remembers, Sent, Unknown
from bot.delivery import gate, receipts
from bot.delivery.failures import Trouble
from bot.delivery.files import Files
from bot.delivery.outbox import OUTBOX
from bot.people.identity import box_of
from bot.storage.bell import Bell
from bot.storage.crypto import KeyProblem, Vault
from bot.storage.database import Database
from bot.storage.tables import Contact, ContactAddress, Outbox, table

log = logging.getLogger(__name__)
_outbox, _address, _contact = table(Outbox), table(ContactAddress), table(Contact)
CLAIM = timedelta(seconds=45)
LONGEST_SEND = 40.0  # seconds; shorter than the claim: what is still being sent is never given to another
BATCH = 32  # sends under way in one process
BACKOFF_FIRST, BACKOFF_MOST = 2.0, 300.0
FEWEST_TRIES = 5
_OPEN = ("queued", "sending")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A claimed bubble with all that sending needs."""

    id: int
    channel: str
    kind: str
    attempts: int
    created_at: datetime
    to: Address
    bubble: Bubble
    ruling: gate.Ruling
    reachable: bool
    after_unknown: bool


class PostRoom:
    def __init__(
        self,
        database: Database,
        vault: Vault,
        bell: Bell,
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
        files: Files,
    ) -> None:
        self._database, self._vault, self._bell, self._files = database, vault, bell, files
        self._channels, self._clock = channels, clock
        self._under_way: set[asyncio.Task[None]] = set()

    async def send_due(self) -> int:
        """One round, and its end: what is due now, each person's head only. How many were dealt with."""
        dealt_with = await self.start_due()
        await self.drain()
        return dealt_with

    async def start_due(self) -> int:
        """Begin what is due now without waiting for its end: a provider that is slow with one holds up nobody else."""
        if len(self._under_way) >= BATCH:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        now, room = self._clock(), BATCH - len(self._under_way)
        claimed = await self._database.write(lambda db: self._claim(db, now, room))
        for letter in claimed:
            if letter is not None:
                task = asyncio.create_task(self._deliver(letter))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)
        return len(claimed)

    async def drain(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*self._under_way)

    def abandon(self) -> None:
        """Wait no longer: the fate of what is under way is unknown, and the sweeper takes care of it."""
        for task in self._under_way:
            task.cancel()

    async def _deliver(self, letter: Letter) -> None:
        outcome = await self._send(letter)
        try:
            await self._database.write(lambda db: self._write_down(db, letter, outcome))
        except Exception:  # the database is away: the sweeper finds the row, its fate unknown
            log.exception("outcome_lost", extra={"outbox": letter.id})
        self._bell.rung(OUTBOX)

    async def sweep(self) -> int:
        """Bubbles whose sender died in the middle: nobody knows whether they went."""
        now = self._clock()
        return await self._database.write(lambda db: self._sweep(db, now))

    async def next_due(self) -> datetime | None:
        query = select(_outbox.c.next_at).where(_outbox.c.state == "queued").order_by(_outbox.c.next_at).limit(1)
        return await self._database.read(lambda db: db.execute(query).scalar_one_or_none())

    def _claim(self, db: Connection, now: datetime, room: int) -> list[Letter | None]:
        """None for a bubble that is laid aside instead of sent."""
        rows = list(db.execute(_heads(now).limit(room).with_for_update(skip_locked=True, of=_outbox)))
        if not rows:
            return []
        ids = [row.id for row in rows]
        values = {"state": "sending", "claimed_until": now + CLAIM, "attempts": _outbox.c.attempts + 1}
        db.execute(update(_outbox).where(_outbox.c.id.in_(ids)).values(values))
        return [self._letter_or_aside(db, now, row) for row in rows]

    def _letter_or_aside(self, db: Connection, now: datetime, row: Any) -> Letter | None:
        """A bubble that cannot be opened is laid aside: it must not hold up everybody's."""
        try:
            letter, error = self._letter(db, now, row), "erased"
        except (KeyProblem, ValueError, KeyError):
            log.exception("unreadable", extra={"outbox": row.id})
            letter, error = None, "unreadable"
        if letter is None:
            values = {"state": "dead", "error": error, "claimed_until": None}
            db.execute(update(_outbox).where(_outbox.c.id == row.id).values(values))
        return letter

    def _letter(self, db: Connection, now: datetime, row: Any) -> Letter | None:
        """None when the person was erased meanwhile. The address may have moved on since: its owner's key opens it."""
        box, theirs = box_of(db, self._vault, row.contact_id), box_of(db, self._vault, row.address_owner)
        if box is None or theirs is None:
            return None
        body = box.open_json(row.body)
        seen = gate.Circumstances(
            now=now,
            channel=row.channel,
            kind=row.kind,
            opted_out=row.opted_out_at is not None,
            reachable=row.reachable,
            last_inbound=row.last_inbound_at,
        )
        return Letter(
            id=row.id,
            channel=row.channel,
            kind=row.kind,
            attempts=row.attempts + 1,
            created_at=row.created_at,
            to=Address(kind=row.address_kind, value=theirs.open(row.address_value)),
            bubble=Bubble(
                text=body["text"],
                buttons=tuple(Button(id=c["id"], title=c["title"]) for c in body["choices"]),
                language=row.language,
                kind=row.kind,
                file=self._files.attached(db, self._vault, now, body.get("file"), row.language),
            ),
            ruling=gate.rule(seen),
            reachable=row.reachable,
            after_unknown=row.error == "unknown",
        )

    async def _send(self, letter: Letter) -> Outcome:
        channel = self._channels.get(letter.channel)
        if letter.ruling == "hold":
            return NotSent(code="window_closed" if letter.reachable else "person_blocked_us", retry=False, alert=False)
        if letter.ruling == "drop":
            return NotSent(code="opted_out", retry=False, alert=False)
        if channel is None:
            return NotSent(code="channel_off", retry=True, alert=True)
        try:
            async with asyncio.timeout(LONGEST_SEND):
                return await self._hand_over(channel, letter)
        except Trouble as trouble:  # the list could not be read: ask again later
            return trouble.outcome
        except Exception:  # an adapter's fault, or no end to it: whether the provider took it is not known
            log.exception("send_failed", extra={"outbox": letter.id, "channel": letter.channel})
            return Unknown(code="unknown")

    async def _hand_over(self, channel: Channel, letter: Letter) -> Outcome:
        """After an unknown outcome the provider's own list is asked first, where it has one."""
        if letter.after_unknown and isinstance(channel, Remembers):
            found = await channel.find(letter.to, letter.bubble, letter.created_at)
            if found is not None:
                return Sent(provider_id=found)
            if letter.kind not in gate.MAY_REPEAT:
                return Unknown(code="not_in_the_list")
        return await channel.send(letter.to, letter.bubble)

    def _write_down(self, db: Connection, letter: Letter, outcome: Outcome) -> None:
        """Only on our own claim; but that it was sent counts also when the sweeper gave us up."""
        ours: ColumnElement[bool] = (_outbox.c.state == "sending") & (_outbox.c.attempts == letter.attempts)
        if isinstance(outcome, Sent):
            ours = _outbox.c.state.in_(("sending", "queued", "unknown"))
        values = outcome_values(letter, outcome, self._clock())
        db.execute(update(_outbox).where(_outbox.c.id == letter.id, ours).values(values))
        if isinstance(outcome, Sent):
            receipts.apply_early(db, letter.channel, outcome.provider_id)
        elif isinstance(outcome, NotSent) and outcome.alert:
            log.error("not_sent", extra={"outbox": letter.id, "channel": letter.channel, "code": outcome.code})
        self._bell.ring_in(db, OUTBOX)

    def _sweep(self, db: Connection, now: datetime) -> int:
        stale = (_outbox.c.state == "sending") & (_outbox.c.claimed_until < now)
        rows = list(db.execute(select(_outbox).where(stale)))
        for row in rows:
            values = unknown_values(row.kind, row.channel, row.attempts, row.created_at, now)
            same = (_outbox.c.id == row.id) & (_outbox.c.state == "sending") & (_outbox.c.claimed_until == row.claimed_until)
            db.execute(update(_outbox).where(same).values(values))
        return len(rows)


def outcome_values(letter: Letter, outcome: Outcome, now: datetime) -> dict[str, Any]:
    """The columns that record an outcome: sent; held; tried again later; laid aside."""
    match outcome:
        case Sent(provider_id=provider_id):
            return {"state": "sent", "provider_id": provider_id, "sent_at": now, "claimed_until": None, "error": None}
        case Unknown(code="not_in_the_list"):
            return {"state": "unknown", "error": "unknown", "claimed_until": None}
        case Unknown():
            return unknown_values(letter.kind, letter.channel, letter.attempts, letter.created_at, now)
        case NotSent(code="window_closed" | "person_blocked_us" as code):
            return {"state": "held", "error": code, "claimed_until": None}
        case NotSent(code=code, retry=True, after=after):
            wait = min(BACKOFF_MOST, BACKOFF_FIRST * 2 ** (letter.attempts - 1)) if after is None else after
            return _again(letter.kind, letter.attempts, letter.created_at, now, code, timedelta(seconds=wait))
        case NotSent(code=code):
            return {"state": "failed", "error": code, "claimed_until": None}


def unknown_values(kind: str, channel: str, attempts: int, created_at: datetime, now: datetime) -> dict[str, Any]:
    """Nobody knows whether it went. Where the provider has a list it is looked for there first; else direct answers and
    safety may go again, the rest is shown as unknown."""
    if kind not in gate.MAY_REPEAT and channel not in gate.HAS_A_LIST:
        return {"state": "unknown", "error": "unknown", "claimed_until": None}
    wait = timedelta(seconds=min(BACKOFF_MOST, BACKOFF_FIRST * 2 ** max(attempts - 1, 0)))
    return _again(kind, attempts, created_at, now, "unknown", wait)


def _again(kind: str, attempts: int, created_at: datetime, now: datetime, code: str, wait: timedelta) -> dict[str, Any]:
    """What was held for long, or sent again by the operator, still gets its few tries."""
    if attempts >= FEWEST_TRIES and now + wait > created_at + gate.PATIENCE.get(kind, gate.DEFAULT_PATIENCE):
        return {"state": "dead", "error": code, "claimed_until": None}
    return {"state": "queued", "error": code, "next_at": now + wait, "claimed_until": None}


def _heads(now: datetime) -> Any:
    """Rows that are due and have no open row of the same person before them."""
    earlier = aliased(Outbox, name="earlier")
    before = or_(earlier.priority < Outbox.priority, and_(earlier.priority == Outbox.priority, earlier.seq < Outbox.seq))
    blocked = exists().where(earlier.contact_id == Outbox.contact_id, earlier.state.in_(_OPEN), before)
    in_flight = aliased(Outbox, name="in_flight")
    busy = exists().where(in_flight.contact_id == Outbox.contact_id, in_flight.state == "sending")
    return (
        select(
            *_outbox.c,
            _address.c.kind.label("address_kind"),
            _address.c.value.label("address_value"),
            _address.c.contact_id.label("address_owner"),
            _address.c.reachable,
            _address.c.last_inbound_at,
            _contact.c.opted_out_at,
        )
        .select_from(_outbox)
        .join(_address, _address.c.id == _outbox.c.address_id)
        .join(_contact, _contact.c.id == _outbox.c.contact_id)
        .where(_outbox.c.state == "queued", _outbox.c.next_at <= now, ~blocked, ~busy)
        .order_by(_outbox.c.priority, _outbox.c.id)
    )
