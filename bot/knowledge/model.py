"""The shapes of the content: what an answer is, what it rests on, from whom we know it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

VARIETIES = ("fr", "ar", "ary", "ary-Latn", "en")
ARABIC_SCRIPT = ("ar", "ary")
COUNTRIES = ("BE", "CA", "DE", "ES", "FR", "IT", "NL")  # abroad, those with answers of their own
AREAS = (
    "retirement", "health", "family", "return", "papers", "justice", "enterprise", "newcomers",
    "study", "work", "training", "volunteering", "visa", "risks", "territory",
)  # fmt: skip
AUDIENCES = ("youth", "mre", "returnee", "tcn", "all", "public_agent", "journalist")
MONTHS_UNTIL_REVIEW = {"amounts": 6, "procedure": 18, "law": 24}
TWO_SIGNATURES = ("retirement", "health", "family", "return", "papers", "justice", "newcomers", "risks")

Part = Literal["body", "more", "sms"]
SafetyPart = Literal["body", "first", "safe", "not_safe"]
State = Literal["fresh", "ageing", "withdrawn"]
ValueKind = Literal["amount", "number", "percent", "date", "year", "link", "phone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in the content. `field` is where in the file, in words its author knows."""

    file: str
    field: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.field}: {self.what}"


class ContentFault(Exception):
    """The content cannot be served as it is."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDate:
    """A date as precise as its source: a year, a month or a day."""

    year: int
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part)]
        return "-".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """`source_date` None: the source bears no date. `verified_on` None: nobody has opened the live page since."""

    name: str
    url: str
    source_date: PartialDate | None
    verified_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """An amount, number, date, telephone or link. `data` for a phone is an id of the numbers file, never digits."""

    kind: ValueKind
    data: int | float | str | PartialDate
    currency: str | None = None
    as_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    id: str
    confidence: Literal["high", "medium", "low"]
    sources: tuple[Source, ...]
    values: Mapping[str, Value]
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A telephone number (or what stands in for one). Without `show` it is kept, and never rendered."""

    id: str
    number: str
    show: bool
    confidence: str
    country: str
    what: str
    signed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    role: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One answer. `country` is the one country abroad whose rules it tells, as an ISO code.
    `unsure` names the low facts whose values the text gives, and calls unsure."""

    id: str
    area: str
    audience: str
    kind: str
    country: str | None
    short_title: Mapping[str, str]
    facts: tuple[str, ...]
    sources: tuple[Source, ...]
    written_on: date
    signed: tuple[Signature, ...]
    follow_ups: tuple[str, ...]
    office: str | None
    review_due: date | None
    withdrawn: date | None
    unsure: tuple[str, ...]
    native_read: Mapping[str, date | None]
    texts: Mapping[str, Mapping[str, str]]
    folder: Path
    raw: bytes = field(repr=False)

    @property
    def has_more(self) -> bool:
        return all("more" in parts for parts in self.texts.values())

    @property
    def familiar(self) -> bool:
        """Whether French says tu."""
        return self.audience == "youth"

    @property
    def reviewed(self) -> bool:
        """Signed by as many roles as the area asks for: rights and risks need two."""
        return len({signature.role for signature in self.signed}) >= (2 if self.area in TWO_SIGNATURES else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyEntry:
    """An emergency. `private_first`: the first bubble asks whether the person is alone before anything else."""

    id: str
    level: Literal["critical", "urgent", "normal"]
    address: Literal["tu", "vous"]
    handoff: Literal["critical", "other"]
    numbers: tuple[str, ...]
    sources: tuple[Source, ...]
    written_on: date
    signed: tuple[Signature, ...]
    texts: Mapping[str, Mapping[str, str]]
    folder: Path

    @property
    def private_first(self) -> bool:
        return all("first" in parts for parts in self.texts.values())
