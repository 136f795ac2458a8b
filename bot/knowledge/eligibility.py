"""Who fits which opportunity, and why: pure and deterministic, from what a row declares and what a person told.

What a person did not tell never excludes; it is named as to be checked. Rules:
- age: within the bounds fits; below the lower one nearly fits (time mends it); above the upper one does not;
- level: at least the one asked for fits; one step below nearly fits; further below does not; "some" diploma, which one depends,
  is to be checked for whoever has any;
- language: one of those asked for is enough; none of them nearly fits (it can be learned);
- one thing missing is "nearly", more are "no"; what is closed or not open yet is "no"."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bot.knowledge.opportunities import CEFR, LEVELS, SOME_LEVEL, Opportunity

Verdict = Literal["fits", "nearly", "no"]
Season = Literal["open", "later", "undated"]
MOST_MISSING = 1
# What a wish means in kinds; a wish for Morocco is one for the country.
WISHES: Mapping[str, tuple[str, ...]] = {
    "study": ("study", "research"),
    "work": ("work", "seasonal"),
    "seasonal": ("seasonal",),
    "training": ("training", "internship"),
    "volunteering": ("volunteering", "au_pair"),
}
IN_MOROCCO = "in_morocco"
_OWN_MONEY = frozenset({"blocked_year", "capital", "loan_interest", "means", "means_month", "surcharge", "tuition"})
# A programme of the Union may be lived in any of its countries, one of the world anywhere; Quebec lies in Canada.
_COVERS: Mapping[str, frozenset[str]] = {
    "EU": frozenset({"FR", "ES", "DE", "IT", "BE", "PT", "HU", "NL"}),
    "QC": frozenset({"CA"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a person told. `age` in years, both ends included, None untold. `languages` by code with their CEFR level where
    it is known; None: untold; empty: none; `untold` are languages that nothing is known about all the same. `wish` and
    `country` None: any."""

    age: tuple[int, int] | None = None
    level: str | None = None
    languages: Mapping[str, str | None] | None = None
    untold: frozenset[str] = frozenset()
    wish: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """`reasons`: what speaks for it (wish, country, age, level, language), or "open" where nothing told excludes it.
    `missing`: age, level, language; for "no" also too_old, closed, not_open, kind, country. `checks`: what is asked for and
    was not told (age, level, language), and conditions where there are any."""

    opportunity: Opportunity
    verdict: Verdict
    reasons: tuple[str, ...]
    missing: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


@dataclass(slots=True)
class _Judgement:
    reasons: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    hopeless: list[str] = field(default_factory=list)


def judge(person: Person, row: Opportunity) -> Fit:
    """One person, one opportunity."""
    seen = _Judgement()
    _wanted(person, row, seen)
    _age(person, row, seen)
    _level(person, row, seen)
    _language(person, row, seen)
    if row.status in ("closed", "not_open"):
        seen.hopeless.append(row.status)
    if row.eligibility.conditions:
        seen.checks.append("conditions")
    verdict: Verdict = "fits"
    if seen.hopeless or len(seen.missing) > MOST_MISSING:
        verdict = "no"
    elif seen.missing:
        verdict = "nearly"
    missing = (*seen.hopeless, *seen.missing)
    return Fit(
        opportunity=row, verdict=verdict, reasons=tuple(seen.reasons) or ("open",), missing=missing, checks=tuple(seen.checks)
    )


def match(person: Person, rows: Iterable[Opportunity], today: date) -> list[Fit]:
    """Everything that fits or nearly fits: what fits first; what needs no money of one's own before what does; what is in the
    very country asked for; what leaves the fewest questions; what is open, then what opens soonest; what is known best; ties by
    name."""
    found = [fit for row in rows if (fit := judge(person, row)).verdict != "no"]
    return sorted(found, key=lambda fit: _order(fit, person.country, today))


def _order(fit: Fit, country: str | None, today: date) -> tuple[object, ...]:
    season, row = season_of(fit.opportunity, today), fit.opportunity
    wait = months_until_open(row, today) or 0
    open_first = {"open": 0, "undated": 1, "later": 2}[season]
    return (
        fit.verdict != "fits",
        len(fit.missing),
        needs_money(row),
        country not in (None, row.country),
        len([check for check in fit.checks if check != "conditions"]),
        open_first,
        wait,
        row.confidence != "high",
        row.id,
    )


def needs_money(row: Opportunity) -> bool:
    """Whether one must have or borrow a sum first. Most who ask have none."""
    return not isinstance(row.cost, str) and any(item.what in _OWN_MONEY for item in row.cost)


def _wanted(person: Person, row: Opportunity, seen: _Judgement) -> None:
    if person.wish == IN_MOROCCO:
        _one_way_or_the_other(row.country == "MA", "country", seen)
    elif person.wish is not None:
        at_home = row.kind == IN_MOROCCO and person.country == "MA"  # who asks for work in Morocco means these
        _one_way_or_the_other(row.kind in WISHES[person.wish] or at_home, "wish", seen, "kind")
    if person.country is not None and person.wish != IN_MOROCCO:
        _one_way_or_the_other(lies_in(row, person.country), "country", seen)


def _one_way_or_the_other(holds: bool, reason: str, seen: _Judgement, otherwise: str | None = None) -> None:
    if holds:
        seen.reasons.append(reason)
    else:
        seen.hopeless.append(otherwise or reason)


def lies_in(row: Opportunity, country: str) -> bool:
    return row.country in (country, "INT") or country in _COVERS.get(row.country, ())


def _age(person: Person, row: Opportunity, seen: _Judgement) -> None:
    least, most = row.eligibility.age_min, row.eligibility.age_max
    if least is None and most is None:
        return
    if person.age is None:
        seen.checks.append("age")
    elif most is not None and person.age[0] > most:
        seen.hopeless.append("too_old")
    elif least is not None and person.age[1] < least:
        seen.missing.append("age")
    elif (least is not None and person.age[0] < least) or (most is not None and person.age[1] > most):
        seen.checks.append("age")
    else:
        seen.reasons.append("age")


def _level(person: Person, row: Opportunity, seen: _Judgement) -> None:
    asked = row.eligibility.level
    if asked == "none":
        seen.reasons.append("level")
    elif asked is None or person.level is None or (asked == SOME_LEVEL and person.level != "none"):
        seen.checks.append("level")
    elif asked == SOME_LEVEL:
        seen.missing.append("level")
    else:
        short = LEVELS.index(asked) - LEVELS.index(person.level)
        if short <= 0:
            seen.reasons.append("level")
        elif short == 1:
            seen.missing.append("level")
        else:
            seen.hopeless.append("level")


def _language(person: Person, row: Opportunity, seen: _Judgement) -> None:
    """Knows one of the languages well enough; knows one, how well is untold; knows none."""
    asked = row.eligibility.languages
    if not asked:
        return
    if person.languages is None:
        seen.checks.append("language")
        return
    known = [(tongue.level, person.languages[tongue.code]) for tongue in asked if tongue.code in person.languages]
    if any(wanted is None or (has is not None and CEFR.index(has) >= CEFR.index(wanted)) for wanted, has in known):
        seen.reasons.append("language")
    elif any(has is None for _, has in known) or any(tongue.code in person.untold for tongue in asked):
        seen.checks.append("language")
    else:
        seen.missing.append("language")


def open_months(row: Opportunity) -> tuple[int, ...]:
    """From the first month of `opens` to the last of `closes`, in that order; empty where no opening month is known, and for what
    takes nobody now."""
    if row.calendar != "dated" or not row.opens or row.status in ("closed", "not_open"):
        return ()
    last = row.closes[-1] if row.closes else row.opens[-1]
    return tuple((row.opens[0] - 1 + n) % 12 + 1 for n in range((last - row.opens[0]) % 12 + 1))


def season_of(row: Opportunity, today: date) -> Season:
    """Whether one may apply now, by the months of past campaigns. Where only the closing month is known, nothing is claimed."""
    if row.calendar == "all_year":
        return "open"
    months = open_months(row)
    if not months:
        return "undated"
    return "open" if today.month in months else "later"


def months_until_open(row: Opportunity, today: date) -> int | None:
    """How many months until the month in which it opens, 0 while it is open; None where no opening month is known."""
    months = open_months(row)
    if not months:
        return None
    return 0 if today.month in months else (months[0] - today.month) % 12
