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

    def rows(self, ids: NDArray[np.intp] | NDArray[np.int32]) -> Floats:
        return np.asarray(self.kept[ids] * self.scale[ids, None], dtype=np.float32)

    def whole(self) -> Floats:
        return np.asarray(self.kept * self.scale[:, None], dtype=np.float32)
