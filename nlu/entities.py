"""What a message names: countries, Moroccan towns, an age, numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from nlu.concepts import Concepts
from nlu.interpreter import Entity
from nlu.normalise import words

_KINDS: Final = frozenset({"country", "city"})
_WORD: Final = re.compile(r"[^\W_]+")
_NUMBER: Final = re.compile(r"(?<![^\W_])\d+(?:[.,]\d+)?(?!\d)")
_DIGIT: Final = re.compile(r"\d")
_YEARS: Final = r"(?:ans?|years?(?: old)?|y/?o|عاما?|سنة|سنه|سنين|سنوات|3am|3amm?|snin|sna|3ame)"
_AGE: Final = re.compile(rf"(?<![^\W_])(\d{{1,2}})\s*{_YEARS}(?![^\W_])", re.IGNORECASE)
_YOUNGEST, _OLDEST = 1, 99


def entities_in(text: str, concepts: Concepts) -> tuple[Entity, ...]:
    """Entities in reading order; `start` and `end` count characters of `text`. A place keeps its longest reading."""
    found = [*_places(text, concepts), *(_figures(text) if _DIGIT.search(text) else ())]
    return tuple(sorted(found, key=lambda one: (one.start, -one.end, one.kind)))


def _places(text: str, concepts: Concepts) -> Iterator[Entity]:
    spans = list(_WORD.finditer(text))
    message = [_plain(match.group()) for match in spans]
    for at, opened in enumerate(concepts.found_in(message)):
        for name in opened:
            kind, _, value = name.partition(".")
            if kind in _KINDS:
                yield Entity(kind, spans[at].group(), value, spans[at].start(), spans[at].end())


@lru_cache(maxsize=16384)
def _plain(word: str) -> str:
    return " ".join(words(word))


def _figures(text: str) -> Iterator[Entity]:
    ages = [match for match in _AGE.finditer(text) if _YOUNGEST <= int(match.group(1)) <= _OLDEST]
    for match in ages:
        yield Entity("age", match.group(), str(int(match.group(1))), match.start(), match.end())
    for match in _NUMBER.finditer(text):
        if not any(age.start() <= match.start() < age.end() for age in ages):
            yield Entity("number", match.group(), match.group().replace(",", "."), match.start(), match.end())
