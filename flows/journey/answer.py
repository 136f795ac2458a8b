"""Reads an answer to the current question out of what the person did: button, number, word, name, free text."""

import re
from dataclasses import dataclass

from flows.draft import Draft
from flows.events import Chose, Event, Said, SharedPlace
from flows.heard import UNSURE, Heard
from flows.journey import resuming, run
from flows.journey.script import ANY, OTHER, Slot
from flows.policy import choices
from flows.policy.decision import decide

LONGEST_TEXT = 1000
_AGE = re.compile(r"^(\d{2})(?:ans?|yo|عام|سنة)?$")
_LONGEST_AGE = 5
_LONGEST_PLACE = 4  # words


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`value` None means "go on without" (the slot is skippable)."""

    value: object


def read(draft: Draft, event: Event) -> Answer | None:
    """The answer the event gives to the question now open, or None."""
    step = run.current(draft)
    if step is None or step.collect is None:
        return None
    slot = draft.facts.house.script.slots[step.collect]
    if isinstance(event, Said) and event.heard and _forgotten(draft, slot, event.heard):
        return None
    if isinstance(event, SharedPlace) and slot.type == "place":
        return Answer(value=event.place) if event.place else None
    if isinstance(event, SharedPlace) and slot.named in ("region", "city") and event.region:
        return _of_place(draft, slot, event)
    if isinstance(event, Said) and event.heard:
        return _of_words(draft, slot, event.heard, event.text)
    return None


def _forgotten(draft: Draft, slot: Slot, heard: Heard) -> bool:
    """A question of yesterday: "yes" answers whether to go on, and what says something by itself is no free answer to it."""
    frame = draft.state.frame
    if frame is None or not resuming.stale(draft, frame):
        return False
    if frame.paused and heard.word in ("yes", "no"):
        return True
    return slot.type == "text" and decide(heard, draft.facts.house.entries).kind != "clarify"


def of_choice(draft: Draft, event: Chose) -> Answer | None:
    """A button of the current question. A stale one (shown for an earlier asking) does not count."""
    frame, step = draft.state.frame, run.current(draft)
    version, target = choices.split(event.choice)
    if frame is None or step is None or step.collect is None or not target.startswith(f"s:{step.collect}="):
        return None
    if version not in (-1, frame.asked):
        return None
    return _checked(draft, draft.facts.house.script.slots[step.collect], target.partition("=")[2])


def of_other(draft: Draft, event: Chose) -> dict[str, object]:
    """A button of the current bubble that answers an earlier question anew ("anywhere" under a list of sessions)."""
    frame = draft.state.frame
    version, target = choices.split(event.choice)
    name, _, value = target.removeprefix("s:").partition("=")
    slot = draft.facts.house.script.slots.get(name)
    if frame is None or version not in (-1, frame.asked) or slot is None or value not in slot.values:
        return {}
    return {name: value}


def _checked(draft: Draft, slot: Slot, raw: str) -> Answer | None:
    frame = draft.state.frame
    if raw == "" and slot.skippable:
        return Answer(value=None)
    if slot.unsure and raw == UNSURE:
        return Answer(value=UNSURE)
    if slot.type == "bool":
        return Answer(value=raw == "yes") if raw in ("yes", "no") else None
    if slot.type == "categorical":
        return Answer(value=raw) if raw in slot.known else None
    if slot.type == "option" and frame:
        return Answer(value=raw) if raw in {o.value for o in frame.options} else None
    return None


def age(draft: Draft, heard: Heard) -> Answer | None:
    """ "17" or "ana 17 3am" to "are you under 18?" or "how old?"."""
    step = run.current(draft)
    slot = draft.facts.house.script.slots[step.collect] if step and step.collect else None
    numbers = [int(m.group(1)) for word in heard.folded.split() if (m := _AGE.match(word))]
    if slot is None or heard.length > _LONGEST_AGE or len(numbers) != 1:
        return None
    if slot.named == "age_band":
        band = heard.naming("age_band")
        return Answer(value=band) if band else None
    if slot.under is None:
        return None
    return Answer(value=numbers[0] < slot.under)


def _of_words(draft: Draft, slot: Slot, heard: Heard, text: str) -> Answer | None:
    if slot.skippable and heard.word == "skip":
        return Answer(value=None)
    if slot.type == "bool" and heard.word in ("yes", "no"):
        return Answer(value=heard.word == "yes")
    if slot.type == "bool" and slot.named and heard.naming(slot.named) in ("yes", "no"):
        return Answer(value=heard.naming(slot.named) == "yes")
    if slot.type == "categorical" and heard.word in ("yes", "no") and heard.word in slot.values:
        return Answer(value=heard.word)
    if slot.unsure and heard.word == UNSURE:
        return Answer(value=UNSURE)
    if slot.under is not None:
        return age(draft, heard)
    if heard.word == "anywhere" and ANY in slot.values:
        return Answer(value=ANY)
    if slot.type == "categorical" and slot.skippable and heard.word == "anywhere":
        return Answer(value=None)
    if slot.type == "categorical" and slot.named:
        value = heard.naming(slot.named)
        if value and value not in slot.known and OTHER in slot.values:
            value = OTHER
        return _checked(draft, slot, value) if value else None
    if slot.type == "place":
        return Answer(value=heard.place) if heard.place and not _asks(heard) else None
    if slot.type == "option":
        return _option_named(draft, slot, heard)
    if slot.type == "text":
        return Answer(value=text[:LONGEST_TEXT])
    return None


def _asks(heard: Heard) -> bool:
    """ "What does the pension in Agadir pay?" to "in which town?" is another question, though it names a town."""
    best = heard.guesses[0] if heard.guesses else None
    sure = best is not None and best.intent.startswith("faq/") and best.confidence >= heard.bands.answer
    return sure and heard.length > _LONGEST_PLACE


def _option_named(draft: Draft, slot: Slot, heard: Heard) -> Answer | None:
    """ "Agadir" picks the one session there; when two are there it says nothing yet. "Yes" picks the only one shown."""
    frame = draft.state.frame
    if frame and heard.word == "yes" and len(frame.options) == 1:
        return Answer(value=frame.options[0].value)
    said = heard.naming(slot.named) if slot.named else None
    fitting = [o.value for o in frame.options if said and o.params.get(slot.named) == said] if frame and slot.named else []
    return Answer(value=fitting[0]) if len(fitting) == 1 else None


def _of_place(draft: Draft, slot: Slot, event: SharedPlace) -> Answer | None:
    value = event.region if slot.named == "region" else event.place
    if slot.type == "categorical":
        return _checked(draft, slot, value) if value else None
    return Answer(value=value) if value and slot.type == "text" else None
