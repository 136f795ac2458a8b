"""Front door of the providers: the signature on the raw bytes and the size, then store, then acknowledge. Nothing else."""

import json
import logging
from urllib.parse import parse_qsl

from fastapi import APIRouter, BackgroundTasks, Request, Response

from bot.assembly import Assembly
from bot.channels import telegram, whatsapp
from bot.channels.base import Inbound
from bot.channels.telegram import TelegramChannel
from bot.delivery import inbox, receipts
from bot.delivery.inbox import INBOX
from bot.web import bounds
from bot.web.polling import answer_callback, read

log = logging.getLogger(__name__)
router = APIRouter(prefix="/webhooks")
_MOST_FIELDS = 200  # Twilio sends some 30 of them, with ten files some 60


class TooLarge(Exception):
    """More than any provider sends."""


async def body_of(request: Request, most: int = bounds.LARGEST_BODY) -> bytes:
    """The raw bytes. Raises TooLarge without reading the rest."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise TooLarge
        chunks.append(chunk)
    return b"".join(chunks)


@router.post("/telegram")
async def from_telegram(request: Request, background: BackgroundTasks) -> Response:
    """An update: https://core.telegram.org/bots/api#setwebhook . Anything but 2xx makes Telegram send it again."""
    house: Assembly = request.app.state.house
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not telegram.secret_ok(given, house.settings.telegram_webhook_secret):
        return Response(status_code=403)
    raw = await body_of(request)
    try:
        update = json.loads(raw)
    except (ValueError, RecursionError):
        return Response(status_code=400)
    if not isinstance(update, dict):
        return Response(status_code=400)
    inbound = read(update, house)
    if inbound is not None:
        await store(house, inbound)
    channel = house.channels.get("telegram")
    if isinstance(channel, TelegramChannel):
        background.add_task(answer_callback, channel, update)
    return Response(status_code=200)


@router.post("/whatsapp")
async def from_whatsapp(request: Request) -> Response:
    """A message: https://www.twilio.com/docs/messaging/guides/webhook-request . 204 means "no answer by TwiML"."""
    house: Assembly = request.app.state.house
    raw = await body_of(request)
    form = _form(raw)
    if not _signed(request, house, form, raw):
        return Response(status_code=403)
    try:
        inbound = whatsapp.read(form, house.library.locate)
    except ValueError:  # signed, but not what Twilio sends: repeating it would change nothing
        log.warning("unreadable_form", extra={"channel": "whatsapp"})
        return Response(status_code=204)
    if inbound is not None:
        await store(house, inbound)
    return Response(status_code=204)


@router.post("/whatsapp/status")
async def whatsapp_status(request: Request) -> Response:
    """What became of a message we sent. Runs no turn."""
    house: Assembly = request.app.state.house
    raw = await body_of(request)
    form = _form(raw)
    if not _signed(request, house, form, raw):
        return Response(status_code=403)
    report = whatsapp.read_status(form)
    if report is not None:
        now = house.clock()
        await house.database.write(lambda db: receipts.store(db, now, report))
    return Response(status_code=204)


async def store(house: Assembly, inbound: Inbound) -> None:
    """Commit, then return: only then may the caller acknowledge."""
    now, trace = house.clock(), house.token()
    await house.database.write(lambda db: inbox.receive(db, house.vault, house.bell, now, inbound, trace, house.token()))
    house.bell.rung(INBOX)


def _form(raw: bytes) -> list[tuple[str, str]]:
    """Every field as received, empty ones and doubles included: the signature covers them all. Raises TooLarge for more
    fields than Twilio has, since proving a signature takes time that grows with the square of their number."""
    try:
        return parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise TooLarge from error


def _signed(request: Request, house: Assembly, form: list[tuple[str, str]], raw: bytes) -> bool:
    """The address is built from the configured public one, never from what the request says of itself."""
    settings = house.settings
    query = f"?{request.url.query}" if request.url.query else ""
    url = f"{settings.base_url}{request.url.path}{query}"
    given = request.headers.get("X-Twilio-Signature", "")
    good = bool(settings.twilio_tokens) and whatsapp.signature_ok(url, form, raw, given, settings.twilio_tokens)
    if not good:
        log.warning("bad_signature", extra={"channel": "whatsapp", "mode": settings.twilio_signature})
    return good or (settings.twilio_signature == "report" and bool(settings.twilio_tokens))


def refused_as_too_large(_: Request, __: Exception) -> Response:
    return Response(status_code=413)
