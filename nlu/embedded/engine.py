"""The embedded engine: everything `parse` gives, from the trained model, in a millisecond or so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np

from nlu.corpus import is_entry
from nlu.embedded.model import Model
from nlu.embedded.vocabulary import Floats
from nlu.embedded.windows import windows_of
from nlu.entities import entities_in
from nlu.interpreter import RANKED, Parse, Ranked, Thresholds
from nlu.language import LanguageModel
from nlu.normalise import words
from nlu.safety import SafetyHit, SafetyPatterns
from nlu.safety.guard import CERTAIN, verdict
from nlu.subjects import meant_in, parts_of

PATTERNS: Final = Path(__file__).resolve().parents[1] / "safety" / "patterns"
_LONGEST: Final = 2000  # characters read of one message, some 350 words
_ENDLESS: Final = re.compile(r"(\S{48})\S+")  # nobody means the rest, and it would cost seconds
_STRANGE: Final = 0.3  # of the confidence is left where no word of a message is known, and for numbers alone
_TOO_FEW: Final = 2  # words that nobody is in danger by, unless a rule or a sure guard says so
_SURE: Final = 0.5  # from this probability on, a classifier without a guard raises a safety signal
_ALMOST: Final = 0.99
SAFETY: Final = "safety/"
_LEVEL: Final = re.compile(r"^level:\s*(\w+)", re.MULTILINE)


class SafetyDetector(Protocol):
    """Finds emergencies in a message, the worst first."""

    def detect(self, text: str) -> tuple[SafetyHit, ...]: ...


class EmbeddedInterpreter:
    """An `Interpreter` over a model in memory. Safe to share between threads."""

    def __init__(
        self,
        model: Model,
        language: LanguageModel,
        safety: SafetyDetector | None = None,
        levels: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._model = model
        self._language = language
        self._safety = safety
        self._levels = levels
        self._names: Final = model.intents
        self._signals: Final = [at for at, name in enumerate(model.intents) if name.startswith(SAFETY)]
        self.thresholds: Final = Thresholds(**model.about.get("thresholds", {}))

    @classmethod
    def load(cls, model: Path, patterns: Path = PATTERNS) -> EmbeddedInterpreter:
        """Reads a trained model and the safety patterns. Raises ModelError, OSError or PatternError."""
        return cls.over(Model.load(model), LanguageModel.load(model), patterns)

    @classmethod
    def over(cls, model: Model, language: LanguageModel, patterns: Path = PATTERNS) -> EmbeddedInterpreter:
        """A model in memory with the safety patterns of a folder."""
        return cls(model, language, SafetyPatterns.load(patterns), _levels(patterns))

    def parse(self, text: str) -> Parse:
        start = text[:_LONGEST]
        read = _ENDLESS.sub(r"\1", start)
        heard = words(read)
        message = words(meant) if (meant := meant_in(read)) is not read else heard
        sure = self._model.probabilities(message) if message else np.zeros(0, dtype=np.float32)
        if not self._model.vocabulary.knows(message):
            sure = sure * np.float32(_STRANGE)
        safety = self._safety_of(read, heard, sure)
        ranking = _led_by(safety, self._ranked(sure))
        return Parse(
            text=text,
            intent=ranking[0] if ranking else None,
            ranking=ranking,
            entities=entities_in(start, self._model.vocabulary.concepts),
            language=self._language.identify(read),
            safety=safety,
            thresholds=self.thresholds,
            subjects=self._subjects(read),
        )

    def _subjects(self, text: str) -> tuple[Ranked, ...]:
        """The best of each half of a message that joins two subjects, if they are two and each is likely enough."""
        best = [self._ranked(self._model.probabilities(words(part)))[0] for part in parts_of(text) or () if words(part)]
        entries = {one.name for one in best if is_entry(one.name) and one.confidence >= self.thresholds.suggest / 2}
        likely = any(one.confidence >= self.thresholds.suggest for one in best)
        return tuple(best) if len(entries) == 2 and likely else ()

    def _ranked(self, sure: Floats) -> tuple[Ranked, ...]:
        best = np.argsort(-sure, kind="stable")[:RANKED]
        return tuple(Ranked(self._names[at], float(sure[at])) for at in best.tolist())

    def _safety_of(self, text: str, message: Sequence[str], sure: Floats) -> SafetyHit | None:
        """What the patterns and the guard make of it; without a guard, the signal of which the classifier is sure."""
        guard, patterns = self._model.guard, self._safety
        if guard is not None and isinstance(patterns, SafetyPatterns) and message:
            spans = windows_of(len(message))
            reading = patterns.vocabulary.read_words(message)
            leaning = guard.leaning(message, self._model.vocabulary, reading, spans)
            limit = guard.limit if len(message) > _TOO_FEW else max(guard.limit, CERTAIN)
            return verdict(patterns.hits(reading), leaning, limit, self._levels)
        hits: Sequence[SafetyHit] = patterns.detect(text) if patterns else ()
        if hits:
            return hits[0]
        if not sure.size or not self._signals:
            return None
        best = max(self._signals, key=lambda at: float(sure[at]))
        if float(sure[self._signals].sum()) < _SURE:
            return None
        signal = self._names[best].removeprefix(SAFETY)
        return SafetyHit(signal, self._levels.get(signal, "urgent"), float(sure[best]), "classifier")


def _led_by(safety: SafetyHit | None, ranking: tuple[Ranked, ...]) -> tuple[Ranked, ...]:
    """An emergency comes first; what else the message may be about shares what is left."""
    if safety is None:
        return ranking
    first = Ranked(SAFETY + safety.signal, min(safety.score, _ALMOST))
    rest = [one for one in ranking if one.name != first.name]
    return (first, *(Ranked(one.name, one.confidence * (1 - first.confidence)) for one in rest))[:RANKED]


def _levels(patterns: Path) -> dict[str, str]:
    """How grave each signal is, as the heads of the pattern files say."""
    heads = {path.stem: _LEVEL.search(path.read_text(encoding="utf-8")) for path in sorted(patterns.glob("*.yml"))}
    return {signal: head.group(1) for signal, head in heads.items() if head}
