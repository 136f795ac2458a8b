"""The text files of an answer: their parts, and the placeholders in them."""

import re
from collections.abc import Mapping
from typing import NamedTuple

PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_HEADING = re.compile(r"^##[ \t]+(\S+)[ \t]*$", re.MULTILINE)
_NAME = re.compile(r"(?:[a-z0-9-]+:)?[a-z][a-z0-9_]*|phone:[a-z0-9-]+")


class Placeholder(NamedTuple):
    """`owner` is a fact id, "phone" for a number's id, or None when the name alone says it."""

    owner: str | None
    name: str


def parts_of(text: str) -> dict[str, str]:
    """The body and what stands under each `## heading`; empty parts are left out."""
    pieces = _HEADING.split(text.replace("\r\n", "\n"))
    parts = {"body": pieces[0].strip()}
    for heading, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        parts[heading] = piece.strip()
    return {name: piece for name, piece in parts.items() if piece}


def read_placeholder(inside: str) -> Placeholder | None:
    """What stands between the braces; None when it is not written as a placeholder is."""
    if not _NAME.fullmatch(inside):
        return None
    owner, colon, name = inside.rpartition(":")
    return Placeholder(owner if colon else None, name)


def placeholders_in(text: str) -> frozenset[str]:
    return frozenset(PLACEHOLDER.findall(text))


def without_placeholders(text: str, by: str = " ") -> str:
    return PLACEHOLDER.sub(by, text)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with every placeholder replaced. Raises KeyError for one that has no value."""
    return PLACEHOLDER.sub(lambda match: values[match.group(1)], text)
