"""The features a model knows: which of them a message holds, word by word, and how much each weighs in each part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlu.concepts import Concepts
from nlu.embedded.features import WEIGHTS, met_before, pair_spellings, word_spellings
from nlu.normalise import bones_of_word, fold_word

Floats = NDArray[np.float32]
Ids = NDArray[np.int32]
Parts = tuple[tuple[int, int], ...]  # (first word, past the last) of the whole message, then of its windows

_KEPT_WORDS: Final = 1 << 15
_COUNTED: Final = 4096  # times a feature may occur in one message: it is cut to 2,000 letters


def _loudness() -> Floats:
    times = np.arange(_COUNTED, dtype=np.float32)
    return np.concatenate([np.zeros(1, dtype=np.float32), 1 + np.log(times[1:])])


_LOUD: Final = _loudness()


class Weighed(NamedTuple):
    """Distinct features of a message, in order, and what each weighs in each of its parts (parts × features)."""

    kinds: Ids
    values: Floats


@dataclass(slots=True)
class Vocabulary:
    """Features known to the model. `idf` and `view` run parallel to `features`, which are sorted, so view by view.

    The last message is remembered: classifier and guard read the same.
    """

    features: tuple[str, ...]
    idf: Floats
    concepts: Concepts
    view: NDArray[np.uint8] = field(init=False)
    weight: Floats = field(init=False)
    _number: dict[str, dict[str, int]] = field(init=False)
    _meeting: dict[str, dict[str, int]] = field(init=False, default_factory=dict)
    _known: dict[str, list[int]] = field(init=False, default_factory=dict)
    _told: tuple[list[str], Ids, list[int]] = field(init=False)
    _weighed: tuple[list[str], Parts, Weighed] = field(init=False)

    def __post_init__(self) -> None:
        nothing = np.zeros(0, dtype=np.int32)
        self._told = ([], nothing, [0])
        self._weighed = ([], (), Weighed(nothing, np.zeros((0, 0), dtype=np.float32)))
        views = sorted(WEIGHTS)
        self.view = np.array([views.index(feature[0]) for feature in self.features], dtype=np.uint8)
        self.weight = np.array([WEIGHTS[view] for view in views], dtype=np.float32)
        self._number = {view: {} for view in views}
        for at, feature in enumerate(self.features):
            self._number[feature[0]][feature[2:]] = at
        for both, at in self._number["p"].items():
            one, other = both.split(" ")
            self._meeting.setdefault(one, {})[other] = at
            self._meeting.setdefault(other, {})[one] = at

    def ids_by_word(self, words: Sequence[str]) -> tuple[Ids, list[int]]:
        """Numbers of the known features of a message in reading order, repeats kept; and where each word starts.

        The numbers of what `features.linked_features` spells out."""
        message, told, opened = self._told
        if message == words:
            return told, opened
        ids: list[int] = []
        starts: list[int] = []
        met = met_before(self.concepts.found_in(words))
        for word, following, here in zip(words, [*words[1:], ""], met, strict=False):
            starts.append(len(ids))
            ids += self._ids_of(word)
            if following:
                ids += self._ids_of_pair(word, following)
            if here:
                ids += self._ids_of_concepts(here)
        self._told = (list(words), np.array(ids, dtype=np.int32), [*starts, len(ids)])
        return self._told[1:]

    def weighed(self, words: Sequence[str], parts: Parts) -> Weighed:
        """The features of a message and their weights in each of its parts, the whole first."""
        message, same, known = self._weighed
        if message == words and same == parts:
            return known
        every, starts = self.ids_by_word(words)
        kinds, place = _distinct(every)
        stretches = [place[starts[first] : starts[past]] + row * len(kinds) for row, (first, past) in enumerate(parts)]
        times = np.bincount(np.concatenate(stretches), minlength=len(parts) * len(kinds)).reshape(len(parts), len(kinds))
        found = Weighed(kinds, self._values(kinds, times))
        self._weighed = (list(words), parts, found)
        return found

    def knows(self, words: Sequence[str]) -> bool:
        """Whether one word of a message, a number apart, was seen before in either spelling or has a meaning.

        A form of one letter ("zzz") tells nothing."""
        whole, bones = self._number["w"], self._number["v"]
        spoken = [word for word in words if not word.isdecimal()]
        told = ((table, form) for word in spoken for table, form in ((whole, fold_word(word)), (bones, bones_of_word(word))))
        return any(len(form) > 1 and form in table for table, form in told) or any(self.concepts.found_in(spoken))

    def values(self, ids: Ids, counts: Floats) -> Floats:
        """Weights of distinct features, in order, from their counts: (1 + log count) · idf, each view of unit length."""
        return self._values(ids, counts.astype(np.intp)[None, :])[0] if ids.size else np.zeros(0, dtype=np.float32)

    def _values(self, kinds: Ids, times: NDArray[np.intp]) -> Floats:
        """As `values`, of several parts at once: `times` (parts × features) may be 0."""
        if not kinds.size:
            return np.zeros(times.shape, dtype=np.float32)
        raw = _LOUD.take(times, mode="clip") * self.idf[kinds]
        view = self.view[kinds]
        bounds = np.concatenate([[0], np.flatnonzero(np.diff(view)) + 1])
        length = np.sqrt(np.add.reduceat(raw * raw, bounds, axis=1))
        scale = np.divide(self.weight[view[bounds]], length, out=np.zeros_like(length), where=length > 0)
        return np.asarray(raw * np.repeat(scale, np.diff(bounds, append=len(kinds)), axis=1), dtype=np.float32)

    def _ids_of(self, word: str) -> list[int]:
        if (known := self._known.get(word)) is None:
            if len(self._known) > _KEPT_WORDS:
                self._known.clear()
            known = []
            for view, spellings in word_spellings(word):
                number = self._number[view]
                known += [number[one] for one in spellings if one in number]
            self._known[word] = known
        return known

    def _ids_of_pair(self, first: str, second: str) -> list[int]:
        return [at for view, both in pair_spellings(first, second) if (at := self._number[view].get(both)) is not None]

    def _ids_of_concepts(self, here: Sequence[tuple[str, Sequence[str]]]) -> list[int]:
        alone = self._number["c"]
        ids = [alone[one] for one, _ in here if one in alone]
        for one, before in here:
            if before and (meeting := self._meeting.get(one)):
                ids += [meeting[other] for other in before if other in meeting]
        return ids


def _distinct(every: Ids) -> tuple[Ids, NDArray[np.intp]]:
    """As `np.unique` with the inverse, in half the time."""
    order = every.argsort(kind="stable")
    arranged = every[order]
    opens = np.empty(len(every), dtype=bool)
    opens[:1] = True
    np.not_equal(arranged[1:], arranged[:-1], out=opens[1:])
    place = np.empty(len(every), dtype=np.intp)
    place[order] = np.cumsum(opens) - 1
    return arranged[opens], place
