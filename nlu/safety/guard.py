"""The second net: one linear separator a signal, and one for "nobody is in danger", learnt from examples.

It reads what the engine's classifier reads (its features, its weights for them) and, beside that, the concepts of the
safety patterns and which of them meet in a message: curated words in five varieties, joined as the examples join them.
Its answer is a margin: how far the best signal lies above calm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from nlu.safety.detect import LEVELS, SafetyHit
from nlu.safety.vocabulary import Reading

if TYPE_CHECKING:
    from nlu.embedded.model import Vocabulary

Floats = NDArray[np.float32]
CALM: Final = "calm"
_MOST: Final = 40  # concepts of one message that are paired
_ALONE, _PAIRED = 1.0, 0.7
DOUBT: Final = -0.7  # margin below which a rule that fired is doubted
STRONG: Final = 0.9  # score of a rule that is heard all the same, and asked about
_CERTAIN: Final = 0.5  # margin from which the guard's signal counts like a rule's
_ASK: Final = 0.6  # score of what is to be asked about


@dataclass(frozen=True, slots=True)
class Leaning:
    """The likeliest signal of a message, how far it lies above calm, and the chance that somebody is in danger."""

    signal: str
    margin: float
    chance: float


@dataclass(slots=True)
class Guard:
    """`weights` has a row for each feature of the engine's vocabulary, `meant` one for each name in `names`."""

    signals: tuple[str, ...]
    names: tuple[str, ...]
    rarity: Floats
    weights: NDArray[np.float16]
    meant: NDArray[np.float16]
    bias: Floats
    limit: float = 0.0
    slope: tuple[float, float] = (1.0, 0.0)
    _number: dict[str, int] = field(init=False)
    _calm: int = field(init=False)

    def __post_init__(self) -> None:
        self._number = {name: at for at, name in enumerate(self.names)}
        self._calm = self.signals.index(CALM)

    def leaning(self, words: Sequence[str], vocabulary: Vocabulary, readings: Sequence[Reading],
                spans: Sequence[tuple[int, int]]) -> Leaning:
        """A message, its reading, and the same for its windows: in a ramble the danger is often in one breath."""
        every, starts = vocabulary.ids_by_word(words)
        first, *rest = [
            self._scores(every[starts[start] : starts[end]], vocabulary, reading)
            for (start, end), reading in zip([(0, len(words)), *spans], readings, strict=True)
        ]
        if rest:
            surest = max(rest, key=lambda one: self._of(one).margin)
            middle = 0.5 * first + 0.5 * surest
            first = max((first, middle), key=lambda one: self._of(one).margin)
        return self._of(first)

    def arrays(self) -> dict[str, Any]:
        """All that makes it, as arrays to be kept with the model's."""
        return {
            "guard_signals": _as_bytes(self.signals), "guard_names": _as_bytes(self.names), "guard_rarity": self.rarity,
            "guard_weights": self.weights, "guard_meant": self.meant, "guard_bias": self.bias,
            "guard_limits": np.array([self.limit, *self.slope], dtype=np.float64),
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Guard | None:
        """What `arrays` gave, or nothing where a model was kept without a guard."""
        if "guard_bias" not in arrays:
            return None
        limit, steep, shift = arrays["guard_limits"].tolist()
        return cls(_of_bytes(arrays["guard_signals"]), _of_bytes(arrays["guard_names"]), arrays["guard_rarity"],
                   arrays["guard_weights"], arrays["guard_meant"], arrays["guard_bias"], limit, (steep, shift))

    def _scores(self, ids: NDArray[np.int32], vocabulary: Vocabulary, reading: Reading) -> Floats:
        scores = self.bias.copy()
        if ids.size:
            kinds, counts = np.unique(ids, return_counts=True)
            values = vocabulary.values(kinds, counts.astype(np.float32))
            scores += np.einsum("i,ij->j", values, self.weights[kinds].astype(np.float32))
        place, values = weighed_concepts(concept_names(reading.seen), self._number, self.rarity)
        if place.size:
            scores += np.einsum("i,ij->j", values, self.meant[place].astype(np.float32))
        return scores

    def _of(self, scores: Floats) -> Leaning:
        danger = scores.copy()
        danger[self._calm] = -np.inf
        best = int(danger.argmax())
        margin = float(scores[best] - scores[self._calm])
        steep, shift = self.slope
        return Leaning(self.signals[best], margin, float(1 / (1 + np.exp(-(steep * margin + shift)))))


def _as_bytes(names: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _of_bytes(kept: NDArray[Any]) -> tuple[str, ...]:
    return tuple(kept.tobytes().decode().split("\n"))


def concept_names(seen: Mapping[str, object]) -> list[str]:
    """Concepts found in a message -> their names, and the names of all pairs of them."""
    found = sorted(seen)[:_MOST]
    return [*found, *(f"{one} & {other}" for one, other in combinations(found, 2))]


def weighed_concepts(names: Sequence[str], number: Mapping[str, int], rarity: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Known names -> their numbers and weights: single ones and pairs each of unit length."""
    place = np.array([number[name] for name in names if name in number], dtype=np.intp)
    paired = np.array([" & " in name for name in names if name in number], dtype=bool)
    values = rarity[place]
    for kind, weight in ((~paired, _ALONE), (paired, _PAIRED)):
        length = np.sqrt(np.square(values[kind]).sum())
        if length > 0:
            values[kind] *= weight / length
    return place, values.astype(np.float32)


def verdict(hits: Sequence[SafetyHit], leaning: Leaning, limit: float, levels: Mapping[str, str]) -> SafetyHit | None:
    """What the rules found and how the guard leans -> one signal; a middling score means "ask whether it is so"."""
    level = levels.get(leaning.signal, "urgent")
    if not hits:
        if leaning.margin < limit:
            return None
        return SafetyHit(leaning.signal, level, round(leaning.chance, 3), "guard")
    first = hits[0]
    if leaning.margin < DOUBT:
        if first.score < STRONG:
            return None
        return SafetyHit(first.signal, first.level, min(first.score, _ASK), first.because)
    told = leaning.signal in {hit.signal for hit in hits}
    graver = LEVELS.index(level) <= LEVELS.index(first.level)
    if leaning.margin >= _CERTAIN and graver and (told or leaning.margin >= 2 * _CERTAIN):
        return SafetyHit(leaning.signal, level, max(first.score, round(leaning.chance, 3)), first.because)
    return first
