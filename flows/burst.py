"""How many of a person's waiting messages one turn takes: people send one thought in four bubbles."""

from collections.abc import Sequence

from flows.events import Event, Said
from flows.heard import UNSURE
from flows.policy.decision import decide

PATIENCE_SECONDS = 3
MOST_JOINED = 6


class AllEntries:
    """Here it only matters whether something was understood, not whether its answer is written."""

    def __contains__(self, entry: object) -> bool:
        return True


def take(events: Sequence[Event]) -> int:
    """How many from the front go into one turn (at least one). Texts that say nothing alone are read with what follows;
    an emergency further on is answered at once, together with all that led to it. What counts only as the whole message (a
    number, "stop") is joined to nothing."""
    for at, event in enumerate(events):
        if isinstance(event, Said) and event.heard and event.heard.signal:
            return at + 1 if all(isinstance(e, Said) and not _stands_alone(e) for e in events[:at]) else 1
    count = 0
    for event in events[:MOST_JOINED]:
        if not isinstance(event, Said):
            break
        if count and _stands_alone(event):
            break
        count += 1
        if understood(event):
            break
    return max(count, 1)


def understood(event: Said) -> bool:
    heard = event.heard
    if heard is None:
        return False
    return _stands_alone(event) or decide(heard, AllEntries()).kind in ("answer", "act", "safety")


def _stands_alone(event: Said) -> bool:
    return event.heard is not None and bool(event.heard.word not in (None, UNSURE) or event.heard.text.strip().isdecimal())


def joined(events: Sequence[Event]) -> Said | None:
    """One text of several, to be understood as a whole; None when there is nothing to join."""
    texts = [e for e in events if isinstance(e, Said)]
    if len(texts) < 2 or len(texts) != len(events):
        return None
    return Said(text="\n".join(e.text for e in texts), reply_to=texts[0].reply_to)
