"""A session in the telephone's calendar and on its map: by short addresses, with the wall time, and no subject in the title."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from icalendar import Calendar

from bot.booking import samples
from bot.web import calendar
from bot.web.reading import PublicSession
from tests.bot.web.serving import Served
from tests.bot.web.test_chat import answered, send, text_of
from tests.bot.web.test_session_page import TOKEN, planned

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)


def session(**changes: Any) -> PublicSession:
    given_ = {"token": TOKEN, "state": "bookable", "free": 3, "starts": "2027-02-07T15:00", "ends": "2027-02-07T17:00"}
    given_ |= {"zone": "Africa/Casablanca", "revision": 0, "params": {}, "description": {}}
    return PublicSession(**given_ | changes)


def events(data: bytes) -> list[Any]:
    return Calendar.from_ical(data).walk("VEVENT")


def test_the_wall_time_stands_with_its_zone_and_the_rule_of_the_zone() -> None:
    """On the first Sunday of Ramadan 2027's clock: fifteen o'clock is fifteen in UTC, and one rule more than the day before."""
    data = calendar.file(session(), "https://dalil.example", NOW, "Séance", "Centre, Agadir", "Titre")
    (event,) = events(data)
    assert event["dtstart"].params["TZID"] == "Africa/Casablanca"
    assert event["dtstart"].dt.replace(tzinfo=None) == datetime(2027, 2, 7, 15)
    assert event["dtstart"].dt.astimezone(UTC) == datetime(2027, 2, 7, 15, tzinfo=UTC)
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(hours=2)
    (zone,) = Calendar.from_ical(data).walk("VTIMEZONE")
    assert zone["tzid"] == "Africa/Casablanca"
    assert str(event["uid"]) == f"{TOKEN}@dalil.example"
    assert str(event["url"]) == f"https://dalil.example/s/{TOKEN}"


def test_the_title_says_nothing_of_the_subject() -> None:
    (event,) = events(calendar.file(session(), "https://dalil.example", NOW, "Séance", "Centre, Agadir", "Sujet"))
    assert str(event["summary"]) == "Séance"
    assert str(event["location"]) == "Centre, Agadir"
    assert "Sujet" in str(event["description"])


def test_a_later_file_takes_the_place_of_an_earlier_one() -> None:
    """https://www.rfc-editor.org/rfc/rfc5545#section-3.8.7.4"""
    states = [("bookable", 0), ("cancelled", 0), ("bookable", 1), ("cancelled", 1)]
    found = [events(calendar.file(session(state=s, revision=r), "https://x.example", NOW, "a", "b", "c"))[0] for s, r in states]
    assert [e["sequence"] for e in found] == [0, 1, 2, 3]
    assert [str(e["status"]) for e in found] == ["CONFIRMED", "CANCELLED"] * 2
    assert len({str(e["uid"]) for e in found}) == 1


@given(some.text(min_size=1, max_size=300), some.text(min_size=1, max_size=100))
def test_whatever_an_organiser_writes_stays_in_its_line(title: str, place: str) -> None:
    data = calendar.file(session(), "https://x.example", NOW, "Séance", place, title)
    (event,) = events(data)
    assert {"SUMMARY", "LOCATION", "DESCRIPTION", "URL"} <= set(event)
    assert str(event["summary"]) == "Séance"
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))


def test_a_map_is_asked_in_words() -> None:
    assert calendar.map_address("Café & Centre, Agadir").endswith("Caf%C3%A9%20%26%20Centre%2C%20Agadir")


def test_both_are_served_and_named_on_the_page(site: Served) -> None:
    planned(site)
    with site.client() as browser:
        page = browser.get(f"/s/{TOKEN}", params={"l": "ary"}).text
        assert f'href="/s/{TOKEN}.ics?l=ary"' in page
        assert f'href="/s/{TOKEN}/map"' in page
        file = browser.get(f"/s/{TOKEN}.ics", params={"l": "ar"})
        assert file.headers["content-type"] == "text/calendar; charset=utf-8"
        assert "attachment" in file.headers["content-disposition"]
        (event,) = events(file.content)
        plan = samples.plans(site.house.clock(), "Africa/Casablanca")[0]
        assert event["dtstart"].dt.replace(tzinfo=None) == datetime.fromisoformat(plan.starts)
        assert "الدراسة في فرنسا" in str(event["description"])
        there = browser.get(f"/s/{TOKEN}/map")
        assert there.status_code == 302
        assert there.headers["location"].startswith("https://www.google.com/maps/search/?api=1&query=Centre%20de%20quartier")
        assert there.headers["referrer-policy"] == "no-referrer"


def test_called_off_it_says_so_and_the_page_offers_neither(site: Served) -> None:
    planned(site, state="cancelled")
    with site.client() as browser:
        assert ".ics" not in browser.get(f"/s/{TOKEN}").text
        assert str(events(browser.get(f"/s/{TOKEN}.ics").content)[0]["status"]) == "CANCELLED"


@pytest.mark.parametrize("path", ["/s/unknown.ics", "/s/unknown/map", "/s/a.b.ics", f"/s/{'x' * 500}.ics", "/s/.ics"])
def test_an_address_that_leads_nowhere(site: Served, path: str) -> None:
    planned(site)
    with site.client() as browser:
        assert browser.get(path).status_code == 404


def test_the_confirmation_names_both(site: Served) -> None:
    planned(site)
    with site.client() as browser:
        send(browser, start=f"s_{TOKEN}")
        said = text_of(answered(browser, 1)[0])
        assert f"/s/{TOKEN}.ics" in said
        assert f"/s/{TOKEN}/map" in said
