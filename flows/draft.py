"""One turn being written: the only mutable thing in `flows`, born and gone inside `turn()`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flows.effects import Choice, Effect, FileRef, Kind, Message, Record, Say
from flows.facts import Facts
from flows.state import State

Json = Any
MOST_CHOICES = 10  # a WhatsApp list picker takes 1 to 10: https://www.twilio.com/docs/content/twiliolist-picker


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """One move in a journey: by which branch of the step (its place under `next`; None: to the step written below)."""

    journey: str
    step: str
    branch: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """`patient`: nothing understood yet, so the study may wait some seconds for the sequel and run again. `walked`: the moves
    made in journeys, from which is told what the transcripts reach."""

    state: State
    effects: tuple[Effect, ...]
    patient: bool = False
    walked: tuple[Walked, ...] = ()


@dataclass(slots=True, kw_only=True)
class Draft:
    """Collects what is said into one bubble, and what is done into effects."""

    state: State
    facts: Facts
    effects: list[Effect] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    kind: Kind = "system"
    content_id: str | None = None
    journey: str | None = None
    signal: str | None = None
    file: FileRef | None = None
    patient: bool = False
    walked: list[Walked] = field(default_factory=list)

    def change(self, **fields: Json) -> None:
        self.state = replace(self.state, **fields)

    def set_slots(self, slots: Mapping[str, Json]) -> None:
        """A value of None empties the slot."""
        merged = {**self.state.slots, **slots}
        self.change(slots={k: v for k, v in merged.items() if v is not None})

    def say(self, message_id: str, kind: Kind | None = None, **params: Json) -> None:
        """The first kind said decides the bubble's kind."""
        if kind and not self.messages:
            self.kind = kind
        self.messages.append(Message(id=message_id, params=params))

    def offer(self, target: str, label: str, **params: Json) -> None:
        """Add a choice. `target` is what it does: entry:…, area:…, journey:…, say:…, or s:<slot>=<value>."""
        choice = Choice(id=f"{self.state.version}.{target}", label=Message(id=label, params=params))
        same = any(c.id.split(".", 1)[1] == target for c in self.choices)
        if not same and len(self.choices) < MOST_CHOICES:
            self.choices.append(choice)

    def links(self, about: Mapping[str, Json]) -> None:
        """Where a session is held online; calendar file and map, where our pages can be reached."""
        if about.get("link"):
            self.say("session.link", link=about["link"])
        if about.get("page") and (self.facts.house.public or self.facts.channel == "web"):
            self.say("session.links", page=about["page"])

    def offer_person(self) -> None:
        """A person is always one tap away, unless one is already asked for."""
        if not self.state.case:
            self.offer("journey:advisor", "choice.advisor")

    def do(self, effect: Effect) -> None:
        self.effects.append(effect)

    def record(self, what: str, /, **data: Json) -> None:
        self.do(Record(what=what, data=data))

    def finish(self) -> Turn:
        if self.messages:
            self._manners()
            self.effects.append(
                Say(
                    messages=tuple(self.messages),
                    kind=self.kind,
                    choices=tuple(self.choices),
                    content_id=self.content_id,
                    journey=self.journey,
                    signal=self.signal,
                    file=self.file,
                )
            )
        return Turn(state=self.state, effects=tuple(self.effects), patient=self.patient, walked=tuple(self.walked))

    def _manners(self) -> None:
        """First contact carries the notice; after STOP every answer says how to start again."""
        if self.kind in ("advisor", "safety"):
            return
        if not self.choices and self.state.mode == "bot" and not self.state.frames:
            self.offer("say:menu", "choice.menu")
            self.offer_person()
        if not self.state.noticed:
            self.messages.append(Message(id="notice"))
            self.change(noticed=True)
        elif self.state.stopped and self.messages[0].id != "stop.done":
            self.messages.append(Message(id="stop.reminder"))
