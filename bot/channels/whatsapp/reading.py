"""Twilio's webhooks become our events. Pure. Unknown fields are ignored: Twilio adds some at any time
(https://www.twilio.com/docs/messaging/guides/webhook-request)."""

import re
from collections.abc import Mapping, Sequence

from bot.channels.base import Address, Inbound, Locate, MediaRef, Report
from bot.channels.parts import clean, plain
from bot.channels.whatsapp import links
from bot.channels.whatsapp.errors import failure_code
from flows.events import Chose, Event, Said, SentFile, SentOther, SentVoice, Started

Form = Sequence[tuple[str, str]]

PREFIX = "whatsapp:"
_PHONE = re.compile(r"\+[0-9]{6,15}")
_LONGEST_ID = 200
# WhatsApp names an uncaptioned document in Body; a file's name is not something the person said.
_FILE_NAME = re.compile(r"[^\n]{1,200}\.(?:pdf|docx?|xlsx?|pptx?|odt|txt|csv|zip|jpe?g|png)", re.IGNORECASE)
_CARDS = ("text/vcard", "text/x-vcard", "text/directory")
_SAME = {"undelivered": "failed"}  # for us both mean: it did not arrive, and `code` says why


def read(form: Form, locate: Locate) -> Inbound | None:
    """The event in an inbound message; None for one that is not WhatsApp's. ValueError if it is no message at all."""
    fields = _fields(form)
    sid = fields.get("MessageSid") or fields.get("SmsMessageSid") or fields.get("SmsSid")
    sender = fields.get("From", "")
    if not sid or not sender:
        raise ValueError("not a message of Twilio's: MessageSid or From is missing")
    if not sender.startswith(PREFIX):
        return None
    event, media = _content(fields, locate)
    return Inbound(
        channel="whatsapp",
        provider_id=sid[:_LONGEST_ID],
        addresses=_addresses(fields, sender),
        event=event,
        media=media,
        hint=_hint(fields),
    )


def read_status(form: Form) -> Report | None:
    """What became of a message of ours, with Twilio's own number; None when there is no status in it."""
    fields = _fields(form)
    sid = fields.get("MessageSid") or fields.get("SmsSid")
    status = fields.get("MessageStatus") or fields.get("SmsStatus")
    if not sid or not status:
        return None
    word, number = status.lower()[:40], fields.get("ErrorCode", "").strip()
    return Report(
        channel="whatsapp",
        provider_id=sid[:_LONGEST_ID],
        status=_SAME.get(word, word),
        code=None if number in ("", "0") else failure_code(number),
        number=None if number in ("", "0") else number[:_LONGEST_ID],
    )


def _fields(form: Form) -> Mapping[str, str]:
    """The first of each name; the signature has already covered all of them."""
    fields: dict[str, str] = {}
    for name, value in form:
        fields.setdefault(name, plain(value))
    return fields


def _addresses(fields: Mapping[str, str], sender: str) -> tuple[Address, ...]:
    """ExternalUserId is the business-scoped id. From is the phone, or that same id when the person hides the phone
    (https://www.twilio.com/en-us/changelog/whatsapp-bsuid-format-in-conversations-and-webhook-fields). WaId is not
    promised to be a phone and is not read."""
    found: list[Address] = []
    for raw in (fields.get("ExternalUserId", ""), sender):
        value = raw.removeprefix(PREFIX).strip()
        address = Address(kind="phone" if _PHONE.fullmatch(value) else "bsuid", value=value)
        if value and address not in found:
            found.append(address)
    if not found:
        raise ValueError("not a message of Twilio's: From is empty")
    return tuple(sorted(found, key=lambda address: address.kind))  # bsuid before phone: the key first


def _content(fields: Mapping[str, str], locate: Locate) -> tuple[Event, MediaRef | None]:
    pressed = _pressed(fields)
    if pressed is not None:
        return pressed, None
    if fields.get("Latitude") and fields.get("Longitude"):
        return _place(fields["Latitude"], fields["Longitude"], locate), None
    words = clean(fields.get("Body", "")) or clean(fields.get("ButtonText", ""))
    reply_to = fields.get("OriginalRepliedMessageSid") or None
    if fields.get("MediaUrl0"):
        return _file(fields, words, reply_to)
    if words:
        link = links.read(words)
        return Started(payload=link[0]) if link else Said(text=words, reply_to=reply_to), None
    return SentOther(what=fields.get("MessageType", "unknown").lower()[:40] or "unknown"), None


def _hint(fields: Mapping[str, str]) -> str | None:
    """The variety of the page or poster whose link was followed; WhatsApp itself tells no language."""
    link = links.read(clean(fields.get("Body", "")))
    return link[1] if link else None


def _pressed(fields: Mapping[str, str]) -> Event | None:
    """ListId is in no page of Twilio's we could read; list replies without it are matched by their text later on."""
    for id_field, title_field in (("ButtonPayload", "ButtonText"), ("ListId", "ListTitle")):
        choice = fields.get(id_field, "").strip()
        if choice:
            return Chose(choice=choice[:_LONGEST_ID], title=clean(fields.get(title_field) or fields.get("Body", "")))
    return None


def _place(latitude: str, longitude: str, locate: Locate) -> Event:
    try:
        point = float(latitude), float(longitude)
    except ValueError:
        return SentOther(what="location")
    on_earth = -90 <= point[0] <= 90 and -180 <= point[1] <= 180  # also false for NaN
    return locate(*point) if on_earth else SentOther(what="location")


def _file(fields: Mapping[str, str], words: str, reply_to: str | None) -> tuple[Event, MediaRef | None]:
    content_type = fields.get("MediaContentType0", "").partition(";")[0].strip().lower()
    if content_type in _CARDS:
        return SentOther(what="contact"), None  # somebody else's number: nothing to keep
    kind = _kind(content_type, fields.get("MessageType", ""))
    media = MediaRef(kind=kind, reference=fields["MediaUrl0"], content_type=content_type or None)
    if words and not (kind == "document" and _FILE_NAME.fullmatch(words)):
        return Said(text=words, reply_to=reply_to), media
    return SentVoice() if kind == "voice" else SentFile(what=kind), media


def _kind(content_type: str, message_type: str) -> str:
    if message_type == "sticker":
        return "sticker"
    family = content_type.partition("/")[0]
    return {"audio": "voice", "image": "image", "video": "video"}.get(family, "document")
