"""What understanding a message means: the one interface behind which engines stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Protocol, runtime_checkable

from nlu.safety import SafetyHit

RANKED: Final = 10


@dataclass(frozen=True, slots=True)
class Ranked:
    """An intent and the probability, from 0 to 1, that it is the right one."""

    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Entity:
    """Something named in the message: `kind` (country, city, age, number), as written, its id, where it stands."""

    kind: str
    text: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Language:
    """fr, ar, ary, ary-Latn, en, zgh or other; None where nothing tells (confidence 0 then)."""

    code: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Answer from `answer` on if the lead over the second is `margin` or more; suggest from `suggest` on."""

    answer: float = 0.6
    suggest: float = 0.2
    margin: float = 0.1


@dataclass(frozen=True, slots=True)
class Parse:
    """All that is understood of one message. `ranking` is best first, at most ten; `intent` is its head.

    `subjects` are the entries asked about, in their order, where a message joins two in so many words.
    """

    text: str
    intent: Ranked | None
    ranking: tuple[Ranked, ...] = ()
    entities: tuple[Entity, ...] = ()
    language: Language = Language(None, 0.0)
    safety: SafetyHit | None = None
    thresholds: Thresholds = field(default_factory=Thresholds)
    subjects: tuple[Ranked, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Rasa's parse result (text, intent, intent_ranking, entities) with language and safety beside it."""
        ranking = [{"name": one.name, "confidence": round(one.confidence, 4)} for one in self.ranking]
        nothing = {"name": None, "confidence": 0.0}
        return {
            "text": self.text,
            "intent": ranking[0] if ranking else nothing,
            "intent_ranking": ranking,
            "entities": [
                {"entity": e.kind, "value": e.value, "text": e.text, "start": e.start, "end": e.end} for e in self.entities
            ],
            "language": {"code": self.language.code, "confidence": round(self.language.confidence, 4)},
            "safety": None if self.safety is None else {"signal": self.safety.signal, "level": self.safety.level},
        }


@runtime_checkable
class Interpreter(Protocol):
    """An engine. `parse` takes any text, never raises, and gives the same result for the same text."""

    def parse(self, text: str) -> Parse: ...


@runtime_checkable
class RemoteInterpreter(Interpreter, Protocol):
    """An engine whose `parse` may wait for another process: call it from a thread, and close it at the end."""

    def close(self) -> None: ...
