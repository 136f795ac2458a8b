"""The second net: how it and the patterns decide together, and what they reach on writers unknown to them."""

from __future__ import annotations

import numpy as np
import pytest

from bot.assembly import model_folder
from nlu.concepts import Concepts
from nlu.embedded.features import features
from nlu.embedded.model import Model
from nlu.embedded.vocabulary import Vocabulary
from nlu.normalise import words
from nlu.safety import SafetyHit, SafetyPatterns
from nlu.safety.guard import Guard, Leaning, verdict
from nlu.safety.learn import FALSE_ALARMS
from nlu.safety.meant import Meant
from tests.conftest import quiet_settings
from tests.nlu.test_safety_patterns import PATTERNS

LEVELS = {"suicidal_thoughts": "critical", "fraud_victim": "normal", "violence_women_children": "critical"}
RULE = SafetyHit("violence_women_children", "critical", 0.9, "beaten")
WEAK = SafetyHit("fraud_victim", "normal", 0.75, "paid")


def test_what_was_measured_while_training() -> None:
    """Cross-validation over all writers, a quarter of whom only hint (they were added later: 0.78 and 0.69 without them);
    test_safety_joint.py tells them apart."""
    figures = Model.load(model_folder(quiet_settings())).about["emergencies"]
    assert figures["recall"] >= 0.72
    assert figures["right"] >= 0.62
    assert figures["false_alarms"] <= FALSE_ALARMS + 0.001


@pytest.mark.parametrize(
    ("hits", "leaning", "signal", "asked"),
    [
        ((), Leaning("suicidal_thoughts", -0.5, 0.2), None, None),
        ((), Leaning("suicidal_thoughts", 0.2, 0.55), "suicidal_thoughts", True),
        ((), Leaning("suicidal_thoughts", 1.5, 0.95), "suicidal_thoughts", False),
        ((RULE,), Leaning("fraud_victim", 1.5, 0.95), "violence_women_children", False),
        ((RULE,), Leaning("fraud_victim", -0.8, 0.05), "violence_women_children", True),
        ((RULE,), Leaning("fraud_victim", -1.5, 0.05), None, None),
        ((WEAK,), Leaning("suicidal_thoughts", -1.5, 0.05), None, None),
        ((WEAK,), Leaning("suicidal_thoughts", 1.5, 0.95), "suicidal_thoughts", False),
    ],
)
def test_both_nets_decide_together(hits: tuple[SafetyHit, ...], leaning: Leaning, signal: str | None, asked: bool | None) -> None:
    found = verdict(hits, leaning, 0.0, LEVELS)
    assert (found.signal if found else None) == signal
    if found:
        assert (found.score < 0.7) is asked


def test_a_guard_is_kept_as_arrays() -> None:
    meant = Meant(("x", "y", "x & y"), np.ones(3, np.float32))
    guard = Guard(
        ("a", "calm"), meant, np.ones((3, 2), np.float16), np.ones((3, 2), np.float16), np.zeros(2, np.float32), 0.25, (2.0, -1.0)
    )
    again = Guard.of_arrays(guard.arrays())
    assert again is not None
    assert (again.signals, again.meant.names, again.limit, again.slope) == (guard.signals, meant.names, 0.25, (2.0, -1.0))
    assert Guard.of_arrays({}) is None


def test_concepts_that_meet_are_weighed_beside_them() -> None:
    meant = Meant.learnt([{"a", "b"}, {"a", "b", "c"}, {"c"}, {"a"}], 2)
    assert meant.names == ("a", "b", "c", "a & b")
    place, values = meant.weighed(meant.numbers({"b", "a", "never seen"}))
    assert place.tolist() == [0, 1, 3]
    assert np.square(values[:2]).sum() == pytest.approx(1.0)
    assert meant.weighed(meant.numbers(set()))[0].size == 0


def test_a_part_of_a_message_counts_like_that_part_alone() -> None:
    patterns = SafetyPatterns.load(PATTERNS)
    text = "bonjour madame je voulais savoir pour ma retraite et en fait mon mari me frappe avec un baton tous les soirs"
    every, part = words(text), words(text)[8:16]
    names = tuple(sorted(set(features(every, Concepts({})))))
    vocabulary = Vocabulary(names, np.ones(len(names), np.float32), Concepts({}))
    seen = patterns.vocabulary.read(text)
    meant = Meant.learnt([sorted(seen.seen)], 1)
    chance = np.random.default_rng(1)
    guard = Guard(
        ("a", "calm"),
        meant,
        chance.random((len(vocabulary.features), 2)).astype(np.float16),
        chance.random((len(meant.names), 2)).astype(np.float16),
        np.zeros(2, np.float32),
    )
    whole = guard._by_concepts(seen, ((0, len(every)), (8, 16)))
    alone = guard._by_concepts(patterns.vocabulary.read(" ".join(part)), ((0, len(part)),))
    assert whole[1] == pytest.approx(alone[0], rel=1e-5)
    ids, starts = vocabulary.ids_by_word(every)
    scores = guard._by_words(every, vocabulary, ((0, len(every)), (8, 16)))
    kinds, times = np.unique(ids[starts[8] : starts[16]], return_counts=True)
    right = vocabulary.values(kinds, times.astype(np.float32)) @ guard.weights[kinds].astype(np.float32)
    assert scores[1] == pytest.approx(right, rel=1e-4)


def test_fields_are_known_to_the_vocabulary() -> None:
    seen = SafetyPatterns.load(PATTERNS).vocabulary.read("lwalida mafkhbarhach, ghanrkbo lila f batira").seen
    assert {"f_leaves_soon", "f_tonight"} <= set(seen)
