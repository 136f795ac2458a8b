"""Long messages are also read in parts: in a ramble the question is often one breath, mostly the last."""

from __future__ import annotations

from typing import Final

LONG: Final = 24
_WIDTH: Final = 12
_STEP: Final = 6
_MOST: Final = 12  # windows of one message: they grow with it


def windows_of(length: int) -> list[tuple[int, int]]:
    """Number of words -> (first, past last) of overlapping windows that cover them; none for a short message."""
    if length <= LONG:
        return []
    step = max(_STEP, -(-length // _MOST))
    width = max(_WIDTH, 2 * step)
    starts = [*range(0, length - width, step), length - width]
    return [(start, start + width) for start in starts]
