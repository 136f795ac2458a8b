"""The browser chat's door: takes what the page sends, as the webhooks take what providers send."""

from datetime import timedelta
from secrets import token_urlsafe
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import Connection

from bot.assembly import Assembly
from bot.channels import mask
from bot.channels.base import Address, Bubble, Inbound, Outcome, Sent
from bot.delivery import inbox, shown
from bot.delivery.inbox import INBOX
from bot.people import links
from bot.web import carrying, dress, reading, visitors
from bot.web.chat_stream import ears
from bot.web.webhooks import body_of
from flows.events import BlockedUs, Chose, Event, Said, SharedPlace, Started
from flows.heard import VARIETIES

router = APIRouter(prefix="/chat")
LONGEST_TEXT = 5000
_LARGEST_BODY = 64 * 1024  # 5,000 characters, each written as an escape of twelve
PER_MINUTE = 20  # more than anybody types; the window is a minute
_MOST_CODES = 5
_CODE_PATTERN = r"^[A-Za-z0-9_-]{16,64}$"


class WebChannel:
    """Nothing is sent anywhere: the page fetches what the outbox holds for it."""

    name = "web"

    async def send(self, to: Address, bubble: Bubble) -> Outcome:
        return Sent(provider_id=f"web-{token_urlsafe(12)}")

    async def fetch(self, reference: str) -> tuple[bytes, str] | None:
        return None

    async def close(self) -> None: ...


class Point(BaseModel):
    """Where the person is. Reduced to the nearest known town before anything is stored."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class Message(BaseModel):
    """What the page sends. `id` is random and made by the page: sent again, it is the same message. `language` is the
    greeting somebody tapped; `start` what a link carried."""

    id: str = Field(pattern=_CODE_PATTERN)
    text: str | None = None
    choice: str | None = Field(None, min_length=1, max_length=64)
    title: str = Field("", max_length=100)
    place: Point | None = None
    start: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{0,64}$")
    language: str | None = None


class Got(BaseModel):
    """Bubbles the page has."""

    ids: Annotated[list[Annotated[int, Field(ge=1, le=reading.LARGEST_ID)]], Field(max_length=reading.LONGEST_HISTORY)]


class TooMany(Exception):
    """More messages in a minute than a person writes."""


@router.post("/send")
async def send(request: Request) -> JSONResponse:
    """Stored, then acknowledged."""
    house: Assembly = request.app.state.house
    if not visitors.same_origin(request, house.settings):
        return _refused(request, 403, "refused")
    try:
        message = Message.model_validate_json(await body_of(request, _LARGEST_BODY))
    except ValidationError:
        return _refused(request, 400, "refused")
    if message.text is not None and len(message.text) > LONGEST_TEXT:
        return _refused(request, 413, "too_long")
    event = _event(message, house)
    if event is None:
        return _refused(request, 400, "refused")
    token = visitors.token_of(request) or visitors.first_token(house.vault, message.id)
    inbound = Inbound(
        channel="web",
        provider_id=visitors.message_key(house.vault, token, message.id),
        addresses=(Address(kind="visitor", value=token),),
        event=event,
        hint=message.language if message.language in VARIETIES else visitors.hint_of(request),
    )
    try:
        await house.database.write(lambda db: _take(db, house, token, inbound, request))
    except TooMany:
        return _refused(request, 429, "too_many", {"Retry-After": "60"})
    house.bell.rung(INBOX)
    ears.poke(token)
    response = JSONResponse({"status": "stored"})
    visitors.remember(response, house.settings, token)
    return response


@router.post("/got")
async def got(request: Request) -> JSONResponse:
    """The page tells what it has shown: the console then shows it as delivered."""
    house: Assembly = request.app.state.house
    token = visitors.token_of(request)
    if token is None or not visitors.same_origin(request, house.settings):
        return _refused(request, 403, "refused")
    try:
        told = Got.model_validate_json(await body_of(request, _LARGEST_BODY))
    except ValidationError:
        return _refused(request, 400, "refused")
    now = house.clock()

    def note(db: Connection) -> None:
        who = reading.visitor(db, house.vault, token)
        if who is not None and told.ids:
            shown.got(db, now, who.contact_id, told.ids)

    await house.database.write(note)
    return JSONResponse({"status": "noted"})


@router.post("/carry")
async def carry(request: Request) -> JSONResponse:
    """A one-time code, and links that bring it to the other channels."""
    house: Assembly = request.app.state.house
    token = visitors.token_of(request)
    if not visitors.same_origin(request, house.settings):
        return _refused(request, 403, "refused")
    now = house.clock()

    def issue(db: Connection) -> str | None:
        who = None if token is None else reading.visitor(db, house.vault, token)
        if who is None:
            return None
        if reading.open_codes(db, now, who) >= _MOST_CODES:
            raise TooMany
        return links.issue(db, house.vault, now, who.contact_id)

    try:
        code = await house.database.write(issue)
    except TooMany:
        return _refused(request, 429, "too_many", {"Retry-After": "900"})
    if code is None:
        return _refused(request, 409, "carry_first")
    return JSONResponse({"code": code, **await carrying.links_with(house, code)})


@router.post("/forget")
async def forget(request: Request) -> JSONResponse:
    """Drop the cookie. What is still to come for this browser is held, since nobody would see it any more."""
    house: Assembly = request.app.state.house
    token = visitors.token_of(request)
    if not visitors.same_origin(request, house.settings):
        return _refused(request, 403, "refused")
    if token is not None:
        gone = Inbound(
            channel="web",
            provider_id=visitors.message_key(house.vault, token, visitors.new_message_id()),
            addresses=(Address(kind="visitor", value=token),),
            event=BlockedUs(),
        )
        await house.database.write(lambda db: _leave(db, house, token, gone))
        house.bell.rung(INBOX)
    response = JSONResponse({"status": "forgotten"})
    visitors.forget(response)
    return response


def _event(message: Message, house: Assembly) -> Event | None:
    """The first thing the message holds; None when it holds nothing."""
    if message.text is not None and message.text.strip():
        return Said(text=mask.strike(message.text))
    if message.choice is not None:
        return Chose(choice=message.choice, title=mask.strike(message.title))
    if message.place is not None:
        found: SharedPlace = house.library.locate(message.place.lat, message.place.lon)
        return found
    if message.start is not None:
        return Started(payload=message.start)
    return None


def _take(db: Connection, house: Assembly, token: str, inbound: Inbound, request: Request) -> None:
    """A repeated message passes whatever the rate; a new one only within it. Raises TooMany."""
    now = house.clock()
    if reading.is_stored(db, inbound.provider_id):
        return
    who = reading.visitor(db, house.vault, token)
    if who is not None and reading.has_written(db, who, now - timedelta(minutes=1), PER_MINUTE):
        raise TooMany
    if who is None and not visitors.newcomers.welcome(request):
        raise TooMany
    inbox.receive(db, house.vault, house.bell, now, inbound, house.token(), house.token())


def _leave(db: Connection, house: Assembly, token: str, gone: Inbound) -> None:
    if reading.visitor(db, house.vault, token) is not None:
        inbox.receive(db, house.vault, house.bell, house.clock(), gone, house.token(), house.token())


def _refused(request: Request, status: int, why: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """The reason by name, for the page, and in words, for whoever has no page."""
    words: Any = dress.of(request).catalogue
    variety = visitors.hint_of(request) or visitors.DEFAULT
    return JSONResponse({"error": why, "text": words.text(f"web.{why}", variety)}, status, headers)
