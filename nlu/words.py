"""Commands that are a whole message (stop, back, yes…): found exactly, after folding, before anything is guessed."""

from pathlib import Path
from typing import Final

import yaml

from nlu.normalise import fold

_LONGEST_WORDS: Final = 6
_TYPO_FROM: Final = 6  # shorter words are too near to others for a missing letter to be forgiven


class Words:
    """`find` gives the command's name, or None when the message is anything else."""

    def __init__(self, commands: dict[str, list[str]]) -> None:
        self._exact: dict[str, str] = {}
        for name, variants in commands.items():
            for variant in variants:
                self._exact.setdefault(_key(variant), name)
        self._gaps = {gap: name for key, name in self._exact.items() if len(key) >= _TYPO_FROM for gap in _without_one(key)}

    @classmethod
    def load(cls, file: Path) -> "Words":
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        return cls({str(name): [str(v) for v in variants] for name, variants in data.items()})

    def find(self, text: str) -> str | None:
        if len(text) > 80:
            return None
        key = _key(text)
        if not key or key.count(" ") >= _LONGEST_WORDS:
            return None
        return self._exact.get(key) or self._nearly(key)

    def language_in(self, text: str) -> str | None:
        """The language a longer message names ("parle-moi en français svp"), or None."""
        tokens = fold(text[:200]).split()
        for size in (3, 2, 1):
            for at in range(len(tokens) - size + 1):
                name = self._exact.get(" ".join(tokens[at : at + size]), "")
                if name.startswith("language:"):
                    return name.partition(":")[2]
        return None

    def _nearly(self, key: str) -> str | None:
        """One letter missing, added or replaced, in words long enough."""
        if len(key) < _TYPO_FROM - 1:
            return None
        if key in self._gaps:
            return self._gaps[key]
        return next(
            (self._exact.get(g) or self._gaps.get(g) for g in _without_one(key) if g in self._exact or g in self._gaps),
            None,
        )


def _key(text: str) -> str:
    return fold(text.strip().lstrip("/")).strip()


def _without_one(key: str) -> list[str]:
    return [key[:i] + key[i + 1 :] for i in range(len(key))]
