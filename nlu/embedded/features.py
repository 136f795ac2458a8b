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
# Few lines do not teach which concepts belong together, least of all where the lexicon was not made for the subject.
WEIGHTS_OF_FEW: Final = WEIGHTS | {"c": 0.3, "p": 0.3}
_LETTERS: Final = (2, 5)
_BONES: Final = (2, 4)
_PARTNERS: Final = 12  # earlier concepts of a message that a concept is paired with


def word_spellings(word: str) -> tuple[tuple[str, Sequence[str]], ...]:
    """One word in lower case without marks -> views, each with what the word gives it; "ch7al" gives l "_c" … v "chl"."""
    folded, bones = fold_word(word).split(), bones_of_word(word).split()
    letters = [gram for part in folded for gram in _grams(part, *_LETTERS)]
    return ("l", letters), ("b", [gram for part in bones for gram in _grams(part, *_BONES)]), ("w", folded), ("v", bones)


def pair_spellings(first: str, second: str) -> list[tuple[str, str]]:
    """Two neighbouring words -> the pair in both views, where both have a form."""
    forms = (("w", fold_word(first), fold_word(second)), ("v", bones_of_word(first), bones_of_word(second)))
    return [(view, f"{one} {other}") for view, one, other in forms if one and other]


def met_before(meant: Sequence[tuple[str, ...]]) -> list[list[tuple[str, Sequence[str]]]]:
    """Concepts that open at each word -> each with the earlier concepts it meets: the last ones, when it is new itself."""
    before: list[str] = []
    known: set[str] = set()
    found: list[list[tuple[str, Sequence[str]]]] = []
    for opened in meant:
        here: list[tuple[str, Sequence[str]]] = []
        for one in opened:
            if one in known:
                here.append((one, ()))
                continue
            here.append((one, before[-_PARTNERS:]))
            before.append(one)
            known.add(one)
        found.append(here)
    return found


@lru_cache(maxsize=16384)
def word_features(word: str) -> tuple[str, ...]:
    """One word in lower case without marks -> its features; "ch7al" gives "l:_c" … "b:_c" … "w:chal", "v:chl"."""
    return tuple(f"{view}:{one}" for view, spellings in word_spellings(word) for one in spellings)


def linked_features(words: Sequence[str], concepts: Concepts) -> list[tuple[str, tuple[str, ...]]]:
    """For each word of a message: the word, and the features of its pair with the next and of concepts it opens."""
    pairs = [*(pair_spellings(first, second) for first, second in pairwise(words)), []]
    return [
        (word, tuple(f"{view}:{both}" for view, both in pair) + concept_features(here))
        for word, pair, here in zip(words, pairs, met_before(concepts.found_in(words)), strict=False)
    ]


def concept_features(here: Sequence[tuple[str, Sequence[str]]]) -> tuple[str, ...]:
    """Concepts that open at a word and those they meet -> their features, and one for each two."""
    alone = tuple(f"c:{one}" for one, _ in here)
    return (*alone, *(f"p:{min(one, other)} {max(one, other)}" for one, before in here for other in before))


def features(words: Sequence[str], concepts: Concepts) -> list[str]:
    """All features of a message given as its words, repeats kept."""
    linked = linked_features(words, concepts)
    return [feature for word, more in linked for feature in (*word_features(word), *more)]


def _grams(word: str, shortest: int, longest: int) -> list[str]:
    padded = f"_{word}_"
    sizes = range(shortest, min(longest, len(padded)) + 1)
    return [padded[at : at + size] for size in sizes for at in range(len(padded) - size + 1)]
