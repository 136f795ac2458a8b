"""Offices near a place, as a turn may show them: plain data, with the hours read against the clock of the place."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.knowledge import opening
from bot.knowledge.directory import Directory, Near
from bot.knowledge.office import Office
from bot.knowledge.opening import Hours

Json = Any
_ZONES = {"MA": "Africa/Casablanca", "FR": "Europe/Paris", "BE": "Europe/Brussels", "ES": "Europe/Madrid"}
_MOST_NUMBERS = 2  # an office may have four; two are enough to reach it


def look(directory: Directory, now: datetime, args: Mapping[str, Json], office_of_entry: str | None) -> dict[str, Json]:
    """The slots of the result. A region named now counts more than a town of before in another region."""
    place, around = args.get("place"), args.get("around")
    known = directory.place(place)
    if around and (known is None or known.region != around):
        place = around
    found = directory.find(place, args.get("need"), careful=args["careful"], first=office_of_entry, skip=int(args["seen"]))
    return {
        "found": len(found.offices),
        "lines": len(found.lines),
        "further": found.more or None,
        "seen": int(args["seen"]) + len(found.offices),
        "near": found.near.id if found.near else None,
        "place": found.near.id if found.near else place,
        "offices": {
            "rows": [row(directory, near, now) for near in found.offices],
            "lines": [line(directory, office) for office in found.lines],
            "entry": args.get("entry"),
        },
    }


def row(directory: Directory, near: Near, now: datetime) -> dict[str, Json]:
    """One office in words of no language. `km` is whole kilometres; `open`: open, closed or unknown."""
    office = near.office
    at = opening.at(office.hours, now.astimezone(ZoneInfo(_ZONES.get(office.country, "UTC"))).replace(tzinfo=None))
    source = office.sources[0] if office.sources else None
    return {
        "id": office.id,
        "kind": office.kind,
        "name": dict(office.name),
        "place": office.place,
        "km": None if near.km is None else max(1, round(near.km)),
        "serves": list(office.serves),
        "address": None if office.address is None else {"text": office.address.text, "sure": office.address.sure},
        "phones": directory.dialled(office.phones)[:_MOST_NUMBERS],
        "phones_as_of": next((str(p.as_of) for p in office.phones if p.as_of and not p.signed_on), None),
        "website": office.website,
        "hours": None if office.hours is None else _hours(office.hours),
        "open": at.state,
        "next": at.next.isoformat(timespec="minutes") if at.next else None,
        "sure": office.confidence == "high",
        "source": source.name if source else None,
        "source_date": str(source.source_date) if source and source.source_date else None,
        "checked": office.checked.on.isoformat() if office.checked else None,
        "notice": dict(office.notice) or None,
    }


def line(directory: Directory, office: Office) -> dict[str, Json]:
    """A hotline: what is dialled, and what for."""
    phones = directory.dialled(office.phones)
    return {"id": office.id, "name": dict(office.name), "serves": list(office.serves), "phones": phones[:1]}


def _hours(hours: Hours) -> dict[str, Json]:
    spans = [{"days": list(s.days), "from": _at(s.start), "to": _at(s.end), "part": s.part} for s in hours.spans]
    return {"always": hours.always, "sure": hours.sure, "spans": spans}


def _at(moment: time | None) -> str | None:
    return None if moment is None else f"{moment:%H:%M}"
