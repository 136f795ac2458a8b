"""Length of sentences, for French and English: what a tired reader can follow."""

import re
from statistics import median

from bot.knowledge.texts import without_placeholders

MOST_WORDS = 30
_END = re.compile(r"[.!?…]+(?=\s|$)|\n+")
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")


def sentences(text: str) -> list[str]:
    """A placeholder counts as one word, a line of a list as a sentence."""
    pieces = (piece.strip(" •\t") for piece in _END.split(without_placeholders(text, "x")))
    return [piece for piece in pieces if _WORD.search(piece)]


def words(sentence: str) -> int:
    return len(_WORD.findall(sentence))


def too_long(text: str) -> list[str]:
    counted = [(words(sentence), sentence) for sentence in sentences(text)]
    return [f"“{s[:40]}…” has {n} words, {MOST_WORDS} at most" for n, s in counted if n > MOST_WORDS]


def median_words(texts: list[str]) -> float:
    return median(words(sentence) for text in texts for sentence in sentences(text))
