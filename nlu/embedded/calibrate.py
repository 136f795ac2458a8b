"""From scores of messages the weights had not seen: probabilities, and the bands in which to answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from nlu.corpus import OUT_OF_SCOPE, is_entry
from nlu.embedded.model import probabilities
from nlu.embedded.vocabulary import Floats
from nlu.interpreter import Thresholds

WRONG_AT_MOST: Final = 0.04  # of all messages: answered with a wrong entry
STRAY_AT_MOST: Final = 0.05  # of messages out of scope: answered with an entry
_NO_LIFT: Final = np.zeros(0, dtype=np.float32)
_GRID: Final = tuple(round(0.02 * step, 2) for step in range(5, 50))
_MARGINS: Final = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4)
_TOP: Final = 3
_minimize: Any = minimize  # untyped at their homes
_minimize_scalar: Any = minimize_scalar


def sharpness_of(scores: Floats, right: NDArray[np.intp]) -> float:
    """The sharpness under which the softmax of `scores` (messages × intents) fits the right columns best."""

    def loss(log_sharpness: float) -> float:
        sure = probabilities(scores, float(np.exp(log_sharpness)), _NO_LIFT)
        return float(-np.log(sure[np.arange(len(right)), right] + 1e-9).mean())

    best = _minimize_scalar(loss, bounds=(-2.0, 4.0), method="bounded", options={"xatol": 1e-3})
    return round(float(np.exp(best.x)), 3)


def lift_of(scores: Floats, right: NDArray[np.intp], sharpness: float, group: Sequence[int]) -> Floats:
    """Numbers to add per intent (float32), the same within each group, that mend what sharpness alone cannot.

    `group` gives each intent the number of its group, 0 for the group that is left as it is.
    """
    member = np.array(group)
    size = int(member.max()) + 1

    def loss(raised: NDArray[np.float64]) -> float:
        lift = np.concatenate([[0.0], raised])[member].astype(np.float32)
        sure = probabilities(scores, sharpness, lift)
        return float(-np.log(sure[np.arange(len(right)), right] + 1e-9).mean())

    if size == 1:
        return np.zeros(len(member), dtype=np.float32)
    start = np.vstack([np.zeros(size - 1), np.eye(size - 1)])  # steps of one, or it stays where it starts
    options = {"xatol": 1e-2, "fatol": 1e-5, "initial_simplex": start}
    best = _minimize(loss, np.zeros(size - 1), method="Nelder-Mead", options=options)
    lift: Floats = np.round(np.concatenate([[0.0], best.x])[member], 3).astype(np.float32)
    return lift


def thresholds_of(sure: Floats, right: NDArray[np.intp], intents: Sequence[str]) -> Thresholds:
    """Probabilities of unseen messages and the right columns -> the bands that answer most within the two limits."""
    order = np.argsort(-sure, axis=1, kind="stable")
    rows = np.arange(len(right))
    top, lead = sure[rows, order[:, 0]], sure[rows, order[:, 0]] - sure[rows, order[:, 1]]
    entry = np.array([is_entry(intent) for intent in intents])
    on_entry, stray = entry[order[:, 0]], np.array([intents[at] == OUT_OF_SCOPE for at in right])
    hit = order[:, 0] == right
    best = (-1.0, Thresholds(answer=0.98, margin=0.4))
    for answer in _GRID:
        for margin in _MARGINS:
            given = (top >= answer) & (lead >= margin) & on_entry
            wrong = float((given & ~hit).mean())
            strays = float((given & stray).sum() / max(1, stray.sum()))
            if wrong <= WRONG_AT_MOST and strays <= STRAY_AT_MOST and (share := float(given.mean())) > best[0]:
                best = (share, Thresholds(answer=answer, margin=margin))
    suggest = min(best[1].answer, _suggest(sure, order, right, stray))
    return Thresholds(best[1].answer, suggest, best[1].margin)


def _suggest(sure: Floats, order: NDArray[np.intp], right: NDArray[np.intp], stray: NDArray[np.bool_]) -> float:
    """The confidence above which 19 of 20 messages lie whose right intent is among the first three."""
    held = (order[:, :_TOP] == right[:, None]).any(axis=1) & ~stray
    tops = np.sort(sure[np.arange(len(right)), order[:, 0]][held])
    return round(float(tops[int(0.05 * len(tops))]), 2) if len(tops) else 0.2
