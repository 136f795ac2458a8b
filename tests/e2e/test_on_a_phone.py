"""The same conversation on a phone-sized screen, with the real engine, and the advisor in the console on another: a question, a
seat, a person, the advisor's answer, and back. Pictures go to test-results/."""

import asyncio
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from sqlalchemy import Connection

from bot.assembly import model_folder
from bot.booking import planning, samples
from bot.handoff import team
from bot.storage.database import open_database
from tests.conftest import fresh_database, quiet_settings
from tests.counterparts.serving import closed_port
from tests.faults.process import HouseProcess

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
PICTURES = Path(__file__).parents[2] / "test-results"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PASSWORD = "a long password"


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[HouseProcess]:
    url = fresh_database(request, "sqlite", tmp_path)
    asyncio.run(_prepare(url))
    settings = {"DALIL_DATABASE_URL": url, "DALIL_MODEL_DIR": str(model_folder(quiet_settings()).parent)}
    process = HouseProcess(closed_port(), settings, tmp_path)
    process.start()
    yield process
    process.kill()


async def _prepare(url: str) -> None:
    now = datetime.now(UTC)

    def sow(db: Connection) -> None:
        for plan in samples.plans(now, "Africa/Casablanca"):
            planning.save(db, now, plan, plan.id)
        team.add(db, now, "salma", "Salma", PASSWORD)

    database = open_database(url)
    await database.write(sow)
    await database.close()


def say(page: Page, text: str, bubbles: int) -> str:
    """Write a message and wait until so many bubbles of ours stand there; the last one's text."""
    page.fill("#text", text)
    page.click("#send")
    expect(page.locator(".ours")).to_have_count(bubbles, timeout=15000)
    return page.locator(".ours").last.inner_text()


def test_a_question_a_seat_a_person_and_back(house: HouseProcess) -> None:
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        phone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, locale="fr-FR").new_page()
        phone.goto(f"{house.base}/chat")
        answer = say(phone, "comment faire pour étudier en France après le bac ?", 1)
        assert "Source" in answer
        assert "STOP" in answer
        phone.screenshot(path=PICTURES / "phone-1-question.png")

        say(phone, "je veux une place à la réunion d'Agadir", 2)
        phone.locator(".choices button", has_text=re.compile("Agadir")).first.click()
        expect(phone.locator(".ours")).to_have_count(3, timeout=15000)
        assert "Talborjt" in phone.locator(".ours").last.inner_text()
        phone.screenshot(path=PICTURES / "phone-2-seat.png")

        say(phone, "conseiller", 4)
        say(phone, "c'est pour mon dossier campus france", 5)
        phone.screenshot(path=PICTURES / "phone-3-person.png")

        desk = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        desk.goto(f"{house.base}/console")
        desk.fill("[name=login]", "salma")
        desk.fill("[name=password]", PASSWORD)
        desk.click("form[action='/console/sign-in'] button")
        desk.locator(".case a, a.case").first.click()
        desk.click("#composer form[action$='/take'] button")
        expect(phone.locator(".ours")).to_have_count(6, timeout=15000)
        desk.fill("#reply", "Bonjour, ici Salma. Je regarde votre dossier.")
        desk.keyboard.press("Control+Enter")
        expect(phone.locator(".ours").last).to_contain_text("ici Salma", timeout=15000)
        phone.screenshot(path=PICTURES / "phone-4-advisor.png")

        phone.fill("#text", "merci beaucoup")
        phone.click("#send")
        expect(desk.locator(".person .text").last).to_have_text("merci beaucoup", timeout=15000)
        phone.wait_for_timeout(4000)
        expect(phone.locator(".ours")).to_have_count(7)  # the bot is silent while a person holds the case

        desk.on("dialog", lambda dialog: dialog.accept())
        desk.screenshot(path=PICTURES / "desk-case.png")
        desk.click("form[action$='/hand-back'] button")
        expect(phone.locator(".ours")).to_have_count(8, timeout=15000)
        say(phone, "menu", 9)
        phone.screenshot(path=PICTURES / "phone-5-back.png")
        browser.close()
