"""Gathers, under the person's lock, what a turn may know."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.handoff import cases
from bot.knowledge.wording import Wording
from bot.storage.crypto import Box
from bot.storage.tables import Contact, ContactAddress, Conversation, Outbox, table
from flows.effects import Message
from flows.events import Event, Said
from flows.facts import Facts, House, ShownChoice
from flows.heard import VARIETIES
from flows.state import State

_contact, _address = table(Contact), table(ContactAddress)
_conversation, _outbox = table(Conversation), table(Outbox)
_DELIVERED = ("sent", "delivered", "read", "unknown")
_LOOK_BACK = 4  # bubbles looked at for the last one with choices
_SHORT = 60  # characters: a longer text is no answer to a list of choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person, locked: row, box, and the address that replies go to."""

    row: Row[Any]
    box: Box
    address: Row[Any] | None


class Gathering:
    """`fold` reduces a text to what is compared."""

    def __init__(self, house: Callable[[], House], wording: Wording, fold: Callable[[str], str]) -> None:
        self.house = house
        self._names = lru_cache(4096)(lambda label, key: _names(wording, fold, label, key))

    def person(self, db: Connection, box: Box, contact_id: int, channel: str) -> Person:
        row = db.execute(select(_contact).where(_contact.c.id == contact_id)).one()
        return Person(row=row, box=box, address=_reply_address(db, contact_id, channel))

    def state(self, db: Connection, box: Box, contact_id: int) -> State:
        sealed = db.execute(select(_conversation.c.state).where(_conversation.c.contact_id == contact_id)).scalar_one_or_none()
        return State() if sealed is None else State.from_json(box.open_json(sealed))

    def facts(self, db: Connection, now: datetime, person: Person, events: tuple[Event, ...]) -> Facts:
        contact_id = person.row.id
        case = cases.of_contact(db, contact_id)
        said = next((e for e in events if isinstance(e, Said)), None)
        short = said is not None and len(said.text) <= _SHORT
        return Facts(
            now=now,
            house=self.house(),
            channel=person.address.channel if person.address else "",
            hint=person.address.hint if person.address else None,
            shown=self._last_choices(db, person) if short else (),
            replied_to=self._choices_of(db, person, said.reply_to) if said and said.reply_to else (),
            case_open=case is not None,
            advisor_active=None if case is None else case.active_at,
        )

    def _last_choices(self, db: Connection, person: Person) -> tuple[ShownChoice, ...]:
        query = (
            select(_outbox.c.body)
            .where(_outbox.c.contact_id == person.row.id, _outbox.c.state.in_(_DELIVERED))
            .order_by(_outbox.c.seq.desc())
            .limit(_LOOK_BACK)
        )
        bodies = (person.box.open_json(sealed) for sealed in db.execute(query).scalars())
        return next((self._shown(body) for body in bodies if body["choices"]), ())

    def _choices_of(self, db: Connection, person: Person, provider_id: str) -> tuple[ShownChoice, ...]:
        query = select(_outbox.c.body).where(_outbox.c.contact_id == person.row.id, _outbox.c.provider_id == provider_id)
        sealed = db.execute(query).scalars().first()
        return () if sealed is None else self._shown(person.box.open_json(sealed))

    def _shown(self, body: dict[str, Any]) -> tuple[ShownChoice, ...]:
        choices = []
        for choice in body["choices"]:
            label = Message(id=choice["label"]["id"], params=choice["label"]["params"])
            choices.append(ShownChoice(id=choice["id"], names=self._names(_Label(label), repr(choice["label"]))))
        return tuple(choices)


class _Label:
    """Carries a message past the cache, which compares by the key beside it."""

    def __init__(self, message: Message) -> None:
        self.message = message

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Label)


def _names(wording: Wording, fold: Callable[[str], str], label: _Label, key: str) -> tuple[str, ...]:
    """A choice's title in every variety, folded: words work wherever a number does."""
    return tuple({fold(wording.text(label.message, v)) for v in VARIETIES})


def _reply_address(db: Connection, contact_id: int, channel: str) -> Row[Any] | None:
    """On the channel just written from; for console and clock, the channel last written from."""
    query = select(_address).where(_address.c.contact_id == contact_id, _address.c.reply_to)
    rows = list(db.execute(query.order_by(_address.c.last_inbound_at.desc())))
    return next((r for r in rows if r.channel == channel), rows[0] if rows else None)
