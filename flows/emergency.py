"""Emergencies: help before anything else is said. Rules: `content/safety/`; the first critical reply always says that no
person has read it yet, "a person is reading this" is said only once an advisor took the case."""

from datetime import datetime, timedelta

from flows.draft import Draft
from flows.effects import OpenCase, TellCase
from flows.events import TimerDue
from flows.facts import SignalCard
from flows.heard import Signal
from flows.policy import choices

UNSURE = 0.7
LASTS = timedelta(days=1)


def respond(draft: Draft, signal: Signal) -> None:
    """Say what helps now and open a case under vital interest, with nothing asked."""
    card = draft.facts.house.signals[signal.name]
    draft.change(frames=(), safety=signal.name, misunderstood=0, candidates=())
    draft.record("safety", signal=signal.name, level=card.level)
    draft.do(OpenCase(reason=f"safety/{signal.name}", urgency=card.level, topic=signal.name))
    _say(draft, card, unsure=signal.score < UNSURE)
    draft.change(case=True)


def lapse(draft: Draft) -> None:
    """An emergency nobody has spoken of for a day no longer colours what is said."""
    state = draft.state
    if state.safety and state.safety_since and draft.facts.now - datetime.fromisoformat(state.safety_since) > LASTS:
        draft.change(safety=None, safety_since=None)


def respond_by_name(draft: Draft, name: str) -> None:
    """As `respond`, when the classifier and not a pattern recognised it: ask for confirmation after the numbers."""
    card = draft.facts.house.signals[name]
    respond(draft, Signal(name=name, level=card.level, score=0.5))


def repeat(draft: Draft) -> None:
    """Something not understood while an emergency goes on: with life at stake the numbers again, and a way to say that it
    is over. Where the help asked questions ("who knows of it?") a free answer is only taken note of."""
    if draft.state.safety is None:
        return
    card = draft.facts.house.signals[draft.state.safety]
    if card.level == "critical" or card.private_first:
        _say(draft, card, unsure=True)
    else:
        draft.say("handoff.noted", kind="safety")
        ask_whether(draft)


def ask_whether(draft: Draft) -> None:
    """Ask nothing but whether anybody is in danger. Only here may a bare number or "no" end the emergency: a longer
    bubble asks more than one thing ("how many are you?")."""
    draft.change(safety_asked=draft.state.version)
    draft.signal = draft.state.safety
    draft.say("safety.confirm", kind="safety")
    _offer_danger(draft)


def nodded(draft: Draft, yes: bool) -> None:
    """A bare yes or no while an emergency goes on."""
    name = draft.state.safety
    shown = _shown(draft)
    if name is None:
        return
    if "alone" in shown:
        confirmed(draft, "alone" if yes else "not_alone")
    elif "danger" in shown and yes:
        confirmed(draft, "danger")
    elif "danger" in shown and draft.state.safety_asked == choices.split(draft.facts.shown[0].id)[0]:
        confirmed(draft, "none")
    elif draft.facts.house.signals[name].level == "critical" or "danger" in shown:
        ask_whether(draft)
    else:
        draft.say("handoff.noted" if yes else "chat.ok", kind="handoff")


def _shown(draft: Draft) -> list[str]:
    """The safety answers that the person has in front of them."""
    targets = (choices.split(c.id) for c in draft.facts.shown)
    return [t.removeprefix("safe:") for version, t in targets if t.startswith("safe:") and version >= draft.state.safety_at]


def counts_as_choice(draft: Draft, choice: str) -> bool:
    """Whether a bare number may pick this choice. During an emergency "3" may be how many they are: an older menu does not
    count, and neither does an answer about the danger, unless that alone was asked."""
    version, target = choices.split(choice)
    if draft.state.safety is None:
        return True
    if target in ("safe:danger", "safe:none"):
        return version == draft.state.safety_asked
    return version >= draft.state.safety_at


def confirmed(draft: Draft, value: str) -> None:
    """An answer to "are you alone to read this?" (alone, not_alone) or "is somebody in danger now?" (danger, none)."""
    name = draft.state.safety
    if name is None:
        draft.say("choice.stale", kind="system")
        return
    card = draft.facts.house.signals[name]
    if value == "none":
        draft.change(safety=None)
        draft.do(TellCase(note="case.nobody_in_danger"))
        draft.say("safety.none", kind="safety")
        draft.offer("say:menu", "choice.menu")
    elif value in ("alone", "not_alone") and card.private_first:
        _part(draft, card, "safe" if value == "alone" else "not_safe")
    else:
        draft.do(TellCase(note="case.danger_confirmed"))
        _say(draft, card, unsure=False)


def timer(draft: Draft, event: TimerDue) -> None:
    """An alarm to the advisor who holds the case stayed without reaction for two minutes: help goes out by itself, also when
    the advisor's lease has ended meanwhile."""
    if event.name != "alarm_unanswered" or draft.state.safety is None:
        return
    if draft.state.safety_at > int(event.data.get("version", 0)):
        return  # help went out since, for another alarm or by the bot itself
    raised = datetime.fromisoformat(str(event.data["raised"]))
    active = draft.facts.advisor_active
    if active is None or active < raised:
        _say(draft, draft.facts.house.signals[str(event.data["signal"])], unsure=False)


def _say(draft: Draft, card: SignalCard, unsure: bool) -> None:
    draft.signal = card.name
    draft.change(safety_at=draft.state.version, safety_since=draft.facts.now.isoformat())
    if card.private_first:
        draft.say("safety.first", kind="safety", signal=card.name)
        draft.offer("safe:alone", "choice.alone")
        draft.offer("safe:not_alone", "choice.not_alone")
        return
    draft.say("safety.body", kind="safety", signal=card.name)
    draft.say(f"safety.handoff_{card.handoff}", kind="safety", signal=card.name)
    if unsure:
        draft.say("safety.confirm", kind="safety")
        _offer_danger(draft)


def _offer_danger(draft: Draft) -> None:
    draft.offer("safe:danger", "choice.danger_yes")
    draft.offer("safe:none", "choice.danger_no")


def _part(draft: Draft, card: SignalCard, part: str) -> None:
    draft.signal = card.name
    draft.say(f"safety.{part}", kind="safety", signal=card.name)
    if part == "safe":
        draft.say(f"safety.handoff_{card.handoff}", kind="safety", signal=card.name)
