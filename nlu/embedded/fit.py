"""From utterances to weights: vocabulary, matrix, one linear separator an intent and a hidden layer beside them
(needs scikit-learn)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from nlu.concepts import Concepts
from nlu.embedded.features import WEIGHTS, WEIGHTS_OF_FEW, linked_features, word_features
from nlu.embedded.model import Hidden, Model
from nlu.embedded.net import Spoken, learnt_layer, spans
from nlu.embedded.table import Table
from nlu.embedded.vocabulary import Floats, Vocabulary
from nlu.embedded.windows import windows_of

SEED: Final = 20240901
LARGE: Final = 15_000  # messages from which on data is no longer small
_PENALTY: Final = 1.0
_TOLERANCE: Final = 0.3
_ROUNDS: Final = 5
_CELLS: Final = 25_000_000  # linear weights in a model, a byte each
_LAYERS: Final = 3  # hidden layers of small data, averaged: as many as together read …
_READ: Final = 18_000  # … so many messages, for the sake of time
_SHARE_OF_FEW: Final = 1.5  # as `_SHARE`, in small data, whose separators have seen too little
_UNITS_OF: Final = 90_000  # features that reach the hidden units: the most seen ones
_SHARE: Final = 0.6  # of the hidden layer in the scores, beside the linear separators
_SEEN_IN: Final = 2  # utterances a feature must be seen in
_FEW: Final = 100  # utterances below which every feature counts

Rows = NDArray[np.intp]
_NONE: Final[Rows] = np.zeros(0, dtype=np.intp)
_csr: Any = sparse.csr_matrix  # untyped at their homes
_separator: Any = LinearSVC


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each message (row of `matrix`, scipy CSR, float32) holds each of `features` (sorted), and in which words.

    The features of the words of message m, in reading order, are those from `ends[m]` to `ends[m + 1]`: each has the
    number of its word in `word` and, in `cell`, the place in `matrix.data` where it is counted.
    """

    messages: Sequence[Sequence[str]]
    features: tuple[str, ...]
    matrix: Any
    concepts: Concepts
    ends: Rows
    word: NDArray[np.int32]
    cell: NDArray[np.int32]

    @classmethod
    def of(cls, messages: Sequence[Sequence[str]], concepts: Concepts) -> Counted:
        """Messages given as their words."""
        number: dict[str, int] = {}
        of_word: dict[str, Rows] = {}
        ids, times, cell, word, ends, rows = [_NONE], [_NONE], [_NONE], [_NONE], [0], [0]
        words = 0
        for message in messages:
            parts = []
            for one, linked in linked_features(message, concepts):
                if (known := of_word.get(one)) is None:
                    known = of_word[one] = _numbered(word_features(one), number)
                parts.append(np.concatenate([known, _numbered(linked, number)]) if linked else known)
            every = np.concatenate(parts) if parts else _NONE
            kinds, place, counts = np.unique(every, return_inverse=True, return_counts=True)
            ids.append(kinds)
            times.append(counts)
            cell.append(rows[-1] + place)
            word.append(words + np.repeat(np.arange(len(parts)), [len(part) for part in parts]))
            rows.append(rows[-1] + len(kinds))
            ends.append(ends[-1] + len(every))
            words += len(parts)
        features, ids_of = _often_seen(number, np.concatenate(ids), _SEEN_IN if len(messages) > _FEW else 1)
        kept, cells = ids_of >= 0, np.concatenate(cell)
        heard = kept[cells]
        before, heard_before = counted_before(kept), counted_before(heard)
        counts = np.concatenate(times)[kept].astype(np.float32)
        matrix = _csr((counts, ids_of[kept], before[rows]), shape=(len(messages), len(features)))
        return cls(
            messages,
            features,
            matrix,
            concepts,
            heard_before[ends],
            np.concatenate(word)[heard].astype(np.int32),
            before[cells[heard]].astype(np.int32),
        )


def _numbered(found: Sequence[str], number: dict[str, int]) -> Rows:
    return np.array([number.setdefault(feature, len(number)) for feature in found], dtype=np.intp)


def _often_seen(number: dict[str, int], ids: Rows, least: int) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Features in `least` messages or more, sorted; and what each of `ids` is numbered among them, -1 if it is not."""
    often = np.bincount(ids, minlength=len(number)) >= least
    names = tuple(sorted(name for name, at in number.items() if often[at]))
    place = np.full(len(number), -1, dtype=np.int32)
    place[[number[name] for name in names]] = np.arange(len(names), dtype=np.int32)
    return names, place[ids]


def counted_before(held: NDArray[np.bool_]) -> Rows:
    """How many hold before each place, and in all."""
    return np.concatenate([[0], np.cumsum(held)]).astype(np.intp)


def fitted(counted: Counted, rows: Rows, intents: Sequence[str], read: Rows | None = None, passages: int | None = None) -> Model:
    """The chosen rows and their intents (two at least) -> a model without calibration.

    Its vocabulary is that of the rows `read`, where they are more than those learnt from. From row `passages` on stand
    passages of answers: the hidden layer learns from them; to the separators they would add time and nothing else.
    """
    labels = sorted(set(intents))
    vocabulary, columns = vocabulary_of(counted, rows if read is None else read, len(labels))
    right = np.searchsorted(np.array(labels), np.array(intents))
    said = np.isin(right, right[rows < passages], invert=True) | (rows < passages) if passages else rows >= 0
    machine = _separator(C=_PENALTY, tol=_TOLERANCE, max_iter=_ROUNDS, random_state=SEED, class_weight="balanced")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a few rounds are as good as all, beside the hidden layer
        machine.fit(weighed(counted.matrix[rows[said]][:, columns], vocabulary), right[said])
    weights, bias = machine.coef_.T, np.ravel(machine.intercept_)
    if len(labels) == 2:  # one separator serves both
        weights, bias = np.hstack([-weights, weights]), np.array([-bias[0], bias[0]])
    return Model(
        tuple(labels),
        vocabulary,
        Table.of(np.ascontiguousarray(weights, dtype=np.float32)),
        np.asarray(bias, dtype=np.float32),
        _hidden(counted, rows, vocabulary, columns, right),
    )


def _hidden(counted: Counted, rows: Rows, vocabulary: Vocabulary, columns: Rows, right: Rows) -> Hidden:
    matrix = counted.matrix[:, columns][rows]
    seen = np.bincount(matrix.indices, minlength=len(columns))
    chosen = np.sort(np.argsort(-seen, kind="stable")[:_UNITS_OF])
    place = np.full(len(columns), len(chosen), dtype=np.int32)
    place[chosen] = np.arange(len(chosen), dtype=np.int32)
    spoken = _spoken(counted, rows, vocabulary, columns, np.where(place < len(chosen), place, -1))
    layers = min(_LAYERS, max(1, _READ // len(counted.messages)))
    learnt = [learnt_layer(spoken, right, len(chosen), int(right.max()) + 1, SEED + turn) for turn in range(layers)]
    return _averaged(learnt, place, _SHARE if len(counted.messages) >= LARGE else _SHARE_OF_FEW)


def _averaged(learnt: Sequence[tuple[Floats, Floats, Floats, Floats]], place: NDArray[np.int32], weight: float) -> Hidden:
    """Several layers as one: their units side by side, each layer with an equal part of the weight."""
    into, shift, out, bias = zip(*learnt, strict=True)
    whole, share = np.hstack(into), np.float32(weight / len(learnt))
    kept = Table.of(np.vstack([whole, np.zeros((1, whole.shape[1]), dtype=np.float32)]))
    return Hidden(place, kept, np.concatenate(shift), np.vstack(out) * share, np.sum(np.stack(bias), axis=0) * share)


def _spoken(counted: Counted, rows: Rows, vocabulary: Vocabulary, columns: Rows, place: NDArray[np.int32]) -> Spoken:
    """The chosen messages word by word: each time a feature occurs it has its part of the weight of the feature."""
    known = np.full(len(counted.features), -1, dtype=np.int32)
    known[columns] = np.arange(len(columns), dtype=np.int32)
    column = known[counted.matrix.indices]
    held = column >= 0
    shape = (counted.matrix.shape[0], len(columns))
    kept = _csr((counted.matrix.data[held], column[held], counted_before(held)[counted.matrix.indptr]), shape=shape)
    weights = np.zeros(len(held), dtype=np.float32)
    weights[held] = weighed(kept, vocabulary).data
    weights /= counted.matrix.data
    places, sizes = spans(counted.ends, rows)
    cells = counted.cell[places]
    ids = np.where(held[cells], place[column[cells]], -1)
    heard = ids >= 0
    ends = counted_before(heard)[np.concatenate([[0], np.cumsum(sizes)])]
    words = counted.word[places][heard]
    return Spoken(ids[heard].astype(np.int32), weights[cells[heard]], words - words.min(initial=0), ends)


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


def vocabulary_of(counted: Counted, rows: Rows, intents: int) -> tuple[Vocabulary, Rows]:
    """Features seen in two of the messages or more; the most seen ones where all would make the model too big."""
    seen = np.bincount(counted.matrix[rows].indices, minlength=len(counted.features))
    columns = np.flatnonzero(seen >= (_SEEN_IN if len(rows) > _FEW else 1))
    if len(columns) > (most := _CELLS // intents):
        columns = np.sort(columns[np.argsort(-seen[columns], kind="stable")[:most]])
    idf = np.log((1 + len(rows)) / (1 + seen[columns])) + 1
    names = tuple(counted.features[at] for at in columns)
    weights = WEIGHTS if len(counted.messages) >= LARGE else WEIGHTS_OF_FEW
    return Vocabulary(names, idf.astype(np.float32), counted.concepts, weights), columns
