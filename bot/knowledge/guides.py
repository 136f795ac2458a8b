"""Guides: the warning signs of an offer and the steps of a checklist. Data with a pedigree; here their shapes and their words.

A sign has sources of its own. A step rests on an answer (`entry`), which names its sources: where that answer is withheld, so
is the step, and so is a sign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from bot.knowledge.model import Source
from flows.facts import Part

OFFERS, CHECKLISTS = "offers", "checklists"
PARTS: tuple[Part, ...] = get_args(Part)
MOST_IN_PART = 6  # with a button each, one for the next part, one for the answer, a person and the menu: ten
Words = Mapping[str, str]  # one text a variety


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A warning sign. `gravity` 1 is named first; `sign_if` is the answer that is the sign."""

    id: str
    gravity: int
    sign_if: Literal["yes", "no"]
    entry: str
    sources: tuple[Source, ...]
    written_on: date
    question: Words
    finding: Words
    to_find_out: Words
    file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Shown when every code of `needs` was answered yes or "I don't know", and none of `unless` was answered yes."""

    id: str
    part: Part
    entry: str
    needs: tuple[str, ...]
    unless: tuple[str, ...]
    text: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """`questions`: the text of each code. `facts` are those whose values the texts show."""

    id: str
    audience: str
    facts: tuple[str, ...]
    written_on: date
    short_title: Words
    questions: Mapping[str, Words]
    steps: tuple[Step, ...]
    file: Path

    @property
    def familiar(self) -> bool:
        """Whether French says tu."""
        return self.audience == "youth"

    def step(self, step_id: str) -> Step:
        return next(s for s in self.steps if s.id == step_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guides:
    """All of them, by id; signs with the gravest first."""

    signs: Mapping[str, Sign] = field(default_factory=dict)
    checklists: Mapping[str, Checklist] = field(default_factory=dict)

    @staticmethod
    def of(signs: Sequence[Sign], checklists: Sequence[Checklist]) -> "Guides":
        by_gravity = sorted(signs, key=lambda s: s.gravity)
        return Guides(
            signs=MappingProxyType({s.id: s for s in by_gravity}),
            checklists=MappingProxyType({c.id: c for c in checklists}),
        )
