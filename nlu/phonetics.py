"""Consonant skeleton of one word: the same for Arabic letters and for Latin letters read as Darija.

Sounds that Latin spelling does not tell apart are one: ح ه 7 h, ك ق گ k q 9 g, س ص s ç, ت ط ث t,
د ض ذ ظ d, ب پ b p, ف ڤ f v. Vowels, long ones included, fall out, save و and ي that open a word.
"""

from __future__ import annotations

import re
from typing import Final

_ARABIC: Final = str.maketrans({
    "ا": "", "ب": "b", "ت": "t", "ث": "t", "ج": "j", "ح": "H", "خ": "x", "د": "d", "ذ": "d", "ر": "r", "ز": "z",
    "س": "s", "ش": "c", "ص": "s", "ض": "d", "ط": "t", "ظ": "d", "ع": "3", "غ": "g", "ف": "f", "ق": "k", "ك": "k",
    "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "w", "ي": "y",
})
_LATIN_GROUPS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile("sch|sh|ch"), "$"), (re.compile("kh|5"), "X"), (re.compile("gh|8"), "G"), (re.compile("ph"), "f"),
    (re.compile("th|6"), "t"), (re.compile("dh"), "d"), (re.compile("ou|w"), "w"),
    (re.compile("c(?=[eiy])"), "s"), (re.compile("qu(?=[aeio])|[cqg9]"), "k"), (re.compile("x"), "ks"),
    (re.compile("7"), "H"), (re.compile("[24]"), ""), (re.compile("^u|^o$"), "w"), (re.compile("[aeiou]"), ""),
)
_LATIN: Final = str.maketrans({"$": "c", "X": "x", "G": "g", "v": "f", "p": "b"})
_INNER_GLIDE: Final = re.compile("(?<=.)[wy]")
_DOUBLE: Final = re.compile(r"([^\W\d]|3)\1+")


def skeleton_of_word(word: str) -> str:
    """A word in lower case without marks -> its skeleton, e.g. "بغيت" and "bghit" -> "bgt"; may be empty."""
    if word.isdecimal():
        return word
    if word.isascii():
        for pattern, by in _LATIN_GROUPS:
            word = pattern.sub(by, word)
        word = word.translate(_LATIN)
    else:
        word = word.translate(_ARABIC)
    word = _INNER_GLIDE.sub("", word)
    if len(word) > 1 and word.endswith("h"):
        word = word[:-1]
    return _DOUBLE.sub(r"\1", word.replace("H", "h"))
