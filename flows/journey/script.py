"""The shape of a journey once read. Vocabulary: https://rasa.com/docs/reference/primitives/flows (steps, collect, next)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flows.journey.conditions import Condition

Json = Any
SlotType = Literal["option", "categorical", "bool", "text", "number", "place"]
END = "END"
OTHER = "other"  # the value of a categorical slot for whatever else is named
ANY = "any"  # the value of a categorical slot that narrows nothing


class JourneyFault(ValueError):
    """A mistake in a journey file; the text begins with file and line."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Go to `then` when `when` holds; `when` None is the else."""

    then: str
    when: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step; exactly one of collect, action, set_slots, call, link, noop is used."""

    id: str
    line: int
    collect: str | None = None
    utter: str | None = None
    action: str | None = None
    set_slots: Mapping[str, Json] = field(default_factory=dict)
    call: str | None = None
    link: str | None = None
    next: tuple[Branch, ...] = ()

    @property
    def messages(self) -> tuple[str, ...]:
        """The texts it may say."""
        said = (self.utter, f"{self.utter}.again") if self.utter else ()
        action = self.action or ""
        return (*said, action.removeprefix("utter_")) if action.startswith("utter_") else said


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """What can be collected. `named` is the kind of thing in a message that fills it; `persist` keeps it when its journey
    ends; `values` of a categorical slot; a `place` takes any place a message names or a location shared; `skippable` offers
    to go on without; `under`: a number answers a yes-or-no, with yes when it is smaller ("17" to "are you under 18?").
    `typed`: further values, understood when named, without a button.
    `unsure`: "I don't know" answers a yes-or-no, too. `like`: another slot whose names its values bear."""

    name: str
    type: SlotType
    values: tuple[str, ...] = ()
    named: str | None = None
    persist: bool = False
    skippable: bool = False
    under: int | None = None
    unsure: bool = False
    typed: tuple[str, ...] = ()
    like: str | None = None

    def label(self, value: str) -> str:
        """The text that names one of its values."""
        return f"slot.{self.like or self.name}.{value}"

    @property
    def known(self) -> tuple[str, ...]:
        return (*self.values, *self.typed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """`prefill` slots are filled from the message that starts the journey. `fleeting`: given up when another begins.
    `gathers`: an answer fills whatever else of `prefill` it tells. `audience`: whom it is for, as answers say it; a case opened
    on the way is theirs."""

    name: str
    description: str
    file: str
    line: int
    steps: Mapping[str, Step]
    first: str
    triggers: tuple[str, ...] = ()
    prefill: tuple[str, ...] = ()
    fleeting: bool = False
    gathers: bool = False
    audience: str | None = None

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"

    def after(self, step_id: str) -> str:
        """The step written below, or END."""
        order = list(self.steps)
        at = order.index(step_id) + 1
        return order[at] if at < len(order) else END


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """All journeys and the slots they share."""

    journeys: Mapping[str, Journey]
    slots: Mapping[str, Slot]

    def triggered_by(self, intent: str) -> Journey | None:
        return next((j for j in self.journeys.values() if intent in j.triggers), None)

    def begins(self, name: str) -> bool:
        """Whether a button may begin it: one that only others call has no beginning of its own."""
        called = {step.call for journey in self.journeys.values() for step in journey.steps.values()}
        return name in self.journeys and (bool(self.journeys[name].triggers) or name not in called)

    def collected_by(self, name: str, _seen: frozenset[str] = frozenset()) -> set[str]:
        """The slots that a journey, and those it calls, fill by asking, from the first message or by themselves."""
        journey = self.journeys[name]
        steps = journey.steps.values()
        seen = _seen | {name}
        called = [self.collected_by(s.call, seen) for s in steps if s.call and s.call not in seen]
        return {s.collect for s in steps if s.collect}.union(journey.prefill, *(s.set_slots for s in steps), *called)

    def messages(self) -> frozenset[str]:
        """Every message id that a journey can say: the catalogues must have them all."""
        return frozenset(m for journey in self.journeys.values() for step in journey.steps.values() for m in step.messages)
