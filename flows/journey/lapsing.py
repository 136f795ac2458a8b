"""Time-outs: a question that nobody answered is dropped without a word."""

from datetime import timedelta

from flows.draft import Draft
from flows.journey import leaving, resuming

GIVEN_UP = timedelta(days=14)


def lapse(draft: Draft) -> None:
    """A journey is dropped after two weeks, and what lies beneath it, which is older still; a fleeting one when others would be
    asked whether to go on."""
    journeys = draft.facts.house.script.journeys
    while (frame := draft.state.frame) is not None:
        age, fleeting = resuming.age(draft, frame), journeys[frame.journey].fleeting
        if age <= (resuming.PAUSE if fleeting else GIVEN_UP):
            return
        draft.record("journey_lapsed", journey=frame.journey)
        leaving.end(draft, frame)
        while age > GIVEN_UP and (beneath := draft.state.frame) is not None:
            leaving.end(draft, beneath)
