"""Links that open the other channels, with a code or a session in them."""

import time
from urllib.parse import quote

from bot.assembly import Assembly
from bot.channels.telegram import naming
from bot.channels.whatsapp import links
from bot.settings import Settings

_ASK_AGAIN = 60.0  # seconds after Telegram did not answer
_names: dict[str, tuple[str | None, float]] = {}


async def links_with(house: Assembly, text: str, payload: str | None = None, variety: str = "fr") -> dict[str, str | None]:
    """`text` is what WhatsApp proposes to send; `payload` what Telegram hands over on /start (the same text if not given), and
    what stands at the end of WhatsApp's words, with the variety the reader chose."""
    words = links.written(text, payload, variety) if payload else text
    return {
        "whatsapp": whatsapp_link(house.settings, words),
        "telegram": await telegram_link(house, payload if payload is not None else text),
    }


def whatsapp_link(settings: Settings, text: str) -> str | None:
    """https://faq.whatsapp.com/5913398998672934 ; None when the channel is off."""
    number = "".join(c for c in settings.twilio_from if c.isdecimal())
    if not settings.twilio_account_sid or not number:
        return None
    return f"https://wa.me/{number}?text={quote(text)}"


async def telegram_link(house: Assembly, payload: str) -> str | None:
    """https://core.telegram.org/api/links#bot-links ; None when the channel is off or its name is not known."""
    if "telegram" not in house.channels or not house.settings.telegram_token:
        return None
    name = await _username(house.settings)
    return f"https://t.me/{name}?start={quote(payload)}" if name else None


async def _username(settings: Settings) -> str | None:
    """Asked once; while Telegram does not answer, at most once a minute."""
    key = f"{settings.telegram_api_url} {settings.telegram_token}"
    name, asked = _names.get(key, (None, float("-inf")))
    if name is None and time.monotonic() - asked > _ASK_AGAIN:
        name = await naming.username(settings)
        _names[key] = (name, time.monotonic())
    return name
