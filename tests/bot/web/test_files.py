"""The door to files: whoever has the address, until it expires; then words."""

import asyncio
import re
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import update

from bot.delivery.files import MOST_WAITING
from bot.storage.tables import Document, table
from tests.bot.web.serving import Served
from tests.bot.web.test_chat import answered, send

LIST = ("ma liste", "1", "oui", "non", "non")


def a_file(browser: httpx.Client) -> dict[str, Any]:
    """The last bubble of a conversation that asked for its list on paper."""
    for number, text in enumerate((*LIST, "PDF"), 1):
        send(browser, text)
        last = answered(browser, number)[-1]
    return last


def expired(site: Served) -> None:
    past = update(table(Document)).values(expires_at=site.house.clock() - timedelta(seconds=1))
    asyncio.run(site.house.database.write(lambda db: db.execute(past)))


def test_the_chat_shows_a_link_and_the_link_gives_the_file(site: Served) -> None:
    with site.client() as browser:
        bubble = a_file(browser)
        assert bubble["file"]["title"] == "Ouvrir le PDF"
        assert re.fullmatch(r"/f/[A-Za-z0-9_-]{22}", bubble["file"]["href"])
    with httpx.Client(base_url=site.base) as anybody:
        got = anybody.get(bubble["file"]["href"])
        head = anybody.head(bubble["file"]["href"])
    assert (got.status_code, head.status_code) == (200, 200)
    assert got.content.startswith(b"%PDF-")
    assert got.headers["content-type"] == head.headers["content-type"] == "application/pdf"
    assert got.headers["cache-control"] == "no-store"
    assert got.headers["content-disposition"] == 'inline; filename="dalil-return.pdf"'
    assert "noindex" in got.headers["x-robots-tag"]
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in got.headers


def test_an_expired_and_an_invented_address_look_the_same_and_say_what_to_do(site: Served) -> None:
    with site.client() as browser:
        href = a_file(browser)["file"]["href"]
        expired(site)
        gone = browser.get(href)
        never = browser.get("/f/" + "A" * 22)
        assert gone.status_code == never.status_code == 404
        assert gone.text == never.text
        assert "PDF" in gone.text
        assert "7 jours" in gone.text
        assert "noindex" in gone.headers["x-robots-tag"]
        assert "7 أيام" in browser.get(href, params={"l": "ar"}).text
        for odd in ("x", "A" * 65, "..%2f..%2fetc", "%00", "a b"):
            assert browser.get(f"/f/{odd}").status_code == 404


def test_a_crowd_at_the_door_is_asked_to_come_again(site: Served, monkeypatch) -> None:
    with site.client() as browser:
        href = a_file(browser)["file"]["href"]
        hold = threading.Event()

        def slow(order: Any) -> bytes:
            hold.wait(10)
            return b"%PDF-"

        monkeypatch.setattr(site.house.library.press, "make", slow)
        with ThreadPoolExecutor(16) as crowd:
            asked = [crowd.submit(httpx.get, f"{site.base}{href}", timeout=20) for _ in range(16)]
            done = as_completed(asked)
            early = [next(done).result() for _ in range(16 - MOST_WAITING)]
            hold.set()
            statuses = sorted(a.result().status_code for a in asked)
        assert {(a.status_code, a.headers["retry-after"]) for a in early} == {(503, "5")}
        assert statuses == [200] * MOST_WAITING + [503] * (16 - MOST_WAITING)
        assert browser.get(href).status_code == 200


def test_a_file_that_cannot_be_made_says_so(site: Served, monkeypatch) -> None:
    with site.client() as browser:
        href = a_file(browser)["file"]["href"]

        def broken(order: Any) -> bytes:
            raise RuntimeError("no ink")

        monkeypatch.setattr(site.house.library.press, "make", broken)
        answer = browser.get(href)
        assert answer.status_code == 500
        assert "PDF" in answer.text
