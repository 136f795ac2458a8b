"""The second net: one linear separator a signal, and one for "nobody is in danger", learnt from examples.

It reads what the engine's classifier reads (its features, its weights for them) and, beside that, the concepts of the
safety patterns and which of them meet in a message: curated words in five varieties, joined as the examples join them.
Its answer is a margin: how far the best signal lies above calm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from nlu.safety.detect import LEVELS, SafetyHit
from nlu.safety.meant import Floats, Meant
from nlu.safety.vocabulary import Reading

if TYPE_CHECKING:
    from nlu.embedded.vocabulary import Parts, Vocabulary

CALM: Final = "calm"
DOUBT: Final = -0.5  # margin below which a rule that fired is doubted
STRONG: Final = 0.9  # score of a rule that is heard all the same, and asked about
CALMER: Final = -1.0  # margin below which no rule is believed: of 2,900 calls by unknown writers one lay there, of stories 25
CERTAIN: Final = 0.5  # margin from which the guard's signal counts like a rule's
_ASK: Final = 0.6  # score of what is to be asked about


@dataclass(frozen=True, slots=True)
class Leaning:
    """The likeliest signal of a message, how far it lies above calm, and the chance that somebody is in danger."""

    signal: str
    margin: float
    chance: float


@dataclass(slots=True)
class Guard:
    """`weights` has a row for each feature of the engine's vocabulary, `joined` one for each name of `meant`."""

    signals: tuple[str, ...]
    meant: Meant
    weights: NDArray[np.float16]
    joined: NDArray[np.float16]
    bias: Floats
    limit: float = 0.0
    slope: tuple[float, float] = (1.0, 0.0)
    _calm: int = field(init=False)
    _loud: Floats = field(init=False)
    _loud_joined: Floats = field(init=False)

    def __post_init__(self) -> None:
        self._calm = self.signals.index(CALM)
        self._loud, self._loud_joined = self.weights.astype(np.float32), self.joined.astype(np.float32)

    def leaning(
        self, words: Sequence[str], vocabulary: Vocabulary, reading: Reading, spans: Sequence[tuple[int, int]]
    ) -> Leaning:
        """A message, what was read in it, and its windows: in a ramble the danger is often in one breath."""
        parts = ((0, len(words)), *spans)
        scores = self._by_words(words, vocabulary, parts) + self._by_concepts(reading, parts)
        danger = scores.copy()
        danger[:, self._calm] = -np.inf
        margins = danger.max(axis=1) - scores[:, self._calm]
        whole = scores[0]
        if spans:
            middle = 0.5 * whole + 0.5 * scores[1 + int(margins[1:].argmax())]
            whole = max((whole, middle), key=lambda one: self._of(one).margin)
        return self._of(whole)

    def arrays(self) -> dict[str, Any]:
        """All that makes it, as arrays to be kept with the model's."""
        return {
            "guard_signals": _as_bytes(self.signals),
            "guard_names": _as_bytes(self.meant.names),
            "guard_rarity": self.meant.rarity,
            "guard_weights": self.weights,
            "guard_meant": self.joined,
            "guard_bias": self.bias,
            "guard_limits": np.array([self.limit, *self.slope], dtype=np.float64),
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Guard | None:
        """What `arrays` gave, or nothing where a model was kept without a guard."""
        if "guard_bias" not in arrays:
            return None
        limit, steep, shift = arrays["guard_limits"].tolist()
        meant = Meant(_of_bytes(arrays["guard_names"]), arrays["guard_rarity"])
        return cls(
            _of_bytes(arrays["guard_signals"]),
            meant,
            arrays["guard_weights"],
            arrays["guard_meant"],
            arrays["guard_bias"],
            limit,
            (steep, shift),
        )

    def _by_words(self, words: Sequence[str], vocabulary: Vocabulary, parts: Parts) -> Floats:
        """Scores of each part of a message by the features of its words, bias included (parts × signals)."""
        kinds, values = vocabulary.weighed(words, parts)
        return np.asarray(self.bias + np.einsum("pi,ij->pj", values, self._loud.take(kinds, axis=0)), dtype=np.float32)

    def _by_concepts(self, reading: Reading, parts: Parts) -> Floats:
        """Scores of each part of a message by the concepts that lie in it."""
        number = self.meant.number
        if len(parts) == 1:
            place, values = self.meant.weighed(self.meant.numbers(reading.seen))
            return np.asarray(np.einsum("i,ij->j", values, self._loud_joined.take(place, axis=0))[None, :], dtype=np.float32)
        met = [(number[name], one.start, one.end) for name, places in reading.seen.items() if name in number for one in places]
        if not met:
            return np.zeros((len(parts), len(self.signals)), dtype=np.float32)
        which, starts, ends = np.array(met, dtype=np.intp).T
        last = len(reading.starts) - 1
        edges = np.array([(reading.starts[min(start, last)], reading.starts[min(end, last)]) for start, end in parts])
        rows, columns = ((starts >= edges[:, :1]) & (ends <= edges[:, 1:])).nonzero()
        numbers, which = np.unique(which, return_inverse=True)
        present = np.zeros((len(parts), len(numbers)), dtype=bool)
        present[rows, which[columns]] = True
        place, values = self.meant.weighed_in(numbers, present)
        return np.asarray(np.einsum("pi,ij->pj", values, self._loud_joined.take(place, axis=0)), dtype=np.float32)

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


def believed(score: float, margin: float) -> bool:
    """Whether a rule that fired with this score is heard, given how the guard leans."""
    return margin >= DOUBT or (score >= STRONG and margin >= CALMER)


def verdict(hits: Sequence[SafetyHit], leaning: Leaning, limit: float, levels: Mapping[str, str]) -> SafetyHit | None:
    """What the rules found and how the guard leans -> one signal; a middling score means "ask whether it is so"."""
    level = levels.get(leaning.signal, "urgent")
    if not hits:
        if leaning.margin < limit:
            return None
        return SafetyHit(leaning.signal, level, round(leaning.chance, 3), "guard")
    first = hits[0]
    if not believed(first.score, leaning.margin):
        return None
    if leaning.margin < DOUBT:
        return SafetyHit(first.signal, first.level, min(first.score, _ASK), first.because)
    told = leaning.signal in {hit.signal for hit in hits}
    graver = LEVELS.index(level) <= LEVELS.index(first.level)
    if leaning.margin >= CERTAIN and graver and (told or leaning.margin >= 2 * CERTAIN):
        return SafetyHit(leaning.signal, level, max(first.score, round(leaning.chance, 3)), first.because)
    return first
