"""Concepts of a message and which of them meet in it, as weighed features: numbers only, a message costs no strings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Numbers = NDArray[np.intp]

_MOST: Final = 40  # concepts of one message that are paired
_ALONE, _PAIRED = 1.0, 0.7
_BETWEEN: Final = " & "


@dataclass(slots=True)
class Meant:
    """`names` are concepts in order, then pairs of them ("a & b", a before b) in order; `rarity` of each beside it."""

    names: tuple[str, ...]
    rarity: Floats
    number: dict[str, int] = field(init=False)
    _place: NDArray[np.int32] = field(init=False)

    def __post_init__(self) -> None:
        singles = [name for name in self.names if _BETWEEN not in name]
        self.number = {name: at for at, name in enumerate(singles)}
        size = max(1, len(singles))
        pairs = [name.split(_BETWEEN) for name in self.names[len(singles) :]]
        self._place = np.full(size * size, -1, dtype=np.int32)  # of each pair in `names`: looked up, not searched for
        for at, (one, other) in enumerate(pairs, len(singles)):
            self._place[self.number[one] * size + self.number[other]] = at

    @classmethod
    def learnt(cls, messages: Sequence[Collection[str]], least: int) -> Meant:
        """From the concepts of each message: those that occur, or meet, in `least` of them."""
        seen = Counter(name for message in messages for name in message)
        singles = sorted(name for name, times in seen.items() if times >= least)
        alone = cls(tuple(singles), np.ones(len(singles), dtype=np.float32))
        met = [alone._pairs(alone.numbers(message)) for message in messages]
        keys, times = np.unique(np.concatenate(met), return_counts=True)
        keys, times = keys[times >= least], times[times >= least]
        size = max(1, len(singles))
        names = [*singles, *(f"{singles[key // size]}{_BETWEEN}{singles[key % size]}" for key in keys.tolist())]
        often = np.concatenate([np.array([seen[name] for name in singles]), times])
        rarity = np.log(len(messages) / (1 + often)) + 1
        return cls(tuple(names), rarity.astype(np.float32))

    def numbers(self, concepts: Iterable[str]) -> Numbers:
        """Concepts of a message -> the numbers of the known ones, in order."""
        return np.array(sorted(self.number[one] for one in concepts if one in self.number), dtype=np.intp)

    def weighed(self, numbers: Numbers) -> tuple[Numbers, Floats]:
        """Numbers of concepts, in order -> places in `names` and weights: single ones and pairs each of unit length."""
        found = self._place.take(self._pairs(numbers))
        pairs = found[found >= 0]
        alone, paired = self.rarity.take(numbers), self.rarity.take(pairs)
        for values, weight in ((alone, _ALONE), (paired, _PAIRED)):
            if values.size:
                values *= np.float32(weight / np.sqrt(np.square(values).sum()))
        return np.concatenate([numbers, pairs]), np.concatenate([alone, paired])

    def weighed_in(self, numbers: Numbers, present: NDArray[np.bool_]) -> tuple[Numbers, Floats]:
        """As `weighed`, of several parts of a message at once (weights: parts × places): a part holds those `present`."""
        paired = present & (present.cumsum(axis=1) <= _MOST)
        few = np.flatnonzero(paired.any(axis=0))
        one, other = _triangle(len(few))
        found = self._place.take(self._keys_of(numbers[few], one, other))
        known = (found >= 0).nonzero()[0]
        pairs = found[known]
        paired = paired[:, few]
        together = paired.take(one[known], axis=1) & paired.take(other[known], axis=1)
        alone = _of_length(present * self.rarity.take(numbers), _ALONE)
        return np.concatenate([numbers, pairs]), np.hstack([alone, _of_length(together * self.rarity.take(pairs), _PAIRED)])

    def _pairs(self, numbers: Numbers) -> NDArray[np.int64]:
        few = numbers[:_MOST]
        return self._keys_of(few, *_triangle(len(few)))

    def _keys_of(self, numbers: Numbers, one: Numbers, other: Numbers) -> NDArray[np.int64]:
        return np.asarray(numbers[one].astype(np.int64) * max(1, len(self.number)) + numbers[other])


def _of_length(values: Floats, length: float) -> Floats:
    """Each row stretched to this length; a row of nothing stays nothing."""
    size = np.sqrt(np.square(values).sum(axis=1, keepdims=True))
    scale = np.divide(np.float32(length), size, out=np.zeros_like(size), where=size > 0)
    return np.asarray(values * scale, dtype=np.float32)


@lru_cache(maxsize=256)
def _triangle(size: int) -> tuple[Numbers, Numbers]:
    """Every two of so many: the first of each pair, and the second."""
    one, other = np.triu_indices(size, 1)
    return one, other
