"""Learns the guard from the corpus the engine is trained on (needs scikit-learn)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from nlu.safety.detect import SafetyHit, SafetyPatterns
from nlu.safety.guard import CALM, Floats, Guard, Leaning, concept_names, verdict, weighed_concepts

FALSE_ALARMS: Final = 0.01  # of calm messages, by writers unknown to it: raised by the guard alone, and asked about
BORDER: Final = ("faq/asile-demande-hcr", "faq/fraud-report", "faq/risk-false-contracts")  # in doubt the signal wins
RARER: Final = 1.5  # emergencies are that much rarer (log odds) among messages than among examples
_SAFETY: Final = "safety/"
_SEEN_IN: Final = 3
_FEW: Final = 100  # messages below which every name counts
_PENALTY: Final = 1.0
_TOLERANCE: Final = 0.05
_SEED: Final = 20240901
_csr: Any = sparse.csr_matrix  # untyped at their homes
_stacked: Any = sparse.hstack
_separator: Any = LinearSVC
_logistic: Any = LogisticRegression

Rows = NDArray[np.intp]


def learnt_guard(matrix: Any, texts: Sequence[str], intents: Sequence[str], patterns: SafetyPatterns,
                 folds: Sequence[tuple[Rows, Rows]]) -> tuple[Guard, dict[str, float]] | None:
    """Messages with the weights of their features (`matrix`, a row each) -> the guard, and how well it did with the
    patterns on writers unknown to it; None without emergencies.

    `folds` hold (train, test) rows: on the test rows it is measured above which margin to speak.
    """
    labels = np.array([intent.removeprefix(_SAFETY) if intent.startswith(_SAFETY) else CALM for intent in intents])
    if CALM not in labels or len(set(labels)) < 3:
        return None
    readings = [patterns.vocabulary.read(text) for text in texts]
    names, rarity, meant = _concepts([concept_names(reading.seen) for reading in readings])
    both = _stacked([matrix, meant]).tocsr()
    machine = _fitted(both, labels)
    split = matrix.shape[1]
    guard = Guard(
        tuple(machine.classes_.tolist()), names, rarity,
        np.ascontiguousarray(machine.coef_.T[:split], dtype=np.float16),
        np.ascontiguousarray(machine.coef_.T[split:], dtype=np.float16),
        np.asarray(machine.intercept_, dtype=np.float32),
    )
    if not folds:
        return guard, {}
    unseen = [_leanings(both, labels, train, test) for train, test in folds]
    tested = np.concatenate([test for _, test in folds])
    margins = np.array([margin for one in unseen for _, margin in one])
    ordinary = (labels[tested] == CALM) & ~np.isin(np.array(intents)[tested], BORDER)
    guard.limit = round(float(np.quantile(margins[ordinary], 1 - FALSE_ALARMS)), 3)
    guard.slope = _slope(margins, labels[tested] != CALM)
    found = [
        verdict(patterns.hits(readings[at]), Leaning(signal, margin, 0.5), guard.limit, patterns.levels)
        for at, (signal, margin) in zip(tested, (pair for one in unseen for pair in one), strict=True)
    ]
    return guard, _figures(found, labels[tested], ordinary)


def _fitted(matrix: Any, labels: NDArray[np.str_]) -> Any:
    machine = _separator(C=_PENALTY, tol=_TOLERANCE, random_state=_SEED, class_weight="balanced")
    return machine.fit(matrix, labels)


def _concepts(found: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], Floats, Any]:
    """Names seen often enough, how rare each is, and a row of weights for each message."""
    seen = Counter(name for row in found for name in row)
    names = tuple(sorted(name for name, times in seen.items() if times >= (_SEEN_IN if len(found) > _FEW else 1)))
    number = {name: at for at, name in enumerate(names)}
    rarity = np.array([np.log(len(found) / (1 + seen[name])) + 1 for name in names], dtype=np.float32)
    rows = [weighed_concepts(row, number, rarity) for row in found]
    ends = np.cumsum([0, *(len(place) for place, _ in rows)])
    place = np.concatenate([one for one, _ in rows])
    values = np.concatenate([one for _, one in rows])
    return names, rarity, _csr((values, place, ends), shape=(len(found), len(names)))


def _leanings(matrix: Any, labels: NDArray[np.str_], train: Rows, test: Rows) -> list[tuple[str, float]]:
    """Signal and margin of each test row, by a machine that had not met its writer."""
    machine = _fitted(matrix[train], labels[train])
    scores = machine.decision_function(matrix[test])
    calm = list(machine.classes_).index(CALM)
    danger, signals = np.delete(scores, calm, axis=1), np.delete(machine.classes_, calm)
    return list(zip(signals[danger.argmax(axis=1)].tolist(), (danger.max(axis=1) - scores[:, calm]).tolist(), strict=True))


def _slope(margins: NDArray[np.float64], danger: NDArray[np.bool_]) -> tuple[float, float]:
    """From margin to the chance that somebody is in danger."""
    if danger.all() or not danger.any():
        return 1.0, 0.0
    curve = _logistic().fit(margins[:, None], danger)
    return round(float(curve.coef_[0, 0]), 3), round(float(curve.intercept_[0]) - RARER, 3)


def _figures(found: Sequence[SafetyHit | None], labels: NDArray[np.str_], ordinary: NDArray[np.bool_]) -> dict[str, float]:
    raised = np.array([one is not None for one in found])
    right = np.array([one is not None and one.signal == label for one, label in zip(found, labels, strict=True)])
    danger = labels != CALM
    return {
        "recall": round(float(raised[danger].mean()), 4), "right": round(float(right[danger].mean()), 4),
        "false_alarms": round(float(raised[ordinary].mean()), 4),
    }
