"""Which moves of the journeys conversations are to reach, and the few that none can."""

from flows.draft import Walked
from flows.journey.graph import edges
from flows.journey.script import Script

# What no conversation can lead to while the content stays as it is, and where it is tested instead: journey, from, to.
NOT_PLAYABLE = {
    ("check_offer", "ready", "withheld"),  # no warning sign may be shown any more: tests/flows/test_guides.py
    ("check_offer", "withheld", "END"),
    ("remind_opening", "keep", "gone"),  # withdrawn between question and answer: tests/flows/test_opportunities.py
    ("remind_opening", "gone", "END"),
    ("answer_offer", "known", "late"),  # no button begins it without a session: tests/flows/test_seats.py
    ("reminder_reply", "known", "bookings"),  # nor these: tests/flows/test_reminding.py
    ("reminder_reply", "bookings", "END"),
    ("session_feedback", "known", "bookings"),
    ("session_feedback", "bookings", "END"),
}


def not_playable(script: Script) -> set[Walked]:
    """The moves that `NOT_PLAYABLE` names."""
    return {
        Walked(journey=journey.name, step=edge.step, branch=edge.branch)
        for journey in script.journeys.values()
        for edge in edges(journey)
        if (journey.name, edge.step, edge.target) in NOT_PLAYABLE
    }
