"""The signature's traps, each as it happened to somebody (https://www.twilio.com/docs/api/errors/57012)."""

import hashlib
import json

import pytest
from twilio.request_validator import RequestValidator

from bot.channels.whatsapp import read, signature_ok, webhook_address
from flows.events import SharedPlace
from tests.counterparts.twilio_api import TwilioApi, signed
from tests.payloads import names, twilio

URL = "https://dalil.example/webhooks/whatsapp?tenant=agadir"
TOKEN = "a-token"
Form = list[tuple[str, str]]


def ok(url: str, form: Form, header: str | None, *tokens: str, body: bytes = b"x") -> bool:
    return signature_ok(url, form, body, header, tokens or (TOKEN,))


@pytest.fixture
def form() -> Form:
    return [*twilio("text__with_spaces"), ("Label", "")]


@pytest.fixture
def header(form: Form) -> str:
    return signed(URL, form, TOKEN)


@pytest.mark.parametrize("name", names("twilio"))
def test_every_payload_as_received(name: str) -> None:
    assert ok(URL, twilio(name), signed(URL, twilio(name), TOKEN))


@pytest.mark.parametrize(
    "url",
    [
        URL.replace("https", "http"),
        URL.partition("?")[0],
        URL.replace("?", "/?"),
        URL.replace("agadir", "oujda"),
        URL.replace("dalil.example", "evil.example"),
    ],
)
def test_another_address_fails(form: Form, header: str, url: str) -> None:
    assert ok(URL, form, header)
    assert not ok(url, form, header)


def test_a_port_added_by_the_way_is_tolerated(form: Form, header: str) -> None:
    assert ok(URL.replace("dalil.example", "dalil.example:443"), form, header)


def test_dropped_blanks_fail(form: Form, header: str) -> None:
    assert not ok(URL, [(name, value) for name, value in form if value], header)


def test_a_trimmed_body_fails(form: Form, header: str) -> None:
    assert not ok(URL, [(name, value.strip()) for name, value in form], header)


def test_only_the_known_fields_fail(form: Form, header: str) -> None:
    assert not ok(URL, [(name, value) for name, value in form if name in ("MessageSid", "From", "Body")], header)


def test_the_order_of_fields_does_not_matter(form: Form, header: str) -> None:
    assert ok(URL, form[::-1], header)


def test_repeated_names_count_all(form: Form) -> None:
    twice = [*form, ("MediaUrl0", "https://b"), ("MediaUrl0", "https://a")]
    assert ok(URL, twice, signed(URL, twice, TOKEN))
    assert not ok(URL, list(dict(twice).items()), signed(URL, twice, TOKEN))


def test_a_sender_in_a_messaging_service_is_one_more_field() -> None:
    form = twilio("text__messaging_service")
    assert any(name == "MessagingServiceSid" for name, _ in form)
    assert ok(URL, form, signed(URL, form, TOKEN))
    assert not ok(URL, [item for item in form if item[0] != "MessagingServiceSid"], signed(URL, form, TOKEN))


def test_arabic_emoji_and_new_lines() -> None:
    form = twilio("text__arabic")
    assert ok(URL, form, signed(URL, form, TOKEN))


@pytest.mark.parametrize("header", [None, "", "é", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="])
def test_no_or_another_header_fails(form: Form, header: str | None) -> None:
    assert not ok(URL, form, header)


def test_both_tokens_work_while_they_rotate(form: Form) -> None:
    for token in ("new", "old"):
        assert ok(URL, form, signed(URL, form, token), "new", "old")
    assert not ok(URL, form, signed(URL, form, "older"), "new", "old")


def test_no_token_lets_nobody_in(form: Form) -> None:
    assert not signature_ok(URL, form, b"x", signed(URL, form, ""), ())
    assert not signature_ok(URL, form, b"x", signed(URL, form, ""), ("",))


def test_json_is_signed_through_its_hash() -> None:
    body = json.dumps({"a": "ب"}).encode()
    url = f"{URL}&bodySHA256={hashlib.sha256(body).hexdigest()}"
    header = signed(url, [], TOKEN)
    assert ok(url, [], header, body=body)
    assert not ok(url, [], header, body=body + b" ")
    assert not ok(URL, [], signed(URL, [], TOKEN), body=body), "a body that nothing covers"
    assert not ok(url, [], header, body=b"\xff"), "not even text"


def test_shared_keys_of_the_newer_kind(form: Form) -> None:
    from starlette.datastructures import ImmutableMultiDict

    validator = RequestValidator("shared")  # type: ignore[no-untyped-call]
    header = validator.compute_signature(URL, ImmutableMultiDict(form), "HMAC_SHA256")  # type: ignore[no-untyped-call]
    assert signature_ok(URL, form, b"x", header, (TOKEN, "shared"), "key=k1,algorithm=HMAC_SHA256")
    assert not signature_ok(URL, form, b"x", header, (TOKEN, "shared"))
    assert not signature_ok(URL, form, b"x", header, ("shared",), "key=k1,algorithm=NONE")


def test_overrides_in_the_fragment_are_not_signed(form: Form) -> None:
    address = webhook_address("https://dalil.example/")
    url, _, overrides = address.partition("#")
    assert url == "https://dalil.example/webhooks/whatsapp"
    asked = dict(item.split("=") for item in overrides.split("&"))
    assert (asked["rc"], asked["rp"]) == ("3", "all")
    assert (int(asked["rc"]) + 1) * int(asked["rt"]) <= 16_000, "the repeats fit into what Twilio waits in all"
    assert ok(url, form, signed(address, form, TOKEN))


@pytest.mark.parametrize("phone", [True, False])
def test_the_counterpart_signs_with_and_without_a_phone(phone: bool) -> None:
    form = TwilioApi().inbound("+212600000001", "salam", bsuid="MA.134912", phone=phone)
    found = read(form, lambda latitude, longitude: SharedPlace())
    assert found is not None
    assert [address.kind for address in found.addresses] == (["bsuid", "phone"] if phone else ["bsuid"])
