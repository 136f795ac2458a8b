"""The browser chat's door, over a real connection: send, be answered, miss nothing, be refused kindly."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from bot.web import visitors
from tests.bot.web.conftest import STUDY_FR
from tests.bot.web.serving import Served

_count = iter(range(10**6))


def new_id() -> str:
    return f"test-message-{next(_count):08}"


def send(browser: httpx.Client, text: str | None = None, **fields: Any) -> httpx.Response:
    content = {"id": new_id(), **({} if text is None else {"text": text}), **fields}
    return browser.post("/chat/send", json=content)


def history(browser: httpx.Client, after: int = 0) -> dict[str, Any]:
    return dict(browser.get("/chat/history", params={"after": after}).json())


def answered(browser: httpx.Client, bubbles: int, seconds: float = 10) -> list[dict[str, Any]]:
    """Our bubbles, once there are that many."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        ours = [b for b in history(browser)["bubbles"] if not b.get("mine")]
        if len(ours) >= bubbles:
            return ours
        time.sleep(0.05)
    raise AssertionError(f"no {bubbles} bubbles within {seconds} s")


@contextmanager
def stream(browser: httpx.Client, after: int = 0, **headers: str) -> Iterator[Iterator[dict[str, str]]]:
    with browser.stream("GET", "/chat/stream", params={"after": after}, headers=headers, timeout=10) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        yield _events(response.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    event: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            event[name] = value
        elif not line and event:
            yield event
            event = {}


def bubble(events: Iterator[dict[str, str]]) -> dict[str, Any]:
    return next(json.loads(e["data"]) for e in events if "id" in e)


def text_of(found: dict[str, Any]) -> str:
    return "\n\n".join(part[0] for part in found["parts"])


def test_a_question_is_answered_on_the_stream(site: Served) -> None:
    with site.client() as browser:
        assert send(browser, "bonjour").status_code == 200
        with stream(browser) as events:
            first = bubble(events)
            send(browser, STUDY_FR)
            answer = bubble(events)
    assert first["id"] < answer["id"]
    assert answer["kind"] == "answer"
    assert answer["lang"] == "fr"
    assert "source" in [role for _, role in answer["parts"]]
    assert [c for c in answer["choices"] if c["title"]]


def test_looking_sets_no_cookie_and_the_first_message_does(site: Served) -> None:
    with site.client() as browser:
        browser.get("/chat")
        assert not browser.cookies
        given = send(browser, "bonjour").headers["set-cookie"]
    assert visitors.COOKIE in given
    assert "HttpOnly" in given
    assert "SameSite=lax" in given


def test_the_same_message_sent_again_is_one_message_even_without_the_cookie(site: Served) -> None:
    with site.client() as browser, site.client() as lost:
        message = {"id": new_id(), "text": STUDY_FR}
        browser.post("/chat/send", json=message)
        browser.post("/chat/send", json=message)
        lost.post("/chat/send", json=message)  # the answer to the first was lost, and the cookie with it
        assert dict(lost.cookies) == dict(browser.cookies)
        answered(browser, 1)
        time.sleep(0.5)
        mine = [b for b in history(browser)["bubbles"] if b.get("mine")]
    assert len(mine) == 1


def test_what_was_missed_comes_after_a_reconnect_and_nothing_twice(site: Served) -> None:
    with site.client() as browser:
        send(browser, "bonjour")
        with stream(browser) as events:
            first = bubble(events)
        send(browser, STUDY_FR)
        answered(browser, 2)
        with stream(browser, **{"Last-Event-ID": str(first["id"])}) as events:
            missed = bubble(events)
        assert missed["id"] > first["id"]
        assert [b["id"] for b in history(browser, after=first["id"])["bubbles"]] == [missed["id"]]


def test_two_tabs_see_the_same(site: Served) -> None:
    with site.client() as browser:
        send(browser, "bonjour")
        with stream(browser) as one, stream(browser) as two:
            assert bubble(one) == bubble(two)


def test_what_the_page_got_is_delivered_and_another_cannot_say_so(site: Served) -> None:
    with site.client() as browser, site.client() as other:
        send(browser, "bonjour")
        ids = [b["id"] for b in answered(browser, 1)]
        send(other, "bonjour")
        assert other.post("/chat/got", json={"ids": ids}).status_code == 200
        assert _states(site) == {"sent"}
        browser.post("/chat/got", json={"ids": ids})
        assert "delivered" in _states(site)


def _states(site: Served) -> set[str]:
    import sqlite3

    file = site.house.settings.database.removeprefix("sqlite:///")
    return {row[0] for row in sqlite3.connect(file).execute("SELECT state FROM outbox WHERE id = 1")}


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1.elsewhere.example"])
def test_another_site_is_refused(site: Served, origin: str) -> None:
    with site.client(Origin=origin) as browser:
        for path, body in (("send", {"id": new_id(), "text": "x"}), ("got", {"ids": []}), ("carry", {}), ("forget", {})):
            assert browser.post(f"/chat/{path}", json=body).status_code == 403


def test_a_form_of_another_site_is_refused(site: Served) -> None:
    with site.client() as browser:
        plain = {"Content-Type": "text/plain"}
        assert browser.post("/chat/send", content=json.dumps({"id": new_id(), "text": "x"}), headers=plain).status_code == 403


def test_five_thousand_characters_are_taken_and_more_is_refused_kindly(site: Served) -> None:
    with site.client() as browser:
        assert send(browser, "😀" * 5000).status_code == 200
        refused = send(browser, "a" * 5001)
        assert refused.status_code == 413
        assert "5 000" in refused.json()["text"]
        assert (
            browser.post("/chat/send", content=b"{" + b" " * 70_000, headers={"Content-Type": "application/json"}).status_code
            == 413
        )


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"id":"short","text":"x"}', b'{"id":"long-enough-for-an-id"}', b'{"id":"long-enough-for-an-id","text":"  "}',
     b'{"id":"long-enough-for-an-id","text":"\\ud800"}', b'{"id":"long-enough-for-an-id","place":{"lat":91,"lon":0}}',
     b'{"id":"long-enough-for-an-id","start":"<script>"}', b'{"id":"long-enough-for-an-id","choice":"' + b"x" * 65 + b'"}'],
)  # fmt: skip
def test_what_is_no_message_is_refused(site: Served, body: bytes) -> None:
    with site.client() as browser:
        assert browser.post("/chat/send", content=body, headers={"Content-Type": "application/json"}).status_code == 400
        assert not browser.cookies


def test_a_flood_is_bounded_and_a_repeated_message_is_not_counted(site: Served) -> None:
    with site.client() as browser:
        last = {"id": new_id(), "text": "encore"}
        for _ in range(19):
            send(browser, "encore")
        assert browser.post("/chat/send", json=last).status_code == 200
        refused = send(browser, "encore")
        assert refused.status_code == 429
        assert refused.headers["retry-after"]
        assert refused.json()["text"]
        assert browser.post("/chat/send", json=last).status_code == 200


def test_a_greeting_begins_in_its_language(site: Served) -> None:
    with site.client() as browser:
        send(browser, start="", language="ary")
        assert answered(browser, 1)[0]["variety"] == "ary"


def test_a_link_begins_at_an_answer(site: Served) -> None:
    with site.client() as browser:
        assert "e_fr-etudes-campus-france" in browser.get("/chat", params={"e": "fr-etudes-campus-france"}).text
        assert '"start":""' in browser.get("/chat", params={"e": '"><script>'}).text
        send(browser, start="e_fr-etudes-campus-france")
        assert answered(browser, 1)[0]["kind"] == "answer"


def test_a_place_is_kept_as_a_town_only(site: Served) -> None:
    with site.client() as browser:
        send(browser, place={"lat": 30.42, "lon": -9.6})
        answered(browser, 1)
        mine = [text_of(b) for b in history(browser)["bubbles"] if b.get("mine")]
    assert mine == ["📍 Agadir"]


def test_numbers_of_papers_are_struck_out_before_anything_is_stored(site: Served) -> None:
    with site.client() as browser:
        send(browser, "ma carte est JB123456 merci")
        assert "JB123456" not in text_of(history(browser)["bubbles"][0])


def test_a_code_carries_the_conversation_on(site: Served) -> None:
    with site.client() as browser:
        assert browser.post("/chat/carry", json={}).status_code == 409
        send(browser, "bonjour")
        found = browser.post("/chat/carry", json={}).json()
        assert found["code"].startswith("DALIL-")
        assert found["whatsapp"] is None
        assert found["telegram"] is None
        statuses = [browser.post("/chat/carry", json={}).status_code for _ in range(5)]
        assert statuses[-1] == 429


def test_forgetting_drops_the_cookie_and_shows_nothing_any_more(site: Served) -> None:
    with site.client() as browser:
        send(browser, "bonjour")
        answered(browser, 1)
        browser.post("/chat/forget", json={})
        assert not browser.cookies
        assert browser.get("/chat/history").status_code == 401
        assert browser.get("/chat/stream").status_code == 401


def test_the_page_is_small_and_runs_nothing_but_its_own_files(site: Served) -> None:
    with site.client() as browser:
        page = browser.get("/chat")
        size = sum(
            int(browser.get(p).headers["content-length"]) for p in ("/chat", "/chat/files/chat.js", "/chat/files/chat.css")
        )
    assert size < 40_000
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "style=" not in page.text
    assert "http://" not in page.text.replace(site.base, "")
    assert "onclick" not in page.text


def test_numbers_no_page_could_have_are_refused(site: Served) -> None:
    with site.client() as browser:
        send(browser, "bonjour")
        assert browser.post("/chat/got", json={"ids": [10**30]}).status_code == 400
        assert browser.get("/chat/history", params={"after": 10**30}).status_code == 422
        with stream(browser, **{"Last-Event-ID": "9" * 40}) as events:
            assert bubble(events)["id"]
