"""What rules and guard hear together from writers they have not met: the promise made to a person in danger.

A guard is taught by three quarters of the writers and hears the last quarter, with the limit of the model that ships.
The later writers are terse ("petit, perdu, faim") or hint and never name the danger; they are told apart, for they are
much harder to hear.
The floors stand a little below what was measured: what falls below them is a step back. They are not the aim.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pytest

from bot.assembly import model_folder
from nlu.concepts import Concepts
from nlu.corpus import Utterance, read_corpus
from nlu.embedded.fit import Counted, weighed
from nlu.embedded.key import CONCEPTS
from nlu.embedded.model import Model
from nlu.embedded.training import folds_of
from nlu.embedded.vocabulary import Vocabulary
from nlu.embedded.windows import windows_of
from nlu.normalise import words
from nlu.safety import SafetyPatterns
from nlu.safety.guard import verdict
from nlu.safety.learn import BORDER, learnt_guard
from tests.conftest import quiet_settings
from tests.nlu.test_safety_patterns import DATA, PATTERNS, SIGNALS

HEARD_EARLY, HEARD_TERSE, RIGHT = 0.81, 0.65, 0.70
GRAVE, OF_EACH, OF_EACH_VARIETY = 0.78, 0.63, 0.72
HEARD_HINTED, RIGHT_HINTED = 0.52, 0.39
ORDINARY, HARD = 0.0135, 0.11  # a question too many costs a tap; a call unheard may cost a life
_TERSE = re.compile(r"n\d-")
_HINTS = re.compile(r"o\d-")


@dataclass(frozen=True, slots=True)
class Heard:
    one: Utterance
    found: str
    hard: bool

    @property
    def told(self) -> str:
        return self.one.intent.removeprefix("safety/") if self.one.intent.startswith("safety/") else ""


@pytest.fixture(scope="module")
def heard() -> list[Heard]:
    corpus = read_corpus(DATA)
    hard = {one.text for path in (DATA / "safety").glob("hard_negatives*.yml") for one in read_corpus(path)}
    counted = Counted.of([words(one.text) for one in corpus], Concepts.load(CONCEPTS))
    seen = np.bincount(counted.matrix.indices, minlength=len(counted.features))
    idf = (np.log((1 + len(corpus)) / (1 + seen)) + 1).astype(np.float32)
    vocabulary = Vocabulary(counted.features, idf, counted.concepts)
    matrix, patterns = weighed(counted.matrix, vocabulary), SafetyPatterns.load(PATTERNS)
    taught, unknown = folds_of(corpus)[0]
    learnt = learnt_guard(matrix[taught], [corpus[at].text for at in taught], [corpus[at].intent for at in taught], patterns, [])
    shipped = Model.load(model_folder(quiet_settings())).guard
    assert learnt is not None
    assert shipped is not None
    guard = learnt[0]
    told = []
    for at in unknown:
        one, message = corpus[at], words(corpus[at].text)
        reading = patterns.vocabulary.read(one.text)
        leaning = guard.leaning(message, vocabulary, reading, windows_of(len(message)))
        found = verdict(patterns.hits(reading), leaning, shipped.limit, patterns.levels)
        told.append(Heard(one, found.signal if found else "", one.text in hard))
    return told


def _named(heard: list[Heard]) -> list[Heard]:
    """Calls by writers who say what it is about."""
    return [line for line in heard if line.told and not _HINTS.match(line.one.writer)]


def _share(lines: list[Heard]) -> float:
    return sum(bool(line.found) for line in lines) / len(lines)


def test_unknown_writers_are_heard(heard: list[Heard]) -> None:
    calls = _named(heard)
    assert _share([line for line in calls if not _TERSE.match(line.one.writer)]) >= HEARD_EARLY
    assert _share([line for line in calls if _TERSE.match(line.one.writer)]) >= HEARD_TERSE
    assert sum(line.found == line.told for line in calls) >= RIGHT * len(calls)


def test_hints_are_taken(heard: list[Heard]) -> None:
    calls = [line for line in heard if line.told and _HINTS.match(line.one.writer)]
    assert _share(calls) >= HEARD_HINTED
    assert sum(line.found == line.told for line in calls) >= RIGHT_HINTED * len(calls)


def test_grave_calls_are_heard(heard: list[Heard]) -> None:
    assert _share([line for line in _named(heard) if line.told != "fraud_victim"]) >= GRAVE


@pytest.mark.parametrize("signal", SIGNALS)
def test_each_signal_is_heard(heard: list[Heard], signal: str) -> None:
    assert _share([line for line in _named(heard) if line.told == signal]) >= OF_EACH


@pytest.mark.parametrize("variety", ["fr", "ar", "ary", "ary-Latn", "en"])
def test_each_variety_is_heard(heard: list[Heard], variety: str) -> None:
    assert _share([line for line in _named(heard) if line.one.variety == variety]) >= OF_EACH_VARIETY


def test_ordinary_messages_are_left_alone(heard: list[Heard]) -> None:
    calm = [line for line in heard if not line.told and not line.hard and line.one.intent not in BORDER]
    alarms: dict[str, int] = defaultdict(int)
    for line in calm:
        alarms[line.one.intent] += bool(line.found)
    assert _share(calm) <= ORDINARY, sorted(alarms.items(), key=lambda pair: -pair[1])[:10]


def test_what_only_sounds_like_it_is_mostly_left_alone(heard: list[Heard]) -> None:
    assert _share([line for line in heard if line.hard]) <= HARD
