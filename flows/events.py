"""Everything that can happen to one person's conversation. Three doors and a clock bring these to one inbox."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.heard import Heard

Json = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of all events."""


# --- from the person -------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Event):
    """Text. `heard` is None until the message has been through understanding. `reply_to` is the provider's id of the
    bubble it answers."""

    text: str
    heard: Heard | None = None
    reply_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chose(Event):
    """A button. `choice` is the id we gave it; `title` what the person saw, when the provider tells."""

    choice: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(Event):
    """A deep link was followed. `payload` is what the link carried, at most 64 characters."""

    payload: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPlace(Event):
    """A location. The point itself is never kept: only the nearest known place and its region."""

    place: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentVoice(Event):
    """A voice note; `media` is our id of the stored reference."""

    seconds: int = 0
    media: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile(Event):
    """A picture, document, video or sticker. `caption` is treated as text when there is one."""

    what: str = "image"
    media: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentOther(Event):
    """Something we cannot read (contact card, reaction, poll…)."""

    what: str = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked(Event):
    """The person carried the conversation on from another channel with a one-time code."""

    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFailed(Event):
    """A one-time code that is unknown, used or expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedUs(Event):
    """The person blocked the bot, or let it in again (`back`)."""

    back: bool = False


# --- from the console ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class AdvisorTook(Event):
    """An advisor took the case and is reading."""

    advisor: str
    case: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvisorSaid(Event):
    """An advisor's reply, in the advisor's own words."""

    advisor: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvisorHandedBack(Event):
    """The advisor returned the conversation to the bot."""

    advisor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseExpired(Event):
    """The advisor who held the case went away; the case waits again."""

    advisor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCorrected(Event):
    """An answer this person was given has been put right since. `told` is when it was given, local wall time, ISO 8601."""

    entry: str
    told: str


# --- from the clock --------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class TimerDue(Event):
    """A timer set by an earlier turn. `name` says which, `data` is what that turn noted."""

    name: str
    data: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutSession(Event):
    """Base of what happens around a session. `about` is what texts may say of it (see `bot.booking.sessions`)."""

    session: str
    about: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatOffered(AboutSession):
    """A seat came free and is kept for this person, first in the line, until `until` (local wall time, ISO 8601)."""

    until: str
    seats: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLapsed(AboutSession):
    """The kept seat went to the next in line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCancelled(AboutSession):
    """A session on which this person had a seat, or waited for one, does not take place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMoved(AboutSession):
    """Time or place changed; `about` says the new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderDue(AboutSession):
    """The session begins in about so many hours."""

    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOver(AboutSession):
    """The session this person had a seat at is over: what did they think of it?"""


# --- results of effects, in the same unit of work --------------------------------------------------------------------
@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Event):
    """What became of an effect or a look-up: `slots` are set, `options` become the choices of the next `collect`."""

    of: str
    slots: Mapping[str, Json] = field(default_factory=dict)
    options: tuple["Option", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing to choose: the slot's value, and the message (id and parameters) that names it."""

    value: str
    label: str
    params: Mapping[str, Json] = field(default_factory=dict)
