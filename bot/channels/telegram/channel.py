"""Sending through the Bot API, and the calls that arrange how updates reach us."""

import contextlib
import logging
import mimetypes
import warnings
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, Message
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.base import Address, Bubble, Button, Outcome, Sent
from bot.channels.parts import size, split
from bot.channels.telegram.commands import COMMANDS
from bot.channels.telegram.errors import outcome
from bot.channels.telegram.reading import KINDS
from bot.delivery.failures import Trouble, not_sent, unknown
from bot.settings import Settings

LONGEST_TEXT = 4096  # core.telegram.org/bots/api#sendmessage
LONGEST_CAPTION = 1024  # core.telegram.org/bots/api#senddocument
LONGEST_CHOICE = 64  # bytes; core.telegram.org/bots/api#inlinekeyboardbutton
LARGEST_FILE = 20 * 1024 * 1024  # core.telegram.org/bots/api#getfile
READ_TIMEOUT = 15.0  # seconds
SHORT_TITLE = 16  # two such titles stand side by side on a narrow phone

_Call = Callable[..., Awaitable[Message]]
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_CONTENT_TYPES = {"oga": "audio/ogg", "ogg": "audio/ogg", "webp": "image/webp", "tgs": "application/gzip"}
_log = logging.getLogger(__name__)
# `Bot.get_updates` gives objects; we store what Telegram sent.
warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates'")


class TelegramChannel:
    """One bot. `transport` replaces the network in tests."""

    name = "telegram"

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        # httpx writes each address at INFO, and the bot's token is part of it.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        kwargs = {"transport": transport} if transport else {}
        head, _, tail = settings.telegram_api_url.rpartition("/")
        self._requests = [
            HTTPXRequest(
                size, read_timeout=READ_TIMEOUT, write_timeout=15, connect_timeout=5, pool_timeout=5, httpx_kwargs=kwargs
            )
            for size in (1, 32)
        ]
        self._bot = Bot(
            settings.telegram_token,
            base_url=settings.telegram_api_url,
            base_file_url=f"{head}/file/{tail}",
            get_updates_request=self._requests[0],
            request=self._requests[1],
        )

    async def close(self) -> None:
        for request in self._requests:
            await request.shutdown()

    async def send(self, to: Address, bubble: Bubble) -> Outcome:
        """In parts if it must be; the last one carries the buttons, and a file is the last. Failing after the first part is not
        "not sent"."""
        if to.kind != "chat" or not to.value.lstrip("-").isdecimal():
            return not_sent("person_unknown")
        data = None if bubble.file is None else await bubble.file.read()
        if bubble.file is not None and data is None:
            bubble = replace(bubble, text=bubble.file.gone)
        parts, keyboard = _layout(bubble)
        calls: list[_Call] = [partial(self._say, text=part) for part in parts]
        if bubble.file is not None and data is not None:
            calls = self._with_file(calls, parts, InputFile(data, bubble.file.name))
        result: Outcome = unknown()
        for number, call in enumerate(calls):
            result = await self._send(call, int(to.value), keyboard if number == len(calls) - 1 else None)
            if not isinstance(result, Sent):
                return unknown("partly_sent") if number else result
        return result

    def _with_file(self, calls: list[_Call], parts: Sequence[str], file: InputFile) -> list[_Call]:
        """One call wherever it can be: the text is the file's caption. A text too long for that goes before it."""
        if len(parts) == 1 and size(parts[0]) <= LONGEST_CAPTION:
            return [partial(self._bot.send_document, document=file, caption=parts[0], parse_mode=None)]
        return [*calls, partial(self._bot.send_document, document=file)]

    async def _say(self, chat: int, text: str, reply_markup: InlineKeyboardMarkup | None) -> Message:
        return await self._bot.send_message(
            chat, text, parse_mode=None, link_preview_options=_NO_PREVIEW, reply_markup=reply_markup
        )

    async def _send(self, call: _Call, chat: int, keyboard: InlineKeyboardMarkup | None) -> Outcome:
        try:
            message = await call(chat, reply_markup=keyboard)
        except TelegramError as error:
            return outcome(error)
        except Exception as error:  # an answer the library cannot read: the message may well be out
            _log.warning("telegram answered in a way we cannot read: %s", type(error).__name__)
            return unknown()
        return Sent(provider_id=str(message.message_id))

    async def fetch(self, reference: str) -> tuple[bytes, str] | None:
        """None when Telegram has the file no more or it is too large. `Trouble` when it may be there another time."""
        try:
            file = await self._bot.get_file(reference)
            if not file.file_path or (file.file_size or 0) > LARGEST_FILE:
                return None
            data = await self._requests[1].retrieve(file.file_path)
        except (BadRequest, InvalidToken) as error:
            # A file gone is 404, which the library takes for a wrong token; a wrong token is told by every other call.
            _log.info("no file from telegram: %s", type(error).__name__)
            return None
        except TelegramError as error:
            raise Trouble(outcome(error)) from error
        if len(data) > LARGEST_FILE:
            return None
        ending = file.file_path.rpartition(".")[2].lower()
        guess = _CONTENT_TYPES.get(ending) or mimetypes.guess_type(file.file_path)[0]
        return data, guess or "application/octet-stream"

    async def answer_callback(self, id: str) -> None:
        """Stops the spinning of a button. Late or lost, it changes nothing: the answer itself comes as a message."""
        with contextlib.suppress(TelegramError):
            await self._bot.answer_callback_query(id, read_timeout=3, connect_timeout=3)

    async def get_updates(self, offset: int | None, timeout: int) -> list[dict[str, Any]]:  # noqa: ASYNC109 - Telegram's
        """Raw updates from `offset` on. Asking with an offset confirms all earlier ones: commit first."""
        wanted = {"timeout": timeout, "allowed_updates": list(KINDS)} | ({} if offset is None else {"offset": offset})
        try:
            found = await self._bot.do_api_request("getUpdates", api_kwargs=wanted, read_timeout=timeout + 10)
        except TelegramError as error:
            raise Trouble(outcome(error)) from error
        return [update for update in found if isinstance(update, dict)] if isinstance(found, list) else []

    async def set_webhook(self, url: str, secret: str) -> None:
        with _told():
            await self._bot.set_webhook(url, secret_token=secret, allowed_updates=list(KINDS))

    async def delete_webhook(self) -> None:
        """Needed before polling: the two exclude each other. What waits at Telegram stays there."""
        with _told():
            await self._bot.delete_webhook(drop_pending_updates=False)

    async def set_commands(self) -> None:
        with _told():
            for language, texts in COMMANDS.items():
                commands = [BotCommand(name, text) for name, text in texts.items()]
                await self._bot.set_my_commands(commands, language_code=language)
            # For every other language of the app.
            await self._bot.set_my_commands([BotCommand(name, text) for name, text in COMMANDS["fr"].items()])


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except TelegramError as error:
        raise Trouble(outcome(error)) from error


def _layout(bubble: Bubble) -> tuple[list[str], InlineKeyboardMarkup | None]:
    """Should an id ever be too long for a button, the person still gets the choices, as numbered lines to answer."""
    if any(not 0 < len(button.id.encode()) <= LONGEST_CHOICE for button in bubble.buttons):
        _log.error("a choice id does not fit into a Telegram button: %s", [button.id for button in bubble.buttons])
        lines = "\n".join(f"{number}. {button.title}" for number, button in enumerate(bubble.buttons, 1))
        return split(f"{bubble.text}\n\n{lines}", LONGEST_TEXT), None
    return split(bubble.text, LONGEST_TEXT), _keyboard(bubble.buttons) if bubble.buttons else None


def _keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup:
    keys = [InlineKeyboardButton(button.title, callback_data=button.id) for button in buttons]
    width = 2 if all(size(button.title) <= SHORT_TITLE for button in buttons) else 1
    return InlineKeyboardMarkup([keys[start : start + width] for start in range(0, len(keys), width)])
