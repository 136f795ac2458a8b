"""From utterances to weights: vocabulary, matrix, one linear separator an intent (needs scikit-learn)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

from nlu.concepts import Concepts
from nlu.embedded.features import WEIGHTS, features
from nlu.embedded.model import Floats, Model, Vocabulary
from nlu.embedded.windows import windows_of

SEED: Final = 20240901
_PENALTY: Final = 1.0
_TOLERANCE: Final = 0.05
_CELLS: Final = 22_000_000  # weights in a model: 44 MB as float16
_SEEN_IN: Final = 2  # utterances a feature must be seen in
_FEW: Final = 100  # utterances below which every feature counts

Rows = NDArray[np.intp]
_csr: Any = sparse.csr_matrix  # untyped at their homes
_separator: Any = LinearSVC


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each message (row of `matrix`, scipy CSR, float32) holds each of `features` (sorted)."""

    messages: Sequence[Sequence[str]]
    features: tuple[str, ...]
    matrix: Any
    concepts: Concepts

    @classmethod
    def of(cls, messages: Sequence[Sequence[str]], concepts: Concepts) -> Counted:
        """Messages given as their words."""
        counts = [Counter(features(words, concepts)) for words in messages]
        seen = Counter(feature for one in counts for feature in one)
        least = _SEEN_IN if len(messages) > _FEW else 1
        names = tuple(sorted(feature for feature, times in seen.items() if times >= least))
        number = {feature: at for at, feature in enumerate(names)}
        rows = [sorted((number[name], times) for name, times in one.items() if name in number) for one in counts]
        ends = np.cumsum([0, *map(len, rows)])
        ids = np.fromiter((at for row in rows for at, _ in row), dtype=np.int32, count=int(ends[-1]))
        values = np.fromiter((times for row in rows for _, times in row), dtype=np.float32, count=int(ends[-1]))
        return cls(messages, names, _csr((values, ids, ends), shape=(len(rows), len(names))), concepts)


def fitted(counted: Counted, rows: Rows, intents: Sequence[str]) -> Model:
    """The chosen rows and their intents (two at least) -> a model without calibration."""
    labels = sorted(set(intents))
    matrix = counted.matrix[rows]
    vocabulary, columns = _vocabulary(counted, matrix, len(labels))
    machine = _separator(C=_PENALTY, tol=_TOLERANCE, random_state=SEED, class_weight="balanced")
    machine.fit(weighed(matrix[:, columns], vocabulary), [labels.index(intent) for intent in intents])
    weights, bias = machine.coef_.T, np.ravel(machine.intercept_)
    if len(labels) == 2:  # one separator serves both
        weights, bias = np.hstack([-weights, weights]), np.array([-bias[0], bias[0]])
    return Model(tuple(labels), vocabulary, np.ascontiguousarray(weights, dtype=np.float16),
                 np.asarray(bias, dtype=np.float32))


def scores_of(model: Model, counted: Counted, rows: Rows) -> Floats:
    """Scores of the chosen messages, one row each, as `Model.scores` gives them one by one."""
    place = {feature: at for at, feature in enumerate(counted.features)}
    columns = [place[feature] for feature in model.vocabulary.features]
    weights = model.weights.astype(np.float32)
    scores = np.asarray(weighed(counted.matrix[rows][:, columns], model.vocabulary) @ weights + model.bias)
    for at, row in enumerate(rows):
        if windows_of(len(counted.messages[row])):
            scores[at] = model.scores(counted.messages[row])
    return scores


def weighed(counts: Any, vocabulary: Vocabulary) -> Any:
    """Counts (CSR) -> weights as `Vocabulary.values` gives them, row by row."""
    matrix = counts.tocsr()
    raw = (1 + np.log(matrix.data)) * vocabulary.idf[matrix.indices]
    owner = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    cell = owner * len(WEIGHTS) + vocabulary.view[matrix.indices]
    length = np.sqrt(np.bincount(cell, raw * raw))
    values = raw / length[cell] * vocabulary.weight[vocabulary.view[matrix.indices]]
    return _csr((values.astype(np.float32), matrix.indices, matrix.indptr), shape=matrix.shape)


def _vocabulary(counted: Counted, matrix: Any, intents: int) -> tuple[Vocabulary, NDArray[np.intp]]:
    """Features seen in two of the messages or more; the most seen ones where all would make the model too big."""
    seen = np.bincount(matrix.indices, minlength=matrix.shape[1])
    columns = np.flatnonzero(seen >= (_SEEN_IN if matrix.shape[0] > _FEW else 1))
    if len(columns) > (most := _CELLS // intents):
        columns = np.sort(columns[np.argsort(-seen[columns], kind="stable")[:most]])
    idf = np.log((1 + matrix.shape[0]) / (1 + seen[columns])) + 1
    names = tuple(counted.features[at] for at in columns)
    return Vocabulary(names, idf.astype(np.float32), counted.concepts), columns
