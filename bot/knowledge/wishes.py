"""What a message plainly says of a person who looks for an opportunity: what for, schooling, languages, age.

Only words and phrases of `content/wishes.yml`, after folding. A level named after "not", "without" or "in" ("en licence") is
not had yet, and says nothing."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from nlu.normalise import fold

AGE_BANDS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"under18": (0, 17), "18_22": (18, 22), "23_25": (23, 25), "26_30": (26, 30), "31_35": (31, 35), "over35": (36, 99)}
)
_LONGEST_PHRASE = 4
_LONGEST_MESSAGE = 400  # characters; a letter tells a story
_BEFORE = 2
_YOUNGEST = 12  # fewer years are those of something else
_LISTS = ("not", "no_age")
_HERE = "in_morocco"
_DENIED = ("schooling", "tongue")  # "I have no bac" and "not English" say the contrary; "not to work" still speaks of work
_OWN = ("mes", "my", "mon")  # "my studies" are what one has, not what one wants


class Wishes:
    """Phrases by the kind of thing they tell: the longest reading at each place, the first of each kind. Who names several
    wishes has not chosen yet."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._not, self._no_age = ({fold(word) for word in told[name]} for name in _LISTS)
        self._phrases: dict[str, list[tuple[str, str]]] = {}
        for kind, values in told.items():
            if kind in _LISTS:
                continue
            for value, phrases in values.items():
                for phrase in phrases:
                    self._phrases.setdefault(fold(str(phrase)), []).append((kind, str(value)))

    @classmethod
    def load(cls, file: Path) -> "Wishes":
        return cls(yaml.safe_load(file.read_text(encoding="utf-8")))

    def find(self, text: str) -> dict[str, str]:
        """By kind (wish, schooling, tongue, age_band); nothing for what is not told."""
        tokens = fold(text[:_LONGEST_MESSAGE]).split()
        found: dict[str, str] = {}
        wishes: set[str] = set()
        at = 0
        while at < len(tokens):
            size = self._longest(tokens, at)
            for kind, value in self._phrases.get(" ".join(tokens[at : at + size]), ()):
                whole = value == "none" and kind == "tongue"  # "none" alone answers; within a sentence it may mean anything
                if (not whole or size == len(tokens)) and not self._denied(kind, value, tokens, at):
                    found.setdefault(kind, value)
                    wishes |= {value} if kind == "wish" else set()
            at += size
        if len(wishes) == 2 and _HERE in wishes:  # "work in Morocco": the country says the rest
            found["wish"] = (wishes - {_HERE}).pop()
            return found
        return found if len(wishes) < 2 else {kind: value for kind, value in found.items() if kind != "wish"}

    def is_age(self, text: str, start: int, end: int) -> bool:
        """Whether the years named there are somebody's age: not "4 years of experience", nor "for 2 years"."""
        years = int("".join(c for c in text[start:end] if c.isdecimal()) or 0)
        beside = {*fold(text[:start]).split()[-_BEFORE:], *fold(text[end:]).split()[: _BEFORE + 1]}
        return years >= _YOUNGEST and not beside & self._no_age

    def is_language(self, text: str) -> bool:
        """Whether a word that names a country to the engine ("français") is only the name of a language."""
        return any(kind == "tongue" for kind, _ in self._phrases.get(fold(text), ()))

    def _longest(self, tokens: list[str], at: int) -> int:
        sizes = range(min(_LONGEST_PHRASE, len(tokens) - at), 0, -1)
        return next((size for size in sizes if " ".join(tokens[at : at + size]) in self._phrases), 1)

    def _denied(self, kind: str, value: str, tokens: list[str], at: int) -> bool:
        if kind == "wish":
            return at > 0 and tokens[at - 1] in _OWN
        return kind in _DENIED and value != "none" and any(t in self._not for t in tokens[max(0, at - _BEFORE) : at])


def band_of(age: int) -> str:
    return next(band for band, (_, most) in AGE_BANDS.items() if age <= most)
