"""Writes what `rasa train nlu` reads: one file of training lines and a domain, from our own data.

    python -m nlu.rasa.prepare FOLDER [--data nlu/data] [--only intent,intent]

Rasa takes brackets and braces in a line for annotations, so lines are written without them. An intent with fewer
than five lines is left out. Passages of the answers are learnt from as well.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

from nlu.answers import read_answers
from nlu.corpus import CorpusError, Utterance, read_corpus
from nlu.embedded.key import ANSWERS
from nlu.rasa import to_rasa

FEWEST: Final = 5
_DATA: Final = Path(__file__).resolve().parents[1] / "data"
_PLAIN: Final = str.maketrans(dict.fromkeys("[](){}|", " "))
_ENTITIES: Final = ("age", "city", "country", "number")


def prepare(corpus: Iterable[Utterance], folder: Path, answers: Path = ANSWERS) -> int:
    """Writes `nlu.yml` and `domain.yml` into the folder; returns how many intents have lines enough."""
    told = list(corpus)
    lines: dict[str, list[str]] = defaultdict(list)
    for one in (*told, *read_answers(answers, {one.intent for one in told})):
        if plain := " ".join(_printable(one.text).translate(_PLAIN).split()):
            lines[one.intent].append(plain)
    kept = {intent: lines[intent] for intent in sorted(lines) if len(lines[intent]) >= FEWEST}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nlu.yml").write_text('version: "3.1"\nnlu:\n' + "".join(map(_block, kept.items())), encoding="utf-8")
    (folder / "domain.yml").write_text(
        'version: "3.1"\n' + _listed("intents", kept) + _listed("entities", _ENTITIES), encoding="utf-8"
    )
    return len(kept)


def _block(intent: tuple[str, list[str]]) -> str:
    name, lines = intent
    return f"- intent: {json.dumps(to_rasa(name))}\n  examples: |\n" + "".join(f"    - {line}\n" for line in lines)


def _listed(name: str, values: Collection[str]) -> str:
    return f"{name}:\n" + "".join(f"- {json.dumps(to_rasa(value))}\n" for value in values)


def _printable(text: str) -> str:
    """Without the signs that a YAML reader refuses; joiners inside Arabic words go as well."""
    return "".join(c if c.isprintable() or c == " " else " " for c in text)


def main() -> int:
    parser = argparse.ArgumentParser(description="Training data for Rasa.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=_DATA)
    parser.add_argument("--only", default="", help="intents, comma-separated; default: all")
    told = parser.parse_args()
    only = set(filter(None, told.only.split(",")))
    try:
        corpus = [one for one in read_corpus(told.data) if not only or one.intent in only]
    except CorpusError as error:
        print(f"dalil: {error}", file=sys.stderr)
        return 1
    print(f"{prepare(corpus, told.folder)} intents", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
