"""Looks for opportunities with what a person told, as the conversation hands it over: plain words in, plain lists out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.knowledge.eligibility import Fit, Person, match, months_until_open, needs_money, season_of
from bot.knowledge.opportunities import Opportunities
from bot.knowledge.wishes import AGE_BANDS
from flows.events import Result

Json = Any
# Who names German has mostly learned French at school as well: then it is asked, not taken away.
_FURTHER, _SCHOOL_LANGUAGES = ("es", "de", "it"), frozenset({"fr", "en"})
MOST_FITTING, MOST_NEARLY = 3, 2


def find(args: Mapping[str, Json], opportunities: Opportunities, today: date) -> Result:
    """What fits, what nearly does. Where nothing fits: the same wish anywhere, then anything at all (`elsewhere` says so).
    `open` tells whether anything that fits is not known to be shut today."""
    person = person_of(args)
    found = match(person, opportunities, today)
    fitting, nearly = _of(found, "fits"), _of(found, "nearly")
    elsewhere = False
    for wider in (replace(person, country=None), replace(person, wish=None, country=None)):
        if fitting or wider == person:
            continue
        found = match(wider, opportunities, today)
        fitting, nearly = _of(found, "fits"), nearly or _of(found, "nearly")
        elsewhere = bool(fitting)
    fitting = _first(fitting, today)
    # One line less of the second sort where the first is full: the bubble has to stay short.
    nearly = nearly[: MOST_NEARLY - (len(fitting) == MOST_FITTING)]
    slots = {
        "fitting": [_told(fit) for fit in fitting],
        "nearly": [_told(fit) for fit in nearly],
        "elsewhere": elsewhere or None,
        "open": any(season_of(fit.opportunity, today) != "later" for fit in fitting) or None,
    }
    return Result(of="opportunities", slots=slots)


def person_of(args: Mapping[str, Json]) -> Person:
    """Raises KeyError for an age band that does not exist. An exact age counts while it agrees with the band."""
    band = AGE_BANDS[args["age_band"]] if args.get("age_band") else None
    age = int(args["age"]) if args.get("age") else None
    if age is not None and (band is None or band[0] <= age <= band[1]):
        band = (age, age)
    tongue = args.get("tongue")
    languages = None if tongue is None else {} if tongue == "none" else dict.fromkeys(tongue.split("_"))
    return Person(
        age=band,
        level=args.get("schooling"),
        languages=languages,
        untold=_SCHOOL_LANGUAGES if tongue in _FURTHER else frozenset(),
        wish=args.get("wish"),
        country=args.get("destination"),
    )


def _first(fitting: list[Fit], today: date) -> list[Fit]:
    """The best few; the last of them is one that opens later, if any does: it can still be prepared for."""
    best = fitting[:MOST_FITTING]
    later = [fit for fit in fitting[MOST_FITTING:] if season_of(fit.opportunity, today) == "later"]
    if later and not any(season_of(fit.opportunity, today) == "later" for fit in best):
        best[-1] = min(later, key=lambda f: (needs_money(f.opportunity), months_until_open(f.opportunity, today) or 0))
    return best


def _of(found: list[Fit], verdict: str) -> list[Fit]:
    return [fit for fit in found if fit.verdict == verdict]


def _told(fit: Fit) -> dict[str, Json]:
    told = {"opportunity": fit.opportunity.id, "reasons": list(fit.reasons), "checks": list(fit.checks)}
    return {**told, "missing": list(fit.missing)} if fit.missing else told
