"""A whole house on a database of its own, with a clock that can be moved and channels that only write down: for
`dalil converse`, `dalil talk` and the transcripts. Same rooms, same doors, no network."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from bot.assembly import Assembly, Library, assemble
from bot.booking import seats
from bot.channels.base import Address, Bubble, Inbound, MediaRef, Outcome, Sent
from bot.delivery import inbox, rounds
from bot.delivery.inbox import INBOX
from bot.handoff import cases
from bot.settings import Settings
from bot.storage import migrate
from bot.storage.tables import Advisor, Case, Conversation, Inbox, Outbox, table
from flows.events import Chose, Event, Said, SentFile, SentVoice
from flows.state import State
from nlu.interpreter import Interpreter

Json = Any
_inbox, _outbox, _advisor, _case = table(Inbox), table(Outbox), table(Advisor), table(Case)
_KINDS = {"telegram": "chat", "whatsapp": "phone", "web": "visitor", "sms": "phone"}
_BREATH = timedelta(seconds=10)  # between two lines that bear no time
_MOST_ROUNDS = 200


class MovableClock:
    """Gives the moment it was set to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Notebook:
    """A channel that sends nothing and takes everything."""

    def __init__(self, name: str) -> None:
        self.name, self._count = name, 0

    async def send(self, to: Address, bubble: Bubble) -> Outcome:
        self._count += 1
        return Sent(provider_id=f"{self.name}-{self._count}")

    async def fetch(self, reference: str) -> tuple[bytes, str] | None:
        return None

    async def close(self) -> None: ...


@dataclass(slots=True, kw_only=True)
class Rehearsal:
    """Plays events one by one; each gives the replies it led to."""

    house: Assembly
    clock: MovableClock
    names: dict[int, tuple[str, str]] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    speakers: dict[int, tuple[str, str]] = field(default_factory=dict)
    _written: list[dict[str, Json]] = field(default_factory=list)
    printed: int = 0
    played: int = 0

    @classmethod
    async def open(
        cls,
        settings: Settings,
        now: datetime,
        interpreter: Interpreter | None = None,
        library: Library | None = None,
    ) -> "Rehearsal":
        """Migrates the database by itself."""
        clock = MovableClock(now)
        channels = {name: Notebook(name) for name in _KINDS}
        house = assemble(settings, channels, clock, interpreter, library or Library(settings, clock))
        await house.database.write(migrate.upgrade)
        return cls(house=house, clock=clock)

    async def close(self) -> None:
        await self.house.close()

    async def play(self, line: Mapping[str, Json], following: Mapping[str, Json] | None = None) -> list[dict[str, Json]]:
        """`following` is the next line, if known: a burst is read as one only when its sequel comes in time.

        Raises ValueError for a line that is no event of the contract."""
        replies = await self._move_to(line)
        number, self.played = self.played, self.played + 1
        if "advisor" in line:
            await self._advisor(line, number)
        else:
            await self._person(line, number)
        await self._work(self.clock.now)
        if not _comes_in_time(self.clock.now, following):
            await self._work(self.clock.now + timedelta(seconds=3))
        return replies + await self._replies()

    async def _move_to(self, line: Mapping[str, Json]) -> list[dict[str, Json]]:
        """Due work up to the line's moment runs first."""
        at = datetime.fromisoformat(str(line["at"])) if line.get("at") else self.clock.now + _BREATH
        if at.tzinfo is None:
            raise ValueError("`at` needs an offset")
        at = max(at, self.clock.now)
        if not (line.get("at") and _comes_in_time(self.clock.now, line)):
            await self._work(at)
        self.clock.now = at
        return await self._replies()

    async def _work(self, until: datetime) -> None:
        """Run everything that is due up to a moment, moving the clock from due point to due point."""
        house = self.house
        for _ in range(_MOST_ROUNDS):
            while any([await house.study.handle(c) for c in await house.study.waiting()]):
                pass
            while await house.postroom.send_due():
                pass
            due = [await house.study.next_due(), await house.postroom.next_due(), await house.database.read(_clock_due)]
            ahead = [d for d in due if d is not None and d <= until]
            if not ahead:
                return
            self.clock.now = max(self.clock.now, min(ahead))
            self._written += await self._new_replies()  # before anything is erased
            await self._tick()
        raise RuntimeError("the rehearsal does not come to rest")

    async def _tick(self) -> None:
        house, now = self.house, self.clock.now
        await house.database.write(lambda db: rounds.run(db, house.vault, house.bell, house.desk, now))
        await house.forget()

    async def _person(self, line: Mapping[str, Json], number: int) -> None:
        channel, name = str(line["channel"]), str(line["contact"])
        event, media = event_of(line, self.house.library)
        inbound = Inbound(
            channel=channel,
            provider_id=f"rehearsal-{number}",
            addresses=(Address(kind=_KINDS[channel], value=name),),
            event=event,
            media=media,
        )
        house, now = self.house, self.clock.now
        received = await house.database.write(
            lambda db: inbox.receive(db, house.vault, house.bell, now, inbound, f"r{number}", house.token())
        )
        self.names[received.contact_id] = self.speakers[number] = (name, channel)
        if received.inbox_id is not None:
            self.numbers[received.inbox_id] = number

    async def _advisor(self, line: Mapping[str, Json], number: int) -> None:
        contact_id = next((i for i, (name, _) in reversed(self.names.items()) if name == line["contact"]), None)
        if contact_id is None:
            raise ValueError(f"nobody called {line['contact']!r} has written yet")
        house, now = self.house, self.clock.now
        await house.database.write(lambda db: self._advisor_does(db, now, contact_id, line, number))
        house.bell.rung(INBOX)

    def _advisor_does(self, db: Connection, now: datetime, contact_id: int, line: Mapping[str, Json], number: int) -> None:
        case = cases.of_contact(db, contact_id)
        if case is None:
            raise ValueError("this person has no open case")
        advisor_id, desk = _account(db, now, str(line["advisor"])), self.house.desk
        before = db.execute(select(_inbox.c.id).order_by(_inbox.c.id.desc()).limit(1)).scalar_one_or_none() or 0
        match line["do"]:
            case "take":
                desk.take(db, now, case.id, advisor_id)
            case "say":
                desk.say(db, now, case.id, advisor_id, str(line["text"]), once=f"rehearsal-{number}")
            case "hand_back":
                desk.hand_back(db, now, case.id, advisor_id)
            case "expire":
                desk.expire(db, now, case)
            case other:
                raise ValueError(f"an advisor can take, say, hand_back or expire, not {other!r}")
        for inbox_id in db.execute(select(_inbox.c.id).where(_inbox.c.id > before)).scalars():
            self.numbers[inbox_id] = number

    async def state(self, name: str) -> State:
        """What the conversation remembers of a person."""
        contact_id = next(i for i, (n, _) in reversed(self.names.items()) if n == name)
        conversation = table(Conversation)

        def read(db: Connection) -> State:
            sealed = db.execute(select(conversation.c.state).where(conversation.c.contact_id == contact_id)).scalar_one()
            box = self._box(db, contact_id)
            return State.from_json(box.open_json(sealed))

        return await self.house.database.read(read)

    def _box(self, db: Connection, contact_id: int) -> Any:
        from bot.people.identity import box_of

        return box_of(db, self.house.vault, contact_id)

    async def _replies(self) -> list[dict[str, Json]]:
        written, self._written = [*self._written, *await self._new_replies()], []
        return written

    async def _new_replies(self) -> list[dict[str, Json]]:
        return await self.house.database.read(self._collect)

    def _collect(self, db: Connection) -> list[dict[str, Json]]:
        rows = list(db.execute(select(_outbox).where(_outbox.c.id > self.printed).order_by(_outbox.c.id)))
        self.printed = max([self.printed, *(r.id for r in rows)])
        for row in rows:  # who was erased is told so under another number
            whom = next((self.speakers[self.numbers[i]] for i in row.answers if self.numbers.get(i) in self.speakers), None)
            if row.contact_id not in self.names and whom is not None:
                self.names[row.contact_id] = whom
        return [self._reply(db, row) for row in rows if row.contact_id in self.names]

    def _reply(self, db: Connection, row: Any) -> dict[str, Json]:
        body = self._box(db, row.contact_id).open_json(row.body)
        has_case = db.execute(select(_case.c.id).where(_case.c.contact_id == row.contact_id, _case.c.state != "closed")).first()
        sources = self.house.library.knowledge.sources(row.content_id) if row.content_id else ()
        booked = seats.of_contact(db, row.contact_id)
        verified = [s.verified_on.isoformat() for s in sources if s.verified_on]
        return {
            "contact": self.names[row.contact_id][0],
            "in_reply_to": sorted({self.numbers[i] for i in row.answers if i in self.numbers}),
            "text": body["text"],
            "messages": body["messages"],
            "choices": [{"id": c["id"], "title": c["title"]} for c in body["choices"]],
            "language": row.language,
            "kind": row.kind,
            "content_id": row.content_id,
            "sources": [{"name": s.name, "url": s.url, "source_date": str(s.source_date or "undated")} for s in sources],
            "verified_on": min(verified) if verified and len(verified) == len(sources) else None,
            "journey": row.journey,
            "signal": row.signal,
            "case": has_case is not None,
            "bookings": [{"session": s, "status": status, "position": None} for s, status in booked],
        }


def event_of(line: Mapping[str, Json], library: Library) -> tuple[Event, MediaRef | None]:
    """A line of the contract as an event, with the file it brings."""
    if line.get("text") is not None:
        return Said(text=str(line["text"])), None
    if line.get("choice") is not None:
        return Chose(choice=str(line["choice"])), None
    if line.get("location") is not None:
        return library.locate(float(line["location"]["lat"]), float(line["location"]["lon"])), None
    if line.get("voice") is not None:
        seconds = int(line["voice"].get("seconds", 0))
        return SentVoice(seconds=seconds), MediaRef(kind="voice", reference="rehearsal", seconds=seconds)
    if line.get("image") is not None:
        return SentFile(what="image"), MediaRef(kind="image", reference="rehearsal")
    raise ValueError("an event has text, choice, location, voice or image")


def _comes_in_time(now: datetime, line: Mapping[str, Json] | None) -> bool:
    """Whether a line follows within the three seconds that an unclear message waits for its sequel."""
    if line is None or not line.get("at") or "advisor" in line:
        return False
    return datetime.fromisoformat(str(line["at"])) < now + timedelta(seconds=3)


def _clock_due(db: Connection) -> datetime | None:
    lease = select(_case.c.lease_until).where(_case.c.state == "taken").order_by(_case.c.lease_until).limit(1)
    due: Iterable[datetime | None] = (rounds.next_due(db), db.execute(lease).scalar_one_or_none())
    return min((d for d in due if d is not None), default=None)


def _account(db: Connection, now: datetime, login: str) -> int:
    """The advisor of this name, made on first mention: nobody signs in during a rehearsal."""
    found = db.execute(select(_advisor.c.id).where(_advisor.c.login == login)).scalar_one_or_none()
    if found is not None:
        return int(found)
    values = {
        "login": login,
        "name": login,
        "role": "advisor",
        "office_kind": "ngo",
        "languages": [],
        "interface": "fr",
        "password_hash": "!",
        "active": True,
        "failures": 0,
        "created_at": now,
    }
    return int(db.execute(insert(_advisor).values(values).returning(_advisor.c.id)).scalar_one())
