"""What understanding hands to the conversation: plain data, so that `flows` need not know how it was found."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["critical", "urgent", "normal"]
VARIETIES = ("fr", "ar", "ary", "ary-Latn", "en")

UNSURE = "unsure"  # the word for "I don't know": it answers a question that takes it, and means nothing by itself
GO_ON = "go_on"  # the word for taking up a journey again; it means nothing where none is under way


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """One intent and its calibrated probability (0 to 1)."""

    intent: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """Where the interpreter's own calibration draws its lines (probabilities)."""

    answer: float = 0.6
    suggest: float = 0.2
    margin: float = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """An emergency recognised in a message; `score` is 0 to 1, `level` comes from the signal's entry."""

    name: str
    level: Level
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something named in the message: `kind` is city, region, country…; `value` is an id of ours or the words."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One message (or several joined) as understood. `word` is a command that is the whole message (stop, back, yes…),
    `nearest` are entries whose texts hold its words, for a message that is not understood. `rethought`: the words take
    something back ("la, machi Agadir, Tiznit"); `named` then holds what is meant instead."""

    text: str
    folded: str
    guesses: tuple[Guess, ...] = ()
    bands: Bands = Bands()
    language: str | None = None
    language_confidence: float = 0.0
    signal: Signal | None = None
    named: tuple[Named, ...] = ()
    word: str | None = None
    nearest: tuple[str, ...] = ()
    rethought: bool = False
    subjects: tuple[str, ...] = ()  # intents, where a message joins two ("retraite et aussi la voiture")

    @property
    def length(self) -> int:
        """Number of words."""
        return len(self.folded.split())

    def naming(self, kind: str) -> str | None:
        return next((n.value for n in self.named if n.kind == kind), None)

    @property
    def place(self) -> str | None:
        """The one town, commune or region it names, here or abroad."""
        return self.naming("city") or self.naming("abroad") or self.naming("region")
