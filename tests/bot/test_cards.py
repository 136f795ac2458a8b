"""Opportunities in words: short enough for a telephone in every variety, complete, and right to left where it must be."""

import pytest

from bot.assembly import Library
from bot.delivery.programmes import MOST_FITTING, MOST_NEARLY
from bot.knowledge.formats import FSI, PDI
from bot.knowledge.opportunities import Opportunity
from flows.effects import Message
from flows.heard import VARIETIES

LONGEST = 1024  # characters in the worst rendering: the notice below it, the choices written as lines
_ASKED = ("age", "level", "language")


def told(row: Opportunity, how: str) -> dict[str, object]:
    """A row as the finder hands it over: `how` is what becomes of each thing it asks for."""
    asked = row.eligibility
    each = {"age": asked.age_min or asked.age_max, "level": asked.level != "none", "language": asked.languages}
    names = [name for name in _ASKED if each[name]]
    checks = names if how == "checks" else []
    return {"opportunity": row.id, "reasons": [] if checks else [*names, "wish", "country"], "checks": checks}


def lines(library: Library, variety: str) -> list[str]:
    """For each row its longest line."""

    def longest(row: Opportunity) -> str:
        both = [library.cards.lines([told(row, how) | ({"reasons": ["wish", "country"]} if how == "checks" else {})], variety)
                for how in ("checks", "reasons")]  # fmt: skip
        return max(both, key=len)

    return sorted((longest(row) for row in library.opportunities), key=len, reverse=True)


def nearly(library: Library, variety: str) -> list[str]:
    def line(row: Opportunity) -> str:
        names = [name for name in told(row, "checks")["checks"] if name != "level" or row.eligibility.level]
        two = [library.cards.lines([{"opportunity": row.id, "missing": names[at : at + 2]}], variety) for at in range(len(names))]
        return max(two, key=len, default="")

    return sorted((line(row) for row in library.opportunities), key=len, reverse=True)


def text(library: Library, name: str, variety: str, **params: object) -> str:
    return library.wording.text(Message(id=name, params=params), variety)


def titles(library: Library, variety: str, count: int, *names: str) -> str:
    labels = sorted((row.label[variety] for row in library.opportunities), key=len, reverse=True)[:count]
    alternatives = library.knowledge.title("risk-alternatives", variety)
    shown = [*labels, alternatives, *(library.catalogue.text(f"choice.{n}", variety) for n in names)]
    return "\n".join(f"{n}. {title}" for n, title in enumerate(shown, 1))


@pytest.mark.parametrize("variety", VARIETIES)
@pytest.mark.parametrize(("fitting", "near"), [(MOST_FITTING, MOST_NEARLY - 1), (MOST_FITTING - 1, MOST_NEARLY)])
def test_the_longest_result_fits_a_bubble(library: Library, variety: str, fitting: int, near: int) -> None:
    heads = [library.catalogue.text(f"opportunity.{name}", variety) for name in ("found", "later", "elsewhere")]
    parts = [
        max(heads, key=len).replace("{fitting}", "\n".join(lines(library, variety)[:fitting])),
        library.catalogue.text("opportunity.nearly", variety).replace("{nearly}", "\n".join(nearly(library, variety)[:near])),
        text(library, "opportunity.past", variety),
        text(library, "map.link", variety, page="map").replace(library._base_url, "https://dalil.association.example"),
        titles(library, variety, fitting + near, "find_again", "menu", "advisor"),
    ]
    whole = "\n\n".join(parts)
    assert len(whole.replace(FSI, "").replace(PDI, "")) <= LONGEST


@pytest.mark.parametrize("variety", VARIETIES)
def test_the_longest_card_fits_a_bubble(library: Library, variety: str) -> None:
    for row in library.opportunities:
        choices = titles(library, variety, 1, "remind", "find_opportunity", "menu", "advisor")
        whole = "\n\n".join([library.cards.card(row.id, variety), text(library, "notice", variety), choices])
        assert len(whole.replace(FSI, "").replace(PDI, "")) <= LONGEST, row.id


@pytest.mark.parametrize("variety", VARIETIES)
def test_nothing_is_left_open_in_any_card(library: Library, variety: str) -> None:
    for row in library.opportunities:
        card = library.cards.card(row.id, variety).replace(FSI, "").replace(PDI, "")
        assert "{" not in card, row.id
        assert "None" not in card, row.id
        assert row.sources[0].name in card
        assert library.catalogue.text("source.unverified", variety) in card


def test_a_programme_that_is_gone_leaves_no_gap(library: Library) -> None:
    """A list in a conversation may name what was withdrawn since."""
    kept = {"opportunity": "us-fulbright", "reasons": ["level"], "checks": []}
    both = library.cards.lines([{"opportunity": "vanished", "reasons": ["open"], "checks": []}, kept], "fr")
    assert both == library.cards.lines([kept], "fr")
    assert (
        library.cards.title("vanished", "fr")
        == library.cards.label("vanished", "fr")
        == library.cards.site("vanished", "fr")
        == ""
    )


def test_an_amount_in_arabic_is_not_turned_round(library: Library) -> None:
    assert f"{FSI}1200\u00a0أورو{PDI}" in library.cards.card("fr-eiffel-master", "ar")
