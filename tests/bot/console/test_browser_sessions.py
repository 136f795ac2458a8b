"""Sessions as a coordinator uses them, on a telephone and on a desk, in Chromium. Pictures go to test-results/."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import Connection, insert, update

from bot.booking import planning, samples
from bot.handoff import team
from bot.people import identity
from bot.settings import Settings
from bot.storage.tables import Booking, Feedback, InfoSession, table
from tests.bot.console.given import PASSWORD
from tests.bot.console.test_browser import PHONE, Served, chromium, local, picture, serving, signed_in

__all__ = ["local"]
pytestmark = [pytest.mark.browser]
_booking, _session, _feedback = table(Booking), table(InfoSession), table(Feedback)
TODAY = "taliouine-today"


async def given(served: Served) -> None:
    """Coordinators, the three sample sessions with people, one held today, one long past with opinions."""
    house, now = served.house, served.house.clock()
    here = now.astimezone(ZoneInfo("Africa/Casablanca"))

    def sow(db: Connection) -> None:
        for login, language in (("nadia", "fr"), ("hind", "ar"), ("kate", "en")):
            team.add(db, now, login, login.capitalize(), PASSWORD, "coordinator", "ngo", None, language)
        for number, plan in enumerate(samples.plans(now, "Africa/Casablanca")):
            planning.save(db, now, plan, f"page-{number}")
        first = samples.plans(now, "Africa/Casablanca")[0]
        held(db, first.id, [("confirmed", 1 + n % 3, f"K{n}PM") for n in range(9)] + [("waitlisted", 1, None)] * 3)
        day = f"{here:%Y-%m-%d}"
        planning.save(db, now, plan_at(TODAY, f"{day}T00:00", f"{day}T23:59"), "page-today")
        held(db, TODAY, [("confirmed", n, c) for n, c in ((1, "A3XQ"), (3, "B7HK"), (1, "C9WM"), (2, "K2PD"))])
        past = f"{here - timedelta(days=9):%Y-%m-%d}"
        planning.save(db, now, plan_at("agadir-past", f"{past}T10:00", f"{past}T12:00"), "page-past")
        for clear, useful, wish in ((3, 3, "session"), (3, 2, "answers"), (2, 3, "person"), (3, 3, "session"), (1, 2, "nothing")):
            values = {"session_id": "agadir-past", "language": "fr", "clear": clear, "useful": useful, "wish": wish}
            db.execute(insert(_feedback).values(values | {"created_at": now}))

    def held(db: Connection, session: str, bookings: list[tuple[str, int, str | None]]) -> None:
        for status, seats, code in bookings:
            person, _ = identity.create(db, house.vault, now)
            values: dict[str, Any] = {"session_id": session, "contact_id": person, "status": status, "seats": seats, "code": code}
            db.execute(insert(_booking).values(values | {"created_at": now, "changed_at": now, "coming": seats == 3 or None}))

    def plan_at(name: str, starts: str, ends: str) -> planning.Plan:
        sample = samples.plans(now, "Africa/Casablanca")[1]
        fields = {f: getattr(sample, f) for f in sample.__slots__}
        return planning.Plan(**fields | {"id": name, "starts": starts, "ends": ends})

    await served.do(sow)


async def sound(page: Page) -> None:
    """Nothing to touch is smaller than a finger; every field has its label."""
    small = await page.evaluate(
        "[...document.querySelectorAll('main a, main button, main summary, main select, main input:not([type=hidden])')]"
        ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 44 && !e.closest('.meetings, p:not(.row), dd ul, .notice'))"
        ".map(e => e.outerHTML)"
    )
    assert small == []
    unnamed = await page.evaluate(
        "[...document.querySelectorAll('main input:not([type=hidden]), main select, main textarea')]"
        ".filter(e => !e.labels.length).map(e => e.outerHTML)"
    )
    assert unnamed == []


async def test_every_page_of_sessions_in_both_directions(local: Settings) -> None:
    faults: list[str] = []
    with serving(local) as served:
        now = served.house.clock()
        await served.do(lambda db: team.add(db, now, "first", "First", PASSWORD, "coordinator", "ngo", None, "fr"))
        async with chromium() as browser:
            empty = await signed_in(browser, served, "first", faults)
            await empty.goto(f"{served.base}/console/sessions")
            await picture(empty, "sessions-empty-fr")
            await given(served)
            first = samples.plans(served.house.clock(), "Africa/Casablanca")[0].id
            for login, language, scheme in (("nadia", "fr", "light"), ("hind", "ar", "light"), ("kate", "en", "dark")):
                page = await signed_in(browser, served, login, faults, color_scheme=scheme)
                for name, path in (
                    ("sessions", "/console/sessions"),
                    ("sessions-past", "/console/sessions?show=past"),
                    ("session", f"/console/sessions/{first}"),
                    ("session-past", "/console/sessions/agadir-past"),
                    ("session-form", f"/console/sessions/{first}/edit"),
                    ("session-new", "/console/new-session"),
                    ("session-cancel", f"/console/sessions/{first}/cancel"),
                    ("session-repeat", f"/console/sessions/{first}/repeat"),
                    ("session-import", "/console/import-sessions"),
                    ("session-door-before", f"/console/sessions/{first}/attendance"),
                    ("session-door", f"/console/sessions/{TODAY}/attendance"),
                    ("session-poster", f"/console/sessions/{first}/poster"),
                ):
                    await page.goto(f"{served.base}{path}", wait_until="load")
                    assert await page.evaluate("[...document.images].every(i => i.naturalWidth > 0)")
                    await picture(page, f"{name}-{language}")
                    await sound(page)
            assert faults == [], faults


async def test_a_coordinator_moves_a_session_and_ticks_at_the_door_on_a_telephone(local: Settings) -> None:
    faults: list[str] = []
    with serving(local) as served:
        await given(served)
        first = samples.plans(served.house.clock(), "Africa/Casablanca")[0].id
        async with chromium() as browser:
            page = await signed_in(browser, served, "nadia", faults, viewport=PHONE)
            await page.goto(f"{served.base}/console/sessions/{first}/edit")
            await page.fill("#place", "Maison de l'étudiant")
            await page.click("button.main")
            await expect(page.locator("[role=alert]")).to_contain_text("12")
            await picture(page, "session-moves-fr")
            await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            await page.click("button.main")
            await expect(page.locator("[role=status]").last).to_contain_text("Personnes prévenues")

            await page.goto(f"{served.base}/console/sessions/{TODAY}/attendance")
            await page.click("button[aria-label*='A3XQ']:has-text('Présent')")
            await expect(page.locator(".tally")).to_contain_text("1\u2069 sur")
            await page.click("button[aria-label*='B7HK'][value='2']")
            await expect(page.locator(".tally")).to_contain_text("3\u2069 sur")
            await page.click("button[name=step][value='1']")
            await expect(page.locator(".walkins")).to_contain_text("1")
            await picture(page, "session-ticked-fr")
            await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            await served.do(lambda db: db.execute(update(_booking).where(_booking.c.code == "C9WM").values(status="cancelled")))
            await page.click("button[aria-label*='C9WM']:has-text('Présent')")
            await expect(page.locator("[role=alert]")).to_contain_text("sans place")
            await page.click("details.closing summary")
            await page.click("form[action$='/close'] button")
            await expect(page.locator("a[href*='/certificate/']")).to_have_count(2)
            await picture(page, "session-closed-fr")
            await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            await page.click("a[href*='/certificate/'] >> nth=0")
            await page.fill("#name", "Aïcha Ouali")
            await picture(page, "session-certificate-fr")
            async with page.expect_download() as saved:
                await page.click("button.main")
            assert (await saved.value).suggested_filename == f"certificate-{TODAY}.pdf"
            assert faults == [], faults


async def test_ticking_works_without_script(local: Settings) -> None:
    with serving(local) as served:
        await given(served)
        async with chromium() as browser:
            page = await signed_in(browser, served, "nadia", [], java_script_enabled=False, viewport=PHONE)
            await page.goto(f"{served.base}/console/sessions/{TODAY}/attendance")
            await page.click("button[aria-label*='A3XQ'][value='1']")
            await expect(page.locator("button[aria-label*='A3XQ'][value='1']")).to_have_attribute("aria-pressed", "true")
