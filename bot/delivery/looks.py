"""The closed table of what a turn may look up, and what is found."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.booking import seats, sessions
from bot.delivery import amendments, offices, programmes
from bot.handoff import cases
from bot.knowledge import service
from bot.knowledge.directory import Directory
from bot.knowledge.entries import Knowledge
from bot.knowledge.opportunities import Opportunities
from bot.knowledge.organisation import Organisation
from bot.people import holding
from flows.effects import Look
from flows.events import Option, Result

Json = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What is read from the files: answers, directory, opportunities, who answers when; and the zone in which a day begins."""

    knowledge: Knowledge
    directory: Directory
    opportunities: Opportunities
    organisation: Organisation
    zone: ZoneInfo


def answer(db: Connection, now: datetime, contact_id: int, look: Look, shelf: Shelf) -> Result:
    """Raises KeyError for a query outside the table."""
    return _TABLE[look.query](db, now, contact_id, look.args, shelf)


def _offices(db: Connection, now: datetime, contact_id: int, args: Mapping[str, Json], shelf: Shelf) -> Result:
    """Offices for what is needed; the one that the last answer names leads."""
    card = shelf.knowledge.entries.get(args.get("entry") or "")
    directory = amendments.laid_over(shelf.directory, amendments.signed(db, shelf.zone))
    return Result(of="offices", slots=offices.look(directory, now, args, card.office if card else None))


def _opportunities(db: Connection, now: datetime, contact_id: int, args: Mapping[str, Json], shelf: Shelf) -> Result:
    return programmes.find(args, shelf.opportunities, now.astimezone(shelf.zone).date())


def _sessions(db: Connection, now: datetime, contact_id: int, args: Mapping[str, Json], shelf: Shelf) -> Result:
    """Sessions to be had, for so many `seats`: in the town named, else in its region, else anywhere (`elsewhere` then says so).
    `full`: among them are some where one can only wait. `but` is left out, and where one waits already if there are others."""
    waits = {b.session for b in seats.of_contact(db, contact_id) if b.position is not None}
    city, region = args.get("city"), args.get("region")
    tries = [(region, city)] if city else []
    tries += [(region, None)] if region else []
    for wanted_region, wanted_city in (*tries, (None, None)):
        found = sessions.bookable(db, now, wanted_region, wanted_city, args.get("seats") or 1, contact_id)
        found = [s for s in found if s.id != args.get("but")]
        found = [s for s in found if s.id not in waits] or found
        if found:
            break
    elsewhere = bool(found) and bool(city or region) and (wanted_region, wanted_city) != (region, city)
    full = any(s.free <= 0 for s in found)
    slots = {"found": len(found), "elsewhere": elsewhere or None, "full": full or None}
    labels = ("session.choice" if s.free > 0 else "session.choice_full" for s in found)
    return Result(of="sessions", slots=slots, options=_options(found, labels))


def _bookings(db: Connection, now: datetime, contact_id: int, args: Mapping[str, Json], shelf: Shelf) -> Result:
    """The person's own seats and places in a line. A single one counts as chosen."""
    mine = sessions.of_person(db, now, contact_id)
    slots: dict[str, Json] = {"found": len(mine), "list": [s.params for s in mine] or None, "session": None}
    if len(mine) == 1:
        slots |= {"session": mine[0].id, "chosen": mine[0].params}
    return Result(of="bookings", slots=slots, options=_options(mine, repeat("session.choice")))


def _own_seat(db: Connection, now: datetime, contact_id: int, args: Mapping[str, Json], shelf: Shelf) -> Result:
    """Whether the person still has a seat at this session, and what may be said of it today."""
    found = sessions.find(db, str(args["session"]), contact_id)
    held = found is not None and found.params.get("status") == "confirmed"
    chosen = {"chosen": found.params} if found is not None else {}
    return Result(of="own_seat", slots={"seat": "taken" if held else "gone", **chosen})


def _service(db: Connection, now: datetime, contact_id: int, args: Mapping[str, Json], shelf: Shelf) -> Result:
    """Whether somebody answers now, or from when; how many requests wait before this person's."""
    local, organisation = now.astimezone(shelf.zone), shelf.organisation
    offices = service.answering(organisation, args.get("region"), bool(args.get("sensitive")))
    open_now = service.is_open(organisation, offices, local)
    opens = None if open_now else service.opens(organisation, offices, local)
    start = None if opens is None else f"{opens:%Y-%m-%dT%H:%M}"
    return Result(
        of="service", slots={"staffed": open_now or None, "start": start, "ahead": cases.ahead_of(db, contact_id) or None}
    )


def _my_data(db: Connection, now: datetime, contact_id: int, args: Mapping[str, Json], shelf: Shelf) -> Result:
    return Result(of="my_data", slots={"held": holding.counted(db, contact_id, shelf.zone)})


def _options(found: list[sessions.Session], labels: Iterable[str]) -> tuple[Option, ...]:
    return tuple(Option(value=s.id, label=label, params=s.params) for s, label in zip(found, labels, strict=False))


_TABLE: Mapping[str, Callable[[Connection, datetime, int, Mapping[str, Json], Shelf], Result]] = {
    "offices": _offices,
    "opportunities": _opportunities,
    "sessions": _sessions,
    "bookings": _bookings,
    "own_seat": _own_seat,
    "my_data": _my_data,
    "service": _service,
}
