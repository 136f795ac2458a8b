"""From the interpreter's parse to what the conversation takes: the one bridge between `nlu` and `flows`."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from bot.knowledge.places import Places
from bot.knowledge.search import Search
from flows.events import Event, Said
from flows.heard import Bands, Guess, Heard, Level, Named, Signal
from nlu.interpreter import Interpreter, Parse, RemoteInterpreter
from nlu.normalise import fold
from nlu.words import Words

_Heard = TypeVar("_Heard")
LONGEST = 4000  # characters read; a longer text is kept whole for the thread


class Hearing:
    """Text in, `Heard` out: needs nothing but the text, holds no lock."""

    def __init__(self, interpreter: Interpreter, words: Words, places: Places, search: Search) -> None:
        self._interpreter, self._words, self._places, self._search = interpreter, words, places, search

    async def at_work(self, work: Callable[[], _Heard]) -> _Heard:
        """What `work` gives, which hears: in a thread if the engine may wait for another process, else here and now."""
        return await asyncio.to_thread(work) if isinstance(self._interpreter, RemoteInterpreter) else work()

    def close(self) -> None:
        if isinstance(self._interpreter, RemoteInterpreter):
            self._interpreter.close()

    def hear(self, text: str) -> Heard:
        return self.of_parse(self._interpreter.parse(text[:LONGEST]))

    def of_parse(self, parse: Parse) -> Heard:
        signal = parse.safety
        bands = parse.thresholds
        unclear = signal is None and (parse.intent is None or parse.intent.confidence < bands.suggest)
        return Heard(
            text=parse.text,
            folded=fold(parse.text),
            guesses=tuple(Guess(intent=r.name, confidence=r.confidence) for r in parse.ranking),
            bands=Bands(answer=bands.answer, suggest=bands.suggest, margin=bands.margin),
            language=parse.language.code,
            language_confidence=parse.language.confidence,
            signal=None if signal is None else Signal(name=signal.signal, level=_level(signal.level), score=signal.score),
            named=self._named(parse),
            word=self._words.find(parse.text),
            nearest=self._search.nearest(parse.text) if unclear else (),
            subjects=tuple(subject.name for subject in parse.subjects),
        )

    def understand(self, event: Event) -> Event:
        """The event with its text understood; others unchanged."""
        if isinstance(event, Said) and event.heard is None:
            return replace(event, heard=self.hear(event.text))
        return event

    def _named(self, parse: Parse) -> tuple[Named, ...]:
        named = [Named(kind=e.kind, value=e.value) for e in parse.entities if e.kind not in ("city", "region")]
        named += self._place(parse.text)
        language = self._words.language_in(parse.text)
        return (*named, *([Named(kind="language", value=language)] if language else []))

    def _place(self, text: str) -> list[Named]:
        """The one place a message is about; where it names several, the region they share."""
        place = self._places.find(text)
        if place is None:
            regions = {p.region for p in self._places.find_all(text) if p.country == "MA"}
            return [Named(kind="region", value=r) for r in regions if r] if len(regions) == 1 else []
        if place.country != "MA":
            return [Named(kind="abroad", value=place.id)]
        named = [Named(kind="region", value=place.region)] if place.region else []
        return named if place.kind in ("region", "province") else [Named(kind="city", value=place.id), *named]


def _level(level: str) -> Level:
    """Raises KeyError for a level that does not exist."""
    levels: dict[str, Level] = {"critical": "critical", "urgent": "urgent", "normal": "normal"}
    return levels[level]
