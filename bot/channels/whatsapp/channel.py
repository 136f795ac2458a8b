"""Sending through Twilio's REST interface, and looking up there what became of a message."""

import json
import logging
from datetime import datetime
from typing import Any, cast

import aiohttp
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from bot.channels.base import Address, Bubble, Outcome, Sent
from bot.channels.parts import size, split
from bot.channels.whatsapp.errors import CAUGHT, outcome
from bot.channels.whatsapp.media import MediaStore
from bot.channels.whatsapp.reading import PREFIX
from bot.channels.whatsapp.webhook import STATUS
from bot.delivery.failures import Trouble, not_sent, unknown
from bot.settings import Settings

LONGEST_BODY = 1600  # https://www.twilio.com/docs/api/errors/21617
VALIDITY = 4 * 3600  # seconds; Twilio queues for WhatsApp no longer, and an answer a day late confuses
_LOOK_BACK = 50
_NOT_FOUND = 404
_DOMAINS = ("api", "content", "messaging")
# `total` also bounds what the others do not see, such as an answer that trickles.
TIMEOUT = aiohttp.ClientTimeout(total=40, connect=10, sock_connect=5, sock_read=15)
_KEEP_ALIVE = 10  # seconds; a connection kept longer may be dropped just when a request goes out, which looks unknown


def bodies(bubble: Bubble) -> list[str]:
    """The texts as sent: choices as numbered lines under the last part, to be answered with a number or a word."""
    lines = "\n".join(f"{number}. {button.title}" for number, button in enumerate(bubble.buttons, 1))
    if not lines:
        return split(bubble.text, LONGEST_BODY)
    parts = split(bubble.text, LONGEST_BODY)
    room = LONGEST_BODY - size(lines) - 2
    if room < LONGEST_BODY // 4:
        return split(f"{bubble.text}\n\n{lines}", LONGEST_BODY)
    if size(parts[-1]) > room:
        parts[-1:] = split(parts[-1], room)
    parts[-1] = f"{parts[-1]}\n\n{lines}".strip()
    return parts


class _Bounded:
    """The library passes `timeout=None` with each request, and for aiohttp that means to wait for ever."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def request(self, **what: Any) -> aiohttp.ClientResponse:
        return await self._session.request(**what | {"timeout": TIMEOUT})


class WhatsAppChannel:
    """One WhatsApp sender of a Twilio account. Made outside a running loop, it connects with its first call."""

    name = "whatsapp"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._from = _with_prefix(settings.twilio_from)
        self._token = next(iter(settings.twilio_tokens), "")
        self._callback = settings.base_url + STATUS
        self._session: aiohttp.ClientSession | None = None
        self._open: Client | None = None

    def _client(self) -> Client:
        """aiohttp wants a running loop, so not before the first call. The library logs people's numbers with each
        look-up: kept quiet."""
        if self._open is None:
            quiet = logging.getLogger("twilio.async_http_client")
            quiet.setLevel(logging.WARNING)
            http = AsyncTwilioHttpClient(pool_connections=False, logger=quiet)
            if self._session is None:
                connector = aiohttp.TCPConnector(keepalive_timeout=_KEEP_ALIVE)
                self._session = aiohttp.ClientSession(timeout=TIMEOUT, connector=connector, trust_env=True)
            http.session = cast(aiohttp.ClientSession, _Bounded(self._session))
            # A region or edge in the environment would change the hosts behind our back.
            environment = {"TWILIO_REGION": "", "TWILIO_EDGE": ""}
            client = Client(  # type: ignore[no-untyped-call]
                self._settings.twilio_account_sid, self._token, http_client=http, environment=environment
            )
            if self._settings.twilio_api_url:
                for domain in _DOMAINS:
                    getattr(client, domain).base_url = self._settings.twilio_api_url.rstrip("/")
            self._open = client
        return self._open

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
        self._session = self._open = None

    async def send(self, to: Address, bubble: Bubble) -> Outcome:
        """In parts if it must be. Failing after the first part is not "not sent"."""
        if to.kind not in ("bsuid", "phone") or not to.value:
            return not_sent("person_unknown")
        if bubble.template:
            return await self._create(to, content_sid=bubble.template, content_variables=_variables(bubble))
        result: Outcome = unknown()
        for number, body in enumerate(bodies(bubble)):
            result = await self._create(to, body=body)
            if not isinstance(result, Sent):
                return unknown("partly_sent") if number else result
        return result

    async def _create(self, to: Address, **what: str) -> Outcome:
        try:
            message = await self._client().messages.create_async(
                to=_with_prefix(to.value),
                from_=self._from,
                status_callback=self._callback,
                validity_period=VALIDITY,
                **what,
            )
        except CAUGHT as error:
            return outcome(error)
        return Sent(provider_id=str(message.sid)) if message.sid else unknown()

    async def find(self, to: Address, body: Bubble, since: datetime) -> str | None:
        """After `Unknown`: the id of the message, if Twilio has it. A message still queued has no date of sending and
        may be missing from a search by date, so the newest are looked through as well. `Trouble` if Twilio cannot be asked."""
        wanted = _words(bodies(body)[-1])
        for search in ({"date_sent_after": since}, {}):
            for message in await self._listed(to, search):
                made = message.date_created
                if _words(message.body or "") == wanted and (made is None or made >= since.replace(microsecond=0)):
                    return str(message.sid)
        return None

    async def _listed(self, to: Address, search: dict[str, datetime]) -> list[Any]:
        try:
            return list(
                await self._client().messages.list_async(
                    to=_with_prefix(to.value), from_=self._from, limit=_LOOK_BACK, page_size=_LOOK_BACK, **search
                )
            )
        except CAUGHT as error:
            raise Trouble(outcome(error)) from error

    async def fetch(self, reference: str) -> tuple[bytes, str] | None:
        """None when the file is gone, too large, of a kind we do not open, or not at Twilio. `Trouble` when it may
        be there another time."""
        return await self._media().fetch(reference)

    async def delete(self, kind: str, reference: str) -> bool:
        """Delete a file, or a message with its text, at Twilio. True once it is gone, also when it was gone before.
        https://www.twilio.com/docs/messaging/api/message-resource#delete-a-message-resource"""
        try:
            if kind == "media":
                return await self._media().forget(reference)
            return bool(await self._client().messages(reference).delete_async())
        except Trouble:
            return False
        except TwilioRestException as error:
            return bool(error.status == _NOT_FOUND)
        except CAUGHT:
            return False

    def _media(self) -> MediaStore:
        self._client()
        if self._session is None:
            raise RuntimeError("closed")
        settings = self._settings
        return MediaStore(self._session, settings.twilio_account_sid, self._token, settings.twilio_api_url)


def _with_prefix(value: str) -> str:
    return value if value.startswith(PREFIX) else PREFIX + value


def _words(text: str) -> str:
    """Twilio may tidy white space; words are what identifies a body."""
    return " ".join(text.split())


def _variables(bubble: Bubble) -> str:
    """Our templates have one variable, the rendered text. Line breaks in it and an empty one are refused (21656)."""
    return json.dumps({"1": _words(bubble.text) or "-"}, ensure_ascii=False)
