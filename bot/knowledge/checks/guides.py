"""What must hold of offers and checklists: answers that exist, words for everybody, parts that fit their buttons."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path

from bot.knowledge.fields import relative
from bot.knowledge.guides import MOST_IN_PART, PARTS, Checklist, Guides, Sign, Words
from bot.knowledge.model import Entry, Fault
from bot.knowledge.texts import placeholders_in
from flows.facts import StepCard
from flows.heard import UNSURE
from flows.journey.checklists import chosen

Prose = Callable[[str, str, bool], list[str]]  # text, variety, whether French says tu
Filling = Callable[[str, Sequence[str]], list[str]]  # text, facts
MOST_SIGNS = 7


def faults(guides: Guides, entries: Mapping[str, Entry], home: Path, prose: Prose, filling: Filling) -> list[Fault]:
    found = [f for sign in guides.signs.values() for f in _sign(sign, home, prose)]
    found += [f for checklist in guides.checklists.values() for f in _checklist(checklist, home, prose)]
    found += unfillable(guides, home, filling)
    rests_on = [(s.file, "entry", s.entry) for s in guides.signs.values()]
    rests_on += [(c.file, f"steps.{s.id}.entry", s.entry) for c in guides.checklists.values() for s in c.steps]
    found += [_at(file, home, field, f"{entry} is no entry") for file, field, entry in rests_on if entry not in entries]
    if len(guides.signs) > MOST_SIGNS:
        last = list(guides.signs.values())[-1]
        found.append(_at(last.file, home, "file", f"{len(guides.signs)} signs, {MOST_SIGNS} questions at most"))
    return found


def unfillable(guides: Guides, home: Path, filling: Filling) -> list[Fault]:
    """Placeholders that nothing defines, in steps; in questions and findings there are none."""
    texts = [(c.file, f"steps.{s.id}", s.text, c.facts) for c in guides.checklists.values() for s in c.steps]
    texts += [(c.file, f"questions.{code}", words, ()) for c in guides.checklists.values() for code, words in c.questions.items()]
    texts += [
        (s.file, name, getattr(s, name), ()) for s in guides.signs.values() for name in ("question", "finding", "to_find_out")
    ]
    return [
        _at(file, home, f"{field}.{variety}", what)
        for file, field, words, facts in texts
        for variety, text in words.items()
        for what in filling(text, facts)
    ]


def _sign(sign: Sign, home: Path, prose: Prose) -> Iterator[Fault]:
    for name in ("question", "finding", "to_find_out"):
        yield from _words(sign.file, home, name, getattr(sign, name), True, prose)


def _checklist(checklist: Checklist, home: Path, prose: Prose) -> Iterator[Fault]:
    file = checklist.file
    for code, words in checklist.questions.items():
        yield from _words(file, home, f"questions.{code}", words, checklist.familiar, prose)
    ids = [s.id for s in checklist.steps]
    for step in checklist.steps:
        yield from _words(file, home, f"steps.{step.id}", step.text, checklist.familiar, prose)
        if ids.count(step.id) > 1:
            yield _at(file, home, f"steps.{step.id}", "stands twice")
    yield from (_at(file, home, "steps", what) for what in sorted(_too_many(checklist)))


def _too_many(checklist: Checklist) -> set[str]:
    """Whatever is answered, a part has a button for each of its steps and room for a person."""
    cards = [StepCard(id=s.id, part=s.part, entry=s.entry, needs=s.needs, unless=s.unless) for s in checklist.steps]
    found = set()
    for answers in product((True, False, UNSURE), repeat=len(checklist.questions)):
        mine = chosen(cards, dict(zip(checklist.questions, answers, strict=True)))
        for part in PARTS:
            count = sum(s.part == part for s in mine)
            if count > MOST_IN_PART:
                found.add(f"{count} in the part “{part}” for some answers, {MOST_IN_PART} at most")
    return found


def _words(file: Path, home: Path, field: str, words: Words, familiar: bool, prose: Prose) -> Iterator[Fault]:
    for variety, text in words.items():
        yield from (_at(file, home, f"{field}.{variety}", what) for what in prose(text, variety, familiar))
        if placeholders_in(text) != placeholders_in(words["fr"]):
            yield _at(file, home, f"{field}.{variety}", "its placeholders are not those of fr")


def _at(file: Path, home: Path, field: str, what: str) -> Fault:
    return Fault(file=relative(file, home), field=field, what=what)
