"""Words that are common property: those of the answers (but for capitalised ones), of the lists of frequent words, of the
lexicon of concepts, and the names of towns. A word that is none of these may be somebody's name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import yaml

from bot.knowledge.entries import Knowledge
from bot.knowledge.places import Places
from bot.knowledge.texts import PLACEHOLDER
from flows.heard import VARIETIES
from nlu.normalise import fold_word, words

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SHORTEST_STEM: Final = 4


class Familiar:
    """`texts` are read word by word; a word that ends in "*" stands for all that begin so."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._whole: set[str] = set()
        self._stems: set[str] = set()
        for text in texts:
            for written in text.split():
                self._learn(written)

    @classmethod
    def load(cls, data: Path, knowledge: Knowledge, places: Places) -> Familiar:
        """`data` is the folder of the training data, of which only the curated word lists are read, no utterance."""
        lists = [_read(file)["words"] for file in sorted((data / "language").glob("*.yml"))]
        lexicons = [_read(file)["concepts"] for file in sorted((data / "concepts").glob("*.yml"))]
        terms = [str(written).replace("_", " ") for lexicon in lexicons for written in lexicon.values()]
        answers = [
            _without_names(PLACEHOLDER.sub(" ", text))
            for entry in knowledge.entries.values()
            for variety in VARIETIES
            for text in entry.texts[variety].values()
        ]
        towns = [name for place in places for name in place.name.values() if " " not in name]
        return cls([*map(str, lists), *terms, *answers, *towns])

    def knows(self, word: str) -> bool:
        """One word as `nlu.normalise.words` gives it."""
        folded = fold_word(word)
        if folded in self._whole:
            return True
        return any(folded[:end] in self._stems for end in range(_SHORTEST_STEM, len(folded) + 1))

    def _learn(self, written: str) -> None:
        if written.startswith(("=", "!")):  # a root is no word, a false friend is one that means something else
            return
        folded = [fold_word(word) for word in words(written.removesuffix("*"))]
        if written.endswith("*") and len(folded) == 1 and len(folded[0]) >= _SHORTEST_STEM:
            self._stems.add(folded[0])
        self._whole.update(folded)


def _without_names(text: str) -> str:
    """The text without its capitalised words: "Hassan II" is a foundation's name, and a reader's."""
    return " ".join(word for word in text.split() if not word[:1].isupper())


def _read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(file.read_bytes(), Loader=_Loader)  # noqa: S506 (both loaders are the safe one)
    return found
