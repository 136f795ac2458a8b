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
})  # fmt: skip
_LATIN: Final = {
    "sch": "c", "sh": "c", "ch": "c", "kh": "x", "5": "x", "gh": "g", "8": "g", "ph": "f", "v": "f",
    "th": "t", "6": "t", "dh": "d",
    "ou": "w", "qu": "k", "c": "k", "q": "k", "g": "k", "9": "k", "x": "ks", "7": "H", "p": "b",
    **dict.fromkeys("aeiou24", ""),
}  # fmt: skip
_LATIN_SOUND: Final = re.compile(r"sch|[sckgptd]h|ou|^o$|qu(?=[aeio])|[a-z2-9]")
_INNER_GLIDE: Final = re.compile("(?<=.)[wy]")
_DOUBLE: Final = re.compile(r"([^\W\d]|3)\1+")


def skeleton_of_word(word: str) -> str:
    """A word in lower case without marks -> its skeleton, e.g. "بغيت" and "bghit" -> "bgt"; may be empty."""
    if word.isdecimal():
        return word
    word = _LATIN_SOUND.sub(_sound, word) if word.isascii() else word.translate(_ARABIC)
    word = _INNER_GLIDE.sub("", word)
    if len(word) > 1 and word.endswith("h"):
        word = word[:-1]
    return _DOUBLE.sub(r"\1", word.replace("H", "h"))


def _sound(match: re.Match[str]) -> str:
    written = match.group()
    if match.start() == 0 and (written in {"u", "ou"} or match.string == "o"):
        return "w"
    if written == "c" and match.string[match.end() : match.end() + 1] in {"e", "i", "y"}:
        return "s"
    return _LATIN.get(written, written)
