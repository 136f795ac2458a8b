"""From utterances to weights: vocabulary, matrix, one linear separator an intent and a hidden layer beside them
(needs scikit-learn)."""

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
from nlu.embedded.model import Floats, Hidden, Model, Vocabulary
from nlu.embedded.net import learnt_layer
from nlu.embedded.table import Table
from nlu.embedded.windows import windows_of

SEED: Final = 20240901
_PENALTY: Final = 1.0
_TOLERANCE: Final = 0.05
_CELLS: Final = 25_000_000  # linear weights in a model, a byte each
_UNITS_OF: Final = 90_000  # features that reach the hidden units: the most seen ones
_SHARE: Final = 0.25  # of the hidden layer in the scores, beside the linear separators
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
    values, right = weighed(matrix[:, columns], vocabulary), np.array([labels.index(intent) for intent in intents])
    machine.fit(values, right)
    weights, bias = machine.coef_.T, np.ravel(machine.intercept_)
    if len(labels) == 2:  # one separator serves both
        weights, bias = np.hstack([-weights, weights]), np.array([-bias[0], bias[0]])
    return Model(tuple(labels), vocabulary, Table.of(np.ascontiguousarray(weights, dtype=np.float32)),
                 np.asarray(bias, dtype=np.float32), _hidden(values, right, len(labels)))


def _hidden(values: Any, right: NDArray[np.intp], intents: int) -> Hidden:
    seen = np.bincount(values.indices, minlength=values.shape[1])
    chosen = np.sort(np.argsort(-seen, kind="stable")[:_UNITS_OF])
    into, shift, out, bias = learnt_layer(values[:, chosen], right, intents, SEED)
    place = np.full(values.shape[1], len(chosen), dtype=np.int32)
    place[chosen] = np.arange(len(chosen), dtype=np.int32)
    kept = Table.of(np.vstack([into, np.zeros((1, into.shape[1]), dtype=np.float32)]))
    return Hidden(place, kept, shift, out * np.float32(_SHARE), bias * np.float32(_SHARE))


def scores_of(model: Model, counted: Counted, rows: Rows) -> Floats:
    """Scores of the chosen messages, one row each, as `Model.scores` gives them one by one."""
    place = {feature: at for at, feature in enumerate(counted.features)}
    columns = [place[feature] for feature in model.vocabulary.features]
    values = weighed(counted.matrix[rows][:, columns], model.vocabulary)
    units = values @ model.hidden.into.whole()[model.hidden.place]
    scores = np.asarray(values @ model.weights.whole() + model.bias + model.hidden.scores(units))
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
