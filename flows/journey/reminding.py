"""Reminders of a session, what is answered to them, and the question when it is over. A telephone may be shared: what comes
unasked says when and where, never what about."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flows.draft import Draft
from flows.events import ReminderDue, SessionOver
from flows.heard import Heard
from flows.journey import run
from flows.policy import choices

Json = Any
ANSWERS = ("yes", "no", "other", "more")
REPLY, FEEDBACK = "reminder_reply", "session_feedback"
_BUTTON = "coming:"
_WORDS = {"yes": "yes", "no": "no", "cancel": "no"}  # to the reminder shown last


def due(draft: Draft, event: ReminderDue) -> None:
    """Say it, and ask unless another question is open or an advisor is there: their words go to the advisor. Nobody is
    reminded who wrote STOP, nor in the middle of an emergency; one that comes too late is silent."""
    about = dict(event.about)
    if draft.state.stopped or draft.state.safety is not None or _begun(about, draft.facts.now):
        return
    invited = {k: v for k, v in draft.state.invited.items() if k != event.session and not _begun(v, draft.facts.now)}
    draft.change(invited={**invited, event.session: about})
    draft.say(f"reminder.{_day(about, draft.facts.now)}", kind="reminder", **about)
    for name in ("code", "link"):
        if about.get(name):
            draft.say(f"session.{name}", **{name: about[name]})
    run.let_go(draft)  # a fleeting question, that after the last session say, gives way
    draft.journey = REPLY
    draft.record("reminder_sent", session=event.session, hours=event.hours)
    if draft.state.mode == "advisor":
        return
    if draft.state.frame is not None:  # the choices of the question under way stay the ones that count
        draft.say("reminder.how")
        return
    draft.say("reminder.ask")
    _offer(draft, event.session)


def _begun(about: Mapping[str, Json], now: datetime) -> bool:
    return now >= datetime.fromisoformat(about["begins"])


def _day(about: Mapping[str, Json], now: datetime) -> str:
    """today, tomorrow or later, by the wall clock of the session."""
    starts, begins = datetime.fromisoformat(about["start"]), datetime.fromisoformat(about["begins"])
    local = starts - (begins - now)
    return {0: "today", 1: "tomorrow"}.get((starts.date() - local.date()).days, "later")


def _offer(draft: Draft, session: str, details: bool = True) -> None:
    draft.offer(f"{_BUTTON}yes/{session}", "choice.coming")
    draft.offer(f"{_BUTTON}no/{session}", "choice.not_coming")
    draft.offer(f"{_BUTTON}other/{session}", "choice.other_date")
    if details:
        draft.offer(f"{_BUTTON}more/{session}", "choice.session_details")
    draft.offer_person()


def press(draft: Draft, value: str) -> bool:
    """A button of a reminder, good until the session begins. False when there is nothing to answer any more."""
    answer, _, session = value.partition("/")
    about = draft.state.invited.get(session)
    if answer not in ANSWERS or about is None or _begun(about, draft.facts.now):
        return False
    _reply(draft, answer, about)
    return True


def said(draft: Draft, heard: Heard) -> bool:
    """An answer in words: to the session reminded of last, or to the reminder that stands on the screen. To a seat on offer
    "I am coming" is a yes, which that question takes."""
    ahead = [about for about in draft.state.invited.values() if not _begun(about, draft.facts.now)]
    step = run.current(draft)
    if not ahead or (step is not None and step.collect == "accept"):
        return False
    answer = heard.naming("coming")
    if answer is None and draft.state.frame is None and _on_screen(draft):
        answer = _WORDS.get(heard.word or "")
    if answer is None:
        return False
    _reply(draft, answer, ahead[-1])
    return True


def _on_screen(draft: Draft) -> bool:
    return any(choices.split(shown.id)[1].startswith(_BUTTON) for shown in draft.facts.shown)


def _reply(draft: Draft, answer: str, about: Mapping[str, Json]) -> None:
    draft.change(misunderstood=0)
    if answer == "more":
        draft.say("reminder.details", kind="flow", **about)
        draft.links(about)
        _offer(draft, about["session"], details=False)
        return
    given = {"session": about["session"], "chosen": dict(about), "coming": answer, "sure": None}
    run.begin(draft, REPLY, given=given)


def over(draft: Draft, event: SessionOver) -> None:
    """Three taps, asked once; not of somebody who wrote STOP, is in danger, or talks with an advisor just now."""
    if draft.state.stopped or draft.state.safety is not None or draft.state.mode == "advisor":
        return
    draft.say("feedback.over", kind="reminder", **event.about)
    run.begin(draft, FEEDBACK, given={"session": event.session, "chosen": dict(event.about)})
