"""What the answers to a reminder, and to the question after a session, do."""

from flows.draft import Draft
from flows.effects import CancelSeat, Effect, KeepFeedback, Look, MarkComing

_SCORES = {"yes": 3, "partly": 2, "no": 1}


def find_own_seat(draft: Draft) -> Effect:
    """It may have been given up since the reminder, or the session called off."""
    return Look(query="own_seat", args={"session": draft.state.slots.get("session")})


def mark(draft: Draft) -> Effect:
    """Coming, for certain."""
    return MarkComing(session=str(draft.state.slots["session"]), coming=True)


def give_back(draft: Draft) -> Effect:
    """The seat goes to whoever is next; nobody is reminded of it any more."""
    session = str(draft.state.slots["session"])
    draft.change(invited={k: v for k, v in draft.state.invited.items() if k != session})
    draft.do(MarkComing(session=session, coming=False))
    return CancelSeat(session=session)


def keep(draft: Draft) -> Effect:
    """Without the person, here and in the figures."""
    slots = draft.state.slots
    session, wish = str(slots["session"]), slots.get("after")
    clear, useful = _SCORES.get(str(slots.get("clear"))), _SCORES.get(str(slots.get("useful")))
    draft.record("session_feedback", session=session, clear=clear, useful=useful, wish=wish)
    return KeepFeedback(session=session, clear=clear, useful=useful, wish=wish)
