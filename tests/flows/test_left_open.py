"""A question left open: after hours the person is asked whether to go on, after two weeks nothing is left of it."""

from datetime import timedelta

import pytest

from flows.events import Chose, SentVoice
from flows.policy import choices
from flows.state import State
from tests.flows.fakes import Talk, said

BOOK = ("journey/book_session", 0.95)
VISA = ("faq/visa", 0.95)


def booking(later: timedelta) -> Talk:
    """Asked for the region, and `later` nothing was answered yet."""
    talk = Talk(state=State(language="fr", noticed=True))
    assert talk.texts(said("réserver", BOOK)) == ["booking.ask_region"]
    talk.now += later
    return talk


def targets(talk: Talk) -> list[str]:
    return [choices.split(c.id)[1] for c in talk.shown]


def test_within_hours_the_question_is_asked_again() -> None:
    assert booking(timedelta(hours=2)).texts(said("un visa ?", VISA)) == ["entry", "journey.return", "booking.ask_region"]


def test_days_later_a_message_gets_its_own_answer_first() -> None:
    talk = booking(timedelta(days=3))
    assert talk.texts(said("un visa ?", VISA)) == ["entry", "journey.resume"]
    assert targets(talk) == ["say:go_on", "say:cancel", "journey:advisor"]


@pytest.mark.parametrize("yes", [said("oui", word="yes"), Chose(choice="say:go_on"), said("on continue", word="go_on")])
def test_going_on(yes: object) -> None:
    talk = booking(timedelta(days=3))
    talk.texts(said("un visa ?", VISA))
    assert talk.texts(yes) == ["booking.ask_region"]  # type: ignore[arg-type]
    assert talk.texts(Chose(choice="s:region=souss-massa")) == ["booking.ask_session"]


@pytest.mark.parametrize("no", [said("non", word="no"), Chose(choice="say:cancel")])
def test_leaving_it(no: object) -> None:
    talk = booking(timedelta(days=3))
    talk.texts(said("un visa ?", VISA))
    assert talk.texts(no) == ["cancelled", "menu"]  # type: ignore[arg-type]
    assert talk.state.frames == ()


def test_an_answer_is_an_answer_however_late() -> None:
    talk = booking(timedelta(days=3))
    assert talk.texts(said("souss", named={"region": "souss-massa"})) == ["booking.ask_session"]


def test_an_answer_to_the_question_beneath_counts_too() -> None:
    talk = booking(timedelta(days=3))
    talk.texts(said("un visa ?", VISA))
    assert talk.texts(said("souss", named={"region": "souss-massa"})) == ["booking.ask_session"]


def test_a_guess_keeps_its_choices_beside_the_offer_to_go_on() -> None:
    talk = booking(timedelta(days=3))
    assert talk.texts(said("visa", ("faq/visa", 0.4))) == ["suggest", "journey.resume"]
    assert targets(talk)[:3] == ["say:go_on", "say:cancel", "entry:visa"]


@pytest.mark.parametrize(
    ("event", "texts"),
    [
        (said("salam", ("smalltalk/greeting", 0.95)), ["journey.resume"]),
        (said("blabla"), ["clarify", "journey.resume"]),
        (SentVoice(seconds=3), ["unreadable.voice", "journey.resume"]),
        (said("réserver", BOOK), ["booking.ask_region"]),
    ],
    ids=["greeting", "not understood", "voice", "the same wish again"],
)
def test_whatever_comes(event: object, texts: list[str]) -> None:
    assert booking(timedelta(days=3)).texts(event) == texts  # type: ignore[arg-type]


def test_an_open_free_question_does_not_swallow_the_next_day() -> None:
    talk = Talk(state=State(language="fr", noticed=True))
    talk.texts(said("a person", word="advisor"))
    talk.now += timedelta(days=1)
    assert talk.texts(said("un visa ?", VISA)) == ["entry", "journey.resume"]
    assert talk.state.slots.get("subject") is None


def test_a_fleeting_question_is_dropped() -> None:
    talk = Talk(state=State(language="fr", noticed=True))
    talk.texts(said("langue", ("journey/change_language", 0.95)))
    talk.now += timedelta(days=1)
    assert talk.texts(said("un visa ?", VISA)) == ["entry"]
    assert talk.state.frames == ()


def test_after_two_weeks_nothing_is_said_of_it() -> None:
    talk = booking(timedelta(days=15))
    assert talk.texts(said("un visa ?", VISA)) == ["entry"]
    assert talk.state.frames == ()


def test_what_lay_beneath_goes_with_it() -> None:
    talk = booking(timedelta(days=1))
    talk.texts(said("offre", ("journey/check_offer", 0.95)))
    assert len(talk.state.frames) == 2
    talk.now += timedelta(days=15)
    talk.texts(said("un visa ?", VISA))
    assert (talk.state.frames, talk.state.slots) == ((), {})


def test_a_question_of_an_older_version_does_not_tell_when_it_was_asked() -> None:
    talk = booking(timedelta(0))
    data = talk.state.to_json()
    del data["frames"][0]["asked_at"]
    talk.state = State.from_json(data)
    talk.now += timedelta(days=30)
    assert talk.texts(said("un visa ?", VISA)) == ["entry", "journey.return", "booking.ask_region"]
