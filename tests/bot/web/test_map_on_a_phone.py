"""The map in Chromium without script: 320 pixels wide in every variety, its form, and on paper. Pictures go to test-results/."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from bot.assembly import Library
from bot.settings import Settings
from flows.heard import VARIETIES
from tests.bot.web.serving import Served, served
from tests.helpers.house import ScriptedInterpreter

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
PICTURES = Path(__file__).parents[3] / "test-results"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
NARROW = 320


@pytest.fixture(scope="module")
def chromium(sqlite_template: Path, library: Library) -> Iterator[Browser]:
    """The template is made before: Playwright keeps a loop running in this thread, in which no other can be started."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def house(house_settings: Settings, library: Library) -> Iterator[Served]:
    with served(house_settings, ScriptedInterpreter(), library) as running:
        yield running


def page_of(chromium: Browser, strangers: list[str]) -> Page:
    """No script, a narrow telephone; what it asks of others is noted."""
    page = chromium.new_context(viewport={"width": NARROW, "height": 640}, java_script_enabled=False, locale="fr-FR").new_page()
    page.on("request", lambda r: strangers.append(r.url) if "127.0.0.1" not in r.url and not r.url.startswith("data:") else None)
    return page


def test_narrow_without_script_in_every_variety(chromium: Browser, house: Served) -> None:
    PICTURES.mkdir(exist_ok=True)
    strangers: list[str] = []
    page = page_of(chromium, strangers)
    for variety in VARIETIES:
        page.goto(f"{house.base}/map?l={variety}")
        cards = page.locator("article")
        for box in (page.locator("main"), page.locator("form"), cards.first, cards.last, page.locator("dd").last):
            found = box.bounding_box()
            assert found
            assert found["x"] >= 0, variety
            assert found["x"] + found["width"] <= NARROW, variety
        page.screenshot(path=PICTURES / f"map-{variety}.png")
    assert not strangers


def test_the_form_filters(chromium: Browser, house: Served) -> None:
    page = page_of(chromium, [])
    page.goto(f"{house.base}/map?l=ar")
    every = page.locator("article").count()
    page.select_option("[name=country]", "DE")
    page.click("form button")
    assert 0 < page.locator("article").count() < every
    assert "l=ar" in page.url
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("#de-chancenkarte").is_visible()


def test_paper_has_the_cards_and_their_addresses_without_the_form(chromium: Browser, house: Served) -> None:
    page = page_of(chromium, [])
    page.goto(f"{house.base}/map?country=FR")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator("form").is_visible()
    assert not page.locator("nav").is_visible()
    assert page.locator("article").first.is_visible()
    assert page.locator("article .links a").first.inner_text() in page.locator("article .links a").first.get_attribute("href")
    page.pdf(path=PICTURES / "map.pdf", format="A4")
    assert (PICTURES / "map.pdf").stat().st_size > 10_000
