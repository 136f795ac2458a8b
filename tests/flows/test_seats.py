"""What happens to a booking without the person's doing, in the conversation: offers, lapses, sessions called off or moved."""

from typing import Any

import pytest

from flows.effects import AnswerOffer, CancelSeat, Effect, Say, ShowToAdvisor, TakeSeat
from flows.events import (
    AdvisorHandedBack,
    AdvisorTook,
    Chose,
    Event,
    OfferLapsed,
    Result,
    Said,
    SeatOffered,
    SessionCancelled,
    SessionMoved,
)
from flows.state import State
from tests.flows.fakes import ABOUT, Talk, said

SESSION = {**ABOUT, "session": "s1"}
OFFER = SeatOffered(session="s1", about=SESSION, until="2026-12-11T18:00")
LAPSED = OfferLapsed(session="s1", about=SESSION)


def ready(**more: Any) -> Talk:
    return Talk(state=State(language="fr", noticed=True), **more)


def ids(says: list[Say]) -> list[str]:
    return [m.id for s in says for m in s.messages]


def targets(say: Say) -> list[str]:
    return [c.id.split(".", 1)[1] for c in say.choices]


def answers(done: list[Effect]) -> list[AnswerOffer]:
    return [e for e in done if isinstance(e, AnswerOffer)]


def test_an_offer_is_a_question_of_the_kind_that_stop_ends() -> None:
    (say,), _ = ready().play(OFFER)
    assert (ids([say]), say.kind) == (["seat.offered"], "reminder")
    assert targets(say) == ["seat:yes/s1", "seat:no/s1", "journey:advisor"]
    assert say.messages[0].params["until"] == "2026-12-11T18:00"


@pytest.mark.parametrize(
    ("answer", "accept", "seat", "text"),
    [
        (said("wakha", word="yes"), True, "taken", "booking.confirmed"),
        (said("non", word="no"), False, "declined", "seat.declined"),
        (Chose(choice="seat:yes/s1"), True, "taken", "booking.confirmed"),
        (Chose(choice="0.seat:no/s1"), False, "declined", "seat.declined"),
        (said("oui", word="yes"), True, "lapsed", "seat.late"),
        (said("oui", word="yes"), True, "gone", "booking.gone"),
        (said("oui", word="yes"), True, "already", "booking.already"),
        (said("oui", word="yes"), True, "in_line", "booking.in_line"),
    ],
)
def test_yes_and_no_in_words_and_by_button(answer: Event, accept: bool, seat: str, text: str) -> None:
    talk = ready(seat=seat)
    talk.play(OFFER)
    says, done = talk.play(answer)
    assert answers(done) == [AnswerOffer(session="s1", accept=accept)]
    assert ids(says) == [text]
    assert talk.state.frames == ()
    assert not {"offered", "accept", "chosen"} & set(talk.state.slots)


def test_a_button_of_long_ago_still_says_which_session_is_meant() -> None:
    talk = ready(seat="lapsed")
    says, done = talk.play(Chose(choice="3.seat:yes/s7"))
    assert (answers(done), ids(says)) == ([AnswerOffer(session="s7", accept=True)], ["seat.late"])


@pytest.mark.parametrize("choice", ["seat:yes/", "seat:", "seat:no", "journey:answer_offer"])
def test_a_button_without_its_session_answers_nothing(choice: str) -> None:
    says, done = ready().play(Chose(choice=choice))
    assert answers(done) == []
    assert says


def test_begun_without_a_session_nothing_is_kept() -> None:
    assert ready().texts(Chose(choice="journey:answer_offer")) == ["seat.late"]


def test_two_offers_at_once_are_two_questions() -> None:
    talk = ready()
    talk.play(OFFER)
    (say,), _ = talk.play(SeatOffered(session="s2", about={**SESSION, "session": "s2"}, until="2026-12-11T18:00"))
    assert targets(say)[:2] == ["seat:yes/s2", "seat:no/s2"]
    for session in ("s2", "s1"):
        _, done = talk.play(Chose(choice=f"seat:yes/{session}"))
        assert answers(done) == [AnswerOffer(session=session, accept=True)]


def test_what_is_under_way_goes_on_where_it_was() -> None:
    """In the midst of giving up one seat another comes free: the question is about the same seat as before."""
    talk = ready()
    talk.play(said("annuler ma place", ("journey/cancel_booking", 0.95)))
    talk.play(Chose(choice="s:session=s2"))
    assert talk.state.frames[-1].step == "sure"
    (say,), _ = talk.play(OFFER)
    assert ids([say]) == ["seat.offered"]
    says, done = talk.play(Chose(choice="seat:yes/s1"))
    assert answers(done) == [AnswerOffer(session="s1", accept=True)]
    assert ids(says) == ["booking.confirmed", "booking.ask_sure"]
    _, done = talk.play(said("oui", word="yes"))
    assert [e for e in done if isinstance(e, CancelSeat)] == [CancelSeat(session="s2")]


def test_a_lapse_takes_the_question_back() -> None:
    talk = ready()
    talk.play(OFFER)
    (say,), _ = talk.play(LAPSED)
    assert (ids([say]), say.kind) == (["seat.lapsed"], "reminder")
    assert "journey:book_session" in targets(say)
    assert talk.state.frames == ()
    _, done = talk.play(said("oui", word="yes"))
    assert answers(done) == []


def test_a_lapse_of_one_leaves_the_question_about_another() -> None:
    talk = ready()
    talk.play(SeatOffered(session="s2", about={**SESSION, "session": "s2"}, until="2026-12-11T18:00"))
    talk.play(LAPSED)
    _, done = talk.play(said("oui", word="yes"))
    assert answers(done) == [AnswerOffer(session="s2", accept=True)]


def held() -> Talk:
    talk = ready()
    talk.play(AdvisorTook(advisor="Salma", case=1))
    return talk


@pytest.mark.parametrize(
    "event", [OFFER, LAPSED, SessionCancelled(session="s1", about=SESSION), SessionMoved(session="s1", about=SESSION)]
)
def test_a_deadline_is_told_also_while_an_advisor_holds_the_conversation(event: Event) -> None:
    talk = held()
    (say,), done = talk.play(event)
    assert len(say.messages) == 1, "and nothing else"
    assert ShowToAdvisor() not in done
    assert talk.state.frames == ()


def test_an_offer_can_be_taken_while_an_advisor_holds_the_conversation() -> None:
    talk = held()
    talk.play(OFFER)
    says, done = talk.play(Chose(choice="seat:yes/s1"))
    assert answers(done) == [AnswerOffer(session="s1", accept=True)]
    assert ShowToAdvisor() in done
    assert ids(says) == ["booking.confirmed"]
    assert talk.state.mode == "advisor"


def test_a_yes_to_the_advisor_is_no_yes_to_the_seat() -> None:
    talk = held()
    talk.play(OFFER)
    assert talk.play(said("oui", word="yes")) == ([], [ShowToAdvisor()])


def test_a_journey_left_under_an_advisor_does_not_ask_on_beside_them() -> None:
    talk = ready()
    talk.play(said("annuler ma place", ("journey/cancel_booking", 0.95)))
    talk.play(AdvisorTook(advisor="Salma", case=1))
    talk.play(OFFER)
    says, _ = talk.play(Chose(choice="seat:no/s1"))
    assert ids(says) == ["booking.confirmed"]  # what the fake ledger answers
    assert "handoff.returned" in talk.texts(AdvisorHandedBack(advisor="Salma"))


def test_a_session_called_off_is_told_with_other_dates_to_tap() -> None:
    talk = ready(free=2)
    says, _ = talk.play(SessionCancelled(session="s1", about=SESSION))
    assert ids(says) == ["session.cancelled", "booking.ask_session"]
    assert says[0].kind == "notice"
    _, done = talk.play(Chose(choice="s:session=s2"))
    assert [e.session for e in done if isinstance(e, TakeSeat)] == ["s2"]


def test_a_session_called_off_while_a_seat_is_offered_takes_the_question_back() -> None:
    talk = ready(free=0)
    talk.play(OFFER)
    says, _ = talk.play(SessionCancelled(session="s1", about=SESSION))
    assert ids(says) == ["session.cancelled", "booking.none"]
    assert talk.state.frames == ()


def test_in_the_midst_of_something_a_session_called_off_asks_nothing() -> None:
    talk = ready()
    talk.play(said("une place", ("journey/book_session", 0.95)))
    before = talk.state.frames
    (say,), _ = talk.play(SessionCancelled(session="s1", about=SESSION))
    assert (ids([say]), say.choices) == (["session.cancelled"], ())
    assert talk.state.frames == before


def test_in_danger_nothing_is_asked_beside_the_notice() -> None:
    talk = ready()
    talk.play(said("zodiac", signal="at_sea"))
    (say,), _ = talk.play(SessionCancelled(session="s1", about=SESSION))
    assert (ids([say]), targets(say)) == (["session.cancelled"], ["say:menu"])


def test_a_move_is_told_with_a_way_out() -> None:
    (say,), _ = ready().play(SessionMoved(session="s1", about={**SESSION, "start": "2026-12-13T10:00"}))
    assert (ids([say]), say.kind) == (["session.moved"], "notice")
    assert say.messages[0].params["start"] == "2026-12-13T10:00"
    assert targets(say)[:2] == ["journey:cancel_booking", "journey:change_booking"]


def test_a_result_that_comes_while_held_is_not_shown_to_the_advisor() -> None:
    assert held().play(Result(of="take_seat", slots={"seat": "taken"})) == ([], [])


def _three(text: str = "we are three") -> Said:
    """Taken for people on a boat, as a short count is."""
    return said(text, ("safety/at_sea", 0.6), signal="at_sea", named={"group": "3"})


def test_a_count_in_a_booking_is_how_many_come() -> None:
    talk = Talk(state=State(language="fr", noticed=True))
    talk.texts(Chose(choice="journey:book_session"))
    says, _ = talk.play(_three())
    assert [s.kind for s in says] == ["flow"]
    assert talk.state.safety is None


@pytest.mark.parametrize("begun", [None, "journey:advisor", "journey:find_opportunity"])
def test_a_count_anywhere_else_may_be_a_boat(begun: str | None) -> None:
    talk = Talk(state=State(language="fr", noticed=True))
    if begun:
        talk.texts(Chose(choice=begun))
    says, _ = talk.play(_three())
    assert [s.kind for s in says] == ["safety"]


def test_a_word_more_than_a_count_is_heard_in_a_booking_too() -> None:
    talk = Talk(state=State(language="fr", noticed=True))
    talk.texts(Chose(choice="journey:book_session"))
    says, _ = talk.play(_three("we are three in the water"))
    assert [s.kind for s in says] == ["safety"]
