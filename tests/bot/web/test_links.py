"""Links to the other channels: only to those that are open, and Telegram is asked for the bot's name once."""

import pytest

from bot.channels.telegram import naming
from bot.web import carrying
from tests.conftest import quiet_settings


def test_whatsapp_is_linked_when_it_is_open() -> None:
    off = quiet_settings()
    on = off.model_copy(update={"twilio_account_sid": "AC1", "twilio_from": "whatsapp:+212600000000"})
    assert carrying.whatsapp_link(off, "DALIL-ABCDEFGH") is None
    assert carrying.whatsapp_link(on, "a & b") == "https://wa.me/212600000000?text=a%20%26%20b"


async def test_the_name_is_asked_once_and_failures_are_not_repeated_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def tell(settings: object) -> str | None:
        asked.append("asked")
        return None if len(asked) == 1 else "dalil_bot"

    monkeypatch.setattr(naming, "username", tell)
    monkeypatch.setattr(carrying, "_names", {})
    settings = quiet_settings().model_copy(update={"telegram_token": "1:x"})
    assert await carrying._username(settings) is None
    assert await carrying._username(settings) is None
    assert len(asked) == 1
    monkeypatch.setattr(carrying, "_ASK_AGAIN", 0.0)
    assert await carrying._username(settings) == "dalil_bot"
    assert await carrying._username(settings) == "dalil_bot"
    assert len(asked) == 2
