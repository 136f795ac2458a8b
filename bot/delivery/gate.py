"""The gate: one table that decides, at the moment of sending, whether a bubble may go."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

WINDOW = timedelta(hours=24)  # https://www.twilio.com/docs/whatsapp/key-concepts
_MARGIN = timedelta(minutes=2)  # a bubble that would arrive after the window closes is not sent

Ruling = Literal["pass", "hold", "drop"]
# Answers to a message just received and safety pass opt-out; STOP stops what was not asked for. A notice is the word that a
# session somebody has a seat at is called off or moved: who booked asked for that.
ASKED_FOR = frozenset({"answer", "suggest", "clarify", "flow", "handoff", "safety", "system", "advisor", "notice"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """`last_inbound` is when the person last wrote on this channel; `reachable` False: they blocked us."""

    now: datetime
    channel: str
    kind: str
    opted_out: bool
    reachable: bool
    last_inbound: datetime | None


def rule(seen: Circumstances) -> Ruling:
    if not seen.reachable:
        return "hold"
    if seen.opted_out and seen.kind not in ASKED_FOR:
        return "drop"
    if seen.channel == "whatsapp" and not window_open(seen.now, seen.last_inbound):
        return "hold"
    return "pass"


def window_open(now: datetime, last_inbound: datetime | None) -> bool:
    """WhatsApp takes free text only within 24 hours of the person's last message."""
    return last_inbound is not None and now < last_inbound + WINDOW - _MARGIN


# What may be sent again when nobody knows whether it was sent. Reminders and notices never; an advisor decides for herself.
MAY_REPEAT = frozenset({"answer", "suggest", "clarify", "flow", "handoff", "safety", "system"})
# Channels whose provider lists what it took (https://www.twilio.com/docs/messaging/api/message-resource).
HAS_A_LIST = frozenset({"whatsapp", "sms"})
# How long a bubble that cannot be delivered holds its followers before it is laid aside for the operator.
PATIENCE = {"safety": timedelta(hours=6), "advisor": timedelta(hours=24), "reminder": timedelta(minutes=30)}
DEFAULT_PATIENCE = timedelta(hours=6)
