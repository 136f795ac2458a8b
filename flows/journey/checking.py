"""What a journey file may not say: names that exist nowhere, steps nothing leads to, journeys that call themselves."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flows.journey.graph import reachable
from flows.journey.script import END, Journey, JourneyFault, Script, Slot, Step

Json = Any
_INTENT = "journey/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a journey may name: rows of the action table, and texts (None: not looked at)."""

    actions: Container[str]
    messages: Container[str] | None = None


def faults(script: Script, known: Known) -> Iterator[JourneyFault]:
    """All mistakes, journey by journey, in the order of their lines."""
    taken: dict[str, str] = {}
    for journey in script.journeys.values():
        for intent in journey.triggers:
            if not intent.startswith(_INTENT):
                yield JourneyFault(journey.where, f"{intent!r} is no intent of a journey")
            if intent in taken:
                yield JourneyFault(journey.where, f"{intent!r} begins {taken[intent]!r} already")
            taken.setdefault(intent, journey.name)
        for slot in journey.prefill:
            if slot not in script.slots:
                yield JourneyFault(journey.where, f"unknown slot {slot!r} in prefill")
        if _calls_itself(journey, script):
            yield JourneyFault(journey.where, f"journey {journey.name!r} calls itself")
        reached = reachable(journey)
        for step in journey.steps.values():
            yield from _of_step(journey, step, script, known)
            if step.id not in reached:
                yield JourneyFault(f"{journey.file}:{step.line}", f"nothing leads to the step {step.id!r}")


def _of_step(journey: Journey, step: Step, script: Script, known: Known) -> Iterator[JourneyFault]:
    where = f"{journey.file}:{step.line}"
    for name in sorted({step.collect or "", *step.set_slots, *_read(step)} - {""}):
        if name not in script.slots:
            yield JourneyFault(where, f"unknown slot {name!r}")
    for name, value in (*step.set_slots.items(), *_compared(step)):
        if name in script.slots and not _possible(script.slots[name], value):
            yield JourneyFault(where, f"slot {name!r} is never {value!r}")
    for target in sorted({b.then for b in step.next} - {END, *journey.steps}):
        yield JourneyFault(where, f"unknown step {target!r}")
    for other in {step.call, step.link} - {None}:
        if other not in script.journeys:
            yield JourneyFault(where, f"unknown journey {other!r}")
    if step.action and not step.action.startswith("utter_") and step.action not in known.actions:
        yield JourneyFault(where, f"unknown action {step.action!r}")
    for message in step.messages:
        if known.messages is not None and message not in known.messages:
            yield JourneyFault(where, f"unknown text {message!r}")


def _read(step: Step) -> set[str]:
    return {slot for branch in step.next if branch.when for slot in branch.when.slots}


def _compared(step: Step) -> list[tuple[str, Json]]:
    return [pair for branch in step.next if branch.when for pair in branch.when.compared]


def _possible(slot: Slot, value: Json) -> bool:
    """A language, a region, any named value must be one of the slot's own."""
    return slot.type != "categorical" or value is None or value in slot.known


def _calls_itself(journey: Journey, script: Script) -> bool:
    """Straight or through others. A link ends the journey that links: it may lead back."""
    seen, ahead = set[str](), _called(journey, script.journeys)
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead |= _called(script.journeys[name], script.journeys)
    return journey.name in seen


def _called(journey: Journey, journeys: Mapping[str, Journey]) -> set[str]:
    return {s.call for s in journey.steps.values() if s.call in journeys and s.call}
