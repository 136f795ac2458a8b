"""The second net: how it and the patterns decide together, and what they reach on writers unknown to them."""

from __future__ import annotations

import numpy as np
import pytest

from bot.assembly import model_folder
from nlu.embedded.model import Model
from nlu.safety import SafetyHit, SafetyPatterns
from nlu.safety.guard import Guard, Leaning, verdict
from tests.conftest import quiet_settings
from tests.nlu.test_safety_patterns import PATTERNS

LEVELS = {"suicidal_thoughts": "critical", "fraud_victim": "normal", "violence_women_children": "critical"}
RULE = SafetyHit("violence_women_children", "critical", 0.9, "beaten")
WEAK = SafetyHit("fraud_victim", "normal", 0.75, "paid")


def test_what_was_measured_while_training() -> None:
    """Cross-validation over writers; the floors stand where it stands today, they are not the aim."""
    figures = Model.load(model_folder(quiet_settings())).about["emergencies"]
    assert figures["recall"] >= 0.78
    assert figures["right"] >= 0.7
    assert figures["false_alarms"] <= 0.02


@pytest.mark.parametrize(
    ("hits", "leaning", "signal", "asked"),
    [
        ((), Leaning("suicidal_thoughts", -0.5, 0.2), None, None),
        ((), Leaning("suicidal_thoughts", 0.2, 0.55), "suicidal_thoughts", True),
        ((), Leaning("suicidal_thoughts", 1.5, 0.95), "suicidal_thoughts", False),
        ((RULE,), Leaning("fraud_victim", 1.5, 0.95), "violence_women_children", False),
        ((RULE,), Leaning("fraud_victim", -1.5, 0.05), "violence_women_children", True),
        ((WEAK,), Leaning("suicidal_thoughts", -1.5, 0.05), None, None),
        ((WEAK,), Leaning("suicidal_thoughts", 1.5, 0.95), "suicidal_thoughts", False),
    ],
)
def test_both_nets_decide_together(
    hits: tuple[SafetyHit, ...], leaning: Leaning, signal: str | None, asked: bool | None
) -> None:
    found = verdict(hits, leaning, 0.0, LEVELS)
    assert (found.signal if found else None) == signal
    if found:
        assert (found.score < 0.7) is asked


def test_a_guard_is_kept_as_arrays() -> None:
    guard = Guard(("a", "calm"), ("x", "x & y"), np.ones(2, np.float32), np.ones((3, 2), np.float16),
                  np.ones((2, 2), np.float16), np.zeros(2, np.float32), 0.25, (2.0, -1.0))
    again = Guard.of_arrays(guard.arrays())
    assert again is not None
    assert (again.signals, again.names, again.limit, again.slope) == (guard.signals, guard.names, 0.25, (2.0, -1.0))
    assert Guard.of_arrays({}) is None


def test_fields_are_known_to_the_vocabulary() -> None:
    seen = SafetyPatterns.load(PATTERNS).vocabulary.read("lwalida mafkhbarhach, ghanrkbo lila f batira").seen
    assert {"f_leaves_soon", "f_tonight"} <= set(seen)
