"""The console as people use it: two advisors and one person, live, in Chromium. Pictures go to test-results/."""

import asyncio
import os
import re
import shutil
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.async_api import Browser, Page, async_playwright, expect
from sqlalchemy import Connection, insert, update

from bot.assembly import Assembly, system_clock
from bot.channels.base import Address, Bubble, Inbound, Outcome, Sent
from bot.delivery import inbox
from bot.delivery.inbox import INBOX
from bot.handoff import cases, team
from bot.people.identity import box_of
from bot.settings import Settings
from bot.storage.tables import Media, Outbox, table
from bot.web.app import create_app
from flows.events import SentVoice
from tests.bot.console.given import PASSWORD
from tests.helpers.house import ScriptedInterpreter

pytestmark = [pytest.mark.browser]
PICTURES = Path(__file__).resolve().parents[3] / "test-results"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
WAV = (
    b"RIFF\x24\x1f\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\x00\x1f\x00\x00"
    + b"\x80" * 7936
)


class Voices:
    """A channel whose files are a second of silence."""

    name = "web"

    async def send(self, to: Address, bubble: Bubble) -> Outcome:
        return Sent(provider_id=f"web-{time.monotonic_ns()}")

    async def fetch(self, reference: str) -> tuple[bytes, str] | None:
        return WAV, "audio/wav"

    async def close(self) -> None: ...


class Served:
    """A real server in a thread of its own; `do` runs a unit of work in its house."""

    def __init__(self, settings: Settings, patch: Callable[[Assembly], None]) -> None:
        self.ready = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.house: Assembly
        self.base = settings.base_url
        self._patch = patch
        app = create_app(settings, on_ready=self._opened, interpreter=ScriptedInterpreter())
        self.server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=settings.port, log_config=None, timeout_graceful_shutdown=1)
        )
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def _opened(self, house: Assembly) -> None:
        self._patch(house)
        self.house, self.loop = house, asyncio.get_running_loop()
        self.ready.set()

    async def do(self, work: Callable[[Connection], Any]) -> Any:
        assert self.loop
        done = await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self.house.database.write(work), self.loop))
        self.loop.call_soon_threadsafe(self.house.bell.rung, INBOX)
        return done

    async def says(self, text: str, who: str = "aicha", event: Any = None) -> int:
        from flows.events import Said

        inbound = Inbound(
            channel="web",
            provider_id=f"t{time.monotonic_ns()}",
            addresses=(Address(kind="visitor", value=who),),
            event=event or Said(text=text),
        )
        house = self.house
        received = await self.do(
            lambda db: inbox.receive(db, house.vault, house.bell, house.clock(), inbound, "trace", house.token())
        )
        return int(received.contact_id)


@contextmanager
def serving(settings: Settings) -> Any:
    served = Served(settings, lambda house: house.channels.__setitem__("web", Voices()))  # type: ignore[attr-defined]
    served.thread.start()
    assert served.ready.wait(60), "the house did not open"
    try:
        yield served
    finally:
        served.server.should_exit = True
        served.thread.join(20)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    where = shutil.which("chromium") or os.environ.get("CHROMIUM", "/usr/bin/chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=where, args=["--no-sandbox"])
        yield browser
        await browser.close()


async def signed_in(browser: Browser, served: Served, login: str, faults: list[str], **how: Any) -> Page:
    context = await browser.new_context(**{"viewport": DESKTOP} | how)
    page = await context.new_page()
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: faults.append(str(e)))
    await page.goto(f"{served.base}/console")
    await page.fill("[name=login]", login)
    await page.fill("[name=password]", PASSWORD)
    await page.click("form[action='/console/sign-in'] button")
    await page.wait_for_url(re.compile("/console$"))
    return page


async def picture(page: Page, name: str) -> None:
    """On the phone and on the desk."""
    PICTURES.mkdir(exist_ok=True)
    for size, viewport in (("phone", PHONE), ("desktop", DESKTOP)):
        await page.set_viewport_size(viewport)  # type: ignore[arg-type]
        await page.evaluate("window.scrollTo(0, document.getElementById('thread') ? document.body.scrollHeight : 0)")
        await page.wait_for_timeout(100)
        await page.screenshot(path=PICTURES / f"console-{name}-{size}.png")
        wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} scrolls sideways on the {size}"


@pytest.fixture
def local(tmp_path: Path, sqlite_template: Path) -> Settings:
    from tests.conftest import quiet_settings

    shutil.copy(sqlite_template, tmp_path / "dalil.db")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"sqlite:///{tmp_path / 'dalil.db'}"
    return quiet_settings().model_copy(update={"database_url": url, "data_dir": tmp_path, "port": port})


def open_case(served: Served, contact_id: int, reason: str, urgency: Any, topic: str | None, language: str) -> Any:
    def work(db: Connection) -> int:
        return cases.open_case(db, served.house.clock(), contact_id, reason, urgency, topic, "souss-massa", language, "youth")

    return work


async def people_waiting(served: Served) -> int:
    """Several people wait; the first is the one the tests talk with."""
    now = system_clock()
    for login, interface, role in (("salma", "fr", "advisor"), ("youssef", "ar", "coordinator")):
        await served.do(
            lambda db, a=login, b=interface, c=role: team.add(db, now, a, a.capitalize(), PASSWORD, c, "ngo", None, b)
        )
    contact = await served.says("salam, bghit nmchi l fransa bla visa, wach khatar?")
    await asyncio.sleep(4)
    await served.says("بغيت نهضر مع شي واحد عافاك 🙏\nBonjour, je suis à Taliouine (tél. +212 6 12 34 56 78)")
    case_id = await served.do(open_case(served, contact, "asked", "normal", "fr-etudes-campus-france", "ary-Latn"))
    for who, reason, urgency, topic, language in (
        ("b", "safety/sea_distress_now", "critical", "sea_distress_now", "ary"),
        ("c", "safety/fraud_victim", "urgent", "fraud_victim", "fr"),
        ("d", "asked", "normal", "reversion-veuve-france", "ar"),
        ("e", "asked", "normal", None, "en"),
    ):
        other = await served.says("salam", who=who)
        await served.do(open_case(served, other, reason, urgency, topic, language))
    await asyncio.sleep(3.5)
    return int(case_id)


async def send_voice(served: Served, contact_id: int) -> None:
    house = served.house

    def keep(db: Connection) -> None:
        box = box_of(db, house.vault, contact_id)
        assert box
        values = {"token": "voice-1", "contact_id": contact_id, "channel": "web", "kind": "voice", "content_type": "audio/wav"}
        values |= {"seconds": 1, "reference": box.seal("x"), "stored": False, "created_at": house.clock()}
        db.execute(insert(table(Media)).values(values))

    await served.do(keep)
    await served.says("", event=SentVoice(seconds=1, media="voice-1"))


async def test_two_advisors_and_one_person_live(local: Settings) -> None:
    faults: list[str] = []
    with serving(local) as served:
        case_id = await people_waiting(served)
        async with chromium() as browser:
            salma = await signed_in(browser, served, "salma", faults)
            youssef = await signed_in(browser, served, "youssef", faults)
            await expect(salma.locator(".case")).to_have_count(5)
            await picture(salma, "queue-fr")
            await picture(youssef, "queue-ar")

            await salma.goto(f"{served.base}/console/case/{case_id}")
            await youssef.goto(f"{served.base}/console/case/{case_id}")
            await picture(youssef, "waiting-ar")
            await salma.click("#composer form[action$='/take'] button")
            await expect(salma.locator("#reply")).to_be_visible()
            await expect(youssef.locator("#composer")).to_contain_text("Salma")  # without reload
            await expect(youssef.locator("#composer button")).to_have_count(0)

            await salma.fill("#reply", "Bonjour, je lis vos messages.\nQuel âge avez-vous ?")
            await salma.keyboard.press("Control+Enter")
            await expect(salma.locator(".advisor .text")).to_contain_text("je lis vos messages")
            await expect(salma.locator("#reply")).to_have_value("")
            await expect(salma.locator(".advisor .delivery").last).to_contain_text("envoyé")
            await expect(youssef.locator(".advisor .text")).to_contain_text("je lis vos messages")

            started = time.monotonic()
            await served.says("عندي 17 عام")
            await expect(salma.locator(".person .text").last).to_have_text("عندي 17 عام", timeout=2000)
            assert time.monotonic() - started < 1.5
            await expect(youssef.locator(".person .text").last).to_have_text("عندي 17 عام")

            await salma.click("details.notes summary")
            await salma.fill("#note", "Mineur : voir le tuteur avant toute orientation.")
            await salma.click("details.notes button")
            await expect(salma.locator(".said.note .text")).to_contain_text("Mineur")
            row = await served.do(lambda db: cases.of_contact(db, 1))
            await send_voice(served, row.contact_id)
            await expect(salma.locator("audio")).to_be_visible()
            await salma.evaluate("document.querySelector('audio').play()")
            await salma.wait_for_function(
                "document.querySelector('audio').currentTime > 0 || document.querySelector('audio').ended"
            )
            await salma.fill("#reply", "un brouillon")
            await salma.reload()
            await expect(salma.locator("#reply")).to_have_value("un brouillon")
            await picture(salma, "case-fr")
            await picture(youssef, "case-ar")
            dark = await signed_in(browser, served, "salma", faults, color_scheme="dark")
            await dark.goto(f"{served.base}/console/case/{case_id}")
            await picture(dark, "case-fr-dark")

            assert faults == [], faults
            await salma.context.set_offline(True)
            await served.says("wach baqi tma?")
            await salma.wait_for_timeout(500)
            await salma.context.set_offline(False)
            await expect(salma.locator(".person .text").last).to_have_text("wach baqi tma?", timeout=15000)

            salma.on("dialog", lambda dialog: dialog.accept())
            await salma.click("form[action$='/hand-back'] button")
            await expect(salma.locator("#composer")).to_contain_text("revenue à Dalil")
            await salma.goto(f"{served.base}/console")
            newcomer = await served.says("salam", who="f")
            await served.do(open_case(served, newcomer, "asked", "normal", None, "fr"))
            await expect(salma.locator(".case")).to_have_count(5, timeout=3000)  # one went, one came, without reload
            await served.do(lambda db: db.execute(update(table(Outbox)).values(state="unknown", error="bad_credentials")))
            await youssef.goto(f"{served.base}/console/dead")
            await picture(youssef, "dead-ar")
            await youssef.goto(f"{served.base}/console/case/{case_id}")
            await picture(youssef, "closed-ar")


async def test_the_doors_and_the_weight_of_the_first_page(local: Settings) -> None:
    with serving(local) as served:
        now = system_clock()
        await served.do(lambda db: team.add(db, now, "salma", "Salma", PASSWORD))
        async with chromium() as browser:
            page = await (await browser.new_context(viewport=PHONE)).new_page()  # type: ignore[arg-type]
            for language in ("fr", "ar"):
                await page.goto(f"{served.base}/console/sign-in?lang={language}")
                await picture(page, f"sign-in-{language}")
            faults: list[str] = []
            known = await (await signed_in(browser, served, "salma", faults)).context.storage_state()
            salma = await (await browser.new_context(viewport=PHONE, storage_state=known)).new_page()  # type: ignore[arg-type]
            finished: list[Any] = []
            salma.on("requestfinished", lambda request: finished.append(request))
            await salma.goto(f"{served.base}/console", wait_until="load")
            await salma.wait_for_timeout(300)
            weights = [(await r.sizes())["responseBodySize"] for r in finished]
            assert 50_000 < sum(weights) < 100_000, weights
            await picture(salma, "empty-fr")
            small = await salma.evaluate(
                "[...document.querySelectorAll('a:not(.skip), button, summary, input:not([type=hidden])')]"
                ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
            )
            assert small == []
            assert faults == [], faults
