"""The concept lexicon: one name for what five varieties say with different words.

`nlu/data/concepts/*.yml` hold `concepts: {pension: "retraite* pension* تقاعد* معاش* antrit retirement"}`:
words and phrases (blanks inside a phrase are written as "_"), "*" leaves the end open. What is written in Arabic
letters also stands for the same word in Latin letters, by its skeleton. "=خلص" is a root: any form of the verb,
with what clings before and after, in both scripts. "!word" is a false friend: that word never means the concept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import yaml

from nlu.normalise import bones_of_word, fold_word, words

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What clings to the front of a word: the article and small words, in Arabic letters and in Arabizi.
_CLITIC: Final = re.compile(r"(?:[وفبكلد]?ال|[وفبكلد]ل?|ديال|lil|[ae]l|[ufbd]l?|l)(?=\w{3})")
_SHORTEST_BONES: Final = 4
_LONGEST_PHRASE: Final = 5
_SHORTEST_STEM: Final = 3
_SHORTEST_ROOT: Final = 3
# What clings to a verb, as skeletons: و ف ب ل د, ك ت غ س with the person, ما before; pronouns, ل with them, ش after.
_PREFIXES: Final = frozenset((
    "", "w", "f", "b", "d", "l", "fl", "bl", "dl", "wl", "ll", "k", "g", "s", "n", "t", "y", "kn", "kt", "ky", "gn", "gt",
    "gy", "sn", "st", "sy", "m", "mk", "mkn", "mkt", "mg", "mgn", "mgt", "mn", "mt", "my", "tn", "ty", "tt", "wn",
    "wt", "wy", "wk", "wkn", "wkt", "wm", "lm", "blm", "flm", "knt", "ktt", "nt", "yt", "mst", "ntw", "h",
))  # fmt: skip
_SUFFIXES: Final = frozenset((
    "", "n", "k", "h", "hm", "km", "t", "tn", "tk", "th", "thm", "c", "nc", "tc", "kc", "hc", "hmc", "kmc", "thc", "l",
    "ln", "lk", "lh", "lhm", "lkm", "lc", "lnc", "lkc", "lhmc", "tl", "tlk", "tlhm", "nl", "nlk", "w", "y", "ty", "tnc",
))  # fmt: skip
_LONGEST_BEFORE: Final = max(map(len, _PREFIXES))
_LONGEST_AFTER: Final = max(map(len, _SUFFIXES))


class Concepts:
    """Finds concepts in a message; an empty lexicon finds none."""

    def __init__(self, lexicon: Mapping[str, str]) -> None:
        self.lexicon: Final = dict(lexicon)
        self._whole: dict[str, set[str]] = {}
        self._stems: dict[str, set[str]] = {}
        self._bones: dict[str, set[str]] = {}
        self._roots: dict[str, set[str]] = {}
        self._never: dict[str, set[str]] = {}
        self._openers: dict[str, set[str]] = {}  # first words of phrases, each with those that come second
        self._known: dict[str, tuple[str, ...]] = {}
        self._last: tuple[list[str], list[tuple[str, ...]]] = ([], [])
        for name, written in self.lexicon.items():
            for term in written.split():
                self._learn(name, term)
        for first, second, *_ in (form.split(" ") for form in self._whole if " " in form):  # "3am" is "3 am" as well
            if first in self._openers:
                self._openers[first].add(second)

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
        last, found = self._last  # subjects and places are looked for in the same message
        if last == message:
            return found
        folded = [fold_word(word) for word in message]
        found = [self._of_word(word) for word in message]
        for at, (first, second) in enumerate(pairwise(folded)):
            if first in self._openers and second.partition(" ")[0] in self._openers[first]:
                found[at] += self._phrases_at(folded, at)
        self._last = (list(message), found)
        return found

    def _phrases_at(self, message: Sequence[str], at: int) -> tuple[str, ...]:
        found: tuple[str, ...] = ()
        for size in range(2, min(_LONGEST_PHRASE, len(message) - at) + 1):
            found += tuple(sorted(self._whole.get(" ".join(message[at : at + size]), ())))
        return found

    def _of_word(self, word: str) -> tuple[str, ...]:
        if (known := self._known.get(word)) is None:
            if len(self._known) > 1 << 15:
                self._known.clear()
            meant = set(self._meanings(word)) - self._never.get(fold_word(word), set())
            known = self._known[word] = tuple(sorted(meant))
        return known

    def _meanings(self, word: str) -> Iterator[str]:
        folded = fold_word(word)
        bare = _CLITIC.sub("", folded, count=1) if _CLITIC.match(folded) else folded
        for form in dict.fromkeys((folded, bare)):
            yield from self._whole.get(form, ())
            for end in range(_SHORTEST_STEM, len(form) + 1):
                yield from self._stems.get(form[:end], ())
        bones = bones_of_word(word)
        yield from self._of_root(bones)
        if word.isascii():
            yield from self._bones.get(bones, ())
            if bones[:1] in {"l", "f", "b"}:
                yield from self._bones.get(bones[1:], ())

    def _of_root(self, bones: str) -> Iterator[str]:
        """The concepts of the longest root that is left when something clinging is taken off."""
        for size in range(len(bones), max(_SHORTEST_ROOT, len(bones) - _LONGEST_BEFORE - _LONGEST_AFTER) - 1, -1):
            for at in range(min(len(bones) - size, _LONGEST_BEFORE) + 1):
                root, before, after = bones[at : at + size], bones[:at], bones[at + size :]
                if root in self._roots and before in _PREFIXES and after in _SUFFIXES:
                    yield from self._roots[root]
                    return

    def _learn(self, name: str, term: str) -> None:
        if term.startswith("!"):
            self._never.setdefault(fold_word(words(term)[0]), set()).add(name)
            return
        if term.startswith("="):
            self._roots.setdefault(bones_of_word(words(term)[0]), set()).add(name)
            return
        parts = words(term.replace("_", " ").removesuffix("*"))
        folded = " ".join(map(fold_word, parts))
        if len(parts) > 1:
            opener = fold_word(parts[0])
            self._openers.setdefault(opener, set()).add(folded[len(opener) + 1 :].partition(" ")[0])
        table = self._stems if term.endswith("*") else self._whole
        table.setdefault(folded, set()).add(name)
        if len(parts) == 1 and not folded.isascii() and len(bones := bones_of_word(parts[0])) >= _SHORTEST_BONES:
            self._bones.setdefault(bones, set()).add(name)
