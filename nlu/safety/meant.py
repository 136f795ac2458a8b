"""Concepts of a message and which of them meet in it, as weighed features: numbers only, a message costs no strings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
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
    _keys: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        singles = [name for name in self.names if _BETWEEN not in name]
        self.number = {name: at for at, name in enumerate(singles)}
        pairs = (name.split(_BETWEEN) for name in self.names[len(singles) :])
        self._keys = np.array([self._key(self.number[one], self.number[other]) for one, other in pairs], dtype=np.int64)

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
        keys = self._pairs(numbers)
        near = np.minimum(np.searchsorted(self._keys, keys), max(0, len(self._keys) - 1))
        pairs = near[self._keys[near] == keys] + len(self.number) if len(self._keys) else keys[:0]
        alone, paired = self.rarity[numbers], self.rarity[pairs]
        for values, weight in ((alone, _ALONE), (paired, _PAIRED)):
            if values.size:
                values *= np.float32(weight / np.sqrt(np.square(values).sum()))
        return np.concatenate([numbers, pairs]).astype(np.intp), np.concatenate([alone, paired])

    def _pairs(self, numbers: Numbers) -> NDArray[np.int64]:
        few = numbers[:_MOST].astype(np.int64)
        one, other = _TRIANGLES[len(few)]
        return np.asarray(few[one] * max(1, len(self.number)) + few[other])

    def _key(self, one: int, other: int) -> int:
        return one * max(1, len(self.number)) + other


_TRIANGLES: Final = [np.triu_indices(size, 1) for size in range(_MOST + 1)]
