"""What a turn may know besides state and event: gathered under the person's lock, handed over as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from flows.heard import Level
from flows.journey.script import Script

Withheld = Literal["withdrawn", "unsigned"]  # why an answer is named but not given
Part = Literal["before", "arrival", "later"]  # of a checklist: before leaving, on arrival, afterwards
PARTS: tuple[Part, ...] = get_args(Part)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCard:
    """What the conversation needs of an answer: not its words. `country` (ISO code): it tells the rules of that one alone."""

    id: str
    area: str
    audience: str
    country: str | None = None
    follow_ups: tuple[str, ...] = ()
    has_more: bool = False
    withheld: Withheld | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityCard:
    """`open_months` (1 to 12) begin with the month in which it opens; empty where none is known. `entry` tells more of it."""

    id: str
    entry: str | None = None
    open_months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalCard:
    """An emergency's entry. `private_first`: the first bubble asks whether the person is alone before anything else."""

    name: str
    level: Level
    handoff: Literal["critical", "other"]
    private_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignCard:
    """A warning sign of an offer; `sign_if` is the answer to its question that is the sign."""

    id: str
    sign_if: Literal["yes", "no"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCard:
    """A step of a checklist, about which `entry` tells more. `needs` and `unless` are codes of the list's questions."""

    id: str
    part: Part
    entry: str
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistCard:
    """`questions` are codes."""

    id: str
    questions: tuple[str, ...] = ()
    steps: tuple[StepCard, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What does not change between two starts: journeys, the index of answers, the menu. `offer_signs`: the gravest first.
    `public`: our pages can be reached from anywhere."""

    script: Script
    entries: Mapping[str, EntryCard]
    signals: Mapping[str, SignalCard]
    menu: tuple[str, ...] = ("study_work", "rights", "newcomers", "risks")
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    offer_signs: tuple[SignCard, ...] = ()
    checklists: Mapping[str, ChecklistCard] = field(default_factory=dict)
    opportunities: Mapping[str, OpportunityCard] = field(default_factory=dict)
    default_language: str = "fr"
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChoice:
    """A choice of a bubble that was delivered: its id and its titles, folded, in every variety."""

    id: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`shown` is the last delivered bubble with choices; `replied_to` the one the person answered explicitly.
    `advisor_active` is the last moment the advisor of the open case did something."""

    now: datetime
    house: House
    channel: str
    hint: str | None = None
    shown: tuple[ShownChoice, ...] = ()
    replied_to: tuple[ShownChoice, ...] = ()
    case_open: bool = False
    advisor_active: datetime | None = None
