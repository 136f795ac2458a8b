"""Which answers hold the words of a question, all varieties at once: for what understanding cannot place.

Ranked as BM25 does (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009). A word meets
itself in any spelling of either script by its consonants ("ta9a3od", "تقاعد"), which counts less than the word itself."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from bot.knowledge.entries import Knowledge
from bot.knowledge.texts import PLACEHOLDER
from flows.heard import VARIETIES
from nlu.normalise import bones_of_word, fold_word, words

MOST: Final = 3
_TITLE: Final = 3  # a word of the title counts as so many of the text
_SATURATION, _LENGTH = 1.2, 0.75  # k1 and b
_SOUND: Final = 0.5  # of a word's weight when only its consonants meet
_SHORTEST: Final = 3  # letters, or consonants
_COMMON: Final = 0.25  # words in more than this share of the answers say nothing
_JOINED: Final = re.compile(r"^(?:[وفبك]?ال|لل|[fbkw]?l(?=[^\W\daeiouy]))(?=\w{3})")  # "flmadrasa", "والمدرسة": the school
_ENOUGH: Final = 6.0  # a lower sum is chance: one everyday word met one answer


class Search:
    """Built once from all answers; asking takes well under a millisecond."""

    def __init__(self, texts: Mapping[str, Iterable[tuple[str, int]]]) -> None:
        """`texts` gives for each id its texts, each with how much a word of it counts."""
        counted = {name: _counted(parts) for name, parts in texts.items()}
        sizes = {name: sum(count.values()) for name, count in counted.items()}
        usual = sum(sizes.values()) / max(1, len(sizes))
        seen = Counter(token for count in counted.values() for token in count)
        self._weights: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for name, count in counted.items():
            norm = _SATURATION * (1 - _LENGTH + _LENGTH * sizes[name] / usual)
            for token, times in count.items():
                if seen[token] <= _COMMON * len(counted):
                    rarity = math.log(1 + (len(counted) - seen[token] + 0.5) / (seen[token] + 0.5))
                    self._weights[token].append((name, rarity * times * (_SATURATION + 1) / (times + norm)))

    @classmethod
    def of(cls, knowledge: Knowledge) -> Search:
        return cls({name: list(_texts(knowledge, name)) for name in knowledge.entries})

    def nearest(self, text: str, most: int = MOST) -> tuple[str, ...]:
        """Ids, the nearest first; empty where nothing but everyday words meet."""
        sums: dict[str, float] = defaultdict(float)
        for word in dict.fromkeys(words(text)):
            for name, weight in self._met(word).items():
                sums[name] += weight
        ranked = sorted(sums.items(), key=lambda found: (-found[1], found[0]))
        return tuple(name for name, weight in ranked[:most] if weight >= _ENOUGH)

    def _met(self, word: str) -> dict[str, float]:
        """What one word of the question gives to each answer: by its letters, else by its sound."""
        met: dict[str, float] = defaultdict(float)
        for token, share in _tokens(word):
            for name, weight in self._weights.get(token, ()):
                met[name] = max(met[name], weight * share)
        return met


def _texts(knowledge: Knowledge, name: str) -> Iterator[tuple[str, int]]:
    for variety in VARIETIES:
        yield knowledge.title(name, variety), _TITLE
        for text in knowledge.entries[name].texts[variety].values():
            yield PLACEHOLDER.sub(" ", text), 1


def _counted(parts: Iterable[tuple[str, int]]) -> Counter[str]:
    count: Counter[str] = Counter()
    for text, times in parts:
        for word, said in Counter(words(text)).items():
            for token, _ in _tokens(word):
                count[token] += times * said
    return count


@lru_cache(1 << 15)
def _tokens(word: str) -> tuple[tuple[str, float], ...]:
    if word.isdecimal():
        return ()
    word = _JOINED.sub("", word)
    folded, bones = fold_word(word), bones_of_word(word)
    tokens = ((folded, 1.0, folded), (f"~{bones}", _SOUND, bones))
    return tuple((token, share) for token, share, form in tokens if len(form) >= _SHORTEST)
