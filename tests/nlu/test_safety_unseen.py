"""Emergencies in words nobody trained on: three sets by other writers, kept apart from the data and never tuned to.

The floors stand where the engine stands today: what falls below them is a step back. They are not the aim.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from nlu.corpus import read_corpus
from nlu.interpreter import Interpreter

DATA = Path(__file__).parent / "data"
# Of the calls: heard at all, heard as what they are; of the rest: alarms. The second set hints, the third is terse.
FLOORS = {
    "safety_unseen.yml": (0.81, 0.72, 0.075),
    "safety_unseen_2.yml": (0.54, 0.38, 0.05),
    "safety_unseen_3.yml": (0.815, 0.73, 0.145),
}


@dataclass(frozen=True, slots=True)
class Heard:
    told: str
    found: str
    variety: str


@pytest.fixture(scope="module", params=FLOORS)
def heard(request: pytest.FixtureRequest, interpreter: Interpreter) -> tuple[str, list[Heard]]:
    seen = []
    for one in read_corpus(DATA / request.param):
        safety = interpreter.parse(one.text).safety
        told = one.intent.removeprefix("safety/") if one.intent.startswith("safety/") else ""
        seen.append(Heard(told, safety.signal if safety else "", one.variety))
    return request.param, seen


def test_calls_are_heard(heard: tuple[str, list[Heard]]) -> None:
    name, seen = heard
    calls = [one for one in seen if one.told]
    assert sum(bool(one.found) for one in calls) >= FLOORS[name][0] * len(calls)


def test_the_right_signal_is_heard(heard: tuple[str, list[Heard]]) -> None:
    name, seen = heard
    calls = [one for one in seen if one.told]
    assert sum(one.found == one.told for one in calls) >= FLOORS[name][1] * len(calls)


def test_what_only_sounds_like_it_is_left_alone(heard: tuple[str, list[Heard]]) -> None:
    name, seen = heard
    calm = [one for one in seen if not one.told]
    assert sum(bool(one.found) for one in calm) <= FLOORS[name][2] * len(calm)
