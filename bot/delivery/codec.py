"""Events as JSON, for the inbox. One table of the events that may wait there."""

from dataclasses import asdict
from typing import Any

from flows import events
from flows.events import Event

_STORED: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        events.Said,
        events.Chose,
        events.Started,
        events.SharedPlace,
        events.SentVoice,
        events.SentFile,
        events.SentOther,
        events.Linked,
        events.LinkFailed,
        events.BlockedUs,
        events.AdvisorTook,
        events.AdvisorSaid,
        events.AdvisorHandedBack,
        events.LeaseExpired,
        events.AnswerCorrected,
        events.TimerDue,
        events.SeatOffered,
        events.OfferLapsed,
        events.SessionCancelled,
        events.SessionMoved,
        events.ReminderDue,
        events.SessionOver,
    )
}


def to_json(event: Event) -> dict[str, Any]:
    """Understanding is not stored: it is done anew, by whatever understands best at that moment."""
    name = type(event).__name__
    if name not in _STORED:
        raise TypeError(f"{name} never waits in the inbox")
    data = asdict(event)
    data.pop("heard", None)
    return {"event": name, **data}


def from_json(data: dict[str, Any]) -> Event:
    fields = dict(data)
    kind = _STORED[fields.pop("event")]
    return kind(**fields)


def body(event: Event) -> str | None:
    """What the thread shows of it; None where the kind says all."""
    match event:
        case events.Said(text=text):
            return text
        case events.Chose(title=title, choice=choice):
            return title or choice
        case events.SharedPlace(place=place, region=region):
            return place or region
        case events.SentVoice(media=media) | events.SentFile(media=media):
            return media
    return None
