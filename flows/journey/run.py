"""Plays journeys: walks steps until one must wait for the person or for a result."""

from collections.abc import Mapping
from dataclasses import replace

from flows.draft import MOST_CHOICES, Draft
from flows.effects import Fallible, Kind
from flows.events import Result
from flows.heard import Heard
from flows.journey import following, prefill
from flows.journey.actions import ACTIONS
from flows.journey.script import END, Journey, Slot, Step
from flows.state import Frame

MOST_STEPS = 60  # a journey that takes more in one go turns in circles
DEEPEST = 5
MOST_OPTIONS = MOST_CHOICES - 3  # "anywhere", "cancel" and a person always have their place
ANY = "any"
# Slots that results fill, gone with the journey that asked.
_RESULTS = {
    "found",
    "elsewhere",
    "seat",
    "waiting",
    "near",
    "lines",
    "further",
    "fitting",
    "nearly",
    "open",
    "kept",
    "held",
    "erased",
    "receipt",
    "staffed",
    "start",
    "ahead",
}
_LISTS = ("list", "offices")  # what was found, for the text that shows it


class JourneyLoop(RuntimeError):
    """A journey that never waits: a fault in its file."""


def begin(draft: Draft, name: str, heard: Heard | None = None) -> None:
    """Start a journey; one of the same name under way starts anew. What the message already says is not asked again."""
    journey = _open(draft, name)
    if heard:
        prefill.note(draft, journey, heard)
    advance(draft)


def _open(draft: Draft, name: str) -> Journey:
    journeys = draft.facts.house.script.journeys
    frames = tuple(f for f in draft.state.frames if f.journey != name and not journeys[f.journey].fleeting)[-(DEEPEST - 1) :]
    draft.change(frames=(*frames, Frame(journey=name, step=journeys[name].first)))
    draft.record("journey_started", journey=name)
    draft.journey = name
    return journeys[name]


def advance(draft: Draft) -> None:
    """Walk on from the current step until something must be waited for, or all journeys are at their end."""
    for _ in range(MOST_STEPS):
        frame = draft.state.frame
        if frame is None or frame.waiting:
            return
        if frame.step == END:
            _end(draft, frame)
            continue
        journey = draft.facts.house.script.journeys[frame.journey]
        if not _play(draft, journey, journey.steps[frame.step]):
            return
    raise JourneyLoop(draft.state.frames[-1].journey)


def receive(draft: Draft, result: Result) -> None:
    """The result of an effect or look-up: fill its slots and go on where the journey waits for it."""
    frame = draft.state.frame
    draft.set_slots(result.slots)
    if frame is None or frame.waiting != result.of:
        return
    journey = draft.facts.house.script.journeys[frame.journey]
    draft.state = draft.state.with_frame(replace(frame, waiting=None, options=result.options))
    _go(draft, journey, journey.steps[frame.step])
    advance(draft)


def ask(draft: Draft, again: bool = False) -> None:
    """Ask the question of the current step, in other words when it was not understood the first time."""
    frame, step = draft.state.frame, current(draft)
    if frame is None or step is None or step.collect is None or step.utter is None:
        return
    slot = draft.facts.house.script.slots[step.collect]
    draft.choices.clear()
    draft.say(f"{step.utter}.again" if again else step.utter, kind=_kind(step.utter), **_params(draft))
    draft.journey = frame.journey
    draft.state = draft.state.with_frame(replace(frame, asked=draft.state.version))
    _offer(draft, slot, frame)


def current(draft: Draft) -> Step | None:
    frame = draft.state.frame
    if frame is None or frame.step == END:
        return None
    return draft.facts.house.script.journeys[frame.journey].steps.get(frame.step)


def fill(draft: Draft, value: object) -> None:
    """The current question is answered: keep the value and go on."""
    frame, step = draft.state.frame, current(draft)
    if frame is None or step is None or step.collect is None:
        return
    draft.set_slots({step.collect: value})
    chosen = next((o for o in frame.options if o.value == value), None)
    if chosen:
        draft.set_slots({"chosen": dict(chosen.params)})
    draft.state = draft.state.with_frame(replace(frame, tries=0, filled=(*frame.filled, step.id)))
    journey = draft.facts.house.script.journeys[frame.journey]
    draft.journey = journey.name
    _go(draft, journey, step)
    advance(draft)


def back(draft: Draft) -> bool:
    """One question back. False when there is none."""
    frame = draft.state.frame
    if frame is None or not frame.filled:
        return False
    *earlier, last = frame.filled
    journey = draft.facts.house.script.journeys[frame.journey]
    draft.set_slots({slot: None} if (slot := journey.steps[last].collect) else {})
    draft.state = draft.state.with_frame(replace(frame, step=last, filled=tuple(earlier), tries=0, waiting=None))
    advance(draft)
    return True


def cancel(draft: Draft) -> bool:
    """Give up the current journey; the one beneath it, if any, speaks again. False when there is none."""
    frame = draft.state.frame
    if frame is None:
        return False
    draft.record("journey_cancelled", journey=frame.journey)
    _end(draft, frame)
    return True


def let_go(draft: Draft) -> None:
    """A fleeting question ("which language?") is not asked again once the person speaks of something else."""
    journeys = draft.facts.house.script.journeys
    while (frame := draft.state.frame) is not None and journeys[frame.journey].fleeting:
        _end(draft, frame)


def _end(draft: Draft, frame: Frame) -> None:
    journey = draft.facts.house.script.journeys[frame.journey]
    slots = draft.facts.house.script.slots
    used = {s.collect for s in journey.steps.values() if s.collect} | set(journey.prefill) | _RESULTS
    draft.set_slots({name: None for name in used if not slots[name].persist} | dict.fromkeys(("chosen", *_LISTS)))
    draft.change(frames=draft.state.frames[:-1])


def _play(draft: Draft, journey: Journey, step: Step) -> bool:
    """Play one step. False when the journey now waits."""
    if step.collect:
        if step.collect in draft.state.slots and _still_valid(draft, step):
            _go(draft, journey, step)
            return True
        draft.set_slots({step.collect: None})
        ask(draft)
        return False
    if step.action:
        return _act(draft, journey, step)
    if step.set_slots:
        draft.set_slots(step.set_slots)
    _go(draft, journey, step)
    if step.link:
        _end_frame_and_start(draft, step.link)
    elif step.call:
        called = draft.facts.house.script.journeys[step.call]
        draft.change(frames=(*draft.state.frames, Frame(journey=called.name, step=called.first)))
    return True


def _end_frame_and_start(draft: Draft, name: str) -> None:
    if frame := draft.state.frame:
        _end(draft, frame)
    _open(draft, name)


def _act(draft: Draft, journey: Journey, step: Step) -> bool:
    name = step.action or ""
    if name.startswith("utter_"):
        message = name.removeprefix("utter_")
        draft.say(message, kind=_kind(message), **_params(draft))
        draft.journey = journey.name
        following.offer(draft, message)
        _go(draft, journey, step)
        return True
    effect = ACTIONS[name](draft)
    if effect is not None:
        draft.do(effect)
    if isinstance(effect, Fallible):
        frame = draft.state.frames[-1]
        draft.state = draft.state.with_frame(replace(frame, waiting=effect.key))
        return False
    _go(draft, journey, step)
    return True


def _kind(message: str) -> Kind:
    """What is said about reaching a person is a hand-over, whichever journey says it."""
    return "handoff" if message.startswith("handoff.") else "flow"


def _still_valid(draft: Draft, step: Step) -> bool:
    """An option collected earlier counts only while it is among what was found now."""
    frame = draft.state.frame
    slot = draft.facts.house.script.slots[step.collect or ""]
    if slot.type != "option" or frame is None or not frame.options:
        return True
    return draft.state.slots.get(slot.name) in {o.value for o in frame.options}


def _go(draft: Draft, journey: Journey, step: Step) -> None:
    """Move to the next step: the first branch that holds, or the step written below."""
    target = next((b.then for b in step.next if b.when is None or b.when.holds(draft.state.slots)), None)
    frame = draft.state.frames[-1]
    draft.state = draft.state.with_frame(replace(frame, step=target or journey.after(step.id)))


def _params(draft: Draft) -> dict[str, object]:
    """What a journey's texts may show: the chosen option and plain slots."""
    slots = draft.state.slots
    plain = {k: v for k, v in slots.items() if isinstance(v, str | int | bool) and k != "subject"}
    chosen = slots.get("chosen")
    listed = {name: slots[name] for name in _LISTS if name in slots}
    return {**plain, **listed, **(chosen if isinstance(chosen, dict) else {})}


def _offer(draft: Draft, slot: Slot, frame: Frame) -> None:
    if slot.type == "option":
        for option in frame.options[:MOST_OPTIONS]:
            draft.offer(f"s:{slot.name}={option.value}", option.label, **option.params)
    elif slot.type == "categorical":
        for value in slot.values:
            draft.offer(f"s:{slot.name}={value}", f"slot.{slot.name}.{value}")
    elif slot.type == "bool":
        draft.offer(f"s:{slot.name}=yes", "choice.yes")
        draft.offer(f"s:{slot.name}=no", "choice.no")
    if slot.unsure:
        draft.offer(f"s:{slot.name}=unsure", "choice.unsure")
    if slot.skippable:
        draft.offer(f"s:{slot.name}=", "choice.skip")
    if slot.type == "option":
        _offer_anywhere(draft, frame)
    if slot.type in ("option", "categorical", "place"):
        draft.offer("say:cancel", "choice.cancel")
    if slot.type in ("option", "categorical", "place") or slot.unsure:
        draft.offer_person()


def _offer_anywhere(draft: Draft, frame: Frame) -> None:
    """What narrows the choice (the region kept from last time, say) can be let go."""
    journey, script, held = draft.facts.house.script.journeys[frame.journey], draft.facts.house.script, draft.state.slots
    for name in journey.prefill:
        if ANY in script.slots[name].values and held.get(name, ANY) != ANY and not held.get("elsewhere"):
            draft.offer(f"s:{name}={ANY}", f"slot.{name}.{ANY}")


def look_again(draft: Draft, found: Mapping[str, object]) -> bool:
    """Other values for what the journey was begun with: "Beni Mellal" to a list of sessions in Agadir. False when the open
    question is not one of choosing, or nothing found belongs to the journey."""
    frame = draft.state.frame
    if frame is None or not asks_to_choose(draft):
        return False
    journey = draft.facts.house.script.journeys[frame.journey]
    known = {n: found.get(n) for n in journey.prefill}
    if not any(known.values()):
        return False
    draft.set_slots(known)
    draft.state = draft.state.with_frame(replace(frame, step=journey.first, options=(), tries=0, filled=()))
    advance(draft)
    return True


def asks_to_choose(draft: Draft) -> bool:
    """Whether the question now open has answers of its own, none of which may suit."""
    step = current(draft)
    return step is not None and step.collect is not None and draft.facts.house.script.slots[step.collect].type == "option"


def ask_again(draft: Draft) -> None:
    """The answer was not understood: count it and ask in other words."""
    frame = draft.state.frame
    if frame:
        draft.state = draft.state.with_frame(replace(frame, tries=frame.tries + 1))
        ask(draft, again=True)
