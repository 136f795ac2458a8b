"""Reminders in the conversation: what is said when, which words answer, and what stands in the way."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flows.effects import CancelSeat, KeepFeedback, MarkComing, Say
from flows.events import AdvisorTook, Chose, Event, ReminderDue, SeatOffered, SessionOver
from flows.state import State
from flows.turn import turn
from tests.flows.fakes import ABOUT, HOUSE, NOW, Talk, said

BEGINS = NOW + timedelta(hours=2)  # noon in UTC, one o'clock in Agadir
ABOUT_S1 = {**ABOUT, "session": "s1", "start": "2026-12-01T13:00", "begins": BEGINS.isoformat(), "code": "K7QX", "seats": 1}
DUE = ReminderDue(session="s1", about=ABOUT_S1, hours=2)
OVER = SessionOver(session="s1", about=ABOUT_S1)


def due(session: str, starts: str, hours_ahead: float, **more: Any) -> ReminderDue:
    begins = (NOW + timedelta(hours=hours_ahead)).isoformat()
    about = {**ABOUT_S1, "session": session, "start": starts, "begins": begins, **more}
    return ReminderDue(session=session, about=about, hours=2)


def ready(**more: Any) -> Talk:
    return Talk(state=State(language="fr", noticed=True, **more))


def ids(says: list[Say]) -> list[str]:
    return [m.id for s in says for m in s.messages]


def targets(say: Say) -> list[str]:
    return [c.id.split(".", 1)[1] for c in say.choices]


def test_it_asks_with_buttons_that_bear_the_session() -> None:
    (say,), _ = ready().play(DUE)
    assert (ids([say]), say.kind) == (["reminder.today", "session.code", "reminder.ask"], "reminder")
    assert targets(say) == ["coming:yes/s1", "coming:no/s1", "coming:other/s1", "coming:more/s1", "journey:advisor"]


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (due("s1", "2026-12-01T23:59", 12.98), "reminder.today"),
        (due("s1", "2026-12-02T00:00", 13), "reminder.tomorrow"),
        (due("s1", "2026-12-02T13:00", 26), "reminder.tomorrow"),
        (due("s1", "2026-12-03T00:30", 37.5), "reminder.later"),
    ],
)
def test_today_and_tomorrow_are_days_of_the_wall_clock(event: ReminderDue, text: str) -> None:
    assert ready().texts(event)[0] == text


def test_a_seat_without_a_code_is_shown_none() -> None:
    assert ready().texts(due("s1", "2026-12-01T13:00", 2, code=None)) == ["reminder.today", "reminder.ask"]


def test_a_session_held_online_says_where() -> None:
    (say,), _ = ready().play(due("s1", "2026-12-01T13:00", 2, link="https://meet.example/x"))
    assert ids([say])[:3] == ["reminder.today", "session.code", "session.link"]
    assert say.messages[2].params == {"link": "https://meet.example/x"}


@pytest.mark.parametrize(
    "state", [{"stopped": True}, {"safety": "at_sea", "safety_since": NOW.isoformat(), "safety_at": 1}], ids=["stop", "danger"]
)
@pytest.mark.parametrize("event", [DUE, OVER], ids=["due", "over"])
def test_it_is_silent(state: dict[str, Any], event: Event) -> None:
    talk = ready(**state)
    assert talk.play(event)[0] == []
    assert (talk.state.invited, talk.state.frames) == ({}, ())


def test_too_late_it_is_silent() -> None:
    assert ready().play(due("s1", "2026-12-01T11:00", 0))[0] == []


@pytest.mark.parametrize(
    ("answer", "text", "mark"),
    [
        (said("je viens", named={"coming": "yes"}), "reminder.noted", True),
        (said("oui", word="yes"), "reminder.noted", True),
        (Chose(choice="coming:yes/s1"), "reminder.noted", True),
        (Chose(choice="0.coming:yes/s1"), "reminder.noted", True),
        (said("non", word="no"), "reminder.ask_sure", None),
        (said("annuler", word="cancel"), "reminder.ask_sure", None),
        (said("je rends ma place", named={"coming": "no"}), "reminder.ask_sure", None),
        (Chose(choice="coming:more/s1"), "reminder.details", None),
    ],
)
def test_answers(answer: Event, text: str, mark: bool | None) -> None:
    talk = ready()
    talk.play(DUE)
    says, done = talk.play(answer)
    assert ids(says)[0] == text
    assert [e.coming for e in done if isinstance(e, MarkComing)] == ([] if mark is None else [mark])


def test_given_back_after_one_question() -> None:
    talk = ready()
    talk.play(DUE)
    talk.play(said("non", word="no"))
    says, done = talk.play(said("oui", word="yes"))
    assert ids(says) == ["reminder.given_back"]
    assert [e.session for e in done if isinstance(e, CancelSeat)] == ["s1"]
    assert [e.coming for e in done if isinstance(e, MarkComing)] == [False]
    assert (talk.state.invited, talk.state.frames, talk.state.slots) == ({}, (), {})


def test_a_seat_that_is_gone_is_not_said_to_be_kept() -> None:
    talk = ready()
    talk.play(DUE)
    talk.seat = "gone"
    says, done = talk.play(said("je viens", named={"coming": "yes"}))
    assert ids(says) == ["reminder.gone"]
    assert not [e for e in done if isinstance(e, MarkComing)]


def test_words_go_to_the_last_reminder_and_buttons_to_their_own() -> None:
    talk = ready()
    talk.play(due("s2", "2026-12-02T13:00", 26))
    talk.play(DUE)
    talk.play(Chose(choice="coming:no/s2"))
    assert talk.state.slots["session"] == "s2"
    talk.play(said("je viens", named={"coming": "yes"}))
    _, done = talk.play(said("je ne viens pas", named={"coming": "no"}))
    assert talk.state.slots["session"] == "s1"
    assert done


def test_once_the_session_has_begun_the_words_mean_nothing() -> None:
    talk = ready()
    talk.play(DUE)
    later = replace(talk.facts(), now=BEGINS)
    for event in (said("je viens", ("out_of_scope", 0.1), named={"coming": "yes"}), Chose(choice="coming:yes/s1")):
        done = turn(talk.state, [event], later)
        assert not [e for e in done.effects if isinstance(e, MarkComing)]
        assert [e for e in done.effects if isinstance(e, Say)]


def test_a_question_under_way_keeps_its_choices_and_its_yes() -> None:
    talk = ready()
    talk.play(Chose(choice="journey:check_offer"))
    (say,), _ = talk.play(DUE)
    assert ids([say]) == ["reminder.today", "session.code", "reminder.how"]
    assert say.choices == ()
    says, done = talk.play(said("oui", word="yes"))
    assert not [e for e in done if isinstance(e, MarkComing)]
    says, done = talk.play(said("je viens", named={"coming": "yes"}))
    assert [e.session for e in done if isinstance(e, MarkComing)] == ["s1"]
    assert talk.state.frame is not None
    assert talk.state.frame.journey == "check_offer"
    assert ids(says)[0] == "reminder.noted"
    assert len(ids(says)) == 2  # and the question again


def test_a_booking_under_way_finds_its_own_again() -> None:
    talk = ready()
    talk.play(Chose(choice="journey:cancel_booking"))
    talk.play(Chose(choice="s:session=s2"))
    before = dict(talk.state.slots)
    talk.play(due("s1", "2026-12-01T13:00", 2))
    talk.play(said("je viens", named={"coming": "yes"}))
    assert talk.state.slots == before


def test_beside_an_advisor_it_is_said_and_asks_nothing() -> None:
    talk = ready()
    talk.play(AdvisorTook(advisor="n", case=1))
    (say,), _ = talk.play(DUE)
    assert (ids([say]), say.choices) == (["reminder.today", "session.code"], ())
    assert talk.play(OVER)[0] == []


def test_i_am_coming_takes_a_seat_on_offer() -> None:
    talk = ready()
    talk.play(DUE)
    talk.play(SeatOffered(session="s3", about={**ABOUT_S1, "session": "s3"}, until="2026-12-01T12:00"))
    says, done = talk.play(said("ghadi nji", named={"coming": "yes"}))
    assert ids(says)[0] == "booking.confirmed"
    assert not [e for e in done if isinstance(e, MarkComing)]


def test_three_taps_or_words() -> None:
    talk = ready()
    (say,), _ = talk.play(OVER)
    assert (ids([say]), say.kind) == (["feedback.over", "feedback.ask_clear"], "reminder")
    talk.play(Chose(choice=say.choices[1].id))
    talk.play(said("non", word="no"))
    says, done = talk.play(Chose(choice=f"{talk.state.version}.s:after=person"))
    assert ids(says) == ["feedback.thanks"]
    assert [e for e in done if isinstance(e, KeepFeedback)] == [KeepFeedback(session="s1", clear=2, useful=1, wish="person")]
    assert talk.state.slots == {}


def test_the_question_after_a_session_gives_way_to_the_next_reminder() -> None:
    talk = ready()
    talk.play(OVER)
    assert "reminder.ask" in talk.texts(DUE)
    assert talk.state.frames == ()


def test_journeys_begun_without_a_session_show_the_bookings() -> None:
    for journey in ("reminder_reply", "session_feedback"):
        assert ready().texts(Chose(choice=f"journey:{journey}")) == ["bookings.list"]


@pytest.mark.parametrize(
    ("public", "channel", "named"), [(True, "telegram", True), (False, "telegram", False), (False, "web", True)]
)
def test_our_pages_are_named_where_they_can_be_opened(public: bool, channel: str, named: bool) -> None:
    """An address of this machine alone helps nobody on a telephone."""
    talk = ready()
    talk.play(due("s1", "2026-12-01T13:00", 2, page="token"))
    facts = replace(talk.facts(), house=replace(HOUSE, public=public), channel=channel)
    (say,) = [e for e in turn(talk.state, [Chose(choice="coming:more/s1")], facts).effects if isinstance(e, Say)]
    assert ("session.links" in ids([say])) is named
