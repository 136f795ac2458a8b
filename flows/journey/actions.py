"""The one table of what a journey's `action` may name: a pure change of the draft, an effect, or a look-up.

A row returns the effect to carry out, or None when it was a pure change. After a fallible effect the journey waits for
its result; after any other it goes on."""

from collections.abc import Callable, Mapping

from flows.draft import Draft
from flows.effects import CancelSeat, Effect, Look, MarkMinor, OpenCase, OptIn, OptOut, TakeSeat, TellCase
from flows.journey import certificate, checklists, offers, opportunities, privacy
from flows.policy import needs

Action = Callable[[Draft], Effect | None]


def _find_sessions(draft: Draft) -> Effect:
    region = draft.state.slots.get("region")
    return Look(
        query="sessions",
        args={"region": None if region == "any" else region, "city": draft.state.slots.get("city")},
    )


def _find_bookings(draft: Draft) -> Effect:
    return Look(query="bookings")


def _recall_need(draft: Draft) -> None:
    """The last answer may tell what the office is for; else it is asked. The list begins with the nearest."""
    card = draft.facts.house.entries.get(draft.state.topic or "")
    draft.set_slots({"need": needs.told(card), "seen": None})


def _find_offices(draft: Draft) -> Effect:
    slots, topic = draft.state.slots, draft.state.topic
    card = draft.facts.house.entries.get(topic or "")
    need = slots.get("need")
    about = card is not None and not card.withheld and needs.told(card) == need
    return Look(
        query="offices",
        args={
            "place": slots.get("place"),
            "around": slots.get("around"),
            "need": need,
            "seen": slots.get("seen", 0),
            "careful": needs.careful(need, card, draft.state.safety),
            "entry": topic if about else None,
        },
    )


def _take_seat(draft: Draft) -> Effect:
    return TakeSeat(session=str(draft.state.slots["session"]))


def _cancel_seat(draft: Draft) -> Effect:
    return CancelSeat(session=str(draft.state.slots["session"]))


def _find_service(draft: Draft) -> Effect:
    """When will somebody answer?"""
    region = draft.state.slots.get("region")
    card = draft.facts.house.entries.get(draft.state.topic or "")
    sensitive = draft.state.safety is not None or (card is not None and card.audience == "tcn")
    return Look(query="service", args={"region": None if region == "any" else region, "sensitive": sensitive})


def _open_case(draft: Draft) -> Effect:
    topic, region = draft.state.topic, draft.state.slots.get("region")
    draft.set_slots({"waiting": draft.state.case})
    draft.change(case=True, misunderstood=0)
    draft.record("advisor_asked", topic=topic, region=region)
    return OpenCase(reason="asked", urgency="normal", topic=topic, region=None if region == "any" else region)


def _tell_subject(draft: Draft) -> Effect | None:
    """The subject is in the thread already, in the person's own words; the case only says that it came."""
    if not draft.state.slots.get("subject"):
        return None
    return TellCase(note="case.subject_given")


def _mark_minor(draft: Draft) -> Effect | None:
    minor = draft.state.slots.get("minor")
    return None if minor is None else MarkMinor(minor=bool(minor))


def _speak_language(draft: Draft) -> None:
    draft.change(language=draft.state.slots["language"], drift=None, assumed=False)


def _stop(draft: Draft) -> Effect:
    draft.change(stopped=True, reminders={})
    draft.record("stopped")
    return OptOut()


def _start_again(draft: Draft) -> Effect:
    draft.change(stopped=False)
    draft.record("started_again")
    return OptIn()


def _remind_opening(draft: Draft) -> Effect | None:
    effect = opportunities.remind(draft)
    draft.set_slots({"kept": effect is not None or None})
    return effect


ACTIONS: Mapping[str, Action] = {
    "find_sessions": _find_sessions,
    "find_bookings": _find_bookings,
    "recall_need": _recall_need,
    "find_offices": _find_offices,
    "take_seat": _take_seat,
    "cancel_seat": _cancel_seat,
    "find_service": _find_service,
    "open_case": _open_case,
    "tell_subject": _tell_subject,
    "mark_minor": _mark_minor,
    "speak_language": _speak_language,
    "stop": _stop,
    "start_again": _start_again,
    "ready_signs": offers.ready,
    "show_signs": offers.show,
    "find_checklist": checklists.find,
    "keep_checklist": checklists.keep,
    "show_checklist": checklists.show,
    "certificate_standing": certificate.standing,
    "remind_certificate": certificate.remind,
    "find_opportunities": opportunities.find,
    "show_opportunities": opportunities.show,
    "remind_opening": _remind_opening,
    "find_my_data": privacy.find,
    "show_my_data": privacy.show,
    "erase": privacy.erase,
}
