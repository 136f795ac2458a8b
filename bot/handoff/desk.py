"""What an advisor does with a case: checked, written down, and told to the person through the person's own inbox.

An advisor's click may arrive twice (a double click, a repeated request): `once` makes the second one nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from bot.delivery import inbox
from bot.handoff import cases
from bot.people.identity import box_of
from bot.storage.bell import Bell
from bot.storage.crypto import Vault
from bot.storage.tables import Advisor, Audit, Case, table
from flows.events import AdvisorHandedBack, AdvisorSaid, AdvisorTook, Event, LeaseExpired

LONGEST_REPLY = 4000
_case, _advisor = table(Case), table(Advisor)


class NotYours(RuntimeError):
    """The case is held by somebody else, or closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`token` makes unique ids for what happens in the console."""

    vault: Vault
    bell: Bell
    token: Callable[[], str]

    def take(self, db: Connection, now: datetime, case_id: int, advisor_id: int) -> None:
        """Raises NotYours. Taking again what one holds already is nothing new."""
        case = self._case(db, case_id)
        already = case.state == "taken" and case.owner_id == advisor_id and case.lease_until and case.lease_until > now
        if not cases.take(db, now, case_id, advisor_id):
            raise NotYours
        if not already:
            self._tell(db, now, case_id, AdvisorTook(advisor=self._name(db, advisor_id), case=case_id), self.token())
            self._audit(db, now, advisor_id, "take", case_id)

    def say(self, db: Connection, now: datetime, case_id: int, advisor_id: int, text: str, once: str) -> None:
        """Raises NotYours, and ValueError for an empty or too long text."""
        text = text.strip()
        if not text or len(text) > LONGEST_REPLY:
            raise ValueError(f"a reply has 1 to {LONGEST_REPLY} characters")
        self._mine(db, now, case_id, advisor_id)
        self._tell(db, now, case_id, AdvisorSaid(advisor=self._name(db, advisor_id), text=text), once)

    def note(self, db: Connection, now: datetime, case_id: int, advisor_id: int, text: str) -> None:
        """A private note: the person never sees it."""
        text = text.strip()
        if not text or len(text) > LONGEST_REPLY:
            raise ValueError(f"a note has 1 to {LONGEST_REPLY} characters")
        self._mine(db, now, case_id, advisor_id)
        box = box_of(db, self.vault, self._case(db, case_id).contact_id)
        if box is not None:
            cases.write_note(db, now, case_id, advisor_id, None, box.seal(text))

    def hand_back(self, db: Connection, now: datetime, case_id: int, advisor_id: int) -> None:
        """Raises NotYours."""
        if not cases.hand_back(db, now, case_id, advisor_id):
            raise NotYours
        self._tell(db, now, case_id, AdvisorHandedBack(advisor=self._name(db, advisor_id)), self.token())
        self._audit(db, now, advisor_id, "hand_back", case_id)

    def expire(self, db: Connection, now: datetime, case: Row[Any]) -> None:
        """The lease seen in `case` ran out: the case goes back to the queue and the person is told in one line."""
        if cases.expire(db, case.id, case.lease_until):
            name = self._name(db, case.owner_id) if case.owner_id else ""
            self._tell(db, now, case.id, LeaseExpired(advisor=name), self.token())

    def _mine(self, db: Connection, now: datetime, case_id: int, advisor_id: int) -> None:
        if not cases.renew(db, now, case_id, advisor_id):
            raise NotYours

    def _tell(self, db: Connection, now: datetime, case_id: int, event: Event, once: str) -> None:
        contact_id = self._case(db, case_id).contact_id
        box = box_of(db, self.vault, contact_id)
        if box is not None:
            inbox.put(db, self.bell, box, now, contact_id, "console", once, event, trace=once)

    def _audit(self, db: Connection, now: datetime, advisor_id: int, action: str, case_id: int) -> None:
        values = {"advisor_id": advisor_id, "action": action, "object": f"case/{case_id}", "at": now}
        db.execute(insert(table(Audit)).values(values))

    @staticmethod
    def _case(db: Connection, case_id: int) -> Row[Any]:
        row = db.execute(select(_case).where(_case.c.id == case_id)).one_or_none()
        if row is None:
            raise NotYours
        return row

    @staticmethod
    def _name(db: Connection, advisor_id: int) -> str:
        return str(db.execute(select(_advisor.c.name).where(_advisor.c.id == advisor_id)).scalar_one_or_none() or "")
