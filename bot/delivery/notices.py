"""What the clock tells people of their sessions: reminders, and the question afterwards. Each is an inbox event of the person,
written with its claim in one transaction: once, whatever is restarted or doubled."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection

from bot.booking import reminding, sessions
from bot.booking.reminding import Due
from bot.delivery import inbox
from bot.people.identity import box_of
from bot.storage.bell import Bell
from bot.storage.crypto import KeyProblem, Vault
from flows.events import ReminderDue, SessionOver

log = logging.getLogger(__name__)
_BATCH = 100  # in one round, so that nobody's turn waits long for the writer


def run(db: Connection, vault: Vault, bell: Bell, now: datetime, ahead: Sequence[int]) -> int:
    """One round; how many people were written to. `ahead`: hours before the start at which people are reminded."""
    found = _claimed(db, now, reminding.due(db, now, ahead))
    found += _claimed(db, now, reminding.over(db, now))
    for what in found:
        _tell(db, vault, bell, now, what)
    return len(found)


def _claimed(db: Connection, now: datetime, found: Iterable[Due]) -> list[Due]:
    return list(islice((what for what in found if reminding.claim(db, what, now)), _BATCH))


def _tell(db: Connection, vault: Vault, bell: Bell, now: datetime, what: Due) -> None:
    """Somebody erased is not told; a person whose key is gone holds up nobody else."""
    try:
        box = box_of(db, vault, what.contact)
    except KeyProblem:
        log.exception("person_unreadable", extra={"booking": what.booking})
        return
    if box is None:
        return
    about = _about(what)
    event: ReminderDue | SessionOver
    if what.hours is None:
        event, name = SessionOver(session=what.session.id, about=about), f"over:{what.booking}"
    else:
        event = ReminderDue(session=what.session.id, about=about, hours=what.hours)
        name = f"reminder:{what.booking}:{what.hours}" + (f":{what.session.revision}" if what.session.revision else "")
    inbox.put(db, bell, box, now, what.contact, "clock", name, event, trace=name)


def _about(what: Due) -> dict[str, object]:
    """What texts may say; `begins` is the instant, beside the wall time."""
    begins = reminding.moment(what.session.starts, what.session.zone)
    return {**sessions.about(what.session), "code": what.code, "begins": begins.isoformat()}
