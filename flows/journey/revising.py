"""An earlier answer taken back in words: "la, machi Agadir, Tiznit" when the question is already another."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flows.draft import Draft
from flows.heard import Heard
from flows.journey import prefill, run
from flows.journey.script import Slot
from flows.state import Frame

Json = Any
_BRIEF = 3  # words; "Tiznit" to a question that takes no place is about the place given before


def second_thought(draft: Draft, heard: Heard) -> bool:
    """Change what the message says otherwise and go on from there. False when it changes nothing."""
    if draft.state.frame is None or not (heard.rethought or _brief(heard)):
        return False
    found = _taken_back(draft, heard)
    if found is None:
        return False
    frames, told = found
    draft.change(frames=frames, misunderstood=0)
    draft.record("second_thought", journey=frames[-1].journey)
    draft.say("journey.changed", kind="flow")
    if heard.rethought:
        prefill.gather(draft, heard)
    _go_on_from(draft, told)
    return True


def _taken_back(draft: Draft, heard: Heard) -> tuple[tuple[Frame, ...], dict[str, Json]] | None:
    """What changes, and the journeys then under way: the current one or, while nothing was done in it, one that called it."""
    frames = draft.state.frames
    while frames:
        told = _told(draft, frames[-1], heard)
        if told:
            return frames, told
        if not frames[-1].called or frames[-1].settled:
            return None
        frames = frames[:-1]
    return None


def _brief(heard: Heard) -> bool:
    best = heard.guesses[0] if heard.guesses else None
    question = best is not None and best.intent.startswith("faq/") and best.confidence >= heard.bands.answer
    return heard.length <= _BRIEF and not question


def _told(draft: Draft, frame: Frame, heard: Heard) -> dict[str, Json]:
    """New values of slots answered before (or gone on without), other than the ones they have; None for those that hung on
    them. Where something was done with an answer (a case opened, a seat taken) words alone do not change it."""
    slots, held = draft.facts.house.script.slots, draft.state.slots
    journey = draft.facts.house.script.journeys[frame.journey]
    answered = [journey.steps[step].collect for step in frame.filled[frame.settled :] if step in journey.steps]
    before = () if frame.settled else journey.prefill
    names = dict.fromkeys(n for n in (*before, *answered) if n and (held.get(n) is not None or n in frame.passed))
    told: dict[str, Json] = {n: v for n in names if (v := _value(frame, slots[n], heard)) not in (None, held.get(n))}
    if not told:
        return {}
    if _narrowed_by_town(slots, told, heard):
        told |= {n: None for n in names if slots[n].named == "city" and n not in told}
    return told | {n: None for n in names if slots[n].type == "option" and n not in told}


def _value(frame: Frame, slot: Slot, heard: Heard) -> str | None:
    """An option is named by what it is found by ("the one in Tiznit"); free text names nothing."""
    if slot.type != "option":
        return prefill.named(heard, slot)
    said = heard.naming(slot.named) if slot.named else None
    fitting = [o.value for o in frame.options if said and slot.named and o.params.get(slot.named) == said]
    return fitting[0] if len(fitting) == 1 else None


def _narrowed_by_town(slots: Mapping[str, Slot], told: Mapping[str, Json], heard: Heard) -> bool:
    """A region without a town, said instead of a town: the town goes."""
    return any(slots[name].named == "region" for name in told) and heard.naming("city") is None


def _go_on_from(draft: Draft, told: Mapping[str, Json]) -> None:
    """From the first question that is changed; what still holds is not asked again."""
    frame = draft.state.frames[-1]
    journey = draft.facts.house.script.journeys[frame.journey]
    draft.set_slots(told)
    slots = draft.facts.house.script.slots
    chosen = next((o for o in frame.options if o.value in told.values()), None)
    first = next((s.id for s in journey.steps.values() if s.collect and told.get(s.collect) is not None), journey.first)
    options = frame.options if chosen and slots[journey.steps[first].collect or ""].type == "option" else ()
    draft.set_slots({"chosen": dict(chosen.params) if chosen else None})
    passed = tuple(name for name in frame.passed if name not in told)
    draft.state = draft.state.with_frame(replace(frame.at(first), options=options, passed=passed))
    run.advance(draft)
