"""What the last answer tells about the office looked for, and who gets associations first."""

import pytest

from flows.facts import EntryCard
from flows.policy import needs
from tests.flows.fakes import SCRIPT


def card(area: str, audience: str = "all") -> EntryCard:
    return EntryCard(id="x", area=area, audience=audience)


def test_every_need_is_one_that_can_be_chosen() -> None:
    assert set(needs.NEED_OF_AREA.values()) <= set(SCRIPT.slots["need"].values)


@pytest.mark.parametrize(
    ("area", "audience", "need"),
    [("retirement", "mre", "pension"), ("health", "tcn", "newcomer"), ("risks", "youth", None), ("territory", "all", None)],
)
def test_the_last_answer_tells_or_does_not(area: str, audience: str, need: str | None) -> None:
    assert needs.told(card(area, audience)) == need


def test_nothing_said_before_tells_nothing() -> None:
    assert needs.told(None) is None


@pytest.mark.parametrize(
    ("need", "about", "safety", "careful"),
    [
        ("pension", card("retirement", "mre"), None, False),
        ("newcomer", None, None, True),
        ("protection", None, None, True),
        ("health", card("health", "tcn"), None, True),
        ("health", None, "threatened_expulsion", True),
        (None, None, None, False),
    ],
)
def test_public_bodies_come_last_for_people_from_abroad_and_in_danger(
    need: str | None, about: EntryCard | None, safety: str | None, careful: bool
) -> None:
    assert needs.careful(need, about, safety) is careful


def test_a_door_is_offered_where_the_next_step_is_one() -> None:
    assert needs.door_helps(card("retirement"))
    assert not needs.door_helps(card("visa"))
    assert not needs.door_helps(card("risks"))
