"""The public map: every card with its conditions, months, sources; filters that cannot be broken; right to left; no script."""

import gzip
import re
from html import unescape

import pytest

from bot.assembly import Library
from bot.knowledge.eligibility import lies_in
from bot.knowledge.opportunities import KINDS
from flows.heard import VARIETIES
from tests.bot.web.serving import Served

LARGEST = 40 * 1024  # bytes of the page


def seen(page: str) -> list[str]:
    """The ids of the cards, in order."""
    return re.findall(r'<article id="([a-z0-9-]+)">', page)


def words(page: str) -> str:
    text = unescape(re.sub(r"<[^>]+>", " ", page)).replace("\u2068", "").replace("\u2069", "").replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text)


def test_everything_that_may_be_shown_is_there_and_nothing_else(site: Served, library: Library) -> None:
    with site.client() as browser:
        page = browser.get("/map").text
    assert sorted(seen(page)) == sorted(row.id for row in library.opportunities)
    assert "us-yes-lycee" not in page, "of low confidence"


@pytest.mark.parametrize("variety", VARIETIES)
def test_each_card_says_for_whom_when_what_it_costs_who_says_so_and_what_is_unsure(
    site: Served, library: Library, variety: str
) -> None:
    with site.client() as browser:
        page = browser.get("/map", params={"l": variety}).text
    cards = page.split("<article ")[1:]
    labels = {name: library.catalogue.text(f"card.{name}", variety) for name in ("who", "when", "cost", "source", "unsure")}
    assert len(cards) == len(list(library.opportunities))
    for card in cards:
        row = library.opportunities[seen("<article " + card)[0]]
        text = words(card)
        for name in ("who", "when", "cost", "source"):
            assert labels[name] in text, (row.id, name)
        assert (labels["unsure"] in text) == bool(row.unsure)
        assert row.link in unescape(card)
        assert row.sources[0].name in text
    assert 'dir="rtl"' in page if variety in ("ar", "ary") else 'dir="ltr"' in page
    assert not re.search(r"\{[a-z_]+\}", words(page))
    assert "None" not in words(page)


def test_one_card_in_full(site: Served) -> None:
    with site.client() as browser:
        card = words(browser.get("/map?kind=study&country=DE").text.split('id="de-daad-epos">')[1].split("</article>")[0])
    assert "licence" in card
    assert "992 €" in card
    assert "juillet à octobre (vu : 2026)" in card
    assert "si le Maroc est dans la liste" in card
    assert "Opportunity Desk (1er juillet 2026)" in card
    assert "www.daad.de" in card


def test_a_filter_shows_what_it_says(site: Served, library: Library) -> None:
    with site.client() as browser:
        for kind in KINDS:
            assert {library.opportunities[i].kind for i in seen(browser.get("/map", params={"kind": kind}).text)} <= {kind}
        italy = browser.get("/map", params={"country": "IT", "l": "en"}).text
        both = browser.get("/map", params={"country": "IT", "kind": "study"}).text
    assert seen(italy)
    assert all(lies_in(library.opportunities[i], "IT") for i in seen(italy))
    assert '<option value="IT" selected>' in italy
    assert set(seen(both)) < set(seen(italy))
    assert "kind=study&amp;country=IT" in both, "another language keeps the filters"


def test_nothing_known_is_said(site: Served) -> None:
    with site.client() as browser:
        page = browser.get("/map?kind=au_pair&country=DE")
    assert page.status_code == 200
    assert not seen(page.text)
    assert "Aucun programme connu" in words(page.text)


@pytest.mark.parametrize(
    "query",
    [
        "kind=nonsense",
        "country=XX",
        "kind=study'--&country=%00",
        "l=klingon",
        "kind=study&kind=work&x=" + "y" * 4000,
        "kind=%FF%FE",
    ],
)
def test_bad_parameters_filter_nothing_and_come_back_nowhere(site: Served, query: str) -> None:
    with site.client() as browser:
        page = browser.get(f"/map?{query}")
    assert page.status_code == 200
    assert seen(page.text)
    for strange in ("nonsense", "XX", "'--", "klingon", "yyyy"):
        assert strange not in page.text


def test_what_is_written_in_the_address_is_never_markup(site: Served) -> None:
    with site.client() as browser:
        page = browser.get("/map", params={"kind": '"><script>alert(1)</script>', "country": "<img src=x>", "l": "<b>"}).text
    assert "<script" not in page
    assert "<img" not in page


def test_it_works_without_script_and_asks_nobody_else(site: Served) -> None:
    with site.client() as browser:
        answer = browser.get("/map")
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action 'self'" in policy
    assert "default-src 'none'" in policy
    assert "<script" not in answer.text
    assert " style=" not in answer.text
    assert "set-cookie" not in answer.headers
    assert all(src.startswith("/") for src in re.findall(r'(?:src|action)="([^"]+)"', answer.text))
    with site.client() as browser:
        assert "form-action 'none'" in browser.get("/chat").headers["Content-Security-Policy"]


@pytest.mark.parametrize("variety", VARIETIES)
def test_it_is_small(site: Served, variety: str) -> None:
    """The page as such, and what really travels with its sheets."""
    with site.client() as browser:
        page = browser.get("/map", params={"l": variety}).content
        sheets = [browser.get(f"/chat/files/{name}").content for name in ("chat.css", "map.css")]
    assert len(page) < LARGEST, len(page)
    assert sum(len(gzip.compress(part)) for part in (page, *sheets)) < LARGEST / 2


def test_a_card_leads_to_its_answer_in_the_chat(site: Served) -> None:
    with site.client() as browser:
        page = browser.get("/map?country=FR").text
        assert 'href="/chat?e=fr-service-civique&amp;l=fr"' in page
        assert "Service civique" in browser.get("/chat?e=fr-service-civique&l=fr").text
