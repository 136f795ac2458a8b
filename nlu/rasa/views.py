"""What Rasa sees of a message: the same features and weights as the embedded engine.

Runs in Rasa's own environment (Python 3.10) as well as in ours, and knows nothing of Rasa.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from nlu.concepts import Concepts
from nlu.embedded.features import features
from nlu.embedded.vocabulary import Floats, Ids, Vocabulary
from nlu.normalise import words

_ARRAYS: Final = "views.npz"
_CONCEPTS: Final = "concepts.json"
_LONGEST: Final = 2000  # characters read of one message, and of one word, as in the embedded engine
_ENDLESS: Final = re.compile(r"(\S{48})\S+")
_SEEN_IN: Final = 2  # messages a feature must be seen in
_FEW: Final = 100  # messages below which every feature counts


@dataclass(frozen=True, slots=True)
class Views:
    """`scale` lengthens every vector: the longer, the freer the classifier is to be sure."""

    vocabulary: Vocabulary
    scale: float = 1.0

    @classmethod
    def learn(cls, texts: Iterable[str], concepts: Concepts, most: int, scale: float = 1.0) -> Views:
        """Texts to learn from -> views with the `most` features that occur in most of them."""
        messages = [_read(text) for text in texts]
        seen = Counter(feature for message in messages for feature in set(features(message, concepts)))
        least = _SEEN_IN if len(messages) > _FEW else 1
        kept = sorted((-times, name) for name, times in seen.items() if times >= least)[:most]
        names = tuple(sorted(name for _, name in kept))
        idf = [np.log((1 + len(messages)) / (1 + seen[name])) + 1 for name in names]
        return cls(Vocabulary(names, np.array(idf, dtype=np.float32), concepts), scale)

    @property
    def size(self) -> int:
        return len(self.vocabulary.features)

    def of(self, text: str) -> tuple[Ids, Floats]:
        """A text -> numbers of its features, in order and without repeats, and their weights."""
        every, _ = self.vocabulary.ids_by_word(_read(text))
        ids, counts = np.unique(every, return_counts=True)
        if not ids.size:
            return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
        return ids, self.vocabulary.values(ids, counts.astype(np.float32)) * np.float32(self.scale)

    def save(self, folder: Path) -> None:
        """Writes what `load` reads."""
        names = np.frombuffer("\n".join(self.vocabulary.features).encode(), dtype=np.uint8)
        np.savez(folder / _ARRAYS, features=names, idf=self.vocabulary.idf, scale=np.float32(self.scale))
        lexicon = json.dumps(self.vocabulary.concepts.lexicon, ensure_ascii=False)
        (folder / _CONCEPTS).write_text(lexicon, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Views:
        """Reads what `save` wrote. Raises OSError, KeyError or ValueError where it cannot."""
        concepts = Concepts(json.loads((folder / _CONCEPTS).read_text(encoding="utf-8")))
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            names = tuple(arrays["features"].tobytes().decode().split("\n"))
            return cls(Vocabulary(names, arrays["idf"], concepts), float(arrays["scale"]))


def _read(text: str) -> list[str]:
    return words(_ENDLESS.sub(r"\1", text[:_LONGEST]))
