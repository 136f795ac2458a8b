"""The closed table of what a turn may look up, and what is found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.booking import sessions
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
    """Sessions with free seats: in the town named, else in its region, else anywhere (`elsewhere` then says so)."""
    city, region = args.get("city"), args.get("region")
    tries = [(region, city)] if city else []
    tries += [(region, None)] if region else []
    for wanted_region, wanted_city in (*tries, (None, None)):
        found = sessions.bookable(db, now, wanted_region, wanted_city)
        if found:
            break
    elsewhere = bool(found) and bool(city or region) and (wanted_region, wanted_city) != (region, city)
    return Result(of="sessions", slots={"found": len(found), "elsewhere": elsewhere or None}, options=_options(found))


def _bookings(db: Connection, now: datetime, contact_id: int, args: Mapping[str, Json], shelf: Shelf) -> Result:
    """The person's own seats. A single one counts as chosen."""
    mine = sessions.of_person(db, now, contact_id)
    slots: dict[str, Json] = {"found": len(mine), "list": [s.params for s in mine] or None, "session": None}
    if len(mine) == 1:
        slots |= {"session": mine[0].id, "chosen": mine[0].params}
    return Result(of="bookings", slots=slots, options=_options(mine))


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


def _options(found: list[sessions.Session]) -> tuple[Option, ...]:
    return tuple(Option(value=s.id, label="session.choice", params=s.params) for s in found)


_TABLE: Mapping[str, Callable[[Connection, datetime, int, Mapping[str, Json], Shelf], Result]] = {
    "offices": _offices,
    "opportunities": _opportunities,
    "sessions": _sessions,
    "bookings": _bookings,
    "my_data": _my_data,
    "service": _service,
}
