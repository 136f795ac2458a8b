"""Keys under which spellings of one place meet: the same letters heard alike, and the same but for one slip.

Looser than `nlu.normalise.fold`, which must keep everyday words apart; names of places bear more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_LATIN: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile("c(?=[eiy])"), "s"),
    (re.compile("(?<=..[^aeiou])e$|(?<=[aeiou])h$"), ""),
    (re.compile("rh|gh|4"), "G"),
    (re.compile("kh|x"), "X"),
    (re.compile("ch"), "C"),
    (re.compile("dj"), "j"),
    (re.compile("th"), "t"),
    (re.compile("[3']"), ""),
    (re.compile("[qgc]"), "k"),
    (re.compile("ai|ay|ei|ey|y|e"), "i"),
    (re.compile("o"), "u"),
    (re.compile("p"), "b"),
    (re.compile("v"), "f"),
)
_ARABIC: Final = str.maketrans("طثصضذظق", "تتسدددك")
_DOUBLE: Final = re.compile(r"(.)\1+")
_OPENING: Final = re.compile("^اي(?=..)")
_GLUED: Final = {True: re.compile("mn|[fldmbu]"), False: re.compile("[وف]?[فبلمد]|و")}
_LEAST_LEFT: Final = {True: 5, False: 4}
_BEARS_TWO: Final = 8
_BEARS_SWAP: Final = 6
_BEARS_CONSONANT: Final = 7
_SHORTEST_SLIP: Final = 6


@lru_cache(maxsize=65536)
def loose(word: str) -> str:
    """A folded word -> what is left when letters that sound alike are one; may be empty."""
    if word.isascii():
        for pattern, by in _LATIN:
            word = pattern.sub(by, word)
    else:
        word = _OPENING.sub("ا", word.translate(_ARABIC))
        word = f"{word[:-1]}ا" if word.endswith("ه") else word
    return _DOUBLE.sub(r"\1", word)


def unglued(word: str, *, opens: bool) -> Iterator[str]:
    """A folded word without little words written in one with it: "فتيزنيت" -> "تيزنيت", "fagadir" -> "agadir".

    Little may be left where other words of the name follow (`opens`): "فأيت ملول".
    """
    latin = word.isascii()
    if (glued := _GLUED[latin].match(word)) is None:
        return
    least = 2 if opens else _LEAST_LEFT[latin]
    for cut in range(1, glued.end() + 1):
        if len(word) - cut >= least:
            yield word[cut:]


def left_out(key: str) -> Iterator[str]:
    """The key, and the key with any one letter left out: two keys one slip apart have one of these in common."""
    yield key
    for at in range(len(key)):
        yield key[:at] + key[at + 1 :]


def bears_slips(key: str, *, village: bool) -> bool:
    """Whether a name is long enough to be known with a letter wrong; shorter ones are too near to everyday words.

    Villages bear the names of everyday things ("the slope", "the wells"), so theirs must be longer.
    """
    return _weight(key) >= _SHORTEST_SLIP + 2 * village


def _weight(key: str) -> int:
    """Letters that tell the name apart: Arabic writes fewer vowels, so a letter says more; its article says nothing."""
    return len(key) if key.isascii() else len(key.removeprefix("ال")) + 1


def is_slip(typed: str, name: str, *, same_bones: bool) -> bool:
    """Whether `typed` is `name` mistyped. Vowels are lightly held; a wrong consonant needs a long name around it.

    Both are `loose` keys. A first letter is seldom mistyped and tells most words apart: it must be right.
    """
    if typed[:1] != name[:1] or typed.isascii() != name.isascii():
        return False
    length = _weight(name)
    if same_bones:
        return _distance(typed, name) <= 1 + (length >= _BEARS_TWO)
    swapped = len(typed) == len(name) and sorted(typed) == sorted(name)
    return length >= (_BEARS_SWAP if swapped else _BEARS_CONSONANT) and _distance(typed, name) <= 1


def _distance(one: str, other: str) -> int:
    """Letters wrong, missing, too many or swapped with their neighbour."""
    above: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        two_above, above, row = above, row, [i]
        for j, facing in enumerate(other, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != facing)))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == facing:
                row[j] = min(row[j], two_above[j - 2] + 1)
    return row[-1]
