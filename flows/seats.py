"""What happens to a person's booking without their doing: a seat comes free, an offer lapses, a session is called off or moved.
These notices have a deadline: they are said also while an advisor holds the conversation, where they stand in the thread."""

from flows.draft import Draft
from flows.effects import ShowToAdvisor
from flows.events import AboutSession, Chose, Event, OfferLapsed, SeatOffered, SessionCancelled, SessionMoved
from flows.journey import run
from flows.policy import choices

ANSWER = "answer_offer"  # the journey that asks yes or no


def happened(draft: Draft, event: AboutSession) -> None:
    match event:
        case SeatOffered():
            _offered(draft, event)
        case OfferLapsed():
            _lapsed(draft, event)
        case SessionCancelled():
            _cancelled(draft, event)
        case SessionMoved():
            _tell(draft, event, "session.moved", ("cancel_booking", "change_booking"))
        case _:
            raise TypeError(f"no rule for {type(event).__name__}")


def press(draft: Draft, value: str) -> None:
    """yes/<session> or no/<session>. These buttons bear their session: they hold good however late they are pressed, and
    whatever is under way."""
    word, _, session = value.partition("/")
    if draft.state.mode == "advisor":
        draft.change(frames=())  # what was under way would ask on beside the advisor
    draft.set_slots({"offered": session, "accept": word == "yes"})
    run.begin(draft, ANSWER)


def pressed_while_held(draft: Draft, event: Event) -> bool:
    """The answer to an offer does not wait for an advisor: its time would run out. The advisor sees it."""
    if not isinstance(event, Chose) or not choices.split(event.choice)[1].startswith("seat:"):
        return False
    draft.do(ShowToAdvisor())
    return True


def _offered(draft: Draft, event: SeatOffered) -> None:
    """Asked as a question where nothing else is under way, so that a plain yes or no answers it; by buttons alone elsewhere."""
    about = {**event.about, "until": event.until, "seats": event.seats}
    if _free(draft):
        draft.set_slots({"offered": event.session, "accept": None, "chosen": about})
        run.begin(draft, ANSWER)
        draft.kind = "reminder"
    else:
        draft.say("seat.offered", kind="reminder", **about)
    draft.choices.clear()
    draft.offer(f"seat:yes/{event.session}", "choice.take_seat")
    draft.offer(f"seat:no/{event.session}", "choice.leave_seat")
    draft.offer_person()
    draft.record("seat_offered", session=event.session)


def _lapsed(draft: Draft, event: OfferLapsed) -> None:
    if draft.state.slots.get("offered") == event.session:
        draft.change(frames=tuple(f for f in draft.state.frames if f.journey != ANSWER))
        draft.set_slots({"offered": None, "chosen": None})
    draft.record("offer_lapsed", session=event.session)
    _tell(draft, event, "seat.lapsed", ("book_session",))


def _cancelled(draft: Draft, event: SessionCancelled) -> None:
    """Where nothing else is under way other dates follow at once; one tap books."""
    draft.change(frames=tuple(f for f in draft.state.frames if f.journey != ANSWER))
    free = _free(draft)
    _tell(draft, event, "session.cancelled", ("book_session",))
    if free and not draft.state.stopped:
        draft.choices.clear()
        draft.set_slots({"city": event.about.get("city"), "region": event.about.get("region")})
        run.begin(draft, "book_session")


def _tell(draft: Draft, event: AboutSession, text: str, journeys: tuple[str, ...]) -> None:
    """The choices of a question under way stay the ones that count."""
    draft.say(text, kind="reminder" if isinstance(event, OfferLapsed) else "notice", **event.about)
    if _free(draft):
        for name in journeys:
            draft.offer(f"journey:{name}", f"choice.{name}")
        draft.offer("say:menu", "choice.menu")
        draft.offer_person()


def _free(draft: Draft) -> bool:
    return draft.state.mode == "bot" and draft.state.frame is None and draft.state.safety is None
