"""Rasa measured like any engine: what it understands of lines it has not seen, and what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nlu.corpus import Utterance
from nlu.evaluate import Report, observed, report
from nlu.interpreter import Interpreter
from nlu.rasa.process import LIGHT, RasaError, Trained, serving, train
from nlu.remote import RasaInterpreter

_PATIENCE: Final = 30.0  # seconds a message may take here: a slow answer is a figure, not a failure


@dataclass(frozen=True, slots=True)
class Measured:
    """`megabytes` is the most memory the server held; None where the system does not tell."""

    report: Report
    trained: Trained
    megabytes: float | None


def measured(
    known: Sequence[Utterance], unseen: Sequence[Utterance], ours: Interpreter, home: Path, config: Path = LIGHT
) -> Measured:
    """Trains Rasa on `known` in the folder `home`, asks it for `unseen` with `ours` standing by. Raises RasaError."""
    trained = train(known, home, config)
    with serving(home) as server:
        engine = RasaInterpreter(server.url, ours, timeout=_PATIENCE)
        try:
            found = report(observed(unseen, engine))
        finally:
            engine.close()
        if engine.unheard:
            raise RasaError(f"Rasa did not answer {engine.unheard} of {engine.asked} messages")
        return Measured(found, trained, server.megabytes())
