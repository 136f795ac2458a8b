"""The features a model knows: which of them a message holds, word by word, and how much each weighs in each part of it."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlu.concepts import Concepts
from nlu.embedded.features import WEIGHTS, met_before, word_spellings
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


class _Word(NamedTuple):
    """What a word gives whatever stands around it: the numbers of its own features, and its form in each spelling."""

    ids: array[int]
    folded: str
    bones: str


class Weighed(NamedTuple):
    """Distinct features of a message, in order, and what each weighs in each of its parts (parts × features)."""

    kinds: Ids
    values: Floats


@dataclass(slots=True)
class Vocabulary:
    """Features known to the model. `idf` and `view` run parallel to `features`, which are sorted, so view by view;
    `weights` tells how much each view counts.

    The last message is remembered: classifier and guard read the same.
    """

    features: tuple[str, ...]
    idf: Floats
    concepts: Concepts
    weights: Mapping[str, float] = field(default_factory=lambda: WEIGHTS)
    view: NDArray[np.uint8] = field(init=False)
    weight: Floats = field(init=False)
    _opens: Ids = field(init=False)
    _number: dict[str, dict[str, int]] = field(init=False)
    _meeting: dict[str, dict[str, int]] = field(init=False, default_factory=dict)
    _known: dict[str, _Word] = field(init=False, default_factory=dict)
    _told: tuple[list[str], Ids, list[int]] = field(init=False)
    _weighed: tuple[list[str], Parts, Weighed] = field(init=False)

    def __post_init__(self) -> None:
        nothing = np.zeros(0, dtype=np.int32)
        self._told = ([], nothing, [0])
        self._weighed = ([], (), Weighed(nothing, np.zeros((0, 0), dtype=np.float32)))
        views = sorted(WEIGHTS)
        self.view = np.array([views.index(feature[0]) for feature in self.features], dtype=np.uint8)
        self.weight = np.array([self.weights[view] for view in views], dtype=np.float32)
        self._opens = self.view.searchsorted(np.arange(len(views) + 1)).astype(np.int32)
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
        ids = array("i")
        starts: list[int] = []
        before = _Word(ids, "", "")
        for word, here in zip(words, met_before(self.concepts.found_in(words)), strict=True):
            known = self._word(word)
            ids.extend(self._ids_of_pair(before, known))
            starts.append(len(ids))
            ids.extend(known.ids)
            if here:
                ids.extend(self._ids_of_concepts(here))
            before = known
        self._told = (list(words), np.array(ids, dtype=np.int32), [*starts, len(ids)])
        return self._told[1:]

    def weighed(self, words: Sequence[str], parts: Parts) -> Weighed:
        """The features of a message and their weights in each of its parts, the whole first."""
        message, same, known = self._weighed
        if message == words and same == parts:
            return known
        every, starts = self.ids_by_word(words)
        kinds, place, once = _distinct(every)
        if len(parts) == 1:
            found = Weighed(kinds, self._values(kinds, once[None, :]))
            self._weighed = (list(words), parts, found)
            return found
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
        raw = _LOUD.take(times, mode="clip")
        raw *= self.idf.take(kinds)
        opens = kinds.searchsorted(self._opens)
        sizes = opens[1:] - opens[:-1]
        held = sizes.nonzero()[0]
        length = np.sqrt(np.add.reduceat(raw * raw, opens[held], axis=1))
        length[length == 0] = np.inf
        raw *= (self.weight[held] / length).repeat(sizes[held], axis=1)
        return raw

    def _word(self, word: str) -> _Word:
        if (known := self._known.get(word)) is None:
            if len(self._known) > _KEPT_WORDS:
                self._known.clear()
            ids = array("i")
            for view, spellings in word_spellings(word):
                ids.extend([at for at in map(self._number[view].get, spellings) if at is not None])
            known = self._known[word] = _Word(ids, fold_word(word), bones_of_word(word))
        return known

    def _ids_of_pair(self, first: _Word, second: _Word) -> list[int]:
        pairs = (("w", first.folded, second.folded), ("v", first.bones, second.bones))
        return [
            at for view, one, other in pairs if one and other and (at := self._number[view].get(f"{one} {other}")) is not None
        ]

    def _ids_of_concepts(self, here: Sequence[tuple[str, Sequence[str]]]) -> list[int]:
        alone = self._number["c"]
        ids = [alone[one] for one, _ in here if one in alone]
        for one, before in here:
            if before and (meeting := self._meeting.get(one)):
                ids += [meeting[other] for other in before if other in meeting]
        return ids


def _distinct(every: Ids) -> tuple[Ids, NDArray[np.intp], NDArray[np.intp]]:
    """As `np.unique` with inverse and counts, in half the time."""
    order = every.argsort()
    arranged = every.take(order)
    opens = np.ones(len(every), dtype=bool)
    np.not_equal(arranged[1:], arranged[:-1], out=opens[1:])
    place = np.empty(len(every), dtype=np.intp)
    place[order] = opens.cumsum() - 1
    first = np.append(opens.nonzero()[0], len(every))
    return arranged.take(first[:-1]), place, first[1:] - first[:-1]
