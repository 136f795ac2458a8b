"""Each kind of fault of the directory, alone in an otherwise sound house; and telephone numbers where they do not belong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.knowledge.check import check
from bot.knowledge.checks.telephones import telephones
from bot.knowledge.office import KINDS
from flows.heard import VARIETIES
from tests.content.small import Home

ROOT = Path(__file__).resolve().parents[2]
OFFICE = """\
id: small-office
kind: cnss
nature: public
name: null
place: agadir
country: MA
reach: town
address: {text: 'Avenue du Port', as_of: 2021, sure: true}
phones:
  - {dial: '+212 5 28 86 04 75', as_of: 2021-06, signed: null}
unconfirmed: []
email: null
website: null
position: {lat: 30.42, lon: -9.6, precision: city}
hours: {periods: [{days: mon-fri, from: '09:00', to: '15:00'}], sure: true}
serves: [pensions]
languages: [ar, fr]
show: true
status: active
confidence: high
sources:
  - {name: 'A page', url: 'https://example.org', source_date: undated, seen: official}
checked: null
notice: null
"""
FILE = "content/directory/small-office.yml"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    small = Home(tmp_path)
    (tmp_path / "locales").symlink_to(ROOT / "locales")
    (tmp_path / "content" / "places.yml").symlink_to(ROOT / "content" / "places.yml")
    small.write(FILE, OFFICE)
    return small


def _faults(home: Home) -> list[str]:
    return [str(fault) for fault in check(home.folder, ROOT / "locales")]


def test_a_sound_office_is_no_fault(home: Home) -> None:
    assert _faults(home) == []


FAULTS = {
    "another id": ("id: small-office", "id: other", "id: is not small-office"),
    "an unknown kind": ("kind: cnss", "kind: shop", "kind: shop is none of"),
    "an unknown nature": ("nature: public", "nature: private", "nature: private is none of"),
    "an unknown town": ("place: agadir", "place: atlantis", "place: atlantis is no place of places.yml"),
    "an odd country": ("country: MA", "country: Maroc", "country: Maroc is not a code"),
    "a number without its country": ("'+212 5 28 86 04 75'", "'0528 86 04 75'", "phones[1].dial: 0528 86 04 75 is not written like"),
    "a number with a digit too few": ("04 75'", "04 7'", "phones: +212 5 28 86 04 7 has too few or too many digits"),
    "a number of numbers.yml": ("5 28 86 04 75", "5 37 54 54 00", "write {number: ma-open}"),
    "an unknown number": ("{dial: '+212 5 28 86 04 75', as_of: 2021-06, signed: null}", "{number: nobody}", "nobody is no number"),
    "a number kept back": ("{dial: '+212 5 28 86 04 75', as_of: 2021-06, signed: null}", "{number: ma-hidden}", "must not be shown"),
    "both kinds of number": ("{dial: ", "{number: ma-open, dial: ", "expected either number"),
    "a long address": ("Avenue du Port", "Avenue " * 20, "address.text: 140 characters, 80 at most"),
    "an address without its date": (", as_of: 2021, sure", ", sure", "address.as_of: missing"),
    "hours the wrong way round": ("to: '15:00'", "to: '08:00'", "hours.periods[1].to: is not after from"),
    "hours without quotes": ("from: '09:00'", "from: 9:00", "hours.periods[1].from: 540 is not a time like '09:30'"),
    "days that are none": ("mon-fri", "weekdays", "hours.periods[1].days: weekdays is not like mon or mon-fri"),
    "hours of nothing": ("[{days: mon-fri, from: '09:00', to: '15:00'}]", "[]", "hours.periods: missing"),
    "an unknown need": ("[pensions]", "[pensions, lunch]", "serves: lunch is none of"),
    "a point off the earth": ("lat: 30.42", "lat: 130.42", "position: lat and lon are degrees"),
    "shown without source": ("sources:\n  - {name: 'A page', url: 'https://example.org', source_date: undated, seen: official}",
                             "sources: []", "show: nothing is shown without a source"),
    "shown and unsure": ("confidence: high", "confidence: low", "show: what is of low confidence is not shown"),
    "shown and closing": ("status: active", "status: closing", "show: its status is closing"),
    "a hotline with nothing to dial": ("kind: cnss", "kind: hotline", ""),
    "a check without a name": ("checked: null", "checked: {on: 2026-11-24}", "checked.by: missing"),
    "a notice in no language of ours": ("notice: null", "notice: {es: Cerrado}", "notice: expected fr"),
    "a number in the notice": ("notice: null", "notice: {fr: 'Appelez le 05 28 82 00 00'}", "is a telephone number"),
    "a site without scheme": ("website: null", "website: example.org", "website: does not begin"),
    "broken YAML": ("languages: [ar, fr]", "languages: [ar", "is not valid YAML"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_one_line_with_file_and_field(home: Home, name: str) -> None:
    old, new, says = FAULTS[name]
    home.replace(FILE, old, new)
    if name == "a hotline with nothing to dial":
        home.replace(FILE, "phones:\n  - {dial: '+212 5 28 86 04 75', as_of: 2021-06, signed: null}", "phones: []")
        says = "show: a hotline without a number to dial"
    found = _faults(home)
    assert len(found) == 1, found
    assert found[0].startswith(FILE)
    assert says in found[0]


def test_the_same_number_with_two_offices(home: Home) -> None:
    home.write("content/directory/z-office.yml", OFFICE.replace("small-office", "z-office"))
    assert _faults(home) == ["content/directory/z-office.yml: phones: +212 5 28 86 04 75 stands with small-office too"]


def test_an_office_that_is_not_there(home: Home) -> None:
    home.replace("entries/small-answer/entry.yml", "office: null", "office: lost-office")
    assert _faults(home) == ["content/entries/small-answer/entry.yml: office: lost-office is not in the directory"]


def _in_a_fact(text: str) -> Callable[[Home], None]:
    return lambda home: home.replace("facts/small-fact.yml", "unsure: []", f"unsure: ['{text}']")


@pytest.mark.parametrize("number", ["+212 5 28 86 04 75", "0528860475", "05 28 86 04 75", "+33 4 86 51 71 61", "0800 00 47 47"])
def test_numbers_stand_nowhere_else(home: Home, number: str) -> None:
    _in_a_fact(f"call {number}")(home)
    assert [f.file for f in telephones(home.folder)] == ["content/facts/small-fact.yml"]


@pytest.mark.parametrize(
    "text", ["2022-2023", "1 320 jours", "2015-402", "https://example.org/0528860475", "12/10/2021", "60 000"]
)
def test_other_figures_are_no_numbers_to_dial(home: Home, text: str) -> None:
    _in_a_fact(text)(home)
    assert telephones(home.folder) == []


def test_there_are_none_in_the_real_content() -> None:
    assert telephones(ROOT) == []


def test_every_kind_has_a_name_in_every_variety() -> None:
    from bot.knowledge.catalogue import Catalogue

    words = Catalogue.load(ROOT / "locales")
    assert not [kind for kind in KINDS for variety in VARIETIES if not words.text(f"office.kind.{kind}", variety)]
