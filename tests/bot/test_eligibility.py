"""Who fits which opportunity: against what each row declares, for any person and any row."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assembly import Library
from bot.delivery.programmes import find, person_of
from bot.knowledge.eligibility import (
    IN_MOROCCO,
    WISHES,
    Person,
    judge,
    lies_in,
    match,
    months_until_open,
    needs_money,
    open_months,
    season_of,
)
from bot.knowledge.opportunities import (
    CALENDARS,
    CEFR,
    COUNTRIES,
    KINDS,
    LEVELS,
    SOME_LEVEL,
    STATUSES,
    TONGUES,
    Eligibility,
    Opportunities,
    Opportunity,
    Tongue,
)
from bot.knowledge.wishes import AGE_BANDS, band_of

_age = st.one_of(st.none(), st.integers(10, 60))
_years = st.one_of(st.none(), st.integers(10, 70).map(lambda n: (n, n)), st.sampled_from(list(AGE_BANDS.values())))
_tongue = st.builds(Tongue, code=st.sampled_from(TONGUES), level=st.one_of(st.none(), st.sampled_from(CEFR)))
_asked = st.builds(
    lambda low, high, level, tongues, conditions: Eligibility(
        age_min=min(low, high) if low and high else low,
        age_max=max(low, high) if low and high else high,
        level=level,
        languages=tuple(tongues),
        conditions=tuple(conditions),
    ),
    _age,
    _age,
    st.one_of(st.none(), st.sampled_from([*LEVELS, SOME_LEVEL])),
    st.lists(_tongue, max_size=2),
    st.lists(st.just("admission"), max_size=1),
)
_FIVE = dict.fromkeys(("fr", "ar", "ary", "ary-Latn", "en"), "x")
_rows = st.builds(
    lambda kind, country, asked, calendar, opens, closes, status: Opportunity(
        id="row", title=_FIVE, label=_FIVE, kind=kind, country=country, organiser=None, eligibility=asked, cost="free", gives=(),
        calendar=calendar, opens=opens if calendar == "dated" else (), closes=closes if calendar == "dated" else (), campaign=None,
        status=status, show=True, confidence="high", unsure=(), entry=None, link="https://example.org", sources=(),
    ),
    st.sampled_from(KINDS), st.sampled_from(COUNTRIES), _asked, st.sampled_from(CALENDARS),
    st.lists(st.integers(1, 12), max_size=2).map(tuple), st.lists(st.integers(1, 12), max_size=2).map(tuple), st.sampled_from(STATUSES),
)  # fmt: skip
_people = st.builds(
    Person,
    age=_years,
    level=st.one_of(st.none(), st.sampled_from(LEVELS)),
    languages=st.one_of(
        st.none(), st.dictionaries(st.sampled_from(TONGUES), st.one_of(st.none(), st.sampled_from(CEFR)), max_size=3)
    ),
    untold=st.frozensets(st.sampled_from(TONGUES), max_size=2),
    wish=st.one_of(st.none(), st.sampled_from([*WISHES, IN_MOROCCO])),
    country=st.one_of(st.none(), st.sampled_from(COUNTRIES)),
)
_days = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def unmet(person: Person, row: Opportunity) -> list[str]:
    """What the row declares and the person, as far as told, does not meet: written apart from the code under test."""
    asked, found = row.eligibility, []
    if person.age is not None:
        ages = range(person.age[0], person.age[1] + 1)
        if not any((asked.age_min or 0) <= age <= (asked.age_max or 200) for age in ages):
            found.append("age")
    if asked.level == SOME_LEVEL:
        found += ["level"] if person.level == "none" else []
    elif person.level is not None and asked.level is not None and LEVELS.index(person.level) < LEVELS.index(asked.level):
        found.append("level")
    if person.languages is not None and asked.languages:
        good = [
            t.level is None or person.languages[t.code] is None or person.languages[t.code] >= t.level
            for t in asked.languages
            if t.code in person.languages
        ]
        if not any(good) and not any(t.code in person.untold for t in asked.languages):
            found.append("language")
    if row.status in ("closed", "not_open"):
        found.append("status")
    return found


@given(_people, _rows)
def test_nothing_fits_whose_declared_conditions_are_not_met(person: Person, row: Opportunity) -> None:
    fit = judge(person, row)
    if unmet(person, row):
        assert fit.verdict != "fits"
        assert fit.missing
    if fit.verdict == "fits":
        assert fit.reasons, "each result names its reason"
        assert not fit.missing
    if fit.verdict == "nearly":
        assert set(fit.missing) <= {"age", "level", "language"}
    for reason in fit.reasons:
        assert reason not in fit.missing


@given(_people, _rows)
def test_what_is_met_fits(person: Person, row: Opportunity) -> None:
    wished = person.wish in (None, IN_MOROCCO) or row.kind in WISHES[person.wish]
    there = person.country is None or lies_in(row, person.country)
    at_home = person.wish != IN_MOROCCO or row.country == "MA"
    if wished and there and at_home and not unmet(person, row):
        assert judge(person, row).verdict == "fits"


@given(_people, _rows, st.sampled_from(["age", "level", "languages"]))
def test_what_is_not_told_never_excludes_and_is_to_be_checked(person: Person, row: Opportunity, untold: str) -> None:
    """Taking an answer away makes nothing worse; where the row asks for it, it stands among what is to be checked."""
    rank = {"no": 0, "nearly": 1, "fits": 2}
    silent = replace(person, **{untold: None})
    before, after = judge(person, row), judge(silent, row)
    assert rank[after.verdict] >= rank[before.verdict]
    asked = row.eligibility
    is_asked = {
        "age": asked.age_min is not None or asked.age_max is not None,
        "level": asked.level != "none",
        "languages": bool(asked.languages),
    }
    assert (untold.removesuffix("s") in after.checks) == is_asked[untold]


@given(_people, st.lists(_rows, max_size=6), _days)
def test_the_order_is_one_and_what_fits_comes_first(person: Person, rows: list[Opportunity], today: date) -> None:
    rows = [replace(row, id=f"row-{n}") for n, row in enumerate(rows)]
    found = match(person, rows, today)
    assert found == match(person, list(reversed(rows)), today)
    verdicts = [fit.verdict for fit in found]
    assert verdicts == sorted(verdicts)  # "fits" before "nearly"
    assert "no" not in verdicts


@given(_rows, _days)
def test_seasons_and_months_agree(row: Opportunity, today: date) -> None:
    wait, season, months = months_until_open(row, today), season_of(row, today), open_months(row)
    assert (wait is None) == (not months)
    assert (season == "later") == bool(wait)
    if wait:
        assert (today.month + wait - 1) % 12 + 1 == months[0]
    assert len(set(months)) == len(months)


def _row(library: Library, name: str) -> Opportunity:
    return library.opportunities[name]


@pytest.mark.parametrize(
    ("name", "today", "season", "wait"),
    [
        ("fr-eiffel-master", date(2026, 12, 1), "open", 0),  # October to January, over the turn of the year
        ("fr-eiffel-master", date(2027, 1, 31), "open", 0),
        ("fr-eiffel-master", date(2027, 2, 1), "later", 8),
        ("us-fulbright", date(2026, 12, 1), "later", 2),
        ("be-admission-fwb", date(2026, 12, 1), "undated", None),  # only its end is known
        ("fr-au-pair", date(2026, 12, 1), "open", None),
        ("de-thamm-plus", date(2026, 12, 1), "undated", None),
    ],
)
def test_months_of_past_campaigns(library: Library, name: str, today: date, season: str, wait: int | None) -> None:
    row = _row(library, name)
    assert (season_of(row, today), months_until_open(row, today)) == (season, wait)


def test_a_school_leaver_of_seventeen_without_money(library: Library) -> None:
    person = Person(age=(17, 17), level="bac", languages={"fr": None}, wish="study", country="FR")
    names = {fit.opportunity.id: fit for fit in match(person, library.opportunities, date(2026, 12, 1))}
    assert names["fr-etudes-en-france"].verdict == "fits"
    assert names["fr-etudes-en-france"].checks == ("language", "conditions"), "B2 is asked, and how well is not told"
    assert "fr-eiffel-master" not in names


def test_what_is_closed_or_not_open_is_never_found(library: Library) -> None:
    found = {fit.opportunity.id for fit in match(Person(), library.opportunities, date(2026, 12, 1))}
    assert found
    assert not found & {"ma-forsa", "pt-recherche-qualifiee", "ue-talent-pool"}


@given(st.integers(0, 99))
def test_every_age_has_one_band(age: int) -> None:
    low, high = AGE_BANDS[band_of(age)]
    assert low <= age <= high


def test_an_exact_age_counts_while_it_agrees_with_the_band() -> None:
    assert person_of({"age": "19"}).age == (19, 19)
    assert person_of({"age": "19", "age_band": "18_22"}).age == (19, 19)
    assert person_of({"age": "19", "age_band": "23_25"}).age == (23, 25), "the later answer"
    assert person_of({}) == Person()
    assert person_of({"tongue": "none"}).languages == {}
    assert person_of({"tongue": "de"}) == Person(languages={"de": None}, untold=frozenset({"fr", "en"}))
    assert person_of({"tongue": "fr_en"}).languages == {"fr": None, "en": None}


def test_nothing_there_leads_elsewhere_and_says_so(library: Library) -> None:
    args = {"wish": "volunteering", "destination": "CH", "age_band": "18_22", "schooling": "bac", "tongue": "fr"}
    slots = find(args, library.opportunities, date(2026, 12, 1)).slots
    assert slots["elsewhere"]
    assert slots["fitting"]


def test_one_of_three_opens_later_where_any_does(library: Library) -> None:
    """So that it can be prepared for, and asked to be told of."""
    slots = find({"wish": IN_MOROCCO, "age": "19", "schooling": "college"}, library.opportunities, date(2026, 12, 1)).slots
    shown = [library.opportunities[item["opportunity"]] for item in slots["fitting"]]
    assert len(shown) == 3
    assert season_of(shown[-1], date(2026, 12, 1)) == "later"
    assert not any(needs_money(row) for row in shown)


def test_an_empty_house_finds_nothing() -> None:
    slots = find({"wish": "study"}, Opportunities([], {}), date(2026, 12, 1)).slots
    assert slots == {"fitting": [], "nearly": [], "elsewhere": None, "open": None}
