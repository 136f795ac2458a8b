"""The interpreter on journeys of its own: calls, links, going back, what is skipped, and a circle that ends."""

from dataclasses import replace
from pathlib import Path

import pytest

from flows.events import Chose
from flows.journey import leaving
from flows.journey.actions import ACTIONS
from flows.journey.load import load_script
from flows.journey.run import JourneyLoop
from flows.state import State
from tests.flows.fakes import HOUSE, Talk, said

SLOTS = """slots:
  town: {type: categorical, values: [agadir, tiznit, taroudant], named: city}
  wish: {type: categorical, values: [study, work], named: wish}
  child: {type: bool, skippable: true}
  sure: {type: bool}
"""
JOURNEYS = """flows:
  visit:
    description: Calls another for the town, then asks on.
    prefill: [town]
    steps:
      - {id: wish, collect: wish, utter: ask.wish}
      - {id: where, call: town}
      - {id: child, collect: child, utter: ask.child}
      - {id: sure, collect: sure, utter: ask.sure, next: [{if: slots.sure, then: done}, {else: END}]}
      - {id: done, action: utter_done}
  town:
    description: Asks for the town.
    steps:
      - {id: town, collect: town, utter: ask.town}
      - {id: noted, action: utter_town.noted}
  hop:
    description: Leads to another and is over.
    steps:
      - {id: wish, collect: wish, utter: ask.wish}
      - {id: over, link: town}
  help_first:
    description: Something is done with the first answers; then one more question.
    prefill: [town]
    steps:
      - {id: wish, collect: wish, utter: ask.wish}
      - {id: open, action: open_case}
      - {id: sure, collect: sure, utter: ask.sure}
      - {id: done, action: utter_done}
  circle:
    description: Never waits.
    steps:
      - {id: one, noop: true}
      - {id: two, noop: true, next: one}
"""


@pytest.fixture
def talk(tmp_path: Path) -> Talk:
    (tmp_path / "journeys").mkdir()
    (tmp_path / "slots.yml").write_text((SLOTS + RESULTS), encoding="utf-8")
    (tmp_path / "journeys" / "x.yml").write_text(JOURNEYS, encoding="utf-8")
    house = replace(HOUSE, script=load_script(tmp_path, ACTIONS))
    return Talk(state=State(language="fr", noticed=True), house=house)


# What results fill in any journey.
RESULTS = "".join(f"  {name}: {{type: text}}\n" for name in sorted(leaving.RESULTS))


def begin(talk: Talk, name: str) -> list[str]:
    return talk.texts(Chose(choice=f"journey:{name}"))


def press(talk: Talk, target: str) -> list[str]:
    return talk.texts(Chose(choice=target))


def test_a_called_journey_hands_back_what_it_collected(talk: Talk) -> None:
    assert begin(talk, "visit") == ["ask.wish"]
    assert press(talk, "s:wish=study") == ["ask.town"]
    assert [f.journey for f in talk.state.frames] == ["visit", "town"]
    assert press(talk, "s:town=agadir") == ["town.noted", "ask.child"]
    assert talk.state.slots == {"wish": "study", "town": "agadir"}
    press(talk, "s:child=")
    assert press(talk, "s:sure=yes")[0] == "done"
    assert (talk.state.frames, talk.state.slots) == ((), {})


def test_giving_up_a_called_journey_gives_up_its_caller(talk: Talk) -> None:
    begin(talk, "visit")
    press(talk, "s:wish=study")
    assert press(talk, "say:cancel") == ["cancelled", "menu"]
    assert (talk.state.frames, talk.state.slots) == ((), {})


def test_back_leads_out_of_a_called_journey(talk: Talk) -> None:
    begin(talk, "visit")
    press(talk, "s:wish=study")
    assert press(talk, "say:back") == ["ask.wish"]
    assert [f.journey for f in talk.state.frames] == ["visit"]


def test_a_link_ends_the_journey_that_links(talk: Talk) -> None:
    begin(talk, "hop")
    assert press(talk, "s:wish=work") == ["ask.town"]
    assert [f.journey for f in talk.state.frames] == ["town"]
    assert "wish" not in talk.state.slots


def test_what_was_gone_on_without_is_not_asked_again(talk: Talk) -> None:
    begin(talk, "visit")
    press(talk, "s:wish=study")
    press(talk, "s:town=agadir")
    assert press(talk, "s:child=") == ["ask.sure"]
    again = talk.texts(said("non, travailler", named={"wish": "work"}, rethought=True))
    assert again == ["journey.changed", "town.noted", "ask.sure"]
    assert talk.state.slots == {"wish": "work", "town": "agadir"}


def test_back_asks_again_what_was_gone_on_without(talk: Talk) -> None:
    begin(talk, "visit")
    press(talk, "s:wish=study")
    press(talk, "s:town=agadir")
    press(talk, "s:child=")
    assert press(talk, "say:back") == ["ask.child"]


def test_what_was_acted_upon_is_not_taken_back_by_words(talk: Talk) -> None:
    begin(talk, "help_first")
    assert press(talk, "s:wish=study") == ["ask.sure"]
    assert talk.texts(said("non, travailler", named={"wish": "work"}, rethought=True)) == ["ask.sure.again"]
    assert talk.state.slots["wish"] == "study"


def test_a_journey_that_never_waits_is_stopped(talk: Talk) -> None:
    with pytest.raises(JourneyLoop, match="circle"):
        begin(talk, "circle")
