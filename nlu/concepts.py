"""The concept lexicon: one name for what five varieties say with different words.

`nlu/data/concepts/*.yml` hold `concepts: {pension: "retraite* pension* تقاعد* معاش* antrit retirement"}`:
words and phrases (blanks inside a phrase are written as "_"), "*" leaves the end open. What is written in Arabic
letters also stands for the same word in Latin letters, by its skeleton.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from nlu.normalise import bones_of_word, fold_word, words

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What clings to the front of a word: the article and small words, in Arabic letters and in Arabizi.
_CLITIC: Final = re.compile(
    r"(?:[وفبكلد]?ال|[وفبكلد]ل?|ديال|lil|[ae]l|[ufbd]l?|l)(?=\w{3})"
)
_SHORTEST_BONES: Final = 4
_LONGEST_PHRASE: Final = 3
_SHORTEST_STEM: Final = 3


class Concepts:
    """Finds concepts in a message; an empty lexicon finds none."""

    def __init__(self, lexicon: Mapping[str, str]) -> None:
        self.lexicon: Final = dict(lexicon)
        self._whole: dict[str, set[str]] = {}
        self._stems: dict[str, set[str]] = {}
        self._bones: dict[str, set[str]] = {}
        self._openers: set[str] = set()  # first words of phrases
        self._known: dict[str, tuple[str, ...]] = {}
        for name, written in self.lexicon.items():
            for term in written.split():
                self._learn(name, term)

    @classmethod
    def load(cls, folder: Path) -> Concepts:
        """All `*.yml` of a folder in order of name; a concept named twice gathers the words of both."""
        lexicon: dict[str, str] = {}
        for path in sorted(folder.glob("*.yml")):
            document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader
            for name, written in document["concepts"].items():
                lexicon[name] = f"{lexicon.get(name, '')} {written}".strip()
        return cls(lexicon)

    def found_in(self, message: Sequence[str]) -> list[tuple[str, ...]]:
        """Words of a message (as `normalise.words` gives them) -> for each, the concepts that open there."""
        if not self.lexicon:
            return [()] * len(message)
        folded = [fold_word(word) for word in message]
        return [
            self._of_word(word) + (self._phrases_at(folded, at) if folded[at] in self._openers else ())
            for at, word in enumerate(message)
        ]

    def _phrases_at(self, message: Sequence[str], at: int) -> tuple[str, ...]:
        found: tuple[str, ...] = ()
        for size in range(2, min(_LONGEST_PHRASE, len(message) - at) + 1):
            found += tuple(sorted(self._whole.get(" ".join(message[at : at + size]), ())))
        return found

    def _of_word(self, word: str) -> tuple[str, ...]:
        if (known := self._known.get(word)) is None:
            if len(self._known) > 1 << 15:
                self._known.clear()
            known = self._known[word] = tuple(sorted(set(self._meanings(word))))
        return known

    def _meanings(self, word: str) -> Iterator[str]:
        folded = fold_word(word)
        bare = _CLITIC.sub("", folded, count=1) if _CLITIC.match(folded) else folded
        for form in dict.fromkeys((folded, bare)):
            yield from self._whole.get(form, ())
            for end in range(_SHORTEST_STEM, len(form) + 1):
                yield from self._stems.get(form[:end], ())
        if word.isascii():
            bones = bones_of_word(word)
            yield from self._bones.get(bones, ())
            if bones[:1] in {"l", "f", "b"}:
                yield from self._bones.get(bones[1:], ())

    def _learn(self, name: str, term: str) -> None:
        parts = words(term.replace("_", " ").removesuffix("*"))
        folded = " ".join(map(fold_word, parts))
        if len(parts) > 1:
            self._openers.add(fold_word(parts[0]))
        table = self._stems if term.endswith("*") else self._whole
        table.setdefault(folded, set()).add(name)
        if len(parts) == 1 and not folded.isascii() and len(bones := bones_of_word(parts[0])) >= _SHORTEST_BONES:
            self._bones.setdefault(bones, set()).add(name)
