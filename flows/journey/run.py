"""Plays journeys: walks steps until one must wait for the person or for a result."""

from collections.abc import Mapping
from dataclasses import replace

from flows.draft import Draft, Walked
from flows.effects import Fallible, Kind, Look
from flows.events import Result
from flows.heard import Heard
from flows.journey import following, leaving, offering, prefill, resuming
from flows.journey.actions import ACTIONS
from flows.journey.script import END, Journey, Step
from flows.state import Frame

MOST_STEPS = 60  # a journey that takes more in one go turns in circles
DEEPEST = 5
_WHERE = {"region", "city"}  # a town named alone tells another region, too


class JourneyLoop(RuntimeError):
    """A journey that never waits: a fault in its file."""


def begin(draft: Draft, name: str, heard: Heard | None = None, given: Mapping[str, object] | None = None) -> None:
    """Start a journey; one of the same name under way starts anew. What the message already says, or is `given`, is not asked
    again."""
    journey = _open(draft, name)
    draft.set_slots(given or {})
    if heard:
        prefill.note(draft, journey, heard)
    advance(draft)


def _open(draft: Draft, name: str) -> Journey:
    journeys = draft.facts.house.script.journeys
    let_go(draft)  # with what it has collected
    frames = tuple(f for f in draft.state.frames if f.journey != name and not journeys[f.journey].fleeting)[-(DEEPEST - 1) :]
    if frames:
        frames = (*frames[:-1], leaving.put_by(draft, frames))
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
            leaving.end(draft, frame)
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
    """Ask the question of the current step, in other words when it was not understood the first time; left open for hours, ask
    whether to go on."""
    frame, step = draft.state.frame, current(draft)
    if frame is None or step is None or step.collect is None or step.utter is None:
        return
    if resuming.stale(draft, frame):
        resuming.offer(draft, frame)
        return
    slot = draft.facts.house.script.slots[step.collect]
    draft.choices.clear()
    draft.say(f"{step.utter}.again" if again else step.utter, kind=_kind(step.utter), **_params(draft))
    draft.journey = frame.journey
    draft.state = draft.state.with_frame(replace(frame, asked=draft.state.version, asked_at=draft.facts.now.isoformat()))
    offering.offer(draft, slot, frame)


def go_on(draft: Draft) -> bool:
    """Take up a journey left open. False when there is none."""
    frame = draft.state.frame
    if frame is None:
        return False
    draft.state = draft.state.with_frame(replace(frame, asked_at=None, paused=False))
    ask(draft)
    return True


def return_to(draft: Draft) -> None:
    """After something else was answered: back to the question under way."""
    frame = draft.state.frame
    if frame and not resuming.stale(draft, frame):
        draft.choices.clear()
        draft.say("journey.return", journey=frame.journey)
    ask(draft)


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
    passed = tuple(name for name in frame.passed if name != step.collect) + ((step.collect,) if value is None else ())
    draft.state = draft.state.with_frame(replace(frame, tries=0, filled=(*frame.filled, step.id), passed=passed))
    journey = draft.facts.house.script.journeys[frame.journey]
    draft.journey = journey.name
    _go(draft, journey, step)
    advance(draft)


def back(draft: Draft) -> bool:
    """One question back, from a called journey into the one that called it. False when there is none."""
    while (frame := draft.state.frame) is not None and frame.called and not frame.filled:
        leaving.end(draft, frame)
    if frame is None or not frame.filled:
        return False
    *earlier, last = frame.filled
    journey = draft.facts.house.script.journeys[frame.journey]
    slot = journey.steps[last].collect
    draft.set_slots({slot: None} if slot else {})
    passed = tuple(name for name in frame.passed if name != slot)
    draft.state = draft.state.with_frame(replace(frame.at(last), filled=tuple(earlier), passed=passed))
    advance(draft)
    return True


def cancel(draft: Draft) -> bool:
    """Give up the current journey, and those that called it; the one beneath, if any, speaks again. False when there is none."""
    frame = draft.state.frame
    if frame is None:
        return False
    while frame.called and len(draft.state.frames) > 1:
        leaving.end(draft, frame)
        frame = draft.state.frames[-1]
    draft.record("journey_cancelled", journey=frame.journey)
    leaving.end(draft, frame)
    return True


def let_go(draft: Draft) -> None:
    """A fleeting question ("which language?") is not asked again once the person speaks of something else."""
    journeys = draft.facts.house.script.journeys
    while (frame := draft.state.frame) is not None and journeys[frame.journey].fleeting:
        leaving.end(draft, frame)


def _play(draft: Draft, journey: Journey, step: Step) -> bool:
    """Play one step. False when the journey now waits."""
    if step.collect:
        if _answered(draft, step):
            _go(draft, journey, step)
            return True
        draft.set_slots({step.collect: None})
        ask(draft)
        return False
    if step.action:
        return _act(draft, journey, step)
    if step.set_slots:
        _set(draft, step)
    _go(draft, journey, step)
    if step.link:
        _end_frame_and_start(draft, step.link)
    elif step.call:
        called = draft.facts.house.script.journeys[step.call]
        draft.change(frames=(*draft.state.frames, Frame(journey=called.name, step=called.first, called=True)))
    return True


def _set(draft: Draft, step: Step) -> None:
    """What is emptied here is asked again, also of somebody who went on without it before."""
    draft.set_slots(step.set_slots)
    frame = draft.state.frames[-1]
    passed = tuple(name for name in frame.passed if name not in step.set_slots)
    draft.state = draft.state.with_frame(replace(frame, passed=passed))


def _end_frame_and_start(draft: Draft, name: str) -> None:
    if frame := draft.state.frame:
        leaving.end(draft, frame)
    _open(draft, name)


def _act(draft: Draft, journey: Journey, step: Step) -> bool:
    name = step.action or ""
    if name.startswith("utter_"):
        message = name.removeprefix("utter_")
        draft.say(message, kind=_kind(message), **_params(draft))
        draft.journey = _speaking(draft)
        following.offer(draft, message)
        _go(draft, journey, step)
        return True
    effect = ACTIONS[name](draft)
    if effect is not None:
        draft.do(effect)
    frame = draft.state.frames[-1]
    if effect is not None and not isinstance(effect, Look):
        frame = replace(frame, settled=len(frame.filled))
        draft.state = draft.state.with_frame(frame)
    if isinstance(effect, Fallible):
        draft.state = draft.state.with_frame(replace(frame, waiting=effect.key))
        return False
    _go(draft, journey, step)
    return True


def _speaking(draft: Draft) -> str:
    """A called journey speaks for the one that called it."""
    frames = draft.state.frames
    return next((f.journey for f in reversed(frames) if not f.called), frames[-1].journey)


def _kind(message: str) -> Kind:
    """What is said about reaching a person is a hand-over, whichever journey says it."""
    return "handoff" if message.startswith("handoff.") else "flow"


def _answered(draft: Draft, step: Step) -> bool:
    """Whether it need not be asked: answered, or gone on without. An option counts only while it is among what was found now."""
    frame = draft.state.frame
    slot = draft.facts.house.script.slots[step.collect or ""]
    if slot.name not in draft.state.slots:
        return frame is not None and slot.name in frame.passed
    if slot.type != "option" or frame is None or not frame.options:
        return True
    return draft.state.slots.get(slot.name) in {o.value for o in frame.options}


def _go(draft: Draft, journey: Journey, step: Step) -> None:
    """Move to the next step: the first branch that holds, or the step written below."""
    held = draft.state.slots
    branch = next((at for at, b in enumerate(step.next) if b.when is None or b.when.holds(held)), None)
    target = journey.after(step.id) if branch is None else step.next[branch].then
    draft.walked.append(Walked(journey=journey.name, step=step.id, branch=branch))
    draft.state = draft.state.with_frame(replace(draft.state.frames[-1], step=target, asked_at=None, paused=False))


def _params(draft: Draft) -> dict[str, object]:
    """What a journey's texts may show: the chosen option and plain slots."""
    slots = draft.state.slots
    plain = {k: v for k, v in slots.items() if isinstance(v, str | int | bool) and k != "subject"}
    chosen = slots.get("chosen")
    listed = {name: slots[name] for name in leaving.LISTS if name in slots}
    return {**plain, **listed, **(chosen if isinstance(chosen, dict) else {})}


def look_again(draft: Draft, found: Mapping[str, object]) -> bool:
    """Other values for what the journey was begun with: "Beni Mellal" to a list of sessions in Agadir. False when the open
    question is not one of choosing, or nothing found belongs to the journey."""
    frame = draft.state.frame
    if frame is None or not asks_to_choose(draft):
        return False
    journey = draft.facts.house.script.journeys[frame.journey]
    known = {n: found[n] for n in journey.prefill if found.get(n)}
    if not known:
        return False
    elsewhere = dict.fromkeys(_WHERE & set(journey.prefill)) if _WHERE & set(known) else {}
    draft.set_slots(elsewhere | known)
    draft.state = draft.state.with_frame(replace(frame.at(journey.first), options=(), filled=(), passed=()))
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
