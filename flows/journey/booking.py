"""What the journeys of booking do: look for sessions, take and give up seats, answer an offer, come with others."""

from typing import Any

from flows.draft import Draft
from flows.effects import AnswerOffer, CancelSeat, Effect, Look, TakeSeat

Json = Any


def _group(draft: Draft) -> int | None:
    """How many come, the person included; None where nothing was said."""
    group = draft.state.slots.get("group")
    return int(group) if isinstance(group, str) and group.isdecimal() else None


def find_sessions(draft: Draft) -> Effect:
    slots = draft.state.slots
    region = slots.get("region")
    args: dict[str, Json] = {"region": None if region == "any" else region, "city": slots.get("city")}
    return Look(query="sessions", args={**args, "seats": _group(draft), "but": slots.get("instead")})


def find_bookings(draft: Draft) -> Effect:
    return Look(query="bookings")


def take_seat(draft: Draft) -> Effect:
    slots = draft.state.slots
    return TakeSeat(session=str(slots["session"]), seats=_group(draft), instead=slots.get("instead"))


def cancel_seat(draft: Draft) -> Effect:
    return CancelSeat(session=str(draft.state.slots["session"]))


def answer_offer(draft: Draft) -> Effect:
    slots = draft.state.slots
    return AnswerOffer(session=str(slots["offered"]), accept=bool(slots.get("accept")))


def recall_standing(draft: Draft) -> None:
    """Whether what was chosen is a place in the line, not a seat."""
    chosen = draft.state.slots.get("chosen") or {}
    draft.set_slots({"waits": chosen.get("status") in ("waitlisted", "offered") or None})


def exchange(draft: Draft) -> None:
    """The booking just chosen is to be given for another session, for as many people."""
    slots = draft.state.slots
    seats = (slots.get("chosen") or {}).get("seats")
    draft.set_slots({"instead": slots["session"], "session": None, "city": None, "group": str(seats) if seats else None})
