"""What a message already says is not asked again."""

from flows.draft import Draft
from flows.heard import Heard
from flows.journey.script import Journey, Slot


def note(draft: Draft, journey: Journey, heard: Heard) -> None:
    """Fill what the journey may be begun with from what the message names."""
    slots = draft.facts.house.script.slots
    said = {name: named(heard, slots[name]) for name in journey.prefill}
    draft.set_slots({name: value for name, value in said.items() if value is not None})


def gather(draft: Draft, heard: Heard) -> None:
    """An answer that says more than was asked: "study, in France, I am 19"."""
    frame = draft.state.frame
    journey = draft.facts.house.script.journeys[frame.journey] if frame else None
    if journey and journey.gathers:
        note(draft, journey, heard)


def named(heard: Heard, slot: Slot) -> str | None:
    """The value a message gives to a slot, without having been asked for it."""
    if slot.type == "place":
        return heard.naming("city") or heard.naming("abroad")
    value = heard.naming(slot.named) if slot.named else None
    return value if value is None or not slot.values or value in slot.known else None
