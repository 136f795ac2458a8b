"""Weights kept in a byte each: a row a feature, with one scale a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_MOST: Final = 127


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

    def sums(self, values: Floats, here: NDArray[np.intp] | None = None) -> Floats:
        """The sum of the rows (or of those `here`), each as often as its value says. No threads, no waiting."""
        rows, scale = (self.rows, self.scale) if here is None else (self.rows.take(here, axis=0), self.scale.take(here))
        return np.asarray(np.einsum("i,ij->j", values * scale, rows), dtype=np.float32)
