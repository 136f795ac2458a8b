"""The bot's own name, which links to it need."""

import logging

from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.settings import Settings

_log = logging.getLogger(__name__)


async def username(settings: Settings) -> str | None:
    """As Telegram tells it: core.telegram.org/bots/api#getme. None when it cannot be asked now."""
    request = HTTPXRequest(1, read_timeout=5, connect_timeout=3)
    bot = Bot(settings.telegram_token, base_url=settings.telegram_api_url, request=request)
    try:
        return (await bot.get_me()).username
    except TelegramError as error:
        _log.warning("telegram does not tell the bot's name: %s", type(error).__name__)
        return None
    finally:
        await request.shutdown()
