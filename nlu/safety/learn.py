"""Learns the guard from the corpus the engine is trained on (needs scikit-learn)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from nlu.safety.detect import SafetyHit, SafetyPatterns
from nlu.safety.guard import CALM, Guard, Leaning, believed, verdict
from nlu.safety.meant import Floats, Meant

FALSE_ALARMS: Final = 0.018  # of ordinary messages, by writers unknown to it: raised by rules and guard together
BORDER: Final = ("faq/asile-demande-hcr", "faq/fraud-report", "faq/risk-false-contracts")  # in doubt the signal wins
RARER: Final = 1.5  # emergencies are that much rarer (log odds) among messages than among examples
_SAFETY: Final = "safety/"
_SEEN_IN: Final = 3
_FEW: Final = 100  # messages below which every name counts
_PENALTY: Final = 2.0
_EVENED: Final = 0.7  # how far rare signals are made up for: 0 not at all, 1 wholly
_PLAIN: Final = 0.4  # share of a weight that does not depend on how telling its feature is
_ONCE: Final = 0.1  # a feature that was never met on one side counts as met so often there
_LEFT_OUT: Final = 0.5  # share of its features that the second copy of an example lacks
_TOLERANCE: Final = 0.05
_SEED: Final = 20240901
_csr: Any = sparse.csr_matrix  # untyped at their homes
_stacked: Any = sparse.hstack
_below: Any = sparse.vstack
_separator: Any = LinearSVC
_logistic: Any = LogisticRegression

Rows = NDArray[np.intp]


def learnt_guard(
    matrix: Any, texts: Sequence[str], intents: Sequence[str], patterns: SafetyPatterns, folds: Sequence[tuple[Rows, Rows]]
) -> tuple[Guard, dict[str, float]] | None:
    """Messages with the weights of their features (`matrix`, a row each) -> the guard, and how well it did with the
    patterns on writers unknown to it; None without emergencies.

    `folds` hold (train, test) rows: on the test rows it is measured above which margin to speak.
    """
    labels = np.array([intent.removeprefix(_SAFETY) if intent.startswith(_SAFETY) else CALM for intent in intents])
    if CALM not in labels or len(set(labels)) < 3:
        return None
    readings = [patterns.vocabulary.read(text) for text in texts]
    meant, joined = _concepts([reading.seen for reading in readings])
    both = _stacked([matrix, joined]).tocsr()
    signals, weights, bias = _fitted(both, labels)
    split = matrix.shape[1]
    guard = Guard(
        signals,
        meant,
        np.ascontiguousarray(weights[:split], dtype=np.float16),
        np.ascontiguousarray(weights[split:], dtype=np.float16),
        bias,
    )
    if not folds:
        return guard, {}
    unseen = [pair for train, test in folds for pair in _leanings(both, labels, train, test)]
    tested = np.concatenate([test for _, test in folds])
    margins = np.array([margin for _, margin in unseen])
    hits = [patterns.hits(readings[at]) for at in tested]
    ordinary = (labels[tested] == CALM) & ~np.isin(np.array(intents)[tested], BORDER)
    guard.limit = _limit(margins, hits, ordinary)
    guard.slope = _slope(margins, labels[tested] != CALM)
    found = [
        verdict(hit, Leaning(signal, margin, 0.5), guard.limit, patterns.levels)
        for hit, (signal, margin) in zip(hits, unseen, strict=True)
    ]
    return guard, _figures(found, labels[tested], ordinary)


def _fitted(matrix: Any, labels: NDArray[np.str_]) -> tuple[tuple[str, ...], Floats, Floats]:
    """Signals, weights (features × signals) and bias. Features that tell danger from calm are heard louder: in few
    examples of an emergency a separator would else lean on whatever words happen to stand there."""
    told = _telling(matrix, labels != CALM)
    matrix, labels = _below([matrix, _thinned(matrix)]), np.tile(labels, 2)
    kinds, times = np.unique(labels, return_counts=True)
    worth = {kind: float((len(labels) / len(kinds) / many) ** _EVENED) for kind, many in zip(kinds, times, strict=True)}
    machine = _separator(C=_PENALTY, tol=_TOLERANCE, random_state=_SEED, class_weight=worth)
    machine.fit(matrix.multiply(told[None, :]).tocsr(), labels)
    weights = np.asarray(machine.coef_.T * told[:, None], dtype=np.float32)
    return tuple(machine.classes_.tolist()), weights, np.asarray(machine.intercept_, dtype=np.float32)


def _thinned(matrix: Any) -> Any:
    """The same messages with features left out at random: what they mean must not hang on one word."""
    kept = np.random.default_rng(_SEED).random(matrix.nnz) >= _LEFT_OUT
    thin = matrix.copy()
    thin.data = (matrix.data * kept / np.sqrt(1 - _LEFT_OUT)).astype(np.float32)
    thin.eliminate_zeros()
    return thin


def _telling(matrix: Any, danger: NDArray[np.bool_]) -> Floats:
    """How much each feature is to be heard: by the ratio of its shares in danger and in calm, on average 1."""
    shares = []
    for rows in (danger, ~danger):
        times = np.bincount(matrix[np.flatnonzero(rows)].indices, minlength=matrix.shape[1]) + _ONCE
        shares.append(np.log(times / times.sum()))
    ratio = np.abs(shares[0] - shares[1])
    return np.asarray(_PLAIN + (1 - _PLAIN) * ratio / ratio.mean(), dtype=np.float32)


def _limit(margins: NDArray[np.float64], hits: Sequence[Sequence[SafetyHit]], ordinary: NDArray[np.bool_]) -> float:
    """The margin from which the guard speaks alone: as low as the false alarms that the rules leave it allow."""
    ruled = np.array([bool(hit) for hit in hits])
    heard = np.array([bool(hit) and believed(hit[0].score, margin) for hit, margin in zip(hits, margins, strict=True)])
    left = max(0, int(FALSE_ALARMS * ordinary.sum()) - int((heard & ordinary).sum()))
    calm = np.sort(margins[ordinary & ~ruled])[::-1]
    return round(float(calm[min(left, len(calm) - 1)]), 3) if len(calm) else 0.0


def _concepts(found: Sequence[Collection[str]]) -> tuple[Meant, Any]:
    """Concepts and pairs seen often enough, and a row of their weights for each message."""
    meant = Meant.learnt(found, _SEEN_IN if len(found) > _FEW else 1)
    rows = [meant.weighed(meant.numbers(one)) for one in found]
    ends = np.cumsum([0, *(len(place) for place, _ in rows)])
    place = np.concatenate([one for one, _ in rows])
    values = np.concatenate([one for _, one in rows])
    return meant, _csr((values, place, ends), shape=(len(found), len(meant.names)))


def _leanings(matrix: Any, labels: NDArray[np.str_], train: Rows, test: Rows) -> list[tuple[str, float]]:
    """Signal and margin of each test row, by a machine that had not met its writer."""
    kinds, weights, bias = _fitted(matrix[train], labels[train])
    scores = np.asarray(matrix[test] @ weights + bias)
    calm = kinds.index(CALM)
    danger, signals = np.delete(scores, calm, axis=1), np.delete(np.array(kinds), calm)
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
        "recall": round(float(raised[danger].mean()), 4),
        "right": round(float(right[danger].mean()), 4),
        "false_alarms": round(float(raised[ordinary].mean()), 4),
    }
