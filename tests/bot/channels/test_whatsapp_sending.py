"""The real client library against our twin of Twilio, over loopback."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import aiohttp
import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.channels.base import Address, Bubble, Button, Outcome, Report, Sent, Unknown
from bot.channels.whatsapp import WhatsAppChannel, read_status, signature_ok
from bot.delivery.failures import Trouble, not_sent, unknown
from tests.bot.channels.given import configured
from tests.counterparts.faults import Fault
from tests.counterparts.serving import closed_port, serving
from tests.counterparts.twilio_api import KNOWN_FIELDS, TwilioApi, error, too_many

PHONE = Address(kind="phone", value="+212600000001")
BSUID = Address(kind="bsuid", value="MA.13491208655302741918")
HELLO = Bubble(text="Bonjour")
SINCE = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def api() -> TwilioApi:
    return TwilioApi()


@pytest.fixture
def address(api: TwilioApi) -> Iterator[str]:
    with serving(api.app) as url:
        yield url


def made(api: TwilioApi, url: str, **values: str) -> WhatsAppChannel:
    given = {"twilio_account_sid": api.account, "twilio_auth_token": api.token, "twilio_from": api.sender}
    return WhatsAppChannel(configured(**given | {"twilio_api_url": url, "public_url": "https://dalil.example"} | values))


@pytest.fixture
async def channel(api: TwilioApi, address: str) -> AsyncIterator[WhatsAppChannel]:
    channel = made(api, address)
    yield channel
    await channel.close()


@pytest.mark.parametrize(("to", "value"), [(PHONE, "whatsapp:+212600000001"), (BSUID, "whatsapp:MA.13491208655302741918")])
async def test_a_bubble_is_one_call(api: TwilioApi, channel: WhatsAppChannel, to: Address, value: str) -> None:
    buttons = (Button(id="c1:yes", title="نعم"), Button(id="c1:no", title="لا"))
    sent = await channel.send(to, Bubble(text="واش بغيتي؟", buttons=buttons))
    assert sent == Sent(provider_id=api.messages[0].sid)
    (form,) = api.requests
    assert form["To"] == value
    assert form["From"] == "whatsapp:+212500000000"
    assert form["Body"] == "واش بغيتي؟\n\n1. نعم\n2. لا"
    assert form["StatusCallback"] == "https://dalil.example/webhooks/whatsapp/status"
    assert 1 <= int(form["ValidityPeriod"]) <= 36_000
    assert form.keys() <= KNOWN_FIELDS


async def test_a_template_carries_the_text_on_one_line(api: TwilioApi, channel: WhatsAppChannel) -> None:
    await channel.send(PHONE, Bubble(text="Séance\ndemain", template="HX" + "1" * 32))
    (form,) = api.requests
    assert "Body" not in form
    assert (form["ContentSid"], json.loads(form["ContentVariables"])) == ("HX" + "1" * 32, {"1": "Séance demain"})


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (error(400, 63016, "outside the window"), not_sent("window_closed")),
        (error(400, 63014, "blocked"), not_sent("person_blocked_us")),
        (error(400, 21610, "Attempt to send to unsubscribed recipient"), not_sent("person_opted_out")),
        (error(400, 21211, "Invalid 'To' Phone Number"), not_sent("person_unknown")),
        (error(400, 63003, "Channel could not find To address"), not_sent("person_unknown")),
        (error(400, 63024, "Invalid message recipient"), not_sent("person_unknown")),
        (too_many(), not_sent("too_many_requests")),
        (Fault(kind="answer", status=429, body="slow down"), not_sent("too_many_requests")),
        (error(401, 20003, "Authenticate"), not_sent("bad_credentials")),
        (error(400, 21617, "too long"), not_sent("too_long")),
        (error(400, 21619, "empty"), not_sent("refused")),
        (error(400, 63021, "invalid content"), not_sent("refused")),
        (error(400, 21609, "invalid StatusCallback"), not_sent("refused")),
        (error(400, 63049, "withheld"), not_sent("withheld")),
        (error(404, 20404, "not found"), not_sent("bad_credentials")),
        (error(500, 20500, "Internal Server Error"), unknown()),
        (Fault(kind="answer", status=503, body="<html>"), unknown()),
        (Fault(kind="answer", status=201, body="<html>captive portal</html>"), unknown()),
        (Fault(kind="answer", status=201, body={"odd": 1}), unknown()),
        (Fault(kind="answer", status=201, body="[1]"), unknown()),
    ],
)
async def test_each_refusal_by_number(api: TwilioApi, channel: WhatsAppChannel, fault: Fault, expected: Outcome) -> None:
    api.faults.add("create", fault)
    assert await channel.send(PHONE, HELLO) == expected
    assert isinstance(await channel.send(PHONE, HELLO), Sent), "one failure spoils nothing"


async def test_what_the_twin_refuses_by_itself(api: TwilioApi, address: str) -> None:
    wrong = made(api, address, twilio_auth_token="wrong")
    assert await wrong.send(PHONE, HELLO) == not_sent("bad_credentials")
    await wrong.close()
    none = made(api, address, twilio_auth_token="", twilio_account_sid="")
    assert await none.send(PHONE, HELLO) == not_sent("bad_credentials")
    await none.close()
    right = made(api, address)
    assert await right.send(PHONE, Bubble(text="")) == not_sent("refused")
    await right.close()


async def test_failing_after_the_first_part(api: TwilioApi, channel: WhatsAppChannel) -> None:
    api.faults.add("create", Fault(kind="delay"))
    api.faults.add("create", too_many())
    assert await channel.send(PHONE, Bubble(text="Une phrase. " * 200)) == Unknown(code="partly_sent")


async def test_a_refused_connection_may_be_repeated(api: TwilioApi) -> None:
    channel = made(api, f"http://127.0.0.1:{closed_port()}")
    assert await channel.send(PHONE, HELLO) == not_sent("provider_unreachable")
    await channel.close()


@pytest.mark.parametrize("fault", [Fault(kind="delay", seconds=1.0, after=True), Fault(kind="drop", after=True)])
async def test_after_the_request_left_nobody_knows_until_we_look(
    api: TwilioApi, address: str, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    monkeypatch.setattr("bot.channels.whatsapp.channel.TIMEOUT", aiohttp.ClientTimeout(sock_read=0.3))
    channel = made(api, address)
    api.faults.add("create", fault)
    before = datetime.now(UTC)
    assert await channel.send(PHONE, HELLO) == unknown()
    assert await channel.find(PHONE, HELLO, before) == api.messages[0].sid, "still queued, but there"
    await channel.close()


@pytest.mark.parametrize("to", [Address(kind="chat", value="7"), Address(kind="phone", value="")])
async def test_an_address_of_another_kind(channel: WhatsAppChannel, to: Address) -> None:
    assert await channel.send(to, HELLO) == not_sent("person_unknown")


async def test_find_knows_person_words_and_time(api: TwilioApi, channel: WhatsAppChannel) -> None:
    api.now = lambda: SINCE - timedelta(hours=1)
    await channel.send(PHONE, HELLO)
    assert await channel.find(PHONE, Bubble(text="Bonjour"), SINCE) is None, "an earlier one"
    api.now = lambda: SINCE + timedelta(minutes=1)
    await channel.send(BSUID, HELLO)
    assert await channel.find(PHONE, Bubble(text="Bonjour"), SINCE) is None, "another person's"
    await channel.send(PHONE, Bubble(text="Bonjour", buttons=(Button(id="a", title="Oui"),)))
    assert await channel.find(PHONE, Bubble(text="Bonjour"), SINCE) is None, "other words"
    await channel.send(PHONE, HELLO)
    assert await channel.find(PHONE, Bubble(text="Bonjour"), SINCE) == api.messages[-1].sid
    api.faults.add("list", error(500, 20500, "Internal Server Error"), times=1)
    with pytest.raises(Trouble):
        await channel.find(PHONE, Bubble(text="Bonjour"), SINCE)


async def test_files_come_with_password_from_twilio_and_without_from_its_store(
    api: TwilioApi, address: str, channel: WhatsAppChannel
) -> None:
    url = api.store("audio/ogg", b"OggS", address)
    assert await channel.fetch(url) == (b"OggS", "audio/ogg")
    assert await channel.delete("media", url)
    assert await channel.fetch(url) is None
    assert await channel.delete("media", url), "gone is gone"


async def test_a_message_is_deleted_with_its_text(api: TwilioApi, channel: WhatsAppChannel) -> None:
    sent = await channel.send(PHONE, HELLO)
    assert isinstance(sent, Sent)
    assert await channel.delete("message", sent.provider_id)
    assert api.messages == []
    assert await channel.delete("message", sent.provider_id), "gone is gone"


async def test_a_provider_that_is_away_has_deleted_nothing(api: TwilioApi) -> None:
    channel = made(api, f"http://127.0.0.1:{closed_port()}")
    assert not await channel.delete("message", "SM1")
    await channel.close()


async def test_files_too_large_or_of_a_kind_we_do_not_open(
    api: TwilioApi, address: str, channel: WhatsAppChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await channel.fetch(api.store("text/html", b"<script>", address)) is None
    assert await channel.fetch(api.store("image/svg+xml", b"<svg>", address)) is None
    monkeypatch.setattr("bot.channels.whatsapp.media.LARGEST_FILE", 10)
    assert await channel.fetch(api.store("image/png", b"x" * 10, address)) == (b"x" * 10, "image/png")
    assert await channel.fetch(api.store("image/png", b"x" * 11, address)) is None


@pytest.mark.parametrize(
    "reference",
    [
        "http://169.254.169.254/2010-04-01/Accounts/{account}/Messages/MM1/Media/ME1",
        "https://api.twilio.com.evil.example/2010-04-01/Accounts/{account}/Messages/MM1/Media/ME1",
        "https://api.twilio.com@evil.example/2010-04-01/Accounts/{account}/Messages/MM1/Media/ME1",
        "https://evil.example/https://api.twilio.com",
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://api.twilio.com/2010-04-01/Accounts/{account}/Messages.json",
        "file:///etc/passwd",
        "http://[",
        "",
    ],
)
async def test_nobody_sends_our_password_elsewhere(api: TwilioApi, reference: str) -> None:
    for url in ("", f"http://127.0.0.1:{closed_port()}"):
        channel = made(api, url)
        assert await channel.fetch(reference.format(account=api.account)) is None
        assert not await channel.delete("media", reference.format(account=api.account))
        await channel.close()


@pytest.mark.parametrize("elsewhere", ["http://example.com/x", "ftp://127.0.0.1/x", "http://[", "//example.com/x"])
async def test_redirects_lead_to_https_or_stay_on_this_machine(
    api: TwilioApi, address: str, channel: WhatsAppChannel, elsewhere: str
) -> None:
    assert await channel.fetch(api.store("image/png", b"x", address, elsewhere)) is None


async def test_a_file_that_does_not_tell_its_length_is_cut_off(
    api: TwilioApi, address: str, channel: WhatsAppChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.whatsapp.media.LARGEST_FILE", 10)

    async def trickle(request: Request) -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(11):
                yield b"x"

        return StreamingResponse(pieces(), media_type="image/png")

    with serving(Starlette(routes=[Route("/x", trickle)])) as url:
        assert await channel.fetch(api.store("image/png", b"", address, f"{url}/x")) is None


async def test_a_circle_of_redirects_ends(api: TwilioApi, address: str, channel: WhatsAppChannel) -> None:
    async def again(request: Request) -> Response:
        return Response(status_code=302, headers={"location": str(request.url)})

    with serving(Starlette(routes=[Route("/again", again)])) as url:
        assert await channel.fetch(api.store("image/png", b"x", address, f"{url}/again")) is None


async def test_what_becomes_of_a_message_comes_back_signed(api: TwilioApi, channel: WhatsAppChannel) -> None:
    """In the window it is delivered and read; outside it fails with 63016; who blocked us gets nothing."""
    reports: list[Report] = []

    async def status(request: Request) -> Response:
        body = await request.body()
        form = [(name, str(value)) for name, value in (await request.form()).multi_items()]
        url = "https://dalil.example/webhooks/whatsapp/status"
        if not signature_ok(url, form, body, request.headers.get("x-twilio-signature"), (api.token,)):
            return Response(status_code=403)
        report = read_status(form)
        assert report is not None
        reports.append(report)
        return Response(status_code=204)

    ours = Starlette(routes=[Route("/webhooks/whatsapp/status", status, methods=["POST"])])
    api.inbound("+212600000001", "salam")
    api.inbound("+212600000003", "salam")
    api.unreachable["whatsapp:+212600000003"] = 63014
    ids = []
    for number in ("+212600000001", "+212600000002", "+212600000003"):
        sent = await channel.send(Address(kind="phone", value=number), HELLO)
        assert isinstance(sent, Sent)
        ids.append(sent.provider_id)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=ours)) as client:
        answers = await api.settle(client, read=True)
    assert {answer.status_code for answer in answers} == {204}
    assert [(ids.index(report.provider_id), report.status, report.code) for report in reports] == [
        (0, "sent", None),
        (0, "delivered", None),
        (0, "read", None),
        (1, "failed", "window_closed"),
        (2, "sent", None),
        (2, "failed", "person_blocked_us"),
    ]


async def test_the_window_closes_after_a_day_and_a_template_passes(api: TwilioApi, channel: WhatsAppChannel) -> None:
    api.now = lambda: SINCE
    api.inbound("+212600000001", "salam")
    api.now = lambda: SINCE + timedelta(hours=24, seconds=1)
    await channel.send(PHONE, HELLO)
    await channel.send(PHONE, Bubble(text="Rappel", template="HX" + "1" * 32))
    ours = Starlette(routes=[Route("/{path:path}", lambda request: Response(status_code=204), methods=["POST"])])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=ours)) as client:
        await api.settle(client)
    assert [(message.status, message.code) for message in api.messages] == [("failed", 63016), ("delivered", None)]


async def test_numbers_are_not_in_the_log(channel: WhatsAppChannel, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    await channel.send(PHONE, HELLO)
    await channel.find(PHONE, Bubble(text="Bonjour"), SINCE)
    assert "212600000001" not in caplog.text
