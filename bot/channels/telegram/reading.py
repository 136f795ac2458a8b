"""An update of Telegram's becomes one of our events. Pure: no network, no database."""

import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, Message, Update, User

from bot.channels.base import Address, Inbound, Locate, MediaRef
from bot.channels.parts import clean, plain
from flows.events import BlockedUs, Chose, Event, Said, SentFile, SentOther, SentVoice, Started

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""What we ask for, always by name: left out, an earlier setting stays (core.telegram.org/bots/api#setwebhook)."""

_START = re.compile(r"/start(?:@\w+)?(?:\s+(?P<rest>.*))?", re.DOTALL)
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_COMMAND = re.compile(r"(/[A-Za-z0-9_]+)@\w+")
_HINTS = frozenset({"fr", "ar", "en"})
_LONGEST_CHOICE = 64
_A_DAY = 86_400

# What Telegram puts into a private chat by itself; nobody said anything, so nobody is answered.
_SERVICE = frozenset(
    {
        "pinned_message",
        "message_auto_delete_timer_changed",
        "write_access_allowed",
        "users_shared",
        "chat_shared",
        "connected_website",
        "chat_background_set",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "successful_payment",
        "refunded_payment",
        "passport_data",
        "gift",
        "unique_gift",
        "proximity_alert_triggered",
    }
)
_OTHERS = ("contact", "poll", "dice", "game", "story", "checklist", "invoice")
_HEAD = ("message_id", "date", "chat", "from")
_NAMES = "names"


@dataclass(frozen=True, slots=True, kw_only=True)
class _At(Event):
    """A point on its way to the nearest place; it never leaves this module."""

    latitude: float
    longitude: float


def secret_ok(header: str | None, secret: str) -> bool:
    """The shared secret of setWebhook, compared in constant time. Without one of ours nobody gets in."""
    return bool(secret) and hmac.compare_digest((header or "").encode(), secret.encode())


def callback_id(payload: Mapping[str, Any]) -> str | None:
    """The id to pass to `answer_callback`, so that the person's button stops spinning."""
    query = payload.get("callback_query")
    found = query.get("id") if isinstance(query, Mapping) else None
    return found if isinstance(found, str) and found else None


def read(payload: dict[str, Any], locate: Locate) -> Inbound | None:
    """The event in an update; None for groups, edits and service messages; ValueError if it is no update at all."""
    try:
        found = _read(payload)
    except Exception as error:  # the library trusts the types it is given and may trip over anything
        raise ValueError(f"not an update of Telegram's: {type(error).__name__}") from error
    if found is not None and isinstance(found.event, _At):
        return replace(found, event=locate(found.event.latitude, found.event.longitude))
    return found


def _read(payload: dict[str, Any]) -> Inbound | None:
    number = payload["update_id"]
    if type(number) is not int or not 0 <= number < 2**63:
        raise ValueError("update_id")
    update = Update.de_json(_needed(payload))
    if update.message is not None:
        return _message(number, update.message)
    if update.callback_query is not None:
        return _pressed(number, update.callback_query)
    if update.my_chat_member is not None:
        return _membership(number, update.my_chat_member)
    if update.message_reaction is not None:
        return _inbound(number, update.message_reaction.chat, update.message_reaction.user, SentOther(what="reaction"))
    return None


def _needed(payload: dict[str, Any]) -> dict[str, Any]:
    """Only the parts we read go through the library: it refuses a whole update for one field that it misses in a poll
    or a gift, and a person's words must not be lost over that. Of the other parts their names remain."""
    reduced = dict(payload)
    if "message" in payload:
        message: dict[str, Any] = payload["message"]
        reduced["message"] = _only(message, _READ) | {_NAMES: sorted(map(str, message))}
        if "reply_to_message" in message:
            reduced["message"]["reply_to_message"] = _only(message["reply_to_message"], _HEAD)
    query: dict[str, Any] = payload.get("callback_query", {})
    if "message" in query:
        reduced["callback_query"] = query | {"message": _only(query["message"], (*_HEAD, "reply_markup"))}
    return reduced


def _only(fields: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: fields[name] for name in names if name in fields}


def _inbound(number: int, chat: Chat, user: User | None, event: Event | None, media: MediaRef | None = None) -> Inbound | None:
    if chat.type != Chat.PRIVATE or event is None:
        return None
    if type(chat.id) is not int:
        raise ValueError("chat id")
    return Inbound(
        channel="telegram",
        provider_id=str(number),
        sort_key=number,
        addresses=(Address(kind="chat", value=str(chat.id)),),
        event=event,
        hint=_hint(user.language_code if user else None),
        media=media,
    )


def _hint(code: str | None) -> str | None:
    """The app's language, an IETF tag; not a wish, only a hint (core.telegram.org/bots/api#user)."""
    language = (code or "").lower().partition("-")[0]
    return language if language in _HINTS else None


def _membership(number: int, change: ChatMemberUpdated) -> Inbound | None:
    """In a private chat "kicked" means that the person blocked us (core.telegram.org/bots/api#update)."""
    before, after = change.old_chat_member.status, change.new_chat_member.status
    if after == ChatMember.BANNED:
        return _inbound(number, change.chat, change.from_user, BlockedUs())
    if before == ChatMember.BANNED:
        return _inbound(number, change.chat, change.from_user, BlockedUs(back=True))
    return None


def _pressed(number: int, query: CallbackQuery) -> Inbound | None:
    if not query.data or query.message is None:
        return None
    choice = plain(query.data).encode()[:_LONGEST_CHOICE].decode(errors="ignore")
    title = clean(_title(query))
    return _inbound(number, query.message.chat, query.from_user, Chose(choice=choice, title=title))


def _title(query: CallbackQuery) -> str:
    """What the person saw on the button; unknown once Telegram considers the message too old."""
    keyboard = query.message.reply_markup if isinstance(query.message, Message) else None
    for row in keyboard.inline_keyboard if keyboard else ():
        for button in row:
            if button.callback_data == query.data:
                return button.text
    return ""


def _message(number: int, message: Message) -> Inbound | None:
    event, media = _content(message)
    return _inbound(number, message.chat, message.from_user, event, media)


def _content(message: Message) -> tuple[Event | None, MediaRef | None]:
    if message.text is not None:
        return _text(message, message.text), None
    if message.location is not None:  # a venue carries one too
        return _point(message.location.latitude, message.location.longitude), None
    for kind, event_of in _FILES.items():
        attachment = getattr(message, kind)
        if attachment:
            media = _media(kind, attachment[-1] if kind == "photo" else attachment)
            caption = clean(message.caption or "")
            return (Said(text=caption, reply_to=_reply_to(message)) if caption else event_of(media)), media
    present = message.api_kwargs.get(_NAMES, ())
    if any(name in _SERVICE for name in present):
        return None, None
    return SentOther(what=next((name for name in _OTHERS if name in present), "unknown")), None


def _text(message: Message, text: str) -> Event:
    start = _START.fullmatch(text.strip())
    if start:
        rest = (start["rest"] or "").strip()
        if not rest or _PAYLOAD.fullmatch(rest):
            return Started(payload=rest)
        text = rest  # somebody typed a question behind the command
    words = clean(_COMMAND.sub(r"\1", text, count=1) if text.startswith("/") else text)
    return Said(text=words, reply_to=_reply_to(message)) if words else SentOther()


def _reply_to(message: Message) -> str | None:
    """Only a reply to one of our own bubbles says which choices a number means."""
    answered = message.reply_to_message
    ours = answered is not None and answered.from_user is not None and answered.from_user.is_bot
    return str(answered.message_id) if answered is not None and ours else None


def _point(latitude: float, longitude: float) -> Event:
    on_earth = -90 <= latitude <= 90 and -180 <= longitude <= 180  # also false for NaN
    return _At(latitude=float(latitude), longitude=float(longitude)) if on_earth else SentOther(what="location")


def _media(kind: str, attachment: Any) -> MediaRef:
    raw = attachment.to_dict()  # the objects' own `duration` is changing its type from int to timedelta
    seconds, content_type = raw.get("duration"), raw.get("mime_type")
    return MediaRef(
        kind="voice" if kind in ("voice", "audio") else _WHAT[kind],
        reference=plain(attachment.file_id),
        content_type=plain(content_type) if content_type else None,
        seconds=min(max(int(seconds), 0), _A_DAY) if seconds is not None else None,
    )


_WHAT = {
    "animation": "video",
    "photo": "image",
    "document": "document",
    "video": "video",
    "video_note": "video",
    "sticker": "sticker",
}


def _voice(media: MediaRef) -> Event:
    return SentVoice(seconds=media.seconds or 0)


def _file(media: MediaRef) -> Event:
    return SentFile(what=media.kind)


# An animation also fills `document`, so it is looked for first.
_FILES: Mapping[str, Callable[[MediaRef], Event]] = {"voice": _voice, "audio": _voice} | dict.fromkeys(_WHAT, _file)
_READ = (*_HEAD, "text", "caption", "location", *_FILES)
