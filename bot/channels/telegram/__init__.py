"""Telegram through python-telegram-bot: `Bot` to send, `Update.de_json` to read. No `Application` and no `Updater`:
they confirm an update to Telegram before it is in our inbox."""

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.reading import KINDS, callback_id, read, secret_ok

__all__ = ["KINDS", "TelegramChannel", "callback_id", "read", "secret_ok"]
