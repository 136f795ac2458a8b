"""The Rasa 3.6 project: the same training data and the same views of a message, served by another engine.

Rasa takes what stands before a slash in an intent for all of it, so there the slash is written as two colons.
"""

from __future__ import annotations

from typing import Final

_OURS: Final = "/"
_THEIRS: Final = "::"


def to_rasa(intent: str) -> str:
    """faq/pension -> faq::pension."""
    return intent.replace(_OURS, _THEIRS)


def from_rasa(intent: str) -> str:
    """faq::pension -> faq/pension."""
    return intent.replace(_THEIRS, _OURS)
