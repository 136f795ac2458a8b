"""Which offices somebody is sent to, and how they are told: properties over the real directory."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.assembly import Library
from bot.delivery import offices
from bot.knowledge import opening
from bot.knowledge.directory import FARTHEST, MOST_SHOWN, NEEDS, Directory
from bot.knowledge.office import Address, Office
from bot.knowledge.opening import Hours, Span, days_of, time_of
from flows.effects import Message
from flows.heard import VARIETIES
from tests.conftest import NOW, quiet_settings

LIBRARY = Library(quiet_settings(), lambda: NOW)
DIRECTORY = LIBRARY.directory
_places = st.sampled_from([None, "souss-massa", "beni-mellal-khenifra", *sorted(place.id for place in LIBRARY.places)])
_needs = st.sampled_from([None, *NEEDS])
LONGEST_TITLE = max(LIBRARY.knowledge.entries, key=lambda e: len(LIBRARY.knowledge.title(e, "fr")))


def _looked(place: str | None, need: str | None, **more: object) -> dict:
    args = {"place": place, "around": None, "need": need, "seen": 0, "careful": False, "entry": None, **more}
    return offices.look(DIRECTORY, NOW, args, None)


@settings(max_examples=300, deadline=None)
@given(place=_places, need=_needs, careful=st.booleans(), skip=st.integers(0, 9))
def test_nobody_is_sent_where_the_need_is_not_met(place: str | None, need: str | None, careful: bool, skip: int) -> None:
    found = DIRECTORY.find(place, need, careful=careful, skip=skip)
    assert len(found.offices) <= MOST_SHOWN
    for near in found.offices:
        office = near.office
        assert office.show
        assert office.status == "active"
        assert office.confidence != "low"
        assert not office.is_line
        assert need is None or set(NEEDS[need]) & set(office.serves)
        assert near.km is None or office.reach != "town" or near.km <= FARTHEST or _same_region(place, office)
    for line in found.lines:
        assert need is not None
        assert line.is_line
        assert DIRECTORY.dialled(line.phones)


def _same_region(place: str | None, office: Office) -> bool:
    here, there = DIRECTORY.place(place), LIBRARY.places.get(office.place or "")
    return here is not None and there is not None and here.region == there.region


@settings(max_examples=200, deadline=None)
@given(place=_places, need=_needs)
def test_associations_come_before_public_bodies_for_those_who_need_care(place: str | None, need: str | None) -> None:
    natures = [near.office.nature == "public" for near in _all(place, need, careful=True)]
    assert natures == sorted(natures)


@settings(max_examples=200, deadline=None)
@given(place=_places, need=_needs)
def test_nearest_comes_first(place: str | None, need: str | None) -> None:
    far = [0.0 if near.here else near.km for near in _all(place, need, careful=False)]
    known = [km for km in far if km is not None]
    assert known == sorted(known)


@settings(max_examples=100, deadline=None)
@given(place=_places, need=_needs, careful=st.booleans())
def test_further_away_shows_each_once_and_ends(place: str | None, need: str | None, careful: bool) -> None:
    ids = [near.office.id for near in _all(place, need, careful=careful)]
    assert len(ids) == len(set(ids))
    assert set(ids) <= {o.id for o in DIRECTORY.offices.values() if o.shown and not o.is_line}


def _all(place: str | None, need: str | None, careful: bool) -> list:
    found, every = DIRECTORY.find(place, need, careful=careful), []
    while True:
        every += found.offices
        if not found.more:
            return every
        assert found.offices, "more is promised and nothing comes"
        found = DIRECTORY.find(place, need, careful=careful, skip=len(every))


def test_the_same_commune_then_the_province_then_the_region_where_points_are_missing() -> None:
    """Ait Amira has no point: Biougra and Belfaa lie in its province, Tiznit in its region only."""
    assert LIBRARY.places.get("ait-amira").lat is None
    inside = {
        o.id: o
        for o in (
            _office("far", "rabat"),
            _office("region", "tiznit"),
            _office("province", "belfaa"),
            _office("here", "ait-amira"),
        )
    }
    directory = Directory({**inside, "far": _office("far", "rabat", reach="country")}, {}, LIBRARY.places)
    found = directory.find("ait-amira", "health")
    assert [near.office.id for near in found.offices] == ["here", "province", "region"]
    assert [near.office.id for near in directory.find("ait-amira", "health", skip=3).offices] == ["far"]
    assert all(near.km is None for near in found.offices)


def test_what_is_not_to_be_shown_is_not_shown_even_next_door() -> None:
    hidden = [
        _office("a", "agadir", show=False),
        _office("b", "agadir", status="to_confirm"),
        _office("c", "agadir", status="closing"),
    ]
    directory = Directory({o.id: o for o in hidden}, {}, LIBRARY.places)
    assert not directory.find("agadir", "health").offices


def test_the_office_an_answer_names_leads() -> None:
    entry = LIBRARY.knowledge.entries["asile-demande-hcr"]
    assert entry.office == "hcr-rabat"
    found = DIRECTORY.find("agadir", "newcomer", careful=True, first=entry.office)
    assert found.offices[0].office.id == "hcr-rabat"


def test_abroad_only_what_helps_from_there() -> None:
    assert DIRECTORY.find("lille", "pension").near is None
    assert [n.office.country for n in DIRECTORY.find("lille", "pension").offices] == ["MA"]
    assert not DIRECTORY.find("bruxelles", "newcomer").offices
    assert [line.country for line in DIRECTORY.find("marseille", "protection").lines] == ["FR"] * 5


def test_a_region_named_now_counts_more_than_a_town_of_before() -> None:
    assert _looked("agadir", "pension", around="beni-mellal-khenifra")["place"] == "region-beni-mellal-khenifra"
    assert _looked("agadir", "pension", around="souss-massa")["place"] == "agadir"


def test_numbers_kept_back_are_never_shown(library: Library) -> None:
    kept = {p.dial for o in DIRECTORY.offices.values() for p in o.unconfirmed if p.dial}
    kept |= {n.number for n in library.knowledge.numbers.values() if not n.show}
    shown = [number for o in DIRECTORY.offices.values() if o.shown for number, _ in DIRECTORY.dialled(o.phones)]
    assert kept
    assert not kept & set(shown)


@pytest.mark.parametrize("variety", VARIETIES)
def test_every_list_fits_a_message(variety: str) -> None:
    """With the answer's title, the choices written as lines, and the line on how to start again after STOP."""
    towns = [*sorted({o.place for o in DIRECTORY.offices.values() if o.place}), "tafraout", "demnate", "ait-amira", "lille"]
    frame = len(LIBRARY.catalogue.text("stop.reminder", variety)) + 2
    names = ("further_offices", "office_elsewhere", "menu", "advisor")
    frame += sum(len(LIBRARY.catalogue.text(f"choice.{n}", variety)) + 4 for n in names) + 24
    for place in (None, *towns):
        for need in (None, *NEEDS):
            seen: int = 0
            while True:
                slots = _looked(place, need, seen=seen, careful=need in ("newcomer", "protection"), entry=LONGEST_TITLE)
                text = LIBRARY.wording.text(_said(slots), variety)
                assert len(text) + frame <= 1024, (place, need, seen, len(text))
                if not slots["further"]:
                    break
                seen = slots["seen"]


def _said(slots: dict) -> Message:
    name = "office.near" if slots["near"] else "office.national"
    return Message(id=name, params={"offices": slots["offices"], "place": slots["place"]})


def test_long_addresses_come_two_at_a_time() -> None:
    address = Address(text="x" * 80)
    three = {i: _office(i, "agadir", address=address, notice={"fr": "y" * 120}) for i in ("a", "b", "c")}
    directory = Directory(three, {}, LIBRARY.places)
    assert [len(directory.find("agadir", "health", skip=n).offices) for n in (0, 2)] == [2, 1]
    assert directory.find("agadir", "health").more


def test_unknown_is_said_to_be_unknown() -> None:
    slots = _looked("agadir", "protection", careful=True)
    text = LIBRARY.wording.text(_said(slots), "fr")
    assert "Pas connu : adresse, téléphone, horaires." in text
    assert "Rien n'est encore vérifié sur place" in text
    assert "2511 (enfants)" in text


def test_no_point_of_a_person_is_in_what_is_kept() -> None:
    """The result goes into the state and into the outbox: towns and kilometres, no degrees."""
    assert "30.4" not in repr(_looked("agadir", None))
    assert "lat" not in repr(_looked("agadir", None))


# --- opening hours ---------------------------------------------------------------------------------------------------
WEEK = Hours(spans=(Span(days=(0, 1, 2, 3, 4), start=time_of("9:00"), end=time_of("15h")),))
MONDAY = datetime(2026, 11, 30, 9, 0)


@pytest.mark.parametrize(
    ("moment", "state", "following"),
    [
        (MONDAY, "open", None),
        (MONDAY.replace(hour=8, minute=59), "closed", MONDAY),
        (MONDAY.replace(hour=15), "closed", MONDAY + timedelta(days=1)),
        (MONDAY + timedelta(days=4, hours=7), "closed", MONDAY + timedelta(days=7)),
    ],
)
def test_open_now_or_when_next(moment: datetime, state: str, following: datetime | None) -> None:
    assert opening.at(WEEK, moment) == opening.Now(state=state, next=following)


@pytest.mark.parametrize("hours", [None, Hours(always=True, sure=False), Hours(spans=(Span(days=(0,), part="morning"),))])
def test_unknown_hours_are_not_taken_for_closed(hours: Hours | None) -> None:
    assert opening.at(hours, MONDAY).state == "unknown"


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
def test_the_next_opening_is_ahead_and_open(moment: datetime) -> None:
    now = opening.at(WEEK, moment)
    if now.state == "closed":
        assert now.next is not None
        assert moment < now.next <= moment + timedelta(days=7)
        assert opening.at(WEEK, now.next).state == "open"


def test_the_clock_of_the_place_counts() -> None:
    """Brussels is an hour ahead of Agadir in winter: 09:00 there, before the opening here."""
    red_cross = DIRECTORY.offices["crb-rlf"]
    at = datetime(2026, 11, 30, 9, 45, tzinfo=ZoneInfo("Europe/Brussels"))
    near = next(n for n in DIRECTORY.find("bruxelles", "protection").offices if n.office.id == red_cross.id)
    assert offices.row(DIRECTORY, near, at)["open"] == "open"
    assert offices.row(DIRECTORY, near, at - timedelta(hours=1))["next"] == "2026-11-30T09:30"


@pytest.mark.parametrize(
    ("text", "days"), [("mon", (0,)), ("mon-fri", (0, 1, 2, 3, 4)), ("fri-mon", None), ("monday", None), ("", None)]
)
def test_days(text: str, days: tuple[int, ...] | None) -> None:
    assert days_of(text) == days


def _office(name: str, place: str, **more: object) -> Office:
    plain: dict = {
        "id": name, "kind": "hospital", "nature": "public", "name": {}, "place": place, "country": "MA", "reach": "town",
        "address": None, "phones": (), "unconfirmed": (), "website": None, "position": None, "hours": None,
        "serves": ("health",), "languages": (), "show": True, "status": "active", "confidence": "high",
        "sources": DIRECTORY.offices["chu-agadir"].sources, "checked": None, "notice": {},
    }  # fmt: skip
    return Office(**{**plain, **more})
