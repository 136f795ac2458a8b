"""The public page of a session: in the visitor's language, with honest seats, and a way on when there is nothing."""

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, update

from bot.booking import samples
from bot.booking.planning import save
from bot.storage.tables import InfoSession, table
from tests.bot.web.serving import Served
from tests.bot.web.test_chat import answered, send, text_of

TOKEN = "page-of-agadir"


def planned(site: Served, **changes: Any) -> None:
    def plan(db: Connection) -> None:
        now = site.house.clock()
        save(db, now, samples.plans(now, "Africa/Casablanca")[0], TOKEN)
        if changes:
            db.execute(update(table(InfoSession)).values(changes))

    asyncio.run(_write(site, plan))


async def _write(site: Served, work: Any) -> None:
    await site.house.database.write(work)


def test_a_session_is_shown_in_the_language_asked_for(site: Served) -> None:
    planned(site)
    with site.client() as browser:
        french, darija = browser.get(f"/s/{TOKEN}").text, browser.get(f"/s/{TOKEN}", params={"l": "ary"}).text
    assert "Étudier en France" in french
    assert 'lang="fr"' in french
    assert f"/chat?s={TOKEN}" in french
    assert 'dir="rtl"' in darija
    assert "القراية ففرنسا" in darija


def test_a_full_a_cancelled_and_a_past_session_say_so(site: Served) -> None:
    planned(site, capacity=0)
    with site.client() as browser:
        assert "complet" in browser.get(f"/s/{TOKEN}").text
        planned(site, state="cancelled")
        page = browser.get(f"/s/{TOKEN}").text
        assert "annulée" in page
        assert f"?s={TOKEN}" not in page
        yesterday = site.house.clock() - timedelta(days=1)
        planned(site, state="open", starts=f"{yesterday:%Y-%m-%dT%H:%M}")
        assert "passée" in browser.get(f"/s/{TOKEN}").text


def test_a_full_session_with_a_line_leads_into_it(site: Served) -> None:
    planned(site, capacity=1)
    with site.client() as browser:
        send(browser, start=f"s_{TOKEN}")
        answered(browser, 1)
    with site.client() as browser:
        page = browser.get(f"/s/{TOKEN}").text
        assert "liste d&#39;attente" in page
        assert f"/chat?s={TOKEN}" in page
        send(browser, start=f"s_{TOKEN}")
        assert "numéro 1" in text_of(answered(browser, 1)[0])


def test_an_address_that_leads_nowhere_helps_on(site: Served) -> None:
    planned(site)
    with site.client() as browser:
        for path in ("/s/unknown", "/s/" + "x" * 500, "/s/agadir"):
            page = browser.get(path)
            assert page.status_code == 404
            assert "/chat?l=fr" in page.text


def test_what_an_organiser_wrote_is_text(site: Served) -> None:
    planned(site, title={"fr": "<script>alert(1)</script>"}, place='"><img src=x onerror=alert(1)>')
    with site.client() as browser:
        for path in (f"/s/{TOKEN}", f"/chat?s={TOKEN}"):
            page = browser.get(path).text
            assert "<script>alert" not in page
            assert "<img" not in page


def test_a_seat_is_booked_from_the_link(site: Served) -> None:
    planned(site)
    with site.client() as browser:
        send(browser, start=f"s_{TOKEN}")
        assert "Étudier en France" in text_of(answered(browser, 1)[0])
        assert "29" in browser.get(f"/s/{TOKEN}").text
