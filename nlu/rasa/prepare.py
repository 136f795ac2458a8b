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
_HEAD: Final = 'version: "3.1"\nnlu:\n'
_DATA: Final = Path(__file__).resolve().parents[1] / "data"
_PLAIN: Final = str.maketrans(dict.fromkeys("[](){}|", " "))
_ENTITIES: Final = ("age", "city", "country", "number")


def prepare(corpus: Iterable[Utterance], folder: Path, answers: Path = ANSWERS) -> int:
    """Writes `nlu.yml` and `domain.yml` into the folder; returns how many intents have lines enough."""
    told = list(corpus)
    lines: dict[str, list[str]] = defaultdict(list)
    for one in (*told, *read_answers(answers, {one.intent for one in told})):
        if plain := _plain(one.text):
            lines[to_rasa(one.intent)].append(plain)
    kept = {intent: lines[intent] for intent in sorted(lines) if len(lines[intent]) >= FEWEST}
    folder.mkdir(parents=True, exist_ok=True)
    blocks = (_block(intent, kept[intent]) for intent in kept)
    (folder / "nlu.yml").write_text(_HEAD + "".join(blocks), encoding="utf-8")
    (folder / "domain.yml").write_text(
        'version: "3.1"\n' + _listed("intents", kept) + _listed("entities", _ENTITIES), encoding="utf-8"
    )
    return len(kept)


def as_yaml(corpus: Iterable[Utterance]) -> str:
    """Utterances as NLU YAML with our own names of intents, without what is known of their writers."""
    lines: dict[str, list[str]] = defaultdict(list)
    for one in corpus:
        lines[one.intent].append(_plain(one.text))
    return _HEAD + "".join(_block(name, lines[name]) for name in sorted(lines))


def _plain(text: str) -> str:
    """On one line, without what Rasa or a YAML reader takes for signs of its own."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).translate(_PLAIN).split())


def _block(name: str, lines: Iterable[str]) -> str:
    return f"- intent: {json.dumps(name)}\n  examples: |\n" + "".join(f"    - {line}\n" for line in lines)


def _listed(name: str, values: Collection[str]) -> str:
    return f"{name}:\n" + "".join(f"- {json.dumps(value)}\n" for value in values)


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
