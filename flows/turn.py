"""One turn of one conversation: State + Events + Facts -> State + Effects. The whole contract of this room."""

from collections.abc import Sequence
from dataclasses import replace

from flows import advisor, answering, emergency, manners, pressed, said, seats, timers
from flows.draft import Draft, Turn
from flows.events import (
    AboutSession,
    AdvisorHandedBack,
    AdvisorSaid,
    AdvisorTook,
    AnswerCorrected,
    BlockedUs,
    Chose,
    Event,
    LeaseExpired,
    Linked,
    LinkFailed,
    ReminderDue,
    Result,
    Said,
    SentFile,
    SentOther,
    SentVoice,
    SessionOver,
    SharedPlace,
    Started,
    TimerDue,
)
from flows.facts import Facts
from flows.journey import lapsing, reminding, run
from flows.journey.script import END
from flows.state import State

__all__ = ["Turn", "turn"]


def turn(state: State, events: Sequence[Event], facts: Facts) -> Turn:
    """Handle the events in order, as one turn. Deterministic: the same arguments give the same turn."""
    draft = Draft(state=replace(state, version=state.version + 1), facts=facts)
    _forget_unknown(draft)
    emergency.lapse(draft)
    lapsing.lapse(draft)
    if draft.state.language is None:
        draft.change(language=facts.hint, assumed=True)  # a hint only: the first words still decide
    for event in events:
        _one(draft, event)
    return draft.finish()


def _forget_unknown(draft: Draft) -> None:
    """A state may be older or newer than the journeys, emergencies and answers we have: a question nobody can ask any more is
    dropped, rather than every message of this person failing over it."""
    house, state = draft.facts.house, draft.state
    journeys = house.script.journeys
    frames = tuple(f for f in state.frames if f.journey in journeys and (f.step == END or f.step in journeys[f.journey].steps))
    safety = state.safety if state.safety in house.signals else None
    candidates = tuple(name for name in state.candidates if name in house.entries)
    if len(frames) < len(state.frames) or safety != state.safety or candidates != state.candidates:
        draft.change(frames=frames, safety=safety, candidates=candidates)


def _one(draft: Draft, event: Event) -> None:
    if draft.state.mode == "advisor" and advisor.while_held(draft, event):
        return
    match event:
        case Said():
            said.hear(draft, event)
        case Chose():
            pressed.press(draft, event)
        case Started():
            manners.start(draft, event)
        case SharedPlace():
            manners.place(draft, event)
        case SentVoice() | SentFile() | SentOther():
            manners.unreadable(draft, event)
        case Linked() | LinkFailed():
            manners.linked(draft, event)
        case BlockedUs():
            manners.blocked(draft, event)
        case AdvisorTook() | AdvisorSaid() | AdvisorHandedBack() | LeaseExpired():
            advisor.console(draft, event)
        case AnswerCorrected():
            answering.corrected(draft, event)
        case ReminderDue():
            reminding.due(draft, event)
        case SessionOver():
            reminding.over(draft, event)
        case TimerDue():
            timers.due(draft, event)
        case AboutSession():
            seats.happened(draft, event)
        case Result():
            run.receive(draft, event)
        case _:
            raise TypeError(f"no rule for {type(event).__name__}")
