"""A hidden layer beside the linear separators: it learns which features stand for one another (numpy and scipy alone).

Trained on the same weighed features, with noise against learning by heart: a part of the words, of the features and of
the hidden units is left out at every step, and the right intent is aimed at a little less than certainly.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]

HIDDEN: Final = 128
_STEPS: Final = 4400  # in all, whatever the size of the data; between the fewest and the most rounds
_FEWEST, _MOST = 6, 40
_AT_ONCE: Final = 96
_STRIDE: Final = 0.2
_UNHEARD, _DEAF, _IDLE = 0.2, 0.4, 0.5  # share of words, of features, and of hidden units, left out of a step
_WORDS: Final = 20  # heard of a message in a step, or so: of a passage of an answer each time another part
_SOFT: Final = 0.05
_csr: Any = sparse.csr_matrix  # untyped at its home


@dataclass(frozen=True, slots=True)
class Spoken:
    """Messages word by word: message m has the `ids` of its features from `ends[m]` to `ends[m + 1]`, with their weights
    and the number of the word each belongs to (or opens)."""

    ids: NDArray[np.int32]
    weights: Floats
    word: NDArray[np.int32]
    ends: Rows

    def of(self, messages: Rows) -> tuple[Rows, Rows]:
        """Where the features of these messages lie, one after the other, and how many each message has."""
        return spans(self.ends, messages)


def spans(ends: Rows, rows: Rows) -> tuple[Rows, Rows]:
    """All places from `ends[row]` to `ends[row + 1]`, row after row, and how many each row has."""
    sizes = ends[rows + 1] - ends[rows]
    return np.repeat(ends[rows] - np.cumsum(sizes) + sizes, sizes) + np.arange(int(sizes.sum())), sizes


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


def learnt_layer(spoken: Spoken, right: Rows, features: int, intents: int, seed: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Messages and the numbers of their intents -> weights and bias into the hidden units and out of them.

    The same data and seed give the same numbers.
    """
    chance = np.random.default_rng(seed)
    messages = len(right)
    hidden = (chance.standard_normal((features, HIDDEN)) * 0.05).astype(np.float32)
    moved = np.full((features, 1), 1e-3, dtype=np.float32)
    shift = _Stride(np.zeros(HIDDEN, dtype=np.float32))
    out = _Stride((chance.standard_normal((HIDDEN, intents)) / np.sqrt(HIDDEN)).astype(np.float32))
    bias = _Stride(np.zeros(intents, dtype=np.float32))
    worth = _worth(right, intents)
    kept = _kept(spoken)
    spoken = replace(spoken, weights=spoken.weights / kept[spoken.word] / np.float32(1 - _DEAF))
    rounds = min(_MOST, max(_FEWEST, round(_STEPS * _AT_ONCE / messages)))
    for turn in range(rounds):
        order, stride = chance.permutation(messages), _STRIDE * (1 - turn / rounds)
        heard = chance.random(len(kept), dtype=np.float32) < kept
        for start in range(0, messages, _AT_ONCE):
            rows = order[start : start + _AT_ONCE]
            part, columns = _without_some(spoken, rows, heard, chance)
            into = hidden[columns]
            before = np.asarray(part @ into) + shift.value
            mask = ((chance.random(before.shape, dtype=np.float32) >= _IDLE) / (1 - _IDLE) * (before > 0)).astype(np.float32)
            active = np.asarray(before * mask, dtype=np.float32)
            scores = np.asarray(active @ out.value + bias.value, dtype=np.float32)
            slope = _slope(scores, right[rows], worth / np.float32(len(rows)))
            back = np.asarray((slope @ out.value.T) * mask, dtype=np.float32)
            out.step(np.asarray(active.T @ slope, dtype=np.float32), stride)
            bias.step(slope.sum(axis=0), stride)
            shift.step(back.sum(axis=0), stride)
            fall = np.asarray(part.T @ back, dtype=np.float32)
            pace = moved[columns] + np.einsum("ij,ij->i", fall, fall)[:, None] / HIDDEN  # a feature's weights share a stride
            moved[columns] = pace
            fall *= np.float32(stride) / np.sqrt(pace)
            hidden[columns] = into - fall
    return hidden, shift.value, out.value, bias.value


def _worth(right: Rows, intents: int) -> Floats:
    """Rare intents count more, by the root of how rare they are."""
    times = np.maximum(np.bincount(right, minlength=intents), 1)
    return np.asarray(np.sqrt(times.sum() / intents / times), dtype=np.float32)


def _kept(spoken: Spoken) -> Floats:
    """The chance of each word to be heard in a step."""
    kept = np.ones(int(spoken.word.max(initial=-1)) + 1, dtype=np.float32)
    for start, end in pairwise(spoken.ends.tolist()):
        if end > start:
            first, last = int(spoken.word[start]), int(spoken.word[end - 1])
            kept[first : last + 1] = min(1 - _UNHEARD, _WORDS / (last + 1 - first))
    return kept


def _without_some(
    spoken: Spoken, rows: Rows, heard: NDArray[np.bool_], chance: np.random.Generator
) -> tuple[Any, NDArray[np.int32]]:
    """What is heard of some messages (rows × the features that occur in them), and the numbers of those features."""
    places, sizes = spoken.of(rows)
    keep = (chance.random(len(places), dtype=np.float32) >= _DEAF) & heard[spoken.word[places]]
    ends = np.concatenate([[0], np.cumsum(keep)])[np.concatenate([[0], np.cumsum(sizes)])]
    places = places[keep]
    columns, place = np.unique(spoken.ids[places], return_inverse=True)
    shape = (len(rows), len(columns))
    return _csr((spoken.weights[places], place.astype(np.int32), ends.astype(np.int32)), shape=shape), columns


def _slope(scores: Floats, right: Rows, worth: Floats) -> Floats:
    grown = np.exp(scores - scores.max(axis=1, keepdims=True))
    slope = grown / grown.sum(axis=1, keepdims=True) - _SOFT / scores.shape[1]
    slope[np.arange(len(right)), right] -= 1 - _SOFT
    return np.asarray(slope * worth[right, None], dtype=np.float32)
