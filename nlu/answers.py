"""The text of the answers as a further view: an entry is also known by the words in which it is answered."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Final

from nlu.corpus import Utterance

_PREFIX: Final = "faq/"
_VARIETIES: Final = ("fr", "ar", "ary", "ary-Latn", "en")
_MARKS: Final = re.compile(r"\{[^}]*\}|^#.*$|[•*]", re.MULTILINE)
_BLANK: Final = re.compile(r"\n\s*\n")
_SHORTEST: Final = 4  # words a passage must have to tell anything


def read_answers(entries: Path, intents: Collection[str]) -> tuple[Utterance, ...]:
    """Passages of `<entries>/<id>/<variety>.md`, one each, for those `faq/<id>` that are among `intents`.

    Nothing where the folder is missing: other people's data has no answers here.
    """
    found = []
    for intent in sorted(intent for intent in intents if intent.startswith(_PREFIX)):
        for variety in _VARIETIES:
            page = entries / intent.removeprefix(_PREFIX) / f"{variety}.md"
            if page.is_file():
                passages = _passages(page.read_text(encoding="utf-8"))
                found += [Utterance(passage, intent, variety, f"answer-{variety}") for passage in passages]
    return tuple(found)


def _passages(page: str) -> list[str]:
    passages = [" ".join(passage.split()) for passage in _BLANK.split(_MARKS.sub("", page))]
    return [passage for passage in passages if len(passage.split()) >= _SHORTEST]
