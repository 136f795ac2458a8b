"""Long texts in parts that end where a sentence does, and what is read cut to a bound."""

import re

from bot.channels.mask import strike

LONGEST_READ = 4096
_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?<=[.!?؟…])\s+|\n")
_WORD = re.compile(r"\s+")


def size(text: str) -> int:
    """In UTF-16 units: the way Telegram counts entities, and never less than what any provider counts."""
    return len(text) + sum(ord(letter) > 0xFFFF for letter in text)


def split(text: str, limit: int) -> list[str]:
    """At least one part, each at most `limit`: cut at a paragraph, else a sentence, else a word, else anywhere."""
    parts = []
    rest = text.strip()
    while size(rest) > limit:
        end = _cut(rest, limit)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*parts, rest] if rest or not parts else parts


def _cut(text: str, limit: int) -> int:
    window = text[:limit]
    while size(window) > limit:
        window = window[:-1]
    for border in (_PARAGRAPH, _SENTENCE, _WORD):
        # A border in the first third would leave a stump of a bubble.
        ends = [found.start() for found in border.finditer(window) if found.start() > len(window) // 3]
        if ends:
            return ends[-1]
    return max(1, len(window))


def plain(text: str) -> str:
    """Without what JSON lets pass and a database cannot hold: NUL and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def clean(text: str) -> str:
    """What may be kept of a text received: no identity numbers, no more than a bubble holds."""
    return strike(plain(text))[:LONGEST_READ].strip()
