"""The case in one glance, from known slots alone: what it is about, who asks, what they were told already."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from bot.console import reading
from bot.console.words import Words
from bot.delivery import gate
from bot.handoff import reply
from bot.people.identity import box_of
from flows.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer the person got. `changed`: its text has been rewritten since."""

    entry: str
    title: str
    version: str
    when: str
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Whether what is written now arrives. `left` in words; empty where the channel knows no window."""

    channel: str
    open: bool
    left: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    topic: str
    reason: str
    urgency: str
    region: str
    language: str
    minor: str
    journey: str
    safety: str
    opened: str
    lease: str
    told: list[Told]
    window: Window | None


def of(db: Connection, words: Words, case: Row[Any], now: datetime, since: datetime) -> Summary:
    """`since` is from when on the thread may be read: an emergency of before is not told either."""
    said = reading.said(db, case, since)
    state = _state(db, words, case.contact_id)
    region = case.region or state.slots.get("region")
    minor = "unknown" if case.minor is None else "yes" if case.minor else "no"
    return Summary(
        topic=words.topic(case.topic),
        reason=words.reason(case.reason, case.topic),
        urgency=words.say(f"urgency.{case.urgency}"),
        region=words.region(None if region == "any" else region),
        language=words.variety(case.language or state.language),
        minor=words.say(f"minor.{minor}"),
        journey=words.journey(next((row.journey for row in said if row.journey), None)),
        safety=words.topic(state.safety) if state.safety and since <= reading.EVER else "",
        opened=words.moment(case.opened_at),
        lease=words.time(case.lease_until) if case.lease_until else "",
        told=_told(words, said),
        window=_window(db, words, case.contact_id, now),
    )


def _state(db: Connection, words: Words, contact_id: int) -> State:
    box, sealed = box_of(db, words.house.vault, contact_id), reply.state_of(db, contact_id)
    return State() if box is None or sealed is None else State.from_json(box.open_json(sealed))


def _told(words: Words, said: list[Row[Any]]) -> list[Told]:
    """Each answer once, at its latest, newest first."""
    knowledge, told = words.house.library.knowledge, dict[str, Told]()
    for row in said:
        entry = row.content_id
        if not entry or entry in told:
            continue
        known = entry in knowledge.entries
        told[entry] = Told(
            entry=entry,
            title=words.topic(entry),
            version=row.content_version or "",
            when=words.moment(row.created_at),
            changed=not known or (bool(row.content_version) and knowledge.version(entry) != row.content_version),
        )
    return list(told.values())


def _window(db: Connection, words: Words, contact_id: int, now: datetime) -> Window | None:
    """Of the address a reply would go to."""
    address = reply.address_of(db, contact_id)
    if address is None:
        return None
    channel = words.known(f"channel.{address.channel}", address.channel)
    if address.channel != "whatsapp":
        return Window(channel=channel, open=True, left="")
    if not gate.window_open(now, address.last_inbound_at):
        return Window(channel=channel, open=False, left="")
    left: timedelta = address.last_inbound_at + gate.WINDOW - now
    return Window(channel=channel, open=True, left=words.left(left))
