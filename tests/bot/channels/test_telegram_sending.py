"""The real client library against our Bot API, over loopback where time and connections matter."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from bot.channels.base import Address, Bubble, Button, Outcome, Sent, Unknown
from bot.channels.telegram import KINDS, TelegramChannel, read
from bot.delivery.failures import Trouble, not_sent, unknown
from flows.events import Chose, SharedPlace
from tests.bot.channels.given import configured
from tests.counterparts.faults import Fault
from tests.counterparts.serving import closed_port, serving
from tests.counterparts.telegram_api import File, TelegramApi, blocked, error, too_many

pytestmark = pytest.mark.filterwarnings("ignore:Please use 'Bot.getUpdates'")
TOKEN = "42:test-token"
CHAT = Address(kind="chat", value="700000001")
HELLO = Bubble(text="Bonjour")


@pytest.fixture
def api() -> TelegramApi:
    return TelegramApi(TOKEN)


@pytest.fixture
async def channel(api: TelegramApi) -> AsyncIterator[TelegramChannel]:
    settings = configured(telegram_token=TOKEN, telegram_api_url="http://tg/bot")
    channel = TelegramChannel(settings, httpx.ASGITransport(app=api.app))
    yield channel
    await channel.close()


@pytest.fixture
def address(api: TelegramApi) -> Iterator[str]:
    with serving(api.app) as url:
        yield url


async def over_network(url: str, monkeypatch: pytest.MonkeyPatch, *, patience: float = 0.3) -> TelegramChannel:
    """With a read time-out short enough to wait for."""
    monkeypatch.setattr("bot.channels.telegram.channel.READ_TIMEOUT", patience)
    return TelegramChannel(configured(telegram_token=TOKEN, telegram_api_url=f"{url}/bot"))


async def test_plain_text_without_previews(api: TelegramApi, channel: TelegramChannel) -> None:
    assert isinstance(await channel.send(CHAT, Bubble(text="<b>1 < 2</b> *x* https://cnss.ma")), Sent)
    (call,) = api.called("sendMessage")
    assert call["text"] == "<b>1 < 2</b> *x* https://cnss.ma"
    assert call["link_preview_options"] == {"is_disabled": True}
    assert call.keys() == {"chat_id", "text", "link_preview_options"}


async def test_the_id_is_the_one_a_reply_names(api: TelegramApi, channel: TelegramChannel) -> None:
    sent = await channel.send(CHAT, HELLO)
    assert sent == Sent(provider_id=str(api.chats[700000001][-1]["message_id"]))


def rows(api: TelegramApi) -> list[list[str]]:
    keyboard = api.chats[700000001][-1]["reply_markup"]["inline_keyboard"]
    return [[button["text"] for button in row] for row in keyboard]


async def test_short_choices_stand_side_by_side(api: TelegramApi, channel: TelegramChannel) -> None:
    buttons = tuple(Button(id=f"c1:{title}", title=title) for title in ("نعم", "لا", "Autre"))
    await channel.send(CHAT, Bubble(text="?", buttons=buttons))
    assert rows(api) == [["نعم", "لا"], ["Autre"]]


async def test_one_long_choice_puts_each_on_its_own_line(api: TelegramApi, channel: TelegramChannel) -> None:
    buttons = (Button(id="a", title="Oui"), Button(id="b", title="Parler à une personne"))
    await channel.send(CHAT, Bubble(text="?", buttons=buttons))
    assert rows(api) == [["Oui"], ["Parler à une personne"]]


async def test_a_pressed_button_comes_back_as_the_choice(api: TelegramApi, channel: TelegramChannel) -> None:
    choice = "م" * 32  # 64 bytes, the most a button carries
    await channel.send(CHAT, Bubble(text="?", buttons=(Button(id=choice, title="Oui"),)))
    found = read(api.press(700000001, choice), lambda latitude, longitude: SharedPlace())
    assert found is not None
    assert found.event == Chose(choice=choice, title="Oui")


async def test_an_id_too_long_for_a_button_still_shows_the_choices(api: TelegramApi, channel: TelegramChannel) -> None:
    buttons = (Button(id="م" * 33, title="Oui"), Button(id="b", title="Non"))
    assert isinstance(await channel.send(CHAT, Bubble(text="Alors ?", buttons=buttons)), Sent)
    assert api.texts(700000001) == ["Alors ?\n\n1. Oui\n2. Non"]
    assert "reply_markup" not in api.chats[700000001][-1]


async def test_a_long_text_goes_in_parts_and_the_last_has_the_buttons(api: TelegramApi, channel: TelegramChannel) -> None:
    text = "Une phrase assez longue, sur la pension. " * 150
    await channel.send(CHAT, Bubble(text=text, buttons=(Button(id="a", title="Oui"),)))
    parts = api.chats[700000001]
    assert len(parts) == 2
    assert all(part["text"].endswith("pension.") for part in parts)
    assert ["reply_markup" in part for part in parts] == [False, True]
    assert " ".join(part["text"] for part in parts) == text.strip()


async def test_failing_after_the_first_part_is_neither_sent_nor_unsent(api: TelegramApi, channel: TelegramChannel) -> None:
    api.faults.add("sendMessage", Fault(kind="delay"))
    api.faults.add("sendMessage", too_many(3))
    assert await channel.send(CHAT, Bubble(text="Une phrase. " * 500)) == Unknown(code="partly_sent")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (blocked(), not_sent("person_blocked_us")),
        (error(403, "Forbidden: user is deactivated"), not_sent("person_blocked_us")),
        (too_many(7), not_sent("too_many_requests", after=7)),
        (error(429, "Too Many Requests"), not_sent("too_many_requests")),
        (error(400, "Bad Request: chat not found"), not_sent("person_unknown")),
        (error(400, "Bad Request: message is too long"), not_sent("too_long")),
        (error(400, "Bad Request: BUTTON_DATA_INVALID"), not_sent("refused")),
        (error(401, "Unauthorized"), not_sent("bad_credentials")),
        (error(404, "Not Found"), not_sent("bad_credentials")),
        (error(500, "Internal Server Error"), unknown()),
        (Fault(kind="answer", status=502, body="<html>Bad Gateway</html>"), unknown()),
        (Fault(kind="answer", status=200, body="<html>captive portal</html>"), unknown()),
        (Fault(kind="answer", status=200, body={"ok": True, "result": {"odd": 1}}), unknown()),
    ],
)
async def test_each_refusal_by_name(api: TelegramApi, channel: TelegramChannel, fault: Fault, expected: Outcome) -> None:
    api.faults.add("sendMessage", fault)
    assert await channel.send(CHAT, HELLO) == expected
    assert isinstance(await channel.send(CHAT, HELLO), Sent), "one failure spoils nothing"


async def test_a_refused_connection_may_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = await over_network(f"http://127.0.0.1:{closed_port()}", monkeypatch)
    assert await channel.send(CHAT, HELLO) == not_sent("provider_unreachable")
    await channel.close()


async def test_a_connection_that_cannot_be_made_in_time_may_be_repeated() -> None:
    class Slow(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectTimeout("slow")

    channel = TelegramChannel(configured(telegram_token=TOKEN), Slow())
    assert await channel.send(CHAT, HELLO) == not_sent("provider_unreachable")
    await channel.close()


@pytest.mark.parametrize("fault", [Fault(kind="delay", seconds=1.0, after=True), Fault(kind="drop", after=True)])
async def test_after_the_request_left_nobody_knows(
    api: TelegramApi, address: str, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    channel = await over_network(address, monkeypatch)
    api.faults.add("sendMessage", fault)
    assert await channel.send(CHAT, HELLO) == unknown()
    assert api.texts(700000001) == ["Bonjour"], "it was out"
    await channel.close()


@pytest.mark.parametrize("to", [Address(kind="phone", value="+212600000001"), Address(kind="chat", value="x")])
async def test_an_address_of_another_kind(channel: TelegramChannel, to: Address) -> None:
    assert await channel.send(to, HELLO) == not_sent("person_unknown")


async def test_fetch(api: TelegramApi, channel: TelegramChannel) -> None:
    api.files["v1"] = File("voice/file_1.oga", b"OggS", 4)
    api.files["big"] = File("documents/file_2.pdf", b"x", 21 * 1024 * 1024)
    assert await channel.fetch("v1") == (b"OggS", "audio/ogg")
    assert await channel.fetch("big") is None
    assert await channel.fetch("gone") is None
    api.faults.add("download", error(404, "Not Found"))
    assert await channel.fetch("v1") is None
    api.faults.add("download", error(500, "Internal Server Error"))
    with pytest.raises(Trouble) as trouble:
        await channel.fetch("v1")
    assert trouble.value.outcome == not_sent("provider_unreachable")


async def test_polling_confirms_only_what_the_offset_says(api: TelegramApi, channel: TelegramChannel) -> None:
    first, second = api.say(700000001, "salam"), api.say(700000001, "bonjour")
    assert await channel.get_updates(None, 0) == [first, second]
    assert await channel.get_updates(None, 0) == [first, second], "not confirmed, so here again"
    assert await channel.get_updates(first["update_id"] + 1, 0) == [second]
    assert await channel.get_updates(second["update_id"] + 1, 0) == []
    assert api.called("getUpdates")[0]["allowed_updates"] == list(KINDS)


async def test_long_polling_waits_without_timing_out(api: TelegramApi, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    channel = await over_network(address, monkeypatch, patience=0.2)
    assert await channel.get_updates(None, 1) == [], "longer than the time-out of other calls"
    await channel.close()


async def test_a_webhook_or_a_second_poller_is_a_conflict(api: TelegramApi, channel: TelegramChannel) -> None:
    await channel.set_webhook("https://dalil.example/webhooks/telegram", "s3cret")
    with pytest.raises(Trouble) as trouble:
        await channel.get_updates(None, 0)
    assert trouble.value.outcome == not_sent("other_poller")
    await channel.delete_webhook()
    assert await channel.get_updates(None, 0) == []


@pytest.mark.parametrize("fault", [error(401, "Unauthorized"), error(404, "Not Found")])
async def test_a_wrong_token_is_told_to_the_poller(api: TelegramApi, channel: TelegramChannel, fault: Fault) -> None:
    api.faults.add("getUpdates", fault)
    with pytest.raises(Trouble) as trouble:
        await channel.get_updates(None, 0)
    assert trouble.value.outcome == not_sent("bad_credentials")


async def test_webhook_is_registered_with_secret_and_kinds(api: TelegramApi, channel: TelegramChannel) -> None:
    await channel.set_webhook("https://dalil.example/webhooks/telegram", "s3cret")
    assert (api.webhook.url, api.webhook.secret) == ("https://dalil.example/webhooks/telegram", "s3cret")
    assert api.webhook.allowed == list(KINDS)
    api.say(700000001, "salam")
    await channel.delete_webhook()
    assert len(api.pending) == 1, "what waits is kept"
    with pytest.raises(Trouble):
        await channel.set_webhook("http://dalil.example", "s3cret")


async def test_commands_in_each_language_and_for_all_others(api: TelegramApi, channel: TelegramChannel) -> None:
    await channel.set_commands()
    assert set(api.commands) == {"fr", "ar", "en", ""}
    for commands in api.commands.values():
        names = {command["command"] for command in commands}
        assert names == {"start", "help", "language", "stop", "menu", "advisor"}


async def test_answering_a_button_never_fails(api: TelegramApi, channel: TelegramChannel) -> None:
    await channel.answer_callback("q1")
    assert api.answered == ["q1"]
    api.faults.add("answerCallbackQuery", error(400, "Bad Request: query is too old and response timeout expired"))
    await channel.answer_callback("q2")


async def test_the_token_is_not_in_the_log(api: TelegramApi, channel: TelegramChannel, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    await channel.send(CHAT, HELLO)
    assert TOKEN not in caplog.text
