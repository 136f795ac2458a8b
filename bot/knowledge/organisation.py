"""Who answers here: `organisation.yml`. One organisation a deployment, with many offices."""

from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Literal

import yaml

from bot.knowledge.model import AREAS
from flows.heard import VARIETIES

MOST_AHEAD = 336  # hours: two weeks
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
    """`kind`: public, ngo, international. Safety and third-country nationals never go to a public one by themselves."""

    id: str
    name: str
    kind: Literal["public", "ngo", "international"]
    region: str
    hours: tuple[Period, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """`on_call` None: nobody is on call, which the organisation has written; the texts then promise nothing.
    `unsigned_areas` are the areas whose answers go out before they bear their signatures (and say so); None: all of them.
    `reminders`: hours before a session at which those who have a seat are reminded."""

    name: dict[str, str]
    controller: str
    cndp: str | None
    contact: str
    offices: tuple[Office, ...]
    on_call: str | None
    unsigned_areas: frozenset[str] | None
    reminders: tuple[int, ...] = (48, 24, 2)

    @property
    def hours(self) -> tuple[Period, ...]:
        """When at least one office answers: the first office's hours stand for the team."""
        return self.offices[0].hours

    def is_open(self, local: datetime) -> bool:
        """`local` is wall time."""
        return any(local.weekday() in p.days and p.start <= local.time() < p.end for o in self.offices for p in o.hours)


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
            reminders=_reminders(data.get("reminders", [48, 24, 2])),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise OrganisationFault(f"{file.name}: {error} is missing or malformed") from error
    except (OSError, yaml.YAMLError) as error:
        raise OrganisationFault(f"{file.name}: {error}") from error


def _areas(given: object) -> frozenset[str] | None:
    if given == "all":
        return None
    if not isinstance(given, list) or (unknown := [a for a in given if a not in AREAS]):
        wrong = given if not isinstance(given, list) else unknown[0]
        raise OrganisationFault(f"organisation.yml: unsigned_areas: {wrong!r} is no area; write all, or a list of areas")
    return frozenset(given)


def _reminders(given: object) -> tuple[int, ...]:
    """The farthest first. A booking remembers one of them, so that a number stands for itself."""
    if not isinstance(given, list) or not all(type(h) is int and 1 <= h <= MOST_AHEAD for h in given):
        raise OrganisationFault(f"organisation.yml: reminders: {given!r} is no list of hours from 1 to {MOST_AHEAD}")
    return tuple(sorted(set(given), reverse=True))


def _office(data: dict[str, object]) -> Office:
    kind = data["kind"]
    if kind not in ("public", "ngo", "international"):
        raise OrganisationFault(f"organisation.yml: offices.{data['id']}.kind: {kind!r} is not public, ngo or international")
    hours = data.get("hours") or []
    if not isinstance(hours, list):
        raise OrganisationFault(f"organisation.yml: offices.{data['id']}.hours: a list is expected")
    return Office(
        id=str(data["id"]),
        name=str(data["name"]),
        kind=kind,
        region=str(data["region"]),
        hours=tuple(_period(h) for h in hours),
    )


def _period(data: dict[str, object]) -> Period:
    first, _, last = str(data["days"]).partition("-")
    start, end = DAYS.index(first), DAYS.index(last or first)
    return Period(
        days=tuple(range(start, end + 1)),
        start=time.fromisoformat(str(data["from"])),
        end=time.fromisoformat(str(data["to"])),
    )
