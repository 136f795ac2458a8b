"""A journey left open for some hours: its question is not put again unasked; whether to go on at all is asked first."""

from dataclasses import replace
from datetime import datetime, timedelta

from flows.draft import MOST_CHOICES, Draft
from flows.state import Frame

PAUSE = timedelta(hours=6)  # a question of this morning is remembered, one of yesterday is not
_OWN = 3  # go on, leave it, a person


def stale(draft: Draft, frame: Frame) -> bool:
    """Whether the person is to be asked if the journey is still wanted."""
    return frame.paused or age(draft, frame) > PAUSE


def age(draft: Draft, frame: Frame) -> timedelta:
    """Since its question was put. A state of an older version does not tell: it counts as fresh."""
    asked = datetime.fromisoformat(frame.asked_at) if frame.asked_at else draft.facts.now
    return draft.facts.now - asked


def offer(draft: Draft, frame: Frame) -> None:
    """ "Shall we go on with …?", under whatever was said to the message itself. The choices of a whole answer give way; those
    of a guess or a menu stay."""
    beside = [] if draft.content_id else draft.choices[: MOST_CHOICES - _OWN]
    draft.choices.clear()
    draft.say("journey.resume", kind="flow", journey=frame.journey)
    draft.journey = frame.journey
    draft.offer("say:go_on", "choice.go_on")
    draft.offer("say:cancel", "choice.leave")
    draft.choices.extend(beside)
    draft.offer_person()
    draft.state = draft.state.with_frame(replace(frame, paused=True))
