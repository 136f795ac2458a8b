"""Features of a message, word by word: character n-grams of the folded word and of its skeleton, words,
pairs of words, concepts. All are bounded by words, so that what a word gives is computed once and kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from nlu.concepts import Concepts
from nlu.normalise import bones_of_word, fold_word

# A feature opens with the letter of its view. Sorted features therefore lie view by view.
WEIGHTS: Final[dict[str, float]] = {"b": 0.9, "c": 1.0, "l": 1.0, "p": 1.0, "v": 0.5, "w": 0.5}
_LETTERS: Final = (2, 5)
_BONES: Final = (2, 4)
_PARTNERS: Final = 12  # earlier concepts of a message that a concept is paired with


@lru_cache(maxsize=16384)
def word_features(word: str) -> tuple[str, ...]:
    """One word in lower case without marks -> its features; "ch7al" gives "l:_c" … "b:_c" … "w:chal", "v:chl"."""
    folded, bones = fold_word(word).split(), bones_of_word(word).split()
    found = [f"l:{gram}" for part in folded for gram in _grams(part, *_LETTERS)]
    found += [f"b:{gram}" for part in bones for gram in _grams(part, *_BONES)]
    found += [f"w:{part}" for part in folded]
    return (*found, *(f"v:{part}" for part in bones))


def pair_features(first: str, second: str) -> tuple[str, ...]:
    """Two neighbouring words -> the features of the pair, in both views."""
    one, two = fold_word(first), fold_word(second)
    found = (f"w:{one} {two}",) if one and two else ()
    left, right = bones_of_word(first), bones_of_word(second)
    return (*found, f"v:{left} {right}") if left and right else found


def linked_features(words: Sequence[str], concepts: Concepts) -> list[tuple[str, tuple[str, ...]]]:
    """For each word of a message: the word, and the features of its pair with the next and of concepts it opens."""
    meant = concept_features(concepts.found_in(words))
    pairs = [*(pair_features(first, second) for first, second in pairwise(words)), ()]
    return [(word, pair + opened) for word, pair, opened in zip(words, pairs, meant, strict=False)]


def concept_features(meant: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Concepts that open at each word -> their features, and one for each two that occur in the same message."""
    before: list[str] = []
    found: list[tuple[str, ...]] = []
    for opened in meant:
        here = [f"c:{one}" for one in opened]
        for one in opened:
            if one not in before:
                here += [f"p:{min(one, other)} {max(one, other)}" for other in before[-_PARTNERS:]]
                before.append(one)
        found.append(tuple(here))
    return found


def features(words: Sequence[str], concepts: Concepts) -> list[str]:
    """All features of a message given as its words, repeats kept."""
    linked = linked_features(words, concepts)
    return [feature for word, more in linked for feature in (*word_features(word), *more)]


def _grams(word: str, shortest: int, longest: int) -> list[str]:
    padded = f"_{word}_"
    sizes = range(shortest, min(longest, len(padded)) + 1)
    return [padded[at : at + size] for size in sizes for at in range(len(padded) - size + 1)]
