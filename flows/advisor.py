"""Takeover is state: while an advisor holds the case the bot says nothing, but for the few things written here."""

from flows import manners, seats, timers
from flows.draft import Draft
from flows.effects import RaiseAlarm, SetTimer, ShowToAdvisor, TellCase
from flows.events import (
    AboutSession,
    AdvisorHandedBack,
    AdvisorSaid,
    AdvisorTook,
    AnswerCorrected,
    Event,
    LeaseExpired,
    Result,
    Said,
    TimerDue,
)
from flows.journey import run

ALARM_SECONDS = 120


def console(draft: Draft, event: AdvisorTook | AdvisorSaid | AdvisorHandedBack | LeaseExpired) -> None:
    """What the advisor did, told to the person in the person's own language."""
    match event:
        case AdvisorTook():
            asked = tuple(f for f in draft.state.frames if f.journey != "advisor")  # "what is it about?" is settled now
            draft.change(mode="advisor", case=True, misunderstood=0, frames=asked)
            draft.signal = draft.state.safety
            draft.say("handoff.staffed" if draft.state.safety else "handoff.taken", kind="handoff")
        case AdvisorSaid():
            draft.say("advisor.said", kind="advisor", text=event.text)
        case AdvisorHandedBack():
            draft.change(mode="bot", case=False, safety=None)
            draft.say("handoff.returned", kind="handoff")
            _go_on(draft)
        case LeaseExpired():
            draft.change(mode="bot", case=True)
            draft.say("handoff.waiting_again", kind="handoff")
            if draft.state.frame:
                _go_on(draft)


def _go_on(draft: Draft) -> None:
    if draft.state.frame:
        run.return_to(draft)
    else:
        draft.offer("say:menu", "choice.menu")
        draft.offer_person()


def while_held(draft: Draft, event: Event) -> bool:
    """True when the event is dealt with here, that is: shown to the advisor and to nobody else."""
    if isinstance(event, AdvisorTook | AdvisorSaid | AdvisorHandedBack | LeaseExpired | AnswerCorrected | AboutSession | Result):
        return False  # a correction and what happens to a booking are notices: they go out, and stand in the thread
    if seats.pressed_while_held(draft, event):
        return False
    if isinstance(event, TimerDue):
        timers.due(draft, event)
        return True
    draft.do(ShowToAdvisor())
    if isinstance(event, Said) and event.heard:
        _exceptions(draft, event)
    return True


def _exceptions(draft: Draft, event: Said) -> None:
    heard = event.heard
    if heard is None:
        return
    if heard.signal and heard.signal.level == "critical":
        draft.change(safety=heard.signal.name, safety_since=draft.facts.now.isoformat())
        draft.do(RaiseAlarm(signal=heard.signal.name))
        raised = draft.facts.now.isoformat()
        data = {"signal": heard.signal.name, "raised": raised, "version": draft.state.version}
        draft.do(SetTimer(name="alarm_unanswered", seconds=ALARM_SECONDS, data=data))
    elif heard.word in ("stop", "forget_me"):
        manners.command(draft, heard.word)
    elif heard.word == "return":
        draft.change(mode="bot")
        draft.do(TellCase(note="case.person_returned"))
        draft.say("handoff.left", kind="handoff")
        _go_on(draft)
