"""A mistake in a journey stops the house at its start, with file and line: an advisor who proposed it finds it."""

from pathlib import Path

import pytest

from flows.journey.actions import ACTIONS
from flows.journey.load import load_script, read_script
from flows.journey.script import END, JourneyFault
from tests.flows.fakes import ROOM, SCRIPT

SLOTS = "slots:\n  city: {type: text}\n  sure: {type: bool}\n  tongue: {type: categorical, values: [fr, en]}\n"
TEXTS = ("ask.city", "ask.city.again", "done")
GOOD = """flows:
  ask:
    description: Asks one thing.
    nlu_trigger:
      - intent: journey/ask
    prefill: [city]
    steps:
      - id: where
        collect: city
        utter: ask.city
        next:
          - if: slots.sure
            then: done
          - else: END
      - id: done
        action: utter_done
        next: END
"""
# What is written instead of what, where the fault is found, and a word of the sentence.
BROKEN = [
    ("collect: city", "collect: town", "x.yml:8", "unknown slot 'town'"),
    ("collect: city", "colect: city", "x.yml:8", "unknown key 'colect'"),
    ("collect: city", "collect: city\n        action: utter_x", "x.yml:8", "exactly one of"),
    ("        collect: city\n", "", "x.yml:8", "exactly one of"),
    ("        collect: city\n", "        collect: city\n        collect: city\n", "x.yml", "'collect' stands twice"),
    ("then: done", "then: gone", "x.yml:8", "unknown step 'gone'"),
    ("if: slots.sure", "if: slots.maybe", "x.yml:8", "unknown slot 'maybe'"),
    ("if: slots.sure", "if: open('x')", "x.yml:8", "may stand in a condition"),
    ("if: slots.sure", 'if: "slots.sure =="', "x.yml:8", "cannot read the condition"),
    ("          - else: END\n", "", "x.yml:8", "ends with one `else`"),
    ("          - else: END\n", "          - else: END\n          - else: done\n", "x.yml:8", "ends with one `else`"),
    ("            then: done\n", "", "x.yml:8", "`if` and `then`"),
    ("action: utter_done", "action: take_the_money", "x.yml:15", "unknown action 'take_the_money'"),
    ("action: utter_done", "call: nowhere", "x.yml:15", "unknown journey 'nowhere'"),
    ("action: utter_done", "link: nowhere", "x.yml:15", "unknown journey 'nowhere'"),
    ("action: utter_done", "set_slots: [{town: 1}]", "x.yml:15", "unknown slot 'town'"),
    ("- id: done", "- id: where", "x.yml:15", "the step 'where' stands twice"),
    ("prefill: [city]", "prefill: [town]", "x.yml:3", "unknown slot 'town' in prefill"),
    ("action: utter_done", "call: ask", "x.yml:3", "calls itself"),
    ("intent: journey/ask", "intent: faq/ask", "x.yml:3", "is no intent of a journey"),
    ("- intent: journey/ask", "- intent: journey/ask\n      - intent: journey/ask", "x.yml:3", "begins 'ask' already"),
    ("then: done", "then: where", "x.yml:15", "nothing leads to the step 'done'"),
    ("if: slots.sure", 'if: slots.tongue == "xx"', "x.yml:8", "slot 'tongue' is never 'xx'"),
    ("if: slots.sure", 'if: slots.tongue in ["fr", "xx"]', "x.yml:8", "slot 'tongue' is never 'xx'"),
    ("action: utter_done", "set_slots: [{tongue: xx}]", "x.yml:15", "slot 'tongue' is never 'xx'"),
    ("utter: ask.city", "utter: ask.town", "x.yml:8", "unknown text 'ask.town'"),
    ("action: utter_done", "action: utter_gone", "x.yml:15", "unknown text 'gone'"),
    ("description:", "descripton:", "x.yml:3", "unknown key 'descripton'"),
    ("flows:\n  ask:", "flows:\n  ask: {description: nothing}\n  other:", "x.yml:2", "has no steps"),
    ("description: Asks one thing.", "description: [Asks", "x.yml:", ""),
    (GOOD, "- a list\n", "x.yml:1", "a mapping is expected"),
]
BROKEN_SLOTS = [
    ("type: text", "type: words", "slots.yml:2", "unknown type 'words'"),
    ("type: text", "type: text, kept: true", "slots.yml:2", "kept"),
    ("sure:", "city:", "slots.yml", "'city' stands twice"),
]


def _folder(folder: Path, journey: str = GOOD, slots: str = SLOTS) -> Path:
    (folder / "journeys").mkdir()
    (folder / "slots.yml").write_text(slots, encoding="utf-8")
    (folder / "journeys" / "x.yml").write_text(journey, encoding="utf-8")
    return folder


def test_a_good_file_loads(tmp_path: Path) -> None:
    script = load_script(_folder(tmp_path), ACTIONS)
    journey = script.journeys["ask"]
    assert journey.first == "where"
    assert journey.after("done") == END
    assert script.triggered_by("journey/ask") is journey
    assert script.messages() == {"ask.city", "ask.city.again", "done"}


@pytest.mark.parametrize(("old", "new", "where", "what"), BROKEN, ids=[f"{b[1].strip()[:40]}" for b in BROKEN])
def test_a_mistake_is_refused_where_it_stands(tmp_path: Path, old: str, new: str, where: str, what: str) -> None:
    assert old in GOOD
    with pytest.raises(JourneyFault) as fault:
        load_script(_folder(tmp_path, GOOD.replace(old, new, 1)), ACTIONS, TEXTS)
    assert str(fault.value).startswith(where)
    assert what in str(fault.value)


@pytest.mark.parametrize(("old", "new", "where", "what"), BROKEN_SLOTS)
def test_a_mistake_in_a_slot_too(tmp_path: Path, old: str, new: str, where: str, what: str) -> None:
    with pytest.raises(JourneyFault) as fault:
        load_script(_folder(tmp_path, slots=SLOTS.replace(old, new, 1)), ACTIONS)
    assert str(fault.value).startswith(where)
    assert what in str(fault.value)


def test_every_mistake_is_told(tmp_path: Path) -> None:
    """A file that cannot be read hides no mistake of the others."""
    broken = GOOD.replace("collect: city", "collect: town").replace("utter_done", "utter_gone")
    folder = _folder(tmp_path, broken)
    (folder / "journeys" / "a.yml").write_text("- a list\n", encoding="utf-8")
    script, mistakes = read_script(folder, ACTIONS, TEXTS)
    assert list(script.journeys) == ["ask"]
    assert [str(m).partition(" ")[0] for m in mistakes] == ["a.yml:1:", "x.yml:8:", "x.yml:15:"]


def test_a_journey_of_the_same_name_in_another_file(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / "journeys" / "y.yml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(JourneyFault, match="exists already"):
        load_script(folder, ACTIONS)


def test_every_line_of_ours_is_known() -> None:
    """The script as shipped: a journey for each trigger, each file read."""
    files = {j.file for j in SCRIPT.journeys.values()}
    assert files == {f.name for f in (ROOM / "journeys").glob("*.yml")}
    triggers = [t for j in SCRIPT.journeys.values() for t in j.triggers]
    assert len(triggers) == len(set(triggers))
