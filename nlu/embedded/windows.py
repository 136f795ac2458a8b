"""Long messages are also read in parts: in a ramble the question is often one breath, mostly the last."""

from __future__ import annotations

from typing import Final

LONG: Final = 24
_WIDTH: Final = 12
_STEP: Final = 6


def windows_of(length: int) -> list[tuple[int, int]]:
    """Number of words -> (first, past last) of overlapping windows that cover them; none for a short message."""
    if length <= LONG:
        return []
    starts = [*range(0, length - _WIDTH, _STEP), length - _WIDTH]
    return [(start, start + _WIDTH) for start in starts]
