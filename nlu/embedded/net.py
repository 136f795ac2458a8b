"""A hidden layer beside the linear separators: it learns which features stand for one another (numpy and scipy alone).

Trained on the same weighed features, with noise against learning by heart: a part of the features and of the hidden
units is left out at every step, and the right intent is aimed at a little less than certainly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]

HIDDEN: Final = 128
_ROUNDS: Final = 10
_AT_ONCE: Final = 96
_STRIDE: Final = 0.2
_DEAF, _IDLE = 0.4, 0.5  # share of features, and of hidden units, left out of a step
_SOFT: Final = 0.05
_csr: Any = sparse.csr_matrix  # untyped at its home


@dataclass(slots=True)
class _Stride:
    """Adagrad: what has moved much already moves less."""

    value: Floats
    moved: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.moved = np.full_like(self.value, 1e-3)

    def step(self, slope: Floats, stride: float) -> None:
        self.moved += slope**2
        self.value -= stride * slope / np.sqrt(self.moved)


def learnt_layer(matrix: Any, right: NDArray[np.intp], intents: int, seed: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Weighed messages (CSR) and the numbers of their intents -> weights and bias into the hidden units and out of them.

    The same data and seed give the same numbers.
    """
    chance = np.random.default_rng(seed)
    messages, features = matrix.shape
    hidden = (chance.standard_normal((features, HIDDEN)) * 0.05).astype(np.float32)
    moved = np.full((features, 1), 1e-3, dtype=np.float32)
    shift = _Stride(np.zeros(HIDDEN, dtype=np.float32))
    out = _Stride((chance.standard_normal((HIDDEN, intents)) / np.sqrt(HIDDEN)).astype(np.float32))
    bias = _Stride(np.zeros(intents, dtype=np.float32))
    worth = _worth(right, intents)
    for turn in range(_ROUNDS):
        order, stride = chance.permutation(messages), _STRIDE * (1 - turn / _ROUNDS)
        for start in range(0, messages, _AT_ONCE):
            rows = order[start : start + _AT_ONCE]
            part = _without_some(matrix[rows], chance)
            before = np.asarray(part @ hidden) + shift.value
            mask = ((chance.random(before.shape) >= _IDLE) / (1 - _IDLE) * (before > 0)).astype(np.float32)
            active = np.asarray(before * mask, dtype=np.float32)
            scores = np.asarray(active @ out.value + bias.value, dtype=np.float32)
            slope = _slope(scores, right[rows], worth / np.float32(len(rows)))
            back = np.asarray((slope @ out.value.T) * mask, dtype=np.float32)
            out.step(np.asarray(active.T @ slope, dtype=np.float32), stride)
            bias.step(slope.sum(axis=0), stride)
            shift.step(back.sum(axis=0), stride)
            _move(hidden, moved, part, back, stride)
    return hidden, shift.value, out.value, bias.value


def _worth(right: NDArray[np.intp], intents: int) -> Floats:
    """Rare intents count more, by the root of how rare they are."""
    times = np.maximum(np.bincount(right, minlength=intents), 1)
    return np.asarray(np.sqrt(times.sum() / intents / times), dtype=np.float32)


def _without_some(part: Any, chance: np.random.Generator) -> Any:
    keep = np.flatnonzero(chance.random(part.nnz) >= _DEAF)
    ends = np.searchsorted(keep, part.indptr).astype(part.indptr.dtype)
    return _csr((part.data[keep] / np.float32(1 - _DEAF), part.indices[keep], ends), shape=part.shape)


def _slope(scores: Floats, right: NDArray[np.intp], worth: Floats) -> Floats:
    grown = np.exp(scores - scores.max(axis=1, keepdims=True))
    slope = grown / grown.sum(axis=1, keepdims=True) - _SOFT / scores.shape[1]
    slope[np.arange(len(right)), right] -= 1 - _SOFT
    return np.asarray(slope * worth[right, None], dtype=np.float32)


def _move(hidden: Floats, moved: Floats, part: Any, back: Floats, stride: float) -> None:
    """One step of the features that occur in `part`; a feature's hidden weights share one stride."""
    columns, place = np.unique(part.indices, return_inverse=True)
    narrow = _csr((part.data, place, part.indptr), shape=(part.shape[0], len(columns)))
    slope = np.asarray(narrow.T @ back, dtype=np.float32)
    pace = moved[columns] + (slope**2).mean(axis=1, keepdims=True)
    moved[columns] = pace
    hidden[columns] -= stride * slope / np.sqrt(pace)
