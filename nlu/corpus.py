"""Reads training data in Rasa's NLU YAML, anybody's: metadata is welcome, not needed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

OUT_OF_SCOPE: Final = "out_of_scope"
_NO_ENTRY: Final = ("smalltalk/", "journey/", "safety/")

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ANNOTATED: Final = re.compile(r"\[([^\[\]]+)\](?:\([^()]*\)|\{[^{}]*\})")


class CorpusError(ValueError):
    """A file that is not Rasa NLU YAML; the message names the file."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One line somebody wrote. `variety` and `writer` are empty where the data does not tell."""

    text: str
    intent: str
    variety: str = ""
    writer: str = ""


def is_entry(intent: str) -> bool:
    """Whether an intent is a subject to be answered: not out of scope, small talk, a journey or an emergency."""
    return intent not in {"", OUT_OF_SCOPE} and not intent.startswith(_NO_ENTRY)


def is_background(intent: str) -> bool:
    """Whether an intent is what people say around a question: small talk, or a subject that is not ours."""
    return intent == OUT_OF_SCOPE or intent.startswith("smalltalk/")


def files_of(data: Path) -> list[Path]:
    """YAML files of a folder (or the one file given), sorted, so that training never depends on the disk."""
    if data.is_file():
        return [data]
    return sorted(path for suffix in ("*.yml", "*.yaml") for path in data.rglob(suffix))


def fingerprint(paths: Iterable[Path]) -> str:
    """Hash of the files' names and bytes, 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def read_corpus(data: Path) -> tuple[Utterance, ...]:
    """All utterances below `data`, in order of file and line, without repeats of (text, intent).

    Raises CorpusError where a file cannot be read as NLU YAML or no utterance is found.
    """
    seen = dict.fromkeys(utterance for path in files_of(data) for utterance in _of_file(path))
    unique = {(utterance.text, utterance.intent): utterance for utterance in reversed(seen)}
    if not unique:
        raise CorpusError(f"{data}: no utterances found")
    return tuple(reversed(unique.values()))


def _of_file(path: Path) -> Iterator[Utterance]:
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: {error}") from error
    blocks = document.get("nlu") if isinstance(document, dict) else None
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, dict) and isinstance(block.get("intent"), str):
            yield from _of_block(block, path)


def _of_block(block: dict[str, Any], path: Path) -> Iterator[Utterance]:
    about = block.get("metadata")
    examples = block.get("examples")
    if isinstance(examples, str):
        pairs: list[tuple[str, Any]] = [(line, about) for line in _lines(examples)]
    elif isinstance(examples, list):
        pairs = [pair for example in examples for pair in _of_example(example, about)]
    else:
        raise CorpusError(f"{path}: intent {block['intent']} has no examples")
    for line, told in pairs:
        text = _ANNOTATED.sub(r"\1", line).strip()
        if text:
            yield Utterance(text, block["intent"], _told(told, "variety"), _told(told, "writer"))


def _of_example(example: Any, about: Any) -> list[tuple[str, Any]]:
    if isinstance(example, str):
        return [(example, about)]
    own = example.get("metadata", about)
    return [(line, own) for line in _lines(str(example.get("text", "")))]


def _told(about: Any, key: str) -> str:
    return str(about[key]) if isinstance(about, dict) and key in about else ""


def _lines(block: str) -> list[str]:
    lines: list[str] = []
    for line in block.splitlines():
        if line.lstrip().startswith("- "):
            lines.append(line.lstrip()[2:])
        elif line.strip() and line.strip() != "-":
            lines = [*lines[:-1], f"{lines[-1]} {line.strip()}"] if lines else [line.strip()]
    return lines
