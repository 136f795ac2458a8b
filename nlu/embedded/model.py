"""The trained model: what is on disk, and the numpy arithmetic from words to scores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from nlu.concepts import Concepts
from nlu.corpus import is_background
from nlu.embedded.features import WEIGHTS, linked_features, word_features
from nlu.embedded.table import Part, Table
from nlu.embedded.windows import windows_of
from nlu.normalise import bones_of_word, fold_word
from nlu.safety.guard import Guard

Floats = NDArray[np.float32]
Ids = NDArray[np.int32]

ARRAYS: Final = "model.npz"
ABOUT: Final = "model.json"
_KEPT_WORDS: Final = 1 << 15
_ONE_LETTER: Final = len("w:z")


class ModelError(ValueError):
    """A model folder that is missing, incomplete or of another version; the message says which."""


@dataclass(slots=True)
class Vocabulary:
    """Features known to the model. `idf` and `view` run parallel to `features`, which are sorted."""

    features: tuple[str, ...]
    idf: Floats
    concepts: Concepts
    number: dict[str, int] = field(init=False)
    view: NDArray[np.uint8] = field(init=False)
    weight: Floats = field(init=False)
    _known: dict[str, list[int]] = field(init=False, default_factory=dict)
    _last: tuple[list[str], Ids, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        self._last = ([], np.zeros(0, dtype=np.int32), [0])
        self.number = {feature: at for at, feature in enumerate(self.features)}
        views = sorted(WEIGHTS)
        self.view = np.array([views.index(feature[0]) for feature in self.features], dtype=np.uint8)
        self.weight = np.array([WEIGHTS[view] for view in views], dtype=np.float32)

    def ids_by_word(self, words: Sequence[str]) -> tuple[Ids, list[int]]:
        """Numbers of the known features of a message in reading order, repeats kept; and where each word starts.

        The last message is remembered: classifier and guard read the same."""
        message, told, opened = self._last
        if message == words:
            return told, opened
        number = self.number
        ids: list[int] = []
        starts: list[int] = []
        for word, linked in linked_features(words, self.concepts):
            starts.append(len(ids))
            ids += self._ids_of(word)
            ids += [number[feature] for feature in linked if feature in number]
        self._last = (list(words), np.array(ids, dtype=np.int32), [*starts, len(ids)])
        return self._last[1:]

    def knows(self, words: Sequence[str]) -> bool:
        """Whether one word of a message, a number apart, was seen before in either spelling or has a meaning.

        A form of one letter ("zzz") tells nothing."""
        spoken = [word for word in words if not word.isdecimal()]
        told = (f"{view}:{form}" for word in spoken for view, form in (("w", fold_word(word)), ("v", bones_of_word(word))))
        seen = any(feature in self.number for feature in told if len(feature) > _ONE_LETTER)
        return seen or any(self.concepts.found_in(spoken))

    def _ids_of(self, word: str) -> list[int]:
        if (known := self._known.get(word)) is None:
            if len(self._known) > _KEPT_WORDS:
                self._known.clear()
            number = self.number
            known = self._known[word] = [number[one] for one in word_features(word) if one in number]
        return known

    def values(self, ids: Ids, counts: Floats) -> Floats:
        """Weights of distinct features from their counts: (1 + log count) · idf, each view of unit length."""
        raw = (1 + np.log(counts)) * self.idf[ids]
        view = self.view[ids]
        length = np.sqrt(np.bincount(view, raw * raw, minlength=len(self.weight)))
        scale = np.divide(self.weight, length, out=np.zeros_like(self.weight), where=length > 0)
        return np.asarray(raw * scale[view], dtype=np.float32)


@dataclass(slots=True)
class Hidden:
    """A layer of hidden units beside the linear weights: its share of the scores is `out` of what is above zero.

    `place` gives each feature of the vocabulary its row in `into`, the last of which is all zero: for features
    too rare to be learnt here.
    """

    place: Ids
    into: Table
    shift: Floats
    out: Floats
    bias: Floats

    def part(self, ids: Ids) -> Part:
        return self.into.part(self.place.take(ids))

    def scores(self, sums: Floats) -> Floats:
        """Sums that reach the hidden units (messages × units, or one message's) -> scores."""
        return np.asarray(np.maximum(sums + self.shift, 0) @ self.out + self.bias, dtype=np.float32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        return {
            "hidden_place": self.place,
            "hidden_into": self.into.kept,
            "hidden_scale": self.into.scale,
            "hidden_shift": self.shift,
            "hidden_out": self.out,
            "hidden_bias": self.bias,
        }


@dataclass(slots=True)
class Model:
    """`weights` has one row a feature and one column an intent; `bias` one number an intent.

    Confidence is softmax(sharpness · score + lift): both are fitted on messages the weights had not seen.
    """

    intents: tuple[str, ...]
    vocabulary: Vocabulary
    weights: Table
    bias: Floats
    hidden: Hidden
    sharpness: float = 1.0
    lift: Floats = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    about: dict[str, Any] = field(default_factory=dict)
    guard: Guard | None = None
    _background: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self._background = np.array([is_background(intent) for intent in self.intents])

    def scores(self, words: Sequence[str]) -> Floats:
        """Words of one message -> one score an intent: the whole message, and its best window if it is long."""
        every, starts = self.vocabulary.ids_by_word(words)
        if not every.size:
            return self._nothing()
        ids, place = np.unique(every, return_inverse=True)
        parts = self.weights.part(ids), self.hidden.part(ids)
        whole = self._score(ids, np.bincount(place), parts)
        spans = windows_of(len(words))
        if not spans:
            return whole
        windows = []
        for first, last in spans:
            counts = np.bincount(place[starts[first] : starts[last]], minlength=len(ids))
            windows.append(self._score(ids, counts, parts))
        return combined(whole, np.stack(windows), self._background)

    def _nothing(self) -> Floats:
        return np.asarray(self.bias + self.hidden.scores(np.zeros_like(self.hidden.shift)), dtype=np.float32)

    def _score(self, ids: Ids, counts: NDArray[np.intp], parts: tuple[Part, Part]) -> Floats:
        here = np.flatnonzero(counts)
        if not here.size:
            return self._nothing()
        values = self.vocabulary.values(ids[here], counts[here].astype(np.float32))
        chosen = None if here.size == len(ids) else here
        linear, units = (part.sums(values, chosen) for part in parts)
        return np.asarray(linear + self.bias + self.hidden.scores(units), dtype=np.float32)

    def probabilities(self, words: Sequence[str]) -> Floats:
        """Words of one message -> calibrated probabilities, one an intent, adding up to 1."""
        return probabilities(self.scores(words), self.sharpness, self.lift)

    def save(self, folder: Path) -> None:
        """Writes `model.npz` and `model.json`; the same model always gives the same bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        names = "\n".join(self.vocabulary.features).encode()
        more: dict[str, Any] = {**self.hidden.arrays(), **(self.guard.arrays() if self.guard else {})}
        with (folder / ARRAYS).open("wb") as out:
            np.savez(
                out,
                features=np.frombuffer(names, dtype=np.uint8),
                idf=self.vocabulary.idf,
                weights=self.weights.kept,
                scale=self.weights.scale,
                bias=self.bias,
                lift=self.lift,
                **more,
            )
        about = {**self.about, "intents": self.intents, "sharpness": self.sharpness, "concepts": self.vocabulary.concepts.lexicon}
        (folder / ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Model:
        """Reads what `save` wrote. Raises ModelError where there is no whole model."""
        try:
            about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
            with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
                names = tuple(arrays["features"].tobytes().decode().split("\n"))
                vocabulary = Vocabulary(names, arrays["idf"], Concepts(about.pop("concepts")))
                hidden = Hidden(
                    arrays["hidden_place"],
                    Table(arrays["hidden_into"], arrays["hidden_scale"]),
                    arrays["hidden_shift"],
                    arrays["hidden_out"],
                    arrays["hidden_bias"],
                )
                weights = Table(arrays["weights"], arrays["scale"])
                return cls(
                    tuple(about.pop("intents")),
                    vocabulary,
                    weights,
                    arrays["bias"],
                    hidden,
                    about.pop("sharpness"),
                    arrays["lift"],
                    about,
                    Guard.of_arrays(arrays),
                )
        except (OSError, KeyError, ValueError) as error:
            raise ModelError(f"no usable model in {folder}: {error}") from error


def combined(whole: Floats, windows: Floats, background: NDArray[np.bool_]) -> Floats:
    """Scores of a long message: half from the whole, half from its windows (windows × intents).

    A subject counts as in the window that is surest of it; small talk and out of scope (`background`) only as far
    as every window agrees: a greeting or a remark on the weather does not hide the question.
    """
    parts = np.where(background, windows.min(axis=0), windows.max(axis=0))
    return np.asarray(0.5 * whole + 0.5 * parts, dtype=np.float32)


def probabilities(scores: Floats, sharpness: float, lift: Floats) -> Floats:
    """Softmax over the last axis of `sharpness · scores + lift`."""
    raised = sharpness * scores + (lift if lift.size else 0)
    grown = np.exp(raised - raised.max(axis=-1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=-1, keepdims=True), dtype=np.float32)
