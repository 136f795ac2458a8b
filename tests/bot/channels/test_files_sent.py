"""A bubble with a file: one call wherever it can be, and never the file twice."""

from collections.abc import AsyncIterator

import httpx
import pytest

from bot.channels.base import Address, Bubble, Button, Outcome, Sent, Unknown
from bot.channels.telegram import TelegramChannel
from bot.channels.whatsapp import WhatsAppChannel
from bot.delivery.failures import not_sent, unknown
from tests.bot.channels.given import attached, configured
from tests.counterparts import telegram_api, twilio_api
from tests.counterparts.faults import Fault
from tests.counterparts.serving import serving
from tests.counterparts.telegram_api import TelegramApi
from tests.counterparts.twilio_api import KNOWN_FIELDS, TwilioApi

CHAT, PHONE = Address(kind="chat", value="700000001"), Address(kind="phone", value="+212600000001")
MENU = (Button(id="1.say:menu", title="Menu"),)


@pytest.fixture
def telegram() -> TelegramApi:
    return TelegramApi("42:test-token")


@pytest.fixture
async def bot(telegram: TelegramApi) -> AsyncIterator[TelegramChannel]:
    settings = configured(telegram_token=telegram.token, telegram_api_url="http://tg/bot")
    channel = TelegramChannel(settings, httpx.ASGITransport(app=telegram.app))
    yield channel
    await channel.close()


@pytest.fixture
def twilio() -> TwilioApi:
    return TwilioApi()


@pytest.fixture
async def sender(twilio: TwilioApi) -> AsyncIterator[WhatsAppChannel]:
    with serving(twilio.app) as url:
        given = {"twilio_account_sid": twilio.account, "twilio_auth_token": twilio.token, "twilio_from": twilio.sender}
        channel = WhatsAppChannel(configured(**given, twilio_api_url=url, public_url="https://dalil.example"))
        yield channel
        await channel.close()


async def test_telegram_gets_text_buttons_and_file_in_one_call(telegram: TelegramApi, bot: TelegramChannel) -> None:
    assert isinstance(await bot.send(CHAT, Bubble(text="Voici la <liste>.", buttons=MENU, file=attached())), Sent)
    (message,) = telegram.chats[700000001]
    assert message["caption"] == "Voici la <liste>."
    assert message["document"]["file_name"] == "dalil-return.pdf"
    assert message["reply_markup"]["inline_keyboard"][0][0]["text"] == "Menu"
    assert telegram.got[message["document"]["file_id"]] == b"%PDF-1.3 a list"
    assert telegram.called("sendMessage") == []
    assert "parse_mode" not in telegram.called("sendDocument")[0]


async def test_a_text_too_long_for_a_caption_goes_before_the_file(telegram: TelegramApi, bot: TelegramChannel) -> None:
    text = "Une phrase. " * 90
    assert isinstance(await bot.send(CHAT, Bubble(text=text, buttons=MENU, file=attached())), Sent)
    first, last = telegram.chats[700000001]
    assert (first["text"], "reply_markup" in first) == (text.strip(), False)
    assert ("document" in last, "caption" in last, "reply_markup" in last) == (True, False, True)


async def test_a_file_that_cannot_be_had_is_said_in_words(telegram: TelegramApi, bot: TelegramChannel) -> None:
    assert isinstance(await bot.send(CHAT, Bubble(text="Voici.", buttons=MENU, file=attached(None))), Sent)
    (message,) = telegram.chats[700000001]
    assert message["text"] == "Pas de fichier."
    assert "reply_markup" in message


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (telegram_api.blocked(), not_sent("person_blocked_us")),
        (telegram_api.too_many(7), not_sent("too_many_requests", after=7)),
        (telegram_api.error(413, "Request Entity Too Large"), None),
        (telegram_api.error(500, "Internal Server Error"), unknown()),
        (Fault(kind="answer", status=200, body="<html>captive portal</html>"), unknown()),
    ],
)
async def test_each_refusal_of_a_file_has_its_name(
    telegram: TelegramApi, bot: TelegramChannel, fault: Fault, expected: Outcome | None
) -> None:
    telegram.faults.add("sendDocument", fault)
    found = await bot.send(CHAT, Bubble(text="Voici.", file=attached()))
    assert found == expected or (expected is None and not isinstance(found, Sent))
    assert telegram.chats == {}


async def test_failing_at_the_file_after_its_text_is_neither(telegram: TelegramApi, bot: TelegramChannel) -> None:
    telegram.faults.add("sendDocument", telegram_api.too_many(3))
    assert await bot.send(CHAT, Bubble(text="Une phrase. " * 90, file=attached())) == Unknown(code="partly_sent")


async def test_whatsapp_gets_words_with_the_address_then_the_file(twilio: TwilioApi, sender: WhatsAppChannel) -> None:
    sent = await sender.send(PHONE, Bubble(text="Voici la liste.", buttons=MENU, file=attached()))
    words, file = twilio.requests
    assert sent == Sent(provider_id=twilio.messages[0].sid), "reports are about the words"
    assert words["Body"] == "Voici la liste.\n\nLe fichier : https://dalil.example/f/token\n\n1. Menu"
    assert file["MediaUrl"] == "https://dalil.example/f/token"
    assert "Body" not in file, "Twilio sends documents without caption"
    assert "StatusCallback" not in file
    assert file.keys() <= KNOWN_FIELDS


async def test_without_https_whatsapp_gets_the_address_alone(twilio: TwilioApi, sender: WhatsAppChannel) -> None:
    await sender.send(PHONE, Bubble(text="Voici.", file=attached(url="http://127.0.0.1:8000/f/token")))
    (words,) = twilio.requests
    assert "http://127.0.0.1:8000/f/token" in words["Body"]


@pytest.mark.parametrize(
    "fault", [twilio_api.error(400, 63019, "Media failed to download"), twilio_api.too_many(), Fault(kind="drop")]
)
async def test_whatever_becomes_of_the_file_the_words_are_sent_once(
    twilio: TwilioApi, sender: WhatsAppChannel, fault: Fault
) -> None:
    twilio.faults.add("create", Fault(kind="delay"))
    twilio.faults.add("create", fault)
    assert await sender.send(PHONE, Bubble(text="Voici.", file=attached())) == Sent(provider_id=twilio.messages[0].sid)
    assert [r.get("MediaUrl") for r in twilio.requests] == [None, "https://dalil.example/f/token"]


async def test_a_file_call_without_end_is_given_up(twilio: TwilioApi, sender: WhatsAppChannel, monkeypatch) -> None:
    monkeypatch.setattr("bot.channels.whatsapp.channel.FILE_PATIENCE", 0.1)
    twilio.faults.add("create", Fault(kind="delay"))
    twilio.faults.add("create", Fault(kind="delay", seconds=3))
    assert isinstance(await sender.send(PHONE, Bubble(text="Voici.", file=attached())), Sent)


async def test_words_refused_send_no_file(twilio: TwilioApi, sender: WhatsAppChannel) -> None:
    twilio.faults.add("create", twilio_api.error(400, 63016, "outside the window"))
    assert await sender.send(PHONE, Bubble(text="Voici.", file=attached())) == not_sent("window_closed")
    assert len(twilio.requests) == 1


async def test_after_unknown_the_words_are_found_in_the_list(twilio: TwilioApi, sender: WhatsAppChannel) -> None:
    bubble, since = Bubble(text="Voici.", file=attached()), twilio.now()
    await sender.send(PHONE, bubble)
    assert await sender.find(PHONE, bubble, since) == twilio.messages[0].sid
