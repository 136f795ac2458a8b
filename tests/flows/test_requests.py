"""A person asked for about something in particular: whose case it is and what the advisor is told."""

from typing import Any

import pytest

from flows.effects import Effect, OpenCase, TellCase
from flows.events import Chose
from flows.journey.following import FOLLOWING, LEADING
from flows.state import State
from tests.flows.fakes import SCRIPT, Talk, said


def begun(name: str, **state: Any) -> Talk:
    talk = Talk(state=State(language="fr", noticed=True, **state))
    talk.texts(Chose(choice=f"journey:{name}"))
    return talk


def press(talk: Talk, *targets: str) -> list[Effect]:
    return [effect for target in targets for effect in talk.play(Chose(choice=target))[1]]


def case(done: list[Effect]) -> OpenCase:
    (opened,) = [e for e in done if isinstance(e, OpenCase)]
    return opened


def told(done: list[Effect]) -> dict[str, str]:
    (note,) = [e for e in done if isinstance(e, TellCase)]
    return dict(note.params["told"])


def test_a_newcomers_case_is_theirs_whatever_it_is_about() -> None:
    opened = case(press(begun("orientation"), "s:newcomer_need=", "s:wanted=yes"))
    assert (opened.reason, opened.audience) == ("newcomer", "tcn")


def test_so_is_a_case_opened_by_the_persons_button_on_the_way() -> None:
    opened = case(press(begun("orientation"), "journey:advisor"))
    assert (opened.reason, opened.audience) == ("asked", "tcn")


def test_no_case_unless_wanted() -> None:
    for name, steps in {
        "orientation": ["s:newcomer_need=health"],
        "for_someone": ["s:who=parent", "s:their_region=", "s:their_need="],
        "project": ["s:project_kind=business", "s:sector=", "s:project_place="],
        "register_association": ["s:association_stage=new", "s:aim=", "s:project_place="],
    }.items():
        talk = begun(name)
        assert not [e for e in press(talk, *steps, "s:wanted=no") if isinstance(e, OpenCase | TellCase)], name
        assert talk.state.frames == ()


def test_what_was_told_goes_into_the_case_and_is_not_kept() -> None:
    talk = begun("for_someone", slots={"home_region": "souss-massa"})
    done = press(talk, "s:who=parent", "s:their_region=beni-mellal-khenifra", "s:their_need=pension", "s:wanted=yes")
    assert told(done) == {"who": "parent", "their_region": "beni-mellal-khenifra", "their_need": "pension"}
    assert case(done).region == "beni-mellal-khenifra"
    press(talk, "s:minor=no")
    assert talk.state.slots == {"home_region": "souss-massa", "minor": False}


def test_a_region_that_is_none_of_ours_is_none() -> None:
    done = press(begun("for_someone"), "s:who=", "s:their_region=other", "s:their_need=", "s:wanted=yes")
    assert case(done).region is None
    assert told(done) == {"their_region": "other"}


def test_nothing_told_tells_nothing() -> None:
    done = press(begun("project"), "s:project_kind=", "s:sector=", "s:project_place=", "s:wanted=yes")
    assert not [e for e in done if isinstance(e, TellCase)]
    assert case(done).reason == "investor"


def test_the_subject_spoken_of_before_is_not_the_projects() -> None:
    done = press(begun("project", topic="pension"), "s:project_kind=", "s:sector=", "s:project_place=", "s:wanted=yes")
    assert case(done).topic is None


def test_accompaniment_is_asked_for_by_asking() -> None:
    talk = Talk(state=State(language="fr", noticed=True))
    assert case(press(talk, "journey:accompaniment")).reason == "accompaniment"
    done = press(talk, "s:wish=study", "s:destination=DE", "s:schooling=bac", "s:home_region=souss-massa", "s:minor=no")
    assert told(done) == {"wish": "study", "destination": "DE", "schooling": "bac", "home_region": "souss-massa"}


def test_a_second_thought_before_the_case_is_told() -> None:
    """At the last question, another country."""
    talk = Talk(state=State(language="fr", noticed=True))
    press(talk, "journey:accompaniment", "s:wish=study", "s:destination=DE", "s:schooling=bac", "s:home_region=souss-massa")
    assert talk.texts(said("non, la Belgique", named={"destination": "BE"}, rethought=True)) == [
        "journey.changed",
        "handoff.ask_minor",
    ]
    assert told(press(talk, "s:minor=no"))["destination"] == "BE"


def test_a_second_thought_when_a_person_is_offered() -> None:
    """The question stands in a journey that was called; what is taken back was answered in the one that called it."""
    talk = begun("for_someone")
    press(talk, "s:who=parent", "s:their_region=souss-massa", "s:their_need=pension")
    again = said("non, Beni Mellal", named={"city": "beni-mellal", "region": "beni-mellal-khenifra"}, rethought=True)
    assert talk.texts(again) == ["journey.changed", "person.ask"]
    assert told(press(talk, "s:wanted=yes"))["their_region"] == "beni-mellal-khenifra"


def test_not_once_the_case_is_open() -> None:
    talk = begun("for_someone")
    press(talk, "s:who=parent", "s:their_region=souss-massa", "s:their_need=pension", "s:wanted=yes")
    again = said("non, Beni Mellal", named={"region": "beni-mellal-khenifra"}, rethought=True)
    assert talk.texts(again) == ["handoff.ask_minor.again"]


@pytest.mark.parametrize("message", LEADING)
def test_what_is_led_to_hangs_on_answers_that_can_be_given(message: str) -> None:
    slot, ways = LEADING[message]
    assert set(ways) - {""} <= set(SCRIPT.slots[slot].values)
    journeys = {t.removeprefix("journey:") for targets in ways.values() for t in targets if t.startswith("journey:")}
    assert journeys <= set(SCRIPT.journeys)


def test_a_message_leads_one_way() -> None:
    assert not set(LEADING) & set(FOLLOWING)
