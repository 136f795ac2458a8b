"""The finder and its one message: five questions at most, nothing asked twice, nothing said that was not agreed to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flows.draft import Draft
from flows.effects import GiveConsent, Look, SetTimer
from flows.events import Chose, Said, TimerDue
from flows.facts import Facts
from flows.journey import opportunities
from flows.state import State
from flows.turn import turn
from tests.flows.fakes import HOUSE, NOW, Talk, said

FIND = ("journey/find_opportunity", 0.97)
QUESTIONS = [
    "opportunity.ask_wish",
    "opportunity.ask_destination",
    "opportunity.ask_age",
    "opportunity.ask_schooling",
    "opportunity.ask_tongue",
]
SKIPPED = [Chose(choice=f"s:{slot}=") for slot in ("wish", "destination", "age_band", "schooling", "tongue")]


def begun(**named: str) -> Talk:
    talk = Talk()
    talk.play(said("cherche", FIND, named=named))
    return talk


def looked(done: list[Any]) -> Mapping[str, Any]:
    (args,) = [e.args for e in done if isinstance(e, Look)]
    return {k: v for k, v in args.items() if v is not None}


def test_five_questions_at_most_each_of_which_can_be_skipped() -> None:
    talk = Talk()
    asked = talk.texts(said("cherche", FIND))[:1]
    for skip in SKIPPED[:-1]:
        asked += talk.texts(skip)
    assert asked == QUESTIONS
    says, done = talk.play(SKIPPED[-1])
    assert looked(done) == {}
    assert says[-1].messages[0].id == "opportunity.found"
    assert talk.state.frame is None


def test_what_was_said_is_not_asked() -> None:
    talk = Talk()
    told = {"wish": "study", "destination": "QC", "age": "19", "age_band": "18_22", "schooling": "bac"}
    assert talk.texts(said("tout", FIND, named={**told, "tongue": "de"}))[0] == "opportunity.ask_tongue", "there may be others"
    _, done = talk.play(said("français", named={"tongue": "fr"}))
    assert looked(done) == {**told, "tongue": "fr"}
    assert not {*told, "fitting", "nearly"} & set(talk.state.slots), "nothing of it is kept"


def test_an_answer_that_says_more_than_was_asked_is_heard_whole() -> None:
    talk = begun()
    assert talk.texts(said("étudier en France, 19 ans", named={"wish": "study", "destination": "FR", "age_band": "18_22"})) == [
        "opportunity.ask_schooling"
    ]


def test_who_stays_is_asked_for_no_language_and_no_country() -> None:
    talk = begun(wish="in_morocco")
    assert talk.state.frame
    assert talk.state.frame.step == "age"
    talk.play(SKIPPED[2])
    _, done = talk.play(SKIPPED[3])
    assert looked(done) == {"wish": "in_morocco"}


def test_a_language_answers_where_languages_are_asked_and_is_spoken_elsewhere() -> None:
    def english() -> Said:
        return said("English", word="language:en", named={"tongue": "en"})

    talk = begun(wish="study", destination="FR", age_band="18_22", schooling="bac")
    _, done = talk.play(english())
    assert looked(done)["tongue"] == "en"
    assert talk.state.language == "fr"
    talk = begun(wish="study")
    talk.play(english())
    assert talk.state.language == "en"
    assert talk.state.frame
    assert talk.state.frame.step == "destination"


@pytest.mark.parametrize(("text", "signal"), [("17", "missing"), ("17 ans", "missing")])
def test_an_age_is_no_child_in_need_where_ages_are_asked(text: str, signal: str) -> None:
    talk = begun(wish="study", destination="FR")
    assert talk.texts(said(text, signal=signal, named={"age": "17", "age_band": "under18"})) == ["opportunity.ask_schooling"]


def test_anywhere_is_no_country_in_particular() -> None:
    talk = begun(wish="study")
    talk.play(said("partout", word="anywhere"))
    assert talk.state.frame
    assert talk.state.frame.step == "age"


def test_nothing_fits_is_said_with_other_ways() -> None:
    talk = Talk(free=0)
    told = {"wish": "work", "destination": "FR", "age_band": "over35", "schooling": "none", "tongue": "none"}
    talk.play(said("cherche", FIND, named=told))
    assert talk.texts(said("aucune", named=told))[0] == "opportunity.none"


def asked_to_remind(talk: Talk | None = None, which: str = "grant") -> Talk:
    talk = talk or Talk()
    talk.play(Chose(choice=f"remind:{which}"))
    return talk


def test_a_card_leads_to_its_entry_and_to_the_reminder_only_while_it_is_shut() -> None:
    def offered(which: str) -> list[str]:
        says, _ = Talk().play(Chose(choice=f"opportunity:{which}"))
        return [c.id.partition(".")[2] for c in says[-1].choices][:2]

    assert offered("grant") == ["entry:visa", "remind:grant"]
    assert "remind:harvest" not in offered("harvest"), "it is open in this very month"
    assert "remind:always" not in offered("always")


def test_a_reminder_is_agreed_to_and_set_for_the_first_of_the_month() -> None:
    talk = asked_to_remind()
    assert not talk.state.reminders
    says, done = talk.play(Chose(choice="s:agreed=yes"))
    (timer,) = [e for e in done if isinstance(e, SetTimer)]
    assert NOW + timedelta(seconds=timer.seconds) == datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
    assert GiveConsent(purpose="reminders") in done
    assert says[-1].messages[0].id == "opportunity.reminded"
    assert dict(talk.state.reminders) == {"grant": "2027-02-01T09:00:00+00:00"}


def test_no_keeps_nothing() -> None:
    talk = asked_to_remind()
    _, done = talk.play(said("non", word="no"))
    assert not [e for e in done if isinstance(e, SetTimer | GiveConsent)]
    assert not talk.state.reminders


def test_asking_twice_is_one_message() -> None:
    talk = asked_to_remind()
    talk.play(Chose(choice="s:agreed=yes"))
    assert talk.texts(Chose(choice="remind:grant")) == ["opportunity.already"]


def test_after_stop_no_reminder_is_taken_on() -> None:
    talk = Talk()
    talk.play(said("stop", word="stop"))
    assert talk.texts(Chose(choice="remind:grant")) == ["opportunity.needs_start", "stop.reminder"]


def due(talk: Talk, which: str = "grant", now: datetime = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)) -> list[str]:
    """What is said when the timer comes due at a moment."""
    done = turn(talk.state, [TimerDue(name="opportunity_opens", data={"opportunity": which})], replace(talk.facts(), now=now))
    talk.state = done.state
    return [m.id for e in done.effects if hasattr(e, "messages") for m in e.messages]


def agreed() -> Talk:
    talk = asked_to_remind()
    talk.play(Chose(choice="s:agreed=yes"))
    return talk


def test_it_is_said_once() -> None:
    talk = agreed()
    assert due(talk, now=datetime(2027, 1, 31, tzinfo=UTC)) == [], "a timer of another moment"
    assert due(talk) == ["opportunity.opens"]
    assert due(talk) == []
    assert not talk.state.reminders


def test_after_stop_it_is_silent() -> None:
    """The timer is ended too, see tests/bot/delivery; one that was on its way already says nothing."""
    talk = agreed()
    talk.play(said("stop", word="stop"))
    assert due(talk) == []


def test_one_that_came_along_from_another_channel_is_said_once() -> None:
    talk = Talk()
    assert due(talk) == ["opportunity.opens", "notice"]
    assert due(talk) == []
    assert due(talk, now=datetime(2028, 2, 1, 9, 0, tzinfo=UTC)) == ["opportunity.opens"]


def test_a_question_under_way_keeps_its_choices() -> None:
    talk = agreed()
    talk.now = datetime(2027, 1, 31, 9, 0, tzinfo=UTC)
    talk.play(said("cherche", FIND))
    done = turn(talk.state, [TimerDue(name="opportunity_opens", data={"opportunity": "grant"})],
                replace(talk.facts(), now=datetime(2027, 2, 1, 9, 0, tzinfo=UTC)))  # fmt: skip
    (bubble,) = [e for e in done.effects if hasattr(e, "choices")]
    assert not bubble.choices
    assert done.state.frame == talk.state.frame


def test_somebody_in_danger_is_not_interrupted() -> None:
    talk = agreed()
    talk.state = replace(talk.state, safety="at_sea", safety_since="2027-02-01T08:00:00+00:00")
    assert due(talk) == []
    assert talk.state.reminders
    talk.state = replace(talk.state, safety=None)
    assert due(talk) == ["opportunity.opens"]


def test_a_programme_withdrawn_meanwhile_is_not_announced() -> None:
    talk = agreed()
    talk.state = replace(talk.state, reminders={"vanished": "2027-02-01T09:00:00+00:00"})
    assert due(talk, "vanished") == ["opportunity.gone"]


def _map_lines(channel: str, public: bool, noticed: bool) -> list[str]:
    draft = Draft(
        state=State(language="fr", noticed=noticed),
        facts=Facts(now=NOW, house=replace(HOUSE, public=public), channel=channel),
    )
    opportunities.show(draft)
    opportunities.on_the_map(draft)
    return [m.id for m in draft.messages if m.id.startswith("map.")]


def test_the_map_is_named_only_where_its_link_leads_somewhere() -> None:
    assert _map_lines("telegram", public=False, noticed=True) == ["map.none"]
    assert _map_lines("telegram", public=True, noticed=True) == ["map.link", "map.link"]
    assert _map_lines("whatsapp", public=True, noticed=False) == ["map.link"], "no room beside the notice"
    assert _map_lines("web", public=False, noticed=True) == ["map.link", "map.link"]


def test_withdrawn_between_the_question_and_the_answer() -> None:
    talk = Talk(state=State(language="fr", noticed=True))
    assert talk.texts(Chose(choice="remind:grant")) == ["opportunity.ask_remind"]
    talk.house = replace(HOUSE, opportunities={})
    assert talk.texts(Chose(choice="s:agreed=yes")) == ["opportunity.gone"]
    assert talk.state.reminders == {}


def test_an_age_told_before_is_not_asked_again() -> None:
    talk = Talk(state=State(language="fr", noticed=True, slots={"own_age": "18_22"}))
    talk.texts(said("cherche", FIND, named={"wish": "study"}))
    assert talk.texts(Chose(choice="s:destination=FR")) == ["opportunity.ask_schooling"]
