"""Who answers here: `organisation.yml`. One organisation a deployment, with many offices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Any, Literal

import yaml

from bot.knowledge.model import AREAS
from flows.heard import VARIETIES

Json = Any
KEPT = ("messages", "minor_messages", "case", "sensitive_case", "bookings", "receipts")
LONGEST_KEPT = 1825
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class OrganisationFault(ValueError):
    """`organisation.yml` is wrong; the text says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Open on `days` (0 is Monday) from `start` to `end`, local wall time."""

    days: tuple[int, ...]
    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """`kind`: public, ngo, international. Safety and third-country nationals never go to a public one by themselves. `ramadan`:
    the hours of that month; empty: as ever."""

    id: str
    name: str
    kind: Literal["public", "ngo", "international"]
    region: str
    hours: tuple[Period, ...]
    ramadan: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """`on_call` None: nobody is on call, which the organisation has written; the texts then promise nothing.
    `closed`: holidays by the moon and other single days, entered by hand; `closed_every_year`: (month, day). `ramadan`: first and
    last day, entered once it is announced. `retention`: days by kind of data, where they differ from `bot.people.retention`.
    `unsigned_areas` are the areas whose answers go out before they bear their signatures (and say so); None: all of them."""

    name: dict[str, str]
    controller: str
    cndp: str | None
    contact: str
    offices: tuple[Office, ...]
    on_call: str | None
    unsigned_areas: frozenset[str] | None
    retention: Mapping[str, int] = field(default_factory=dict)
    closed: frozenset[date] = frozenset()
    closed_every_year: frozenset[tuple[int, int]] = frozenset()
    ramadan: tuple[tuple[date, date], ...] = ()


def load(file: Path) -> Organisation:
    """Raises OrganisationFault."""
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        name = {v: str(data["name"][v]) for v in VARIETIES}
        offices = tuple(_office(o) for o in data["offices"])
        if not offices:
            raise OrganisationFault(f"{file.name}: offices: at least one is needed")
        return Organisation(
            name=name,
            controller=str(data["controller"]),
            cndp=data.get("cndp"),
            contact=str(data["contact"]),
            offices=offices,
            on_call=data["on_call"],
            unsigned_areas=_areas(data.get("unsigned_areas", "all")),
            retention=_days(data.get("retention") or {}),
            **_calendar(data.get("holidays") or [], data.get("ramadan") or []),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise OrganisationFault(f"{file.name}: {error} is missing or malformed") from error
    except (OSError, yaml.YAMLError) as error:
        raise OrganisationFault(f"{file.name}: {error}") from error


def _days(given: object) -> dict[str, int]:
    if not isinstance(given, dict):
        raise OrganisationFault("organisation.yml: retention: days by kind are expected")
    for kind, days in given.items():
        if kind not in KEPT or not isinstance(days, int) or not 1 <= days <= LONGEST_KEPT:
            raise OrganisationFault(
                f"organisation.yml: retention.{kind}: a number of days (1 to {LONGEST_KEPT}) for one of {', '.join(KEPT)}"
            )
    return dict(given)


def _calendar(holidays: list[Json], ramadan: list[Json]) -> dict[str, Json]:
    """Holidays are "05-01" (every year) or a whole date; a Ramadan is {from, to}. Raises OrganisationFault."""
    try:
        every_year = [str(h) for h in holidays if len(str(h)) == len("05-01")]
        single = [_day(h) for h in holidays if str(h) not in every_year]
        months = tuple((_day(m["from"]), _day(m["to"])) for m in ramadan)
        yearly = frozenset((d.month, d.day) for d in (date.fromisoformat(f"2024-{h}") for h in every_year))  # a leap year
    except (ValueError, KeyError, TypeError) as error:
        raise OrganisationFault(f"organisation.yml: holidays, ramadan: {error}: write 05-01 or 2027-03-10") from error
    if any(last < first for first, last in months):
        raise OrganisationFault("organisation.yml: ramadan: its last day comes before its first")
    return {"closed": frozenset(single), "closed_every_year": yearly, "ramadan": months}


def _day(given: Json) -> date:
    return given if isinstance(given, date) else date.fromisoformat(str(given))


def _areas(given: object) -> frozenset[str] | None:
    if given == "all":
        return None
    if not isinstance(given, list) or (unknown := [a for a in given if a not in AREAS]):
        wrong = given if not isinstance(given, list) else unknown[0]
        raise OrganisationFault(f"organisation.yml: unsigned_areas: {wrong!r} is no area; write all, or a list of areas")
    return frozenset(given)


def _office(data: dict[str, object]) -> Office:
    kind = data["kind"]
    if kind not in ("public", "ngo", "international"):
        raise OrganisationFault(f"organisation.yml: offices.{data['id']}.kind: {kind!r} is not public, ngo or international")
    hours, ramadan = data.get("hours") or [], data.get("ramadan") or []
    if not isinstance(hours, list) or not isinstance(ramadan, list):
        raise OrganisationFault(f"organisation.yml: offices.{data['id']}.hours, .ramadan: a list is expected")
    return Office(
        id=str(data["id"]),
        name=str(data["name"]),
        kind=kind,
        region=str(data["region"]),
        hours=tuple(_period(h) for h in hours),
        ramadan=tuple(_period(h) for h in ramadan),
    )


def _period(data: dict[str, object]) -> Period:
    first, _, last = str(data["days"]).partition("-")
    try:
        from_day, to_day = DAYS.index(first), DAYS.index(last or first)
        start, end = time.fromisoformat(str(data["from"])), time.fromisoformat(str(data["to"]))
    except ValueError as error:
        raise OrganisationFault(
            f'organisation.yml: hours: {error}: write {{days: mon-thu, from: "09:00", to: "12:30"}}'
        ) from error
    if to_day < from_day or end <= start:
        raise OrganisationFault(f"organisation.yml: hours: {data['days']} {start:%H:%M}-{end:%H:%M} ends before it begins")
    return Period(days=tuple(range(from_day, to_day + 1)), start=start, end=end)
