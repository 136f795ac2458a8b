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
from nlu.embedded.table import Part, Table, products
from nlu.embedded.vocabulary import Floats, Ids, Vocabulary, Weighed
from nlu.embedded.windows import windows_of
from nlu.safety.guard import Guard

ARRAYS: Final = "model.npz"
ABOUT: Final = "model.json"


class ModelError(ValueError):
    """A model folder that is missing, incomplete or of another version; the message says which."""


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
        """Sums that reach the hidden units (messages × units) -> scores."""
        return np.asarray(products(np.maximum(sums + self.shift, 0), self.out) + self.bias, dtype=np.float32)

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
        spans = windows_of(len(words))
        told = self.vocabulary.weighed(words, ((0, len(words)), *spans))
        scores = self._scores(told)
        return combined(scores[0], scores[1:], self._background) if spans else scores[0]

    def _scores(self, told: Weighed) -> Floats:
        """Scores of each part of a message (parts × intents)."""
        linear = self.weights.part(told.kinds).sums(told.values)
        units = self.hidden.part(told.kinds).sums(told.values)
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
        about = {
            **self.about,
            "intents": self.intents,
            "sharpness": self.sharpness,
            "concepts": self.vocabulary.concepts.lexicon,
            "weights": dict(self.vocabulary.weights),
        }
        (folder / ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")

    @classmethod
    def load(cls, folder: Path) -> Model:
        """Reads what `save` wrote. Raises ModelError where there is no whole model."""
        try:
            about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
            with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
                names = tuple(arrays["features"].tobytes().decode().split("\n"))
                vocabulary = Vocabulary(names, arrays["idf"], Concepts(about.pop("concepts")), about.pop("weights"))
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
