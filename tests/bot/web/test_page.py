"""The page in Chromium, on a phone: two languages, choices, the network going away, and nothing that is read as markup."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from bot.assembly import Library
from bot.settings import Settings
from tests.bot.web.conftest import STUDY_ARY, STUDY_FR, TAUGHT
from tests.bot.web.serving import Served, free_port, served
from tests.helpers.house import ScriptedInterpreter

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[3] / "test-results"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


@pytest.fixture(scope="module")
def chromium(sqlite_template: Path, library: Library) -> Iterator[Browser]:
    """The template is made before: Playwright keeps a loop running in this thread, in which no other can be started."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def phone(chromium: Browser, width: int, height: int, locale: str = "fr-FR") -> Page:
    context = chromium.new_context(viewport={"width": width, "height": height}, locale=locale, has_touch=True)
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"the page failed: {error}"))
    page.on(
        "request",
        lambda request: None if "127.0.0.1" in request.url or request.url.startswith("data:") else pytest.fail(request.url),
    )
    return page


def say(page: Page, text: str) -> None:
    page.fill("#text", text)
    page.click("#send")


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"chat-{name}.png")


def fits(page: Page) -> bool:
    """Nothing sticks out sideways."""
    return bool(
        page.evaluate("[document.documentElement, document.getElementById('scroll')].every(e => e.scrollWidth <= e.clientWidth)")
    )


def test_a_conversation_in_french_on_the_smallest_phone(site: Served, chromium: Browser) -> None:
    page = phone(chromium, 320, 640)
    page.goto(f"{site.base}/chat")
    picture(page, "first-320")
    page.get_by_role("button", name="Bonjour").click()
    expect(page.locator(".ours")).to_have_count(1)
    expect(page.locator("#old")).to_have_count(0)
    picture(page, "welcome-320")
    say(page, STUDY_FR)
    answer = page.locator(".ours.answer")
    expect(answer).to_contain_text("Études en France")
    expect(answer.locator(".source")).to_contain_text("Source")
    assert fits(page)
    picture(page, "answer-320")
    button = page.locator(".choices button").first
    assert button.bounding_box()["height"] >= 44
    title = button.inner_text()
    button.click()
    expect(page.locator(".mine").last).to_contain_text(title)
    expect(page.locator(".ours")).to_have_count(3)
    expect(page.locator(".choices")).to_have_count(1)
    page.reload()
    expect(page.locator(".ours")).to_have_count(3)
    expect(page.locator(".mine")).to_have_count(2)  # the greeting was no text
    expect(page.locator("#first")).to_be_hidden()


def test_a_conversation_in_darija_runs_from_right_to_left(site: Served, chromium: Browser) -> None:
    page = phone(chromium, 390, 844)
    page.goto(f"{site.base}/chat")
    page.locator("[data-variety=ary]").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator(".ours")).to_have_count(1)
    say(page, STUDY_ARY)
    answer = page.locator(".ours.answer")
    expect(answer).to_have_attribute("lang", "ar-MA")
    assert answer.locator("p").first.get_attribute("dir") == "rtl"
    assert fits(page)
    picture(page, "answer-ary-390")
    mine, ours = page.locator(".mine").last.bounding_box(), answer.bounding_box()
    assert mine["x"] < ours["x"]  # one's own bubbles stand on the left
    page.locator("#menu-button").click()
    expect(page.locator("[role=dialog] h2")).to_have_text("خيارات")
    picture(page, "menu-ary-390")
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(page.locator("#menu-button")).to_be_focused()


def test_a_message_written_without_network_goes_when_it_is_back(site: Served, chromium: Browser) -> None:
    page = phone(chromium, 390, 844)
    page.goto(f"{site.base}/chat")
    say(page, "bonjour")
    expect(page.locator(".ours")).to_have_count(1)
    page.context.set_offline(True)
    say(page, STUDY_FR)
    expect(page.locator(".state.unsent")).to_be_visible()
    expect(page.locator("#notice")).to_be_visible()
    picture(page, "offline-390")
    page.context.set_offline(False)
    expect(page.locator(".ours.answer")).to_have_count(1, timeout=15000)
    expect(page.locator(".state.unsent")).to_have_count(0)
    expect(page.locator("#notice")).to_be_hidden()
    page.reload()
    expect(page.locator(".mine")).to_have_count(2)


def test_a_server_that_goes_away_and_comes_back_is_met_again(
    house_settings: Settings, library: Library, chromium: Browser
) -> None:
    port, interpreter = free_port(), ScriptedInterpreter(TAUGHT)
    page = phone(chromium, 390, 844)
    with served(house_settings, interpreter, library, port) as site:
        page.goto(f"{site.base}/chat")
        say(page, "bonjour")
        expect(page.locator(".ours")).to_have_count(1)
    say(page, STUDY_FR)
    expect(page.locator(".state.unsent")).to_be_visible(timeout=10000)
    with served(house_settings, interpreter, library, port):
        expect(page.locator(".ours.answer")).to_have_count(1, timeout=30000)
        expect(page.locator(".mine")).to_have_count(2)


TRICKS = (
    "<script>window.hurt=1</script><img src=x onerror='window.hurt=1'>",
    "&lt;img src=x onerror=window.hurt=1&gt; &#60;b&#62;",
    'javascript:window.hurt=1 https://example.org/"onmouseover=window.hurt=1',
)


@pytest.mark.parametrize("text", TRICKS)
def test_markup_is_shown_as_text(site: Served, chromium: Browser, text: str) -> None:
    page = phone(chromium, 390, 844)
    page.goto(f"{site.base}/chat")
    for _ in range(2):
        if page.locator(".mine").count() == 0:
            say(page, text)
        expect(page.locator(".mine").first).to_contain_text(text)
        expect(page.locator(".ours")).to_have_count(1)
        assert page.evaluate("window.hurt") is None
        assert page.locator(".mine img, .mine script, .mine b").count() == 0
        for link in page.locator(".mine a").all():
            assert str(link.get_attribute("href")).startswith("https://example.org/")
            assert link.get_attribute("onmouseover") is None
        page.reload()


def test_a_text_too_long_stays_in_the_field(site: Served, chromium: Browser) -> None:
    page = phone(chromium, 320, 640)
    page.goto(f"{site.base}/chat")
    say(page, "é" * 5001)
    expect(page.locator("#notice")).to_contain_text("5 000")
    assert len(page.input_value("#text")) == 5001
    assert fits(page)


def test_without_script_the_page_says_what_to_do(site: Served, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{site.base}/chat")
    expect(page.locator("#old")).to_be_visible(timeout=8000)


def test_forgetting_empties_the_page(site: Served, chromium: Browser) -> None:
    page = phone(chromium, 390, 844)
    page.goto(f"{site.base}/chat")
    say(page, "bonjour")
    expect(page.locator(".ours")).to_have_count(1)
    page.locator("#menu-button").click()
    page.get_by_role("button", name="Continuer sur WhatsApp").click()
    expect(page.locator(".code")).to_contain_text("DALIL-")
    page.keyboard.press("Escape")
    page.locator("#menu-button").click()
    page.get_by_role("button", name="Oublier la conversation").click()
    page.get_by_role("button", name="Oublier", exact=True).click()
    expect(page.locator("#first")).to_be_visible()
    expect(page.locator(".bubble")).to_have_count(0)
    assert not page.context.cookies()
