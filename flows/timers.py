"""What a timer that comes due means, by its name: one visible table."""

from collections.abc import Callable, Mapping

from flows import emergency
from flows.draft import Draft
from flows.events import TimerDue
from flows.journey import certificate, opportunities

_BY_NAME: Mapping[str, Callable[[Draft, TimerDue], None]] = {
    "alarm_unanswered": emergency.timer,
    opportunities.OPENING: opportunities.opens,
    certificate.YEARLY: certificate.due,
}

REMINDERS = (opportunities.OPENING, certificate.YEARLY)  # what STOP ends


def due(draft: Draft, event: TimerDue) -> None:
    """A timer of a name that nobody knows any more (an older version's) is silent."""
    if event.name in _BY_NAME:
        _BY_NAME[event.name](draft, event)
