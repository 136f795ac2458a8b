"""From `content/offers/` and `content/checklists/` to the shapes of `guides`. Faults are collected; a broken file gives None."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar, cast

from bot.knowledge.fields import Fields, load_yaml, relative
from bot.knowledge.guides import CHECKLISTS, OFFERS, PARTS, Checklist, Guides, Sign, Step, Words
from bot.knowledge.model import AUDIENCES, VARIETIES, Fault
from bot.knowledge.reading import MOST_SOURCE_NAME, MOST_SOURCES, MOST_TITLE, named_after, read_sources

MOST_QUESTIONS, MOST_STEP, MOST_FINDING, MOST_QUESTION = 3, 110, 65, 180
_T = TypeVar("_T")


def read_guides(home: Path, facts: Collection[str], faults: list[Fault]) -> Guides:
    """`facts` are the ids of those that exist."""
    content = home / "content"
    signs = _read(content / OFFERS, home, faults, _sign)
    return Guides.of(signs, _read(content / CHECKLISTS, home, faults, lambda fields, file: _checklist(fields, file, facts)))


def _read(folder: Path, home: Path, faults: list[Fault], shape: Callable[[Fields, Path], _T]) -> list[_T]:
    found = []
    for file in sorted(folder.glob("*.yml")):
        before = len(faults)
        fields = Fields(load_yaml(file.read_bytes(), relative(file, home), faults), relative(file, home), faults)
        if len(faults) == before:
            named_after(fields, file.stem)
            made = shape(fields, file)
            found += [made] if len(faults) == before else []
    return found


def _words(fields: Fields, name: str, most: int) -> Words:
    under = fields.under(name)
    return {variety: under.text(variety, most) for variety in VARIETIES}


def _sign(fields: Fields, file: Path) -> Sign:
    gravity = fields.data.get("gravity")
    if not isinstance(gravity, int):
        fields.fault("gravity", "expected a whole number, 1 for the gravest")
    return Sign(
        id=file.stem,
        gravity=cast(int, gravity),
        sign_if=cast(Any, fields.one_of("sign_if", ("yes", "no"))),
        entry=fields.text("entry"),
        sources=read_sources(fields, MOST_SOURCES, MOST_SOURCE_NAME),
        written_on=cast(Any, fields.day("written_on", needed=True)),
        question=_words(fields, "question", MOST_QUESTION),
        finding=_words(fields, "finding", MOST_FINDING),
        to_find_out=_words(fields, "to_find_out", MOST_FINDING),
        file=file,
    )


def _checklist(fields: Fields, file: Path, facts: Collection[str]) -> Checklist:
    for unknown in (f for f in fields.names("facts", needed=False) if f not in facts):
        fields.fault("facts", f"{unknown} is unknown")
    questions = {item.text("id"): _words(item, "text", MOST_QUESTION) for item in fields.items("questions")}
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        fields.fault("questions", f"{len(questions)}, expected 1 to {MOST_QUESTIONS}")
    return Checklist(
        id=file.stem,
        audience=fields.one_of("audience", AUDIENCES),
        facts=fields.names("facts", needed=False),
        written_on=cast(Any, fields.day("written_on", needed=True)),
        short_title=_words(fields, "short_title", MOST_TITLE),
        questions=questions,
        steps=tuple(_step(item, set(questions)) for item in fields.items("steps")),
        file=file,
    )


def _step(item: Fields, codes: set[str]) -> Step:
    needs, unless = item.names("if", needed=False), item.names("unless", needed=False)
    for code in (*needs, *unless):
        if code not in codes:
            item.fault("if" if code in needs else "unless", f"{code} is the id of no question")
    return Step(
        id=item.text("id"),
        part=cast(Any, item.one_of("part", PARTS)),
        entry=item.text("entry"),
        needs=needs,
        unless=unless,
        text=_words(item, "text", MOST_STEP),
    )
