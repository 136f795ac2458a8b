"""The choices under a journey's question."""

from flows.draft import MOST_CHOICES, Draft
from flows.journey.script import ANY, Slot
from flows.state import Frame

MOST_OPTIONS = MOST_CHOICES - 3  # "anywhere", "cancel" and a person always have their place


def offer(draft: Draft, slot: Slot, frame: Frame) -> None:
    """The answers there are, then going on without, dropping it, a person."""
    if slot.type == "option":
        for option in frame.options[:MOST_OPTIONS]:
            draft.offer(f"s:{slot.name}={option.value}", option.label, **option.params)
    elif slot.type == "categorical":
        for value in slot.values:
            draft.offer(f"s:{slot.name}={value}", slot.label(value))
    elif slot.type == "bool":
        draft.offer(f"s:{slot.name}=yes", "choice.yes")
        draft.offer(f"s:{slot.name}=no", "choice.no")
    if slot.unsure:
        draft.offer(f"s:{slot.name}=unsure", "choice.unsure")
    if slot.skippable:
        draft.offer(f"s:{slot.name}=", "choice.skip")
    if slot.type == "option":
        _anywhere(draft, frame)
    if slot.type in ("option", "categorical", "place"):
        draft.offer("say:cancel", "choice.cancel")
    if slot.type in ("option", "categorical", "place") or slot.unsure:
        draft.offer_person()


def _anywhere(draft: Draft, frame: Frame) -> None:
    """What narrows the choice (the region kept from last time, say) can be let go."""
    journey, script, held = draft.facts.house.script.journeys[frame.journey], draft.facts.house.script, draft.state.slots
    for name in journey.prefill:
        if ANY in script.slots[name].values and held.get(name, ANY) != ANY and not held.get("elsewhere"):
            draft.offer(f"s:{name}={ANY}", f"slot.{name}.{ANY}")
