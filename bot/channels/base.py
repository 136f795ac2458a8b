"""What every channel gives and takes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from flows.events import Event, SharedPlace

Locate = Callable[[float, float], SharedPlace]
"""A point to the nearest known place; the point is dropped right there and never stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """`kind`: chat (Telegram), bsuid and phone (WhatsApp), phone (SMS), visitor (browser). `value` as the provider gives it."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRef:
    """A file at the provider. `reference` is what `fetch` needs to get it (file id, URL)."""

    kind: str
    reference: str
    content_type: str | None = None
    seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One thing received. `provider_id` is unique in the channel: the same delivery twice has the same one. `addresses`
    all belong to the sender, the key first; `sort_key` restores the provider's order. `hint` is the app's language."""

    channel: str
    provider_id: str
    addresses: tuple[Address, ...]
    event: Event
    sort_key: int | None = None
    hint: str | None = None
    media: MediaRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a provider says became of a message we sent. `status`: sent, delivered, read, failed, or the provider's own word.
    `code` is in `bot.delivery.failures`; `number` is the provider's own, for the operator."""

    channel: str
    provider_id: str
    status: str
    code: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a bubble. `url` is where anybody who has it may fetch the file, `line` the text that says so; `read`
    gives its bytes, or None when it cannot be had: then `gone` is said instead of the bubble's text."""

    name: str
    content_type: str
    url: str
    line: str
    gone: str
    read: Callable[[], Awaitable[bytes | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One rendered message. `template` names an approved template for use outside WhatsApp's 24-hour window."""

    text: str
    buttons: tuple[Button, ...] = ()
    language: str = "fr"
    kind: str = "system"
    template: str | None = None
    file: Attachment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The provider took it. `provider_id` is what its reports will name."""

    provider_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    """The provider surely did not take it. `code` is in `bot.delivery.failures`; `after` (seconds) is its Retry-After."""

    code: str
    retry: bool
    alert: bool
    after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """It may or may not have been sent (time-out after the request left us)."""

    code: str = "unknown"


Outcome = Sent | NotSent | Unknown


@runtime_checkable
class Remembers(Protocol):
    """A provider with a list of what it took: after `Unknown` one looks there before sending again."""

    async def find(self, to: Address, body: Bubble, since: datetime) -> str | None:
        """The provider's id of this bubble, or None. Raises `bot.delivery.failures.Trouble` when it cannot be asked."""
        ...


class Channel(Protocol):
    """What the post room needs of a provider."""

    name: str

    async def send(self, to: Address, bubble: Bubble) -> Outcome:
        """Never raises for anything the provider or the network does."""
        ...

    async def fetch(self, reference: str) -> tuple[bytes, str] | None:
        """A file's bytes and content type; None when the provider has it no more or it is too large."""
        ...

    async def close(self) -> None: ...
