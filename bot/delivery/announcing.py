"""Tells people that their session is called off or moved: each through their own inbox, under their own lock, once. In the unit
of work that changes the session: whoever is told was concerned, whoever is concerned is told."""

import logging
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from bot.booking import changing, sessions
from bot.booking.changing import Changed, Concerned
from bot.booking.planning import Plan
from bot.delivery import inbox
from bot.people.identity import box_of
from bot.storage.bell import Bell
from bot.storage.crypto import KeyProblem, Vault
from flows.events import Event, SessionCancelled, SessionMoved

log = logging.getLogger(__name__)


def cancel(db: Connection, vault: Vault, bell: Bell, now: datetime, session_id: str) -> int:
    """Call a session off; how many people it concerns. Raises `changing.Over`."""
    told = changing.cancel(db, now, session_id)
    event = SessionCancelled(session=session_id, about=_about(db, session_id))
    _tell(db, vault, bell, now, ((one, f"cancelled:{one.booking}") for one in told), event)
    return len(told)


def change(db: Connection, vault: Vault, bell: Bell, now: datetime, session_id: str, plan: Plan, seen: str) -> Changed:
    """Lay a plan over a session; another time or place is told. Raises what `changing.change` raises."""
    changed = changing.change(db, now, session_id, plan, seen)
    event = SessionMoved(session=session_id, about=_about(db, session_id))
    _tell(db, vault, bell, now, ((one, f"moved:{one.booking}:{changed.revision}") for one in changed.concerned), event)
    return changed


def _about(db: Connection, session_id: str) -> dict[str, object]:
    found = sessions.find(db, session_id)
    return found.params if found else {}


def _tell(db: Connection, vault: Vault, bell: Bell, now: datetime, people: Iterable[tuple[Concerned, str]], event: Event) -> None:
    """Whose data cannot be read any more is not told, and holds up nobody else."""
    for one, name in people:
        try:
            box = box_of(db, vault, one.contact)
        except KeyProblem:
            log.exception("person_unreadable", extra={"contact": one.contact})
            continue
        if box is not None:
            inbox.put(db, bell, box, now, one.contact, "clock", name, event, trace=name[:60])
