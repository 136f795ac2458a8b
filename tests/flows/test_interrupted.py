"""What stands in the state may be older, newer or doubled; help must still come, and a person must stay in reach."""

from dataclasses import replace
from datetime import timedelta

import pytest

from flows.events import AdvisorHandedBack, AdvisorTook, LeaseExpired, Said, TimerDue
from flows.heard import Signal
from flows.policy import choices
from flows.state import Frame, State
from tests.flows.fakes import NOW, Talk, heard

AT_SEA = Signal(name="at_sea", level="critical", score=0.95)


def alarm(talk: Talk) -> TimerDue:
    """An emergency while an advisor holds the case; the timer that it sets."""
    _, done = talk.play(Said(text="zodiac", heard=replace(heard("zodiac"), signal=AT_SEA)))
    (timer,) = [e for e in done if type(e).__name__ == "SetTimer"]
    return TimerDue(name=timer.name, data=timer.data)  # type: ignore[attr-defined]


def held() -> Talk:
    talk = Talk(state=State(language="fr", noticed=True))
    talk.play(AdvisorTook(advisor="Salma", case=1))
    return talk


def test_nobody_reacts_and_help_goes_out_by_itself() -> None:
    talk = held()
    assert "safety.body" in talk.texts(alarm(talk))


def test_an_advisor_who_reacted_is_left_to_it() -> None:
    talk = held()
    due = alarm(talk)
    talk.advisor_active = NOW + timedelta(seconds=30)
    assert talk.texts(due) == []


def test_help_goes_out_though_the_advisors_lease_ended_meanwhile() -> None:
    talk = held()
    due = alarm(talk)
    talk.play(LeaseExpired(advisor="Salma"))
    assert "safety.body" in talk.texts(due)


def test_handing_back_is_a_reaction() -> None:
    talk = held()
    due = alarm(talk)
    talk.play(AdvisorHandedBack(advisor="Salma"))
    assert talk.texts(due) == []


def test_two_alarms_unanswered_bring_help_once() -> None:
    talk = held()
    first, second = alarm(talk), alarm(talk)
    assert "safety.body" in talk.texts(first)
    assert talk.texts(second) == []


def test_a_new_emergency_is_not_taken_for_one_of_days_ago() -> None:
    talk = held()
    talk.state = replace(talk.state, safety_since=(NOW - timedelta(days=3)).isoformat())
    assert "safety.body" in talk.texts(alarm(talk))


@pytest.mark.parametrize(
    "frame",
    [
        Frame(journey="renamed_since", step="ask"),
        Frame(journey="book_session", step="removed_since"),
    ],
    ids=["journey unknown", "step unknown"],
)
def test_a_question_nobody_can_ask_any_more_is_dropped(frame: Frame) -> None:
    talk = Talk(state=State(language="fr", noticed=True, frames=(frame,)))
    assert talk.texts(Said(text="blabla", heard=heard("blabla"))) == ["clarify"]
    assert talk.state.frames == ()


def test_an_emergency_of_another_version_does_not_stop_the_conversation() -> None:
    talk = Talk(state=State(language="fr", noticed=True, safety="renamed_since"))
    assert talk.texts(Said(text="blabla", heard=heard("blabla")))
    assert talk.state.safety is None


@pytest.mark.parametrize("choice", ["²².say:menu", "9" * 5000 + ".say:menu", ".", "..", "1.", "-1.say:menu"])
def test_no_choice_id_trips_the_turn(choice: str) -> None:
    assert isinstance(choices.split(choice)[0], int)


def test_a_person_stays_one_tap_away_under_the_longest_list() -> None:
    talk = Talk(state=State(language="fr", noticed=True, slots={"region": "souss-massa"}), free=12)
    says, _ = talk.play(Said(text="session", heard=heard("session", ("journey/book_session", 0.95))))
    targets = [choices.split(c.id)[1] for c in says[-1].choices]
    assert targets[-3:] == ["s:region=any", "say:cancel", "journey:advisor"]
