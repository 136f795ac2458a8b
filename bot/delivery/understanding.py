"""From the interpreter's parse to what the conversation takes: the one bridge between `nlu` and `flows`."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from bot.delivery import coming
from bot.knowledge.company import group_in
from bot.knowledge.places import Places
from bot.knowledge.search import Search
from bot.knowledge.wishes import Wishes, band_of
from flows.events import Event, Said
from flows.heard import Bands, Guess, Heard, Level, Named, Signal
from flows.policy import second_thoughts
from nlu.interpreter import Interpreter, Parse, RemoteInterpreter
from nlu.normalise import fold
from nlu.words import Words

_Heard = TypeVar("_Heard")
_SHORT = 4  # words
_OUTSIDE = re.compile(
    r"خارج|برا|(?<![^\W_])(?:hors|outside|kharij|kharej|berra|bra)(?![^\W_])", re.IGNORECASE
)  # of Morocco: not there
LONGEST = 4000  # characters read; a longer text is kept whole for the thread


class Hearing:
    """Text in, `Heard` out: needs nothing but the text, holds no lock."""

    def __init__(self, interpreter: Interpreter, words: Words, places: Places, search: Search, wishes: Wishes) -> None:
        self._interpreter, self._words, self._places = interpreter, words, places
        self._search, self._wishes = search, wishes

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
        unclear = signal is None and (parse.intent is None or parse.intent.confidence < bands.answer)
        instead = self._instead(parse)
        return Heard(
            text=parse.text,
            folded=fold(parse.text),
            guesses=tuple(Guess(intent=r.name, confidence=r.confidence) for r in parse.ranking),
            bands=Bands(answer=bands.answer, suggest=bands.suggest, margin=bands.margin),
            language=parse.language.code,
            language_confidence=parse.language.confidence,
            signal=None if signal is None else Signal(name=signal.signal, level=_level(signal.level), score=signal.score),
            named=instead or self._named(parse),
            rethought=bool(instead),
            word=coming.other(self._words.find(parse.text)),
            nearest=self._search.nearest(parse.text) if unclear else (),
            subjects=tuple(subject.name for subject in parse.subjects),
        )

    def understand(self, event: Event) -> Event:
        """The event with its text understood; others unchanged."""
        if isinstance(event, Said) and event.heard is None:
            return replace(event, heard=self.hear(event.text))
        return event

    def _instead(self, parse: Parse) -> tuple[Named, ...]:
        """What is named in place of something said before: of "la, machi Agadir, Tiznit" only the second."""
        span = second_thoughts.meant(parse.text)
        if span is None:
            return ()
        start, end = span
        within = [e for e in parse.entities if start <= e.start and e.end <= end]
        moved = tuple(replace(e, start=e.start - start, end=e.end - start) for e in within)
        return self._named(replace(parse, text=parse.text[start:end], entities=moved))

    def _named(self, parse: Parse) -> tuple[Named, ...]:
        named = [Named(kind=e.kind, value=e.value) for e in parse.entities if e.kind not in ("city", "region", "age")]
        named += self._place(parse.text)
        group = group_in(fold(parse.text))
        named += [Named(kind="group", value=group)] if group else []
        language = self._words.language_in(parse.text)
        told = coming.told(self._words, parse.text)
        named += [Named(kind=kind, value=value) for kind, value in (("language", language), ("coming", told)) if value]
        return (*named, *self._of_oneself(parse))

    def _of_oneself(self, parse: Parse) -> list[Named]:
        """What the person tells for an opportunity: wish, schooling, language known, age, country to go to."""
        told = self._wishes.find(parse.text)
        ages = [e for e in parse.entities if e.kind == "age" and self._wishes.is_age(parse.text, e.start, e.end)]
        age = ages[0].value if ages else _bare_age(parse.text)
        if age:
            told |= {"age": age, "age_band": band_of(int(age))}
        named = [Named(kind=kind, value=value) for kind, value in told.items()]
        country = self._destination(parse)
        return named + ([Named(kind="destination", value=country)] if country else [])

    def _destination(self, parse: Parse) -> str | None:
        """The one country abroad that is named; Morocco only where hardly anything else is said: "I am in Morocco" tells where
        a person is. A language ("français") is no country."""
        named = {e.value for e in parse.entities if e.kind == "country" and not self._wishes.is_language(e.text)}
        # The gazetteer knows countries with a word glued to them, which the engine does not.
        named |= {p.country for p in self._places.find_all(parse.text) if p.country != "MA"}
        abroad = named - {"MA"}
        if len(abroad) == 1:
            return abroad.pop()
        here = named == {"MA"} and len(parse.text.split()) <= _SHORT and not _OUTSIDE.search(parse.text)
        return "MA" if here else None

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


def _bare_age(text: str) -> str | None:
    """ "19" alone, in any digits. One digit picks from a list."""
    number = fold(text)
    return str(int(number)) if number.isdecimal() and len(number) == 2 and int(number) >= 10 else None


def _level(level: str) -> Level:
    """Raises KeyError for a level that does not exist."""
    levels: dict[str, Level] = {"critical": "critical", "urgent": "urgent", "normal": "normal"}
    return levels[level]
