"""Weights kept in a byte each: a row a feature, with one scale a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_MOST: Final = 127
_MESSAGE: Final = 16  # parts of one message, at most
_ALONE: Final = 120_000  # products in one multiplication: for so few no library wakes a second thread


@dataclass(frozen=True, slots=True)
class Table:
    """A matrix, a row a feature; what is kept is within half a percent of the greatest weight of the row."""

    kept: NDArray[np.int8]
    scale: Floats

    @classmethod
    def of(cls, weights: Floats) -> Table:
        scale = np.maximum(np.abs(weights).max(axis=1), 1e-9) / _MOST
        return cls(np.round(weights / scale[:, None]).astype(np.int8), scale.astype(np.float32))

    def part(self, ids: NDArray[np.intp] | NDArray[np.int32]) -> Part:
        return Part(self.kept.take(ids, axis=0).astype(np.float32), self.scale.take(ids))

    def whole(self) -> Floats:
        return np.asarray(self.kept * self.scale[:, None], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a table, not yet scaled."""

    rows: Floats
    scale: Floats

    def sums(self, values: Floats) -> Floats:
        """Sums of the rows, each as often as `values` (sums × rows) say: sums × columns."""
        return products(values * self.scale, self.rows)


def products(values: Floats, rows: Floats) -> Floats:
    """`values @ rows`. For one message no library wakes a second thread, so nobody waits for one."""
    if len(values) == 1:
        return np.asarray(np.einsum("i,ij->j", values[0], rows)[None, :], dtype=np.float32)
    if len(values) > _MESSAGE:
        return np.asarray(values @ rows, dtype=np.float32)
    step = max(1, _ALONE // (len(values) * rows.shape[1]))
    found = np.zeros((len(values), rows.shape[1]), dtype=np.float32)
    for at in range(0, len(rows), step):
        found += values[:, at : at + step] @ rows[at : at + step]
    return found
