"""From the menu, and beside answers, to what is done in steps: every way is short, and every bubble fits a telephone."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.assembly import Library
from bot.knowledge.checks.lengths import WHOLE
from flows import answering
from flows.draft import MOST_CHOICES, Draft
from flows.effects import Message, Say
from flows.facts import Facts
from flows.heard import VARIETIES
from flows.state import State
from tests.conftest import quiet_settings

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
WANTED = {"nearest_office", "find_opportunity", "checklist", "check_offer", "book_session"}


def said(library: Library, variety: str, tell: Callable[[Draft], None], **state: object) -> Say:
    house = library.house()
    draft = Draft(state=State(language=variety, **state), facts=Facts(now=NOW, house=house, channel="telegram"))
    tell(draft)
    return next(e for e in draft.finish().effects if isinstance(e, Say))


def length(library: Library, say: Say, variety: str) -> int:
    """Where no buttons are, the choices are lines."""
    shown = library.wording.bubble(say, variety)
    return len("\n\n".join([shown.text, "\n".join(f"{n}. {c.title}" for n, c in enumerate(shown.choices, 1))]))


def targets(say: Say) -> list[str]:
    return [c.id.split(".", 1)[1] for c in say.choices]


@pytest.mark.parametrize("variety", VARIETIES)
def test_the_menu_fits_with_welcome_and_notice_and_has_a_person_and_a_language(library: Library, variety: str) -> None:
    say = said(library, variety, lambda draft: answering.menu(draft, greeting="welcome"))
    assert [m.id for m in say.messages] == ["welcome", "menu", "notice"]
    assert length(library, say, variety) <= WHOLE
    assert len(say.choices) <= MOST_CHOICES
    assert {"journey:advisor", "journey:change_language", "say:services"} <= set(targets(say))


@pytest.mark.parametrize("variety", VARIETIES)
def test_the_second_page_and_each_part_fit_and_keep_a_person(library: Library, variety: str) -> None:
    pages = [answering.services, *(lambda d, n=name: answering.area(d, n) for name in library.house().menu)]
    for tell in pages:
        say = said(library, variety, tell, noticed=True, stopped=True)
        assert length(library, say, variety) <= WHOLE
        assert "journey:advisor" in targets(say)
        assert "say:menu" in targets(say)
        assert len(say.choices) <= MOST_CHOICES


def test_what_is_done_in_steps_is_two_taps_from_the_menu_at_most(library: Library) -> None:
    first = targets(said(library, "fr", answering.menu))
    second = targets(said(library, "fr", answering.services))
    names = {t.removeprefix("journey:") for t in (*first, *second)}
    assert names >= WANTED
    assert {"find_opportunity", "nearest_office"} <= {t.removeprefix("journey:") for t in first}


def test_every_way_leads_to_a_journey_that_exists(library: Library) -> None:
    named = {n for names in answering.OF_AREA.values() for n in names}
    named |= {*answering.SERVICES, *answering.FIRST_SERVICES, *answering.AFTER_AREA.values()}
    assert named <= set(library.script.journeys)
    assert set(answering.OF_AREA) == set(library.house().menu)
    assert set(answering.AFTER_AREA) <= {card.area for card in library.house().entries.values()}


@pytest.mark.parametrize("variety", VARIETIES)
def test_every_answer_fits_with_its_ways_on(library: Library, variety: str) -> None:
    for entry in library.house().entries:
        say = said(library, variety, lambda draft, e=entry: answering.answer(draft, e), noticed=True)
        assert length(library, say, variety) <= WHOLE, (entry, length(library, say, variety))
        assert "journey:advisor" in targets(say)
        assert len(say.choices) <= MOST_CHOICES


def test_fitting_answers_lead_on(library: Library) -> None:
    for area, journey in answering.AFTER_AREA.items():
        entry = next(e.id for e in library.house().entries.values() if e.area == area and not e.withheld)
        say = said(library, "fr", lambda draft, e=entry: answering.answer(draft, e), noticed=True)
        assert f"journey:{journey}" in targets(say)


def test_the_map_is_linked_in_ones_own_language_where_we_are_public(library: Library) -> None:
    public = Library(quiet_settings().model_copy(update={"public_url": "https://dalil.example"}), lambda: NOW)
    assert (public.house().public, library.house().public) == (True, False)
    link = public.wording.text(Message(id="map.link", params={"page": "map"}), "ar")
    assert "\u2068https://dalil.example/map?l=ar\u2069" in link
