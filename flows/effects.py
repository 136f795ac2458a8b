"""What a turn wants done. Each touches the turn's own person only; the ledger carries them out in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flows.heard import Level

Json = Any
Kind = Literal["answer", "suggest", "clarify", "flow", "handoff", "safety", "system", "advisor", "reminder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One text by name; the words are in `locales/` or `content/`, in five varieties."""

    id: str
    params: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A button, a list line or a numbered line, as the channel can. `id` comes back in `Chose`: at most 64 bytes."""

    id: str
    label: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Base of all effects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Effect):
    """One bubble: messages one under the other, then choices."""

    messages: tuple[Message, ...]
    kind: Kind
    choices: tuple[Choice, ...] = ()
    content_id: str | None = None
    journey: str | None = None
    signal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallible(Effect):
    """An effect whose outcome comes back as a `Result` event and runs the turn again. `key` is the result's `of`."""

    @property
    def key(self) -> str:
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Look(Fallible):
    """A question to the house, from a closed table (see `bot.delivery.looks`)."""

    query: str
    args: Mapping[str, Json] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.query


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeSeat(Fallible):
    """A place for the person and those who come along: `seats` in all, 1 to 4."""

    session: str
    seats: int = 1

    @property
    def key(self) -> str:
        return "take_seat"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelSeat(Fallible):
    session: str

    @property
    def key(self) -> str:
        return "cancel_seat"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOffer(Fallible):
    """Yes or no to a seat that came free and was kept for this person."""

    session: str
    accept: bool

    @property
    def key(self) -> str:
        return "answer_offer"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkComing(Effect):
    """What the person answered to a reminder."""

    session: str
    coming: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepFeedback(Effect):
    """What somebody thought of a session; kept without the person. `clear` and `useful`: 1 (no) to 3 (yes)."""

    session: str
    clear: int | None = None
    useful: int | None = None
    wish: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase(Fallible):
    """Forget this person. The result's `erased` is "done", or "asked" when a person must decide first; `receipt` is a code."""

    @property
    def key(self) -> str:
        return "erase"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase(Effect):
    """Ask the advisors to take over. An open case of the person is raised, never doubled."""

    reason: str
    urgency: Level
    topic: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TellCase(Effect):
    """Write a line of the product's own (message id) into the person's open case, for the advisor's eyes."""

    note: str
    params: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkMinor(Effect):
    """The person said whether they are under 18."""

    minor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowToAdvisor(Effect):
    """What was received is for the advisor who holds the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseAlarm(Effect):
    """A new emergency while an advisor holds the case: alarm the advisor first."""

    signal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTimer(Effect):
    """Come back after `seconds` with `TimerDue(name, data)`."""

    name: str
    seconds: int
    data: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveConsent(Effect):
    """The person said yes to messages of one purpose. STOP takes every such yes back."""

    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut(Effect):
    """Nothing that was not asked for is sent any more, and reminders asked for are over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptIn(Effect):
    """Reminders and notices may be sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable(Effect):
    """The person blocked us, or let us in again."""

    ok: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Effect):
    """A happening for the figures: no person in it."""

    what: str
    data: Mapping[str, Json] = field(default_factory=dict)
