"""Answers that are named and not given: past their date, or without the signatures an area asks for."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.assembly import Library, system_clock
from bot.knowledge import house, organisation
from bot.knowledge.entries import Knowledge
from bot.knowledge.model import Signature
from bot.knowledge.organisation import OrganisationFault
from flows import answering
from flows.draft import Draft
from flows.effects import Say
from flows.facts import Facts, House
from flows.state import State
from tests.conftest import quiet_settings
from tests.flows.fakes import NOW

SETTINGS = quiet_settings()
TODAY = date(2026, 12, 1)
ENTRY = "fr-etudes-campus-france"  # area study: one signature


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(SETTINGS, system_clock)


def _built(
    library: Library, today: date = TODAY, areas: frozenset[str] | None = None, knowledge: Knowledge | None = None
) -> House:
    return house.build(knowledge or library.knowledge, library.script, library.opportunities, today, areas)


def test_everything_unsigned_is_given_where_the_organisation_says_so(library: Library) -> None:
    assert {card.withheld for card in _built(library).entries.values()} == {None}


def test_an_area_that_asks_for_signatures_gives_none_without(library: Library) -> None:
    built = _built(library, areas=frozenset({"study"}))
    assert built.entries[ENTRY].withheld is None
    assert built.entries["amo-tadamon"].withheld == "unsigned"


def test_signed_it_is_given(library: Library) -> None:
    entries = dict(library.knowledge.entries)
    entries[ENTRY] = replace(entries[ENTRY], signed=(Signature(role="lawyer", on=TODAY),))
    knowledge = library.knowledge
    signed = Knowledge(entries, knowledge.signals, knowledge.facts, knowledge.numbers, knowledge.lines)
    assert _built(library, areas=frozenset(), knowledge=signed).entries[ENTRY].withheld is None
    assert _built(library, areas=frozenset()).entries[ENTRY].withheld == "unsigned"


def test_years_later_everything_is_withdrawn_by_itself(library: Library) -> None:
    assert {card.withheld for card in _built(library, date(2032, 1, 1)).entries.values()} == {"withdrawn"}


@pytest.mark.parametrize("variety", ["fr", "ar", "ary", "ary-Latn", "en"])
def test_the_source_and_a_person_are_offered_instead(library: Library, variety: str) -> None:
    built = _built(library, areas=frozenset())
    draft = Draft(state=State(language=variety, noticed=True), facts=Facts(now=NOW, house=built, channel="telegram"))
    answering.answer(draft, ENTRY)
    (say,) = [effect for effect in draft.finish().effects if isinstance(effect, Say)]
    text = library.wording.bubble(say, variety).text
    assert library.knowledge.sources(ENTRY)[0].url in text
    assert "{" not in text
    assert [choice.id.split(".", 1)[1] for choice in say.choices] == ["journey:advisor"]


def test_an_area_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "organisation.yml"
    shutil.copy(SETTINGS.home / "organisation.yml", file)
    assert organisation.load(file).unsigned_areas is None
    text = file.read_text()
    for given, what in (("[studies]", "'studies'"), ("some", "'some'")):
        file.write_text(text.replace("unsigned_areas: all", f"unsigned_areas: {given}"))
        with pytest.raises(OrganisationFault, match=what):
            organisation.load(file)
    file.write_text(text.replace("unsigned_areas: all", "unsigned_areas: [study, work]"))
    assert organisation.load(file).unsigned_areas == {"study", "work"}


def test_in_production_the_organisation_decides(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("content", "locales", "flows", "nlu"):
        (home / name).symlink_to(SETTINGS.home / name)
    text = (SETTINGS.home / "organisation.yml").read_text().replace("unsigned_areas: all", "unsigned_areas: []")
    (home / "organisation.yml").write_text(text)
    here = SETTINGS.model_copy(update={"home": home})
    there = here.model_copy(update={"public_url": "https://dalil.example"})
    assert Library(here, system_clock).house().entries[ENTRY].withheld is None
    assert Library(there, system_clock).house().entries[ENTRY].withheld == "unsigned"
