"""The map of opportunities: programmes that really exist, with whom they are open to, when, and how we know.

What a row asks of a person is data (`Eligibility`), so that who fits is computed and never guessed: see
`bot.knowledge.eligibility`. Months are those of past campaigns."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast

from bot.knowledge.fields import Fields, load_yaml, relative
from bot.knowledge.model import VARIETIES, ContentFault, Fault, Source

KINDS = ("study", "work", "seasonal", "training", "internship", "volunteering", "research", "au_pair", "in_morocco")
COUNTRIES = ("FR", "ES", "DE", "IT", "BE", "PT", "HU", "GB", "EU", "CA", "QC", "US", "TR", "MA", "INT")
LEVELS = ("none", "college", "bac", "bac2", "licence", "master")
SOME_LEVEL = "some"  # a diploma is asked for; which one depends
TONGUES = ("fr", "en", "es", "de", "it", "tr")
CEFR = ("A1", "A2", "B1", "B2", "C1", "C2")
CALENDARS = ("dated", "all_year", "rolling", "calls", "unseen")
STATUSES = ("recurring", "closed", "not_open", "unknown")
MOST_TITLE, MOST_LABEL, MOST_SOURCE_NAME, MOST_SOURCES = 50, 20, 45, 3
FOLDER, TERMS = "opportunities", "opportunity_terms.yml"

Calendar = Literal["dated", "all_year", "rolling", "calls", "unseen"]
Terms = Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """A language asked for; `level` (CEFR) None: no level is named."""

    code: str
    level: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Years of age, both ends included. `level` of LEVELS or SOME_LEVEL; None: not told. One of `languages` is enough; none: no
    language is asked for. `conditions` are codes of the terms: no question of ours can settle them."""

    age_min: int | None
    age_max: int | None
    level: str | None
    languages: tuple[Tongue, ...]
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something paid or received: a code of the terms, with an amount where one is known."""

    what: str
    amount: float | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """`cost`: "free", "unknown", or what it is made of. `opens` and `closes` are months (1 to 12) of past campaigns, of which
    `campaign` names the one seen. `unsure` are codes of the terms. Without `show` it is kept, and never rendered."""

    id: str
    title: Mapping[str, str]
    label: Mapping[str, str]
    kind: str
    country: str
    organiser: str | None
    eligibility: Eligibility
    cost: Literal["free", "unknown"] | tuple[Item, ...]
    gives: tuple[Item, ...]
    calendar: Calendar
    opens: tuple[int, ...]
    closes: tuple[int, ...]
    campaign: str | None
    status: Literal["recurring", "closed", "not_open", "unknown"]
    show: bool
    confidence: str
    unsure: tuple[str, ...]
    entry: str | None
    link: str
    sources: tuple[Source, ...]


class Opportunities:
    """Those that may be shown, by id, and the terms of their cards."""

    def __init__(self, rows: Iterable[Opportunity], terms: Terms) -> None:
        self._rows = MappingProxyType({row.id: row for row in rows if row.show})
        self.terms = terms

    @classmethod
    def load(cls, home: Path) -> "Opportunities":
        """Raises ContentFault for anything that would put a wrong card before a person."""
        faults: list[Fault] = []
        rows, terms = read_opportunities(home, faults)
        if faults:
            raise ContentFault(faults[0])
        return cls(rows, terms)

    def __iter__(self) -> Iterator[Opportunity]:
        return iter(self._rows.values())

    def __getitem__(self, opportunity_id: str) -> Opportunity:
        return self._rows[opportunity_id]

    def get(self, opportunity_id: str) -> Opportunity | None:
        return self._rows.get(opportunity_id)


def read_opportunities(home: Path, faults: list[Fault]) -> tuple[list[Opportunity], Terms]:
    """Every row that can be read; what is wrong is noted in `faults`. A house without the folder has no opportunities."""
    folder = home / "content" / FOLDER
    if not folder.is_dir():
        return [], {}
    terms = _terms(home / "content" / TERMS, home, faults)
    rows = [row for file in sorted(folder.glob("*.yml")) if (row := _read(file, home, terms, faults))]
    return rows, terms


def _terms(file: Path, home: Path, faults: list[Fault]) -> Terms:
    name = relative(file, home)
    data = load_yaml(file.read_bytes() if file.is_file() else b"", name, faults)
    fields = Fields(data, name, faults)
    terms: dict[str, dict[str, Mapping[str, str]]] = {}
    for part in ("conditions", "unsure", "costs", "gives"):
        under = fields.under(part)
        terms[part] = {str(code): _five(under.under(str(code))) for code in under.data}
    return terms


def _five(fields: Fields, most: int | None = None) -> Mapping[str, str]:
    return MappingProxyType({variety: fields.text(variety, most) for variety in VARIETIES})


def _read(file: Path, home: Path, terms: Terms, faults: list[Fault]) -> Opportunity | None:
    name, before = relative(file, home), len(faults)
    fields = Fields(load_yaml(file.read_bytes(), name, faults), name, faults)
    if len(faults) > before:
        return None
    if fields.text("id") != file.stem:
        fields.fault("id", f"is not {file.stem}, the name of its file")
    row = Opportunity(
        id=file.stem,
        title=_five(fields.under("title"), MOST_TITLE),
        label=_five(fields.under("label"), MOST_LABEL),
        kind=fields.one_of("kind", KINDS),
        country=fields.one_of("country", COUNTRIES),
        organiser=fields.data.get("organiser"),
        eligibility=_eligibility(fields.under("eligibility"), terms),
        cost=_cost(fields, terms),
        gives=_items(fields, "gives", terms["gives"]),
        calendar=cast(Any, fields.one_of("calendar", CALENDARS)),
        opens=_months(fields, "opens"),
        closes=_months(fields, "closes"),
        campaign=fields.data.get("campaign"),
        status=cast(Any, fields.one_of("status", STATUSES)),
        show=fields.one_of("show", ("True", "False")) == "True",
        confidence=fields.one_of("confidence", ("high", "medium", "low")),
        unsure=_codes(fields, "unsure", terms["unsure"]),
        entry=fields.data.get("entry"),
        link=_link(fields),
        sources=_sources(fields),
    )
    _agreement(fields, row)
    return row if len(faults) == before else None


def _agreement(fields: Fields, row: Opportunity) -> None:
    """What one field means for another."""
    if row.show and row.confidence == "low":
        fields.fault("show", "what is of low confidence is not shown")
    if row.show and not row.sources:
        fields.fault("sources", "missing: what is shown has a source")
    if (row.calendar == "dated") != bool(row.opens or row.closes):
        fields.fault("calendar", "dated goes with months in opens or closes, and only dated does")


def _eligibility(fields: Fields, terms: Terms) -> Eligibility:
    age = fields.under("age")
    bounds = [_whole(age, end) for end in ("min", "max")]
    if None not in bounds and cast(int, bounds[0]) > cast(int, bounds[1]):
        age.fault("max", "is smaller than min")
    tongues = tuple(
        Tongue(code=item.one_of("code", TONGUES), level=_one_or_none(item, "level", CEFR)) for item in fields.items("languages")
    )
    return Eligibility(
        age_min=bounds[0],
        age_max=bounds[1],
        level=_one_or_none(fields, "level", (*LEVELS, SOME_LEVEL)),
        languages=tongues,
        conditions=_codes(fields, "conditions", terms["conditions"]),
    )


def _whole(fields: Fields, name: str) -> int | None:
    value = fields.data.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 100):
        fields.fault(name, f"{value} is no age in years (write null where none is asked)")
        return None
    return value


def _one_or_none(fields: Fields, name: str, allowed: tuple[str, ...]) -> str | None:
    if name not in fields.data:
        fields.fault(name, "missing (write null where it is not told)")
    return None if fields.data.get(name) is None else fields.one_of(name, allowed)


def _codes(fields: Fields, name: str, known: Mapping[str, object]) -> tuple[str, ...]:
    codes = fields.names(name)
    for code in codes:
        if code not in known:
            fields.fault(name, f"{code} is not in {TERMS}")
    return codes


def _cost(fields: Fields, terms: Terms) -> Literal["free", "unknown"] | tuple[Item, ...]:
    given = fields.data.get("cost")
    if given == "free":
        return "free"
    if given == "unknown":
        return "unknown"
    if not given:
        fields.fault("cost", "missing (write free, unknown, or what it is made of)")
        return ()
    return _items(fields, "cost", terms["costs"])


def _items(fields: Fields, name: str, known: Mapping[str, Mapping[str, str]]) -> tuple[Item, ...]:
    found = []
    for given in fields.items(name):
        what, amount = given.text("for"), given.data.get("amount")
        if what not in known:
            given.fault("for", f"{what} is not in {TERMS}")
        elif ("{amount}" in known[what]["fr"]) != (amount is not None):
            given.fault("amount", "goes with a term that shows {amount}, and only with one")
        found.append(Item(what=what, amount=amount, currency=given.data.get("currency")))
    return tuple(found)


def _months(fields: Fields, name: str) -> tuple[int, ...]:
    """In the order written: a campaign may run over the turn of the year."""
    months = fields.data.get(name)
    if not isinstance(months, list) or not all(isinstance(m, int) and 1 <= m <= 12 for m in months):
        fields.fault(name, "expected months from 1 to 12 in square brackets")
        return ()
    return tuple(months)


def _link(fields: Fields) -> str:
    link = fields.text("link")
    if not link.startswith("https://"):
        fields.fault("link", "does not begin with https://")
    return link


def _sources(fields: Fields) -> tuple[Source, ...]:
    items = fields.items("sources")
    if len(items) > MOST_SOURCES:
        fields.fault("sources", f"{len(items)}, {MOST_SOURCES} at most")
    for item in items:
        item.one_of("seen", ("official", "secondary"))
        if not item.text("url").startswith(("https://", "http://")):
            item.fault("url", "does not begin with https:// or http://")
    return tuple(
        Source(name=item.text("name", MOST_SOURCE_NAME), url=item.text("url"), source_date=item.source_date("source_date"))
        for item in items
    )
