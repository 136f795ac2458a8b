"""Two ways to write a message so that spellings of the same word meet.

`fold` keeps words readable but drops what people leave out or write in many ways: case, accents,
vowel signs, doubled letters, variants of Arabic letters, digits used as letters.
`skeleton` keeps consonants only, in one alphabet for both scripts, so that "bghit nmchi" and
"بغيت نمشي" become the same string.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from nlu.phonetics import skeleton_of_word

URL, MAIL, PHONE = "zurl", "zmail", "ztel"

_URL = re.compile(r"(?:https?://|www\.)\S+|\b[a-z0-9-]+\.(?:com|org|net|ma|fr|gov)\b(?:/\S*)?", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_PHONE = re.compile(r"(?<![\w.])(?:(?:\+|00)\d(?:[ .-]?\d){7,14}|0\d(?:[ .-]?\d){8})(?!\w)", re.ASCII)
_LETTERS = {
    **dict.fromkeys("ىیېۍےئ", "ي"), **dict.fromkeys("ةھہۀەۃ", "ه"), **dict.fromkeys("أإآٱٲٳ", "ا"),
    **dict.fromkeys("گڭکݣڪګ", "ك"), **dict.fromkeys("ؤۆۇۈۋ", "و"), "پ": "ب", "ڤ": "ف", "ڥ": "ف", "ڨ": "ق",
    "چ": "ش", "ژ": "ج", "ء": "", "ـ": "", "œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i",
}  # fmt: skip
_TABLE = str.maketrans(_LETTERS)
_WORD = re.compile(r"[^\W_]+")
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
_CHARACTERS_KEPT = 1 << 14
_UNITS = (
    r"ans?|ann?ees?|e|er|ere|eme|nd|nde|st|rd|th|dhs?|mad|euros?|eur|h|heures?|j|jours?|mois|km|kg|m|m2|"
    r"bac|am|pm|yrs?|years?|months?|days?|fois|mn|min|k"
)
_NUMBER_WORD = re.compile(rf"(\d{{2,}})([a-z]+)|(\d)({_UNITS})|([a-z]+)(\d{{2,}})")
_LEVEL = re.compile(r"[a-z]\d|\d+h\d+")
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"2(?=[^\W\d])"), ""), (re.compile(r"(?<=[^\W\d])2"), ""),
    (re.compile("w"), "u"), (re.compile("sh"), "ch"), (re.compile("5"), "kh"), (re.compile("7"), "h"),
    (re.compile("8"), "gh"), (re.compile("9"), "q"), (re.compile("6"), "t"), (re.compile("ph"), "f"),
    (re.compile(r"([^\W])\1+"), r"\1"), (re.compile("ou"), "u"), (re.compile(r"qu(?=[aeio])"), "k"),
)  # fmt: skip
_RULED = re.compile(r"[256789w]|[sp]h|ou|qu|([^\W])\1")  # nothing of _RULES applies to a word without these
_DOUBLE = re.compile(r"([^\W\d])\1+")
_ARABIZI_QUOTED = re.compile(r"(?<=\w)(?:(3)|7)['’`](?=[^\W\d])|\b(?:(3)|7)['’`](?=[^\W\d])")


def _quoted(match: re.Match[str]) -> str:
    return "gh" if match.group(1) or match.group(2) else "kh"


class _Bare(dict[int, str]):
    """What is left of each character without its marks, in lower case, variants of a letter as one: found once and kept."""

    def __missing__(self, point: int) -> str:
        if len(self) > _CHARACTERS_KEPT:
            self.clear()
        parts = unicodedata.normalize("NFKD", chr(point))
        bare = "".join(c for c in parts if unicodedata.category(c) != "Mn").casefold().translate(_TABLE)
        self[point] = bare
        return bare


_BARE = _Bare()


def words(text: str) -> list[str]:
    """Words of a message in lower case, without marks; digits western, letters of any script kept."""
    plain = text.isascii()
    text = _without_addresses(text if plain else unicodedata.normalize("NFKC", text))
    if not plain:
        text = _FOREIGN_DIGIT.sub(_western, text)
    if "0" in text or "+" in text:
        text = _PHONE.sub(f" {PHONE} ", text)
    text = text.casefold()
    if "3" in text or "7" in text:
        text = _ARABIZI_QUOTED.sub(_quoted, text)
    return _WORD.findall(text if plain else text.translate(_BARE))


def _without_addresses(text: str) -> str:
    """Each kind of address is looked for only where its sign is: most messages have neither."""
    if "@" in text:
        text = _MAIL.sub(f" {MAIL} ", text)
    return _URL.sub(f" {URL} ", text) if "." in text or "://" in text else text


def _western(match: re.Match[str]) -> str:
    return str(unicodedata.decimal(match.group()))


@lru_cache(maxsize=65536)
def fold_word(word: str) -> str:
    """One word as `words` gives it -> its folded spelling (may hold a blank: "24ans" -> "24 ans")."""
    while True:
        before = word
        word = " ".join(_fold_once(part) for whole in word.split() for part in _number_apart(whole))
        if word == before:
            return word


def _fold_once(word: str) -> str:
    if word.isdecimal() or _LEVEL.fullmatch(word):
        return word
    if not word.isascii():
        return _DOUBLE.sub(r"\1", word)
    if _RULED.search(word):
        for pattern, by in _RULES:
            word = pattern.sub(by, word)
    return word


def _number_apart(word: str) -> list[str]:
    if word.isalpha() or (parts := _NUMBER_WORD.fullmatch(word)) is None:
        return [word]
    return [part for part in parts.groups() if part]


@lru_cache(maxsize=65536)
def bones_of_word(word: str) -> str:
    """One word as `words` gives it -> its skeleton (may hold a blank, may be empty)."""
    return " ".join(filter(None, map(skeleton_of_word, _number_apart(word))))


def fold(text: str) -> str:
    """Any message -> folded words joined by single blanks; empty if it holds no letter or digit.

    Folding twice gives the same as folding once.
    """
    return " ".join(filter(None, map(fold_word, words(text))))


def skeleton(text: str) -> str:
    """Any message -> consonant skeletons of its words joined by single blanks, one alphabet for all scripts."""
    return " ".join(filter(None, map(bones_of_word, words(text))))
