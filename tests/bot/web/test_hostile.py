"""What strangers send to make the house slow, full or talkative."""

import contextlib
import logging
import socket
import time
from urllib.parse import urlsplit

import httpx
import pytest

from bot.log import OneLine
from bot.settings import Settings
from bot.web import bounds, chat_stream, visitors
from tests.bot.web.serving import Served
from tests.bot.web.test_chat import answered, new_id, stream
from tests.counterparts.serving import closed_port
from tests.counterparts.twilio_api import signed


def send(browser: httpx.Client, text: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return browser.post("/chat/send", json={"id": new_id(), "text": text}, headers=headers)


@pytest.fixture
def house_settings(house_settings: Settings) -> Settings:
    nobody = {"twilio_api_url": f"http://127.0.0.1:{closed_port()}", "twilio_from": "whatsapp:+14155238886"}
    return house_settings.model_copy(update={"twilio_account_sid": "AC1", "twilio_auth_token": "a-token"} | nobody)


def test_a_form_of_a_thousand_fields_costs_nothing(site: Served) -> None:
    """Proving a signature takes time that grows with the square of the fields: 256 KB of them stood still for minutes."""
    body = "&".join(f"{number:x}=" for number in range(40_000))
    headers = {"X-Twilio-Signature": "x", "Content-Type": "application/x-www-form-urlencoded"}
    for path in ("/webhooks/whatsapp", "/webhooks/whatsapp/status"):
        begun = time.monotonic()
        answer = httpx.post(site.base + path, content=body[:200_000], headers=headers, timeout=60)
        assert answer.status_code == 413
        assert time.monotonic() - begun < 2


@pytest.mark.parametrize("path", ["/console/sign-in", "/webhooks/whatsapp", "/chat/send", "/nothing"])
@pytest.mark.parametrize("told", [True, False])
def test_a_large_body_is_not_read_to_its_end(site: Served, path: str, told: bool) -> None:
    piece = b"a" * 65536
    content = piece * 200 if told else iter([piece] * 200)
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Origin": site.base}
    with contextlib.suppress(httpx.WriteError):  # hung up on while still sending
        assert httpx.post(site.base + path, content=content, headers=headers).status_code == 413


def test_a_body_that_trickles_is_cut_off(site: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "PATIENCE", 0.3)
    with socket.create_connection(("127.0.0.1", urlsplit(site.base).port or 0)) as line:
        line.sendall(b"POST /chat/send HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\na")
        line.settimeout(5)
        assert line.recv(100).startswith(b"HTTP/1.1 408")


def test_a_body_in_pieces_arrives_whole(site: Served) -> None:
    with site.client() as browser:
        pieces = iter([b'{"id": "a-message-in-pieces",', b' "text": "bon', b'jour"}'])
        answer = browser.post("/chat/send", content=pieces, headers={"Content-Type": "application/json"})
        assert answer.json() == {"status": "stored"}


def test_the_plan_of_the_house_is_not_handed_out(site: Served) -> None:
    for path in ("/openapi.json", "/docs", "/redoc"):
        assert httpx.get(site.base + path).status_code == 404


def test_figures_for_machines_stay_inside(site: Served) -> None:
    """A proxy before us tells for whom it asks; whoever asks from outside gets nothing."""
    assert httpx.get(f"{site.base}/metrics").status_code == 200
    for headers in ({"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}):
        assert httpx.get(f"{site.base}/metrics", headers=headers).status_code == 404


def test_a_flood_of_new_visitors_from_one_place_is_held_up(site: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has written before goes on, and so does everybody elsewhere."""
    monkeypatch.setattr(visitors, "NEW_A_MINUTE", 3)
    monkeypatch.setattr(visitors.newcomers, "_minute", lambda: 7)

    def write(place: str, browser: httpx.Client) -> int:
        return send(browser, "salam", headers={"X-Forwarded-For": place}).status_code

    with site.client() as first:
        assert write("41.140.1.1", first) == 200
        met = []
        for _ in range(4):
            with site.client() as stranger:
                met.append(write("41.140.1.1", stranger))
        assert met == [200, 200, 429, 429]
        assert write("41.140.1.1", first) == 200
    for place in ("41.140.1.2", "2a00:1::1", "2a00:1:0:1::1"):
        with site.client() as elsewhere:
            assert write(place, elsewhere) == 200
    for _ in range(5):  # our own proxy, when it does not say for whom it asks: then nobody can be told apart
        with site.client() as behind:
            assert write("10.0.0.7", behind) == 200


def test_one_visitor_keeps_few_streams_open(site: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_stream, "MOST_STREAMS", 2)
    with site.client() as browser, contextlib.ExitStack() as open_:
        send(browser, "salam")
        kept = [open_.enter_context(stream(browser)) for _ in range(2)]
        assert all(next(events) for events in kept)
        assert browser.get("/chat/stream").status_code == 429


def test_neither_log_nor_database_holds_what_somebody_wrote(
    site: Served, house_settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """A signed message twice, one that cannot be read, one by the browser chat: searched for number, words and cookie."""
    number, words, message_id = "212611223344", "khouyakayhdedni", new_id()
    address = f"{site.base}/webhooks/whatsapp"
    whole = {"MessageSid": "SM1", "From": f"whatsapp:+{number}", "Body": words}
    with caplog.at_level(logging.INFO), site.client() as browser:
        for form in (whole, whole, {name: whole[name] for name in ("MessageSid", "Body")}):
            signature = {"X-Twilio-Signature": signed(address, list(form.items()), "a-token")}
            assert httpx.post(address, data=form, headers=signature).status_code == 204
        assert httpx.post(address, data=whole).status_code == 403
        browser.post("/chat/send", json={"id": message_id, "text": f"{words} +{number}"})
        answered(browser, 1)
        token = browser.cookies[visitors.COOKIE]
    told = "\n".join(OneLine().format(record) for record in caplog.records)
    assert "bad_signature" in told
    stored = b"".join(file.read_bytes() for file in house_settings.data_dir.glob("dalil.db*"))
    assert len(stored) > 100_000
    for secret in (number, words, message_id, token):
        assert secret not in told
        assert secret.encode() not in stored
