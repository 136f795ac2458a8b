"""One turn being written into the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from bot.delivery.gathering import Person
from flows.effects import Record, Say
from flows.state import State


@dataclass(slots=True, kw_only=True)
class Entry:
    """`answering` are the inbox rows that the turn takes; `touched`: something in it is for the case; `opened`: the case is new;
    `erased`: the person is gone, `person` is the envelope of the receipt."""

    db: Connection
    now: datetime
    person: Person
    state: State
    answering: Sequence[int] = ()
    said: list[Say] = field(default_factory=list)
    happened: list[Record] = field(default_factory=list)
    touched: bool = False
    opened: bool = False
    erased: bool = False

    @property
    def contact_id(self) -> int:
        return int(self.person.row.id)
