"""Which language a message is in: naive Bayes over characters and words, script first.

Arabizi, which off-the-shelf detectors do not know, is a language of its own here (ary-Latn). Learnt from the seeds
in `nlu/data/language/*.yml` and from the variety that training data tells of itself, if it does.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml
from numpy.typing import NDArray

from nlu.corpus import Utterance
from nlu.interpreter import Language

VARIETIES: Final = ("fr", "ar", "ary", "ary-Latn", "en")
FILE: Final = "language.npz"
_ARABIC: Final = frozenset({"ar", "ary"})
_TIFINAGH: Final = frozenset({"zgh"})
_UNKNOWN: Final = "other"

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LONGEST: Final = 4
_PULL: Final = 1500.0  # counts lent to every language by what all of them share
_SEED_WEIGHT: Final = 3
_DULL: Final = 7.0  # grams overlap, so each vote is worth a part of one
_DECISIVE: Final = 14.0  # votes of a word that only one language has, however the rest is mixed
_SEEN: Final = 2
_KEPT_WORDS: Final = 1 << 15
_NUMBER: Final = r"\+?\d[\d .,-]*(?![^\W\d_])"
_NOISE: Final = re.compile(rf"(?:https?://|www\.)\S+|[\w.+-]+@[\w.-]+|{_NUMBER}")
_NUMBERS: Final = re.compile(_NUMBER)
_WORD: Final = re.compile(r"[\w]+")


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """`names` of languages, each with the `codes` it is reported as; `votes` is log odds, grams × names (float16)."""

    names: tuple[str, ...]
    codes: tuple[str, ...]
    number: dict[str, int]
    votes: NDArray[np.float16]
    _known: dict[str, NDArray[np.float32]] = field(default_factory=dict, compare=False)
    _loud: NDArray[np.float32] = field(init=False, compare=False)
    _in_script: dict[str, NDArray[np.bool_]] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        scripts = [self._written_in(*one) for one in zip(self.names, self.codes, strict=True)]
        object.__setattr__(self, "_loud", self.votes.astype(np.float32))
        object.__setattr__(self, "_in_script", {one: np.array([other == one for other in scripts]) for one in scripts})

    @classmethod
    def learn(cls, seeds: Path, corpus: Sequence[Utterance] = ()) -> LanguageModel:
        """Seeds and utterances whose variety is one of the five -> a model. Deterministic."""
        counts, codes = _seed_counts(seeds)
        for utterance in corpus:
            if utterance.variety in VARIETIES:
                counts[utterance.variety].update(_grams_of(_written(utterance.text)))
        names = tuple(sorted(counts))
        total: Counter[str] = Counter()
        for name in names:
            total.update(counts[name])
        grams = tuple(sorted(gram for gram, seen in total.items() if seen >= _SEEN))
        table = np.array([[counts[name][gram] for name in names] for gram in grams], dtype=np.float64)
        share = table / table.sum(axis=0)
        common = share.mean(axis=1, keepdims=True)
        smooth = (table + _PULL * common) / (table.sum(axis=0) + _PULL)
        votes = np.log(smooth) - np.log(common)
        number = {gram: at for at, gram in enumerate(grams)}
        for gram, name in _decisive(seeds):
            if gram in number:
                votes[number[gram], names.index(name)] += _DECISIVE / 2  # a word's gram is counted twice
        return cls(names, tuple(codes[name] for name in names), number, votes.astype(np.float16))

    def identify(self, text: str) -> Language:
        """Any text -> its language; code None and confidence 0 where it holds no word."""
        words = _written(text)
        script, words = _main_script(words)
        if script is None:
            return Language(None, 0.0)
        if script == "other":
            return Language(_UNKNOWN, 1.0)
        if script == "tifinagh":
            return Language("zgh", 1.0)
        score = self._votes_of(words)
        if not score.any():
            return Language(_UNKNOWN, 0.3)
        score = np.where(self._in_script[script], score / _DULL, -np.inf)
        grown = np.exp(score - score.max())
        return self._best(grown / grown.sum())

    def _votes_of(self, words: Sequence[str]) -> NDArray[np.float32]:
        """The votes of some words together; those of a word are added up once and kept."""
        votes = {word: self._known.get(word) for word in words}
        if new := [word for word, known in votes.items() if known is None]:
            number = self.number
            ids = [[at for at in map(number.get, _grams_of_word(word)) if at is not None] for word in new]
            every = self._loud.take(np.array([one for of_word in ids for one in of_word], dtype=np.intp), axis=0)
            ends = [0, *accumulate(map(len, ids))]
            added = {word: every[ends[at] : ends[at + 1]].sum(axis=0) for at, word in enumerate(new)}
            if len(self._known) > _KEPT_WORDS:
                self._known.clear()
            self._known.update(added)
            votes |= added
        return np.asarray(np.array([votes[word] for word in words]).sum(axis=0), dtype=np.float32)

    def _best(self, sure: NDArray[np.float32]) -> Language:
        by_code: dict[str, float] = {}
        for code, one in zip(self.codes, sure.tolist(), strict=True):
            by_code[code] = by_code.get(code, 0.0) + one
        code = max(sorted(by_code), key=lambda one: by_code[one])
        return Language(code, min(1.0, by_code[code]))

    @staticmethod
    def _written_in(name: str, code: str) -> str:
        if code in _ARABIC:
            return "arabic"
        return "tifinagh" if name in _TIFINAGH else "latin"

    def save(self, folder: Path) -> None:
        """Writes `language.npz`, without a clock in it."""
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / FILE).open("wb") as out:
            np.savez(out, votes=self.votes, grams=_bytes(self.number), names=_bytes(self.names), codes=_bytes(self.codes))

    @classmethod
    def load(cls, folder: Path) -> LanguageModel:
        """Reads what `save` wrote. Raises OSError or ValueError where it cannot."""
        with np.load(folder / FILE, allow_pickle=False) as arrays:
            grams, names, codes = (_lines(arrays[key]) for key in ("grams", "names", "codes"))
            return cls(names, codes, {gram: at for at, gram in enumerate(grams)}, arrays["votes"])


def _bytes(lines: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def _read(seeds: Path) -> list[dict[str, Any]]:
    texts = [path.read_text(encoding="utf-8") for path in sorted(seeds.glob("*.yml"))]
    return [yaml.load(text, Loader=_Loader) for text in texts]  # noqa: S506 - a safe loader


def _decisive(seeds: Path) -> list[tuple[str, str]]:
    told = [(_written(str(seed.get("decisive", ""))), str(seed["name"])) for seed in _read(seeds)]
    return [(f"={word}", name) for words, name in told for word in words]


def _lines(written: NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(written.tobytes().decode().split("\n"))


def _seed_counts(seeds: Path) -> tuple[dict[str, Counter[str]], dict[str, str]]:
    counts: dict[str, Counter[str]] = {}
    codes: dict[str, str] = {}
    for seed in _read(seeds):
        name = str(seed["name"])
        codes[name] = str(seed["code"])
        sentences = [line.strip().removeprefix("- ") for line in str(seed["sentences"]).splitlines()]
        grams = _grams_of(_written(" ".join([str(seed["words"]), str(seed.get("decisive", "")), *sentences])))
        counts[name] = Counter({gram: times * _SEED_WEIGHT for gram, times in Counter(grams).items()})
    return counts, codes


def _written(text: str) -> list[str]:
    """Words as written, in lower case, with their accents and digits; without numbers, links and addresses."""
    text = text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    noise = _NOISE if "@" in text or "." in text or ":" in text else _NUMBERS
    return _WORD.findall(noise.sub(" ", text).replace("_", " "))


def _grams_of(words: Sequence[str]) -> list[str]:
    return [gram for word in words for gram in _grams_of_word(word)]


def _grams_of_word(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    sizes = range(1, min(_LONGEST, len(padded)) + 1)
    grams = [padded[at : at + size] for size in sizes for at in range(len(padded) - size + 1)]
    return (*(gram for gram in grams if gram != " "), f"={word}", f"={word}")


def _main_script(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """The script most letters are in (arabic, latin, tifinagh, other, None) and the words written in it."""
    by_script: dict[str, list[str]] = {}
    for word in words:
        if (script := _script(word)) is not None:
            by_script.setdefault(script, []).append(word)
    if not by_script:
        return None, []
    main = max(sorted(by_script), key=lambda script: sum(map(len, by_script[script])))
    return main, by_script[main]


@lru_cache(maxsize=16384)
def _script(word: str) -> str | None:
    letter = next((c for c in word if c.isalpha()), None)
    if letter is None:
        return None
    if letter < "\u0250" or "\u1e00" <= letter < "\u1f00":
        return "latin"
    if "\u0600" <= letter < "\u0780":
        return "arabic"
    return "tifinagh" if "\u2d30" <= letter < "\u2d80" else "other"
