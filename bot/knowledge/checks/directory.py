"""What must hold of the directory before anybody is sent to a door or given a number."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.knowledge.fields import relative
from bot.knowledge.model import Fault, Number
from bot.knowledge.office import Office, read_directory
from bot.knowledge.places import Places

_COMPLETE = re.compile(r"\+212[5-8]\d{8}|\+(?!212)\d{8,15}")  # ANRT's plan; elsewhere ITU-T E.164


def directory(home: Path, numbers: Mapping[str, Number]) -> tuple[dict[str, Office], list[Fault]]:
    """The offices that can be read, and every fault of the files."""
    faults: list[Fault] = []
    offices = read_directory(home / "content" / "directory", home, faults)
    places = home / "content" / "places.yml"
    known = {place.id for place in Places.load(places)} if places.is_file() else set()
    owner = {_digits(number.number): number.id for number in numbers.values()}
    dialled: dict[str, str] = {}
    for office in offices.values():
        what = [*_place(office, known), *_numbers(office, numbers, owner, dialled), *_shown(office)]
        file = relative(home / "content" / "directory" / f"{office.id}.yml", home)
        faults += [Fault(file=file, field=field, what=why) for field, why in what]
    return offices, faults


def _place(office: Office, known: set[str]) -> Iterable[tuple[str, str]]:
    for field, place in (("place", office.place), *(("phones.place", phone.place) for phone in office.phones)):
        if place is not None and place not in known:
            yield field, f"{place} is no place of places.yml"
    if not re.fullmatch(r"[A-Z]{2}|INT", office.country):
        yield "country", f"{office.country} is not a code like MA, or INT"


def _numbers(
    office: Office, numbers: Mapping[str, Number], owner: Mapping[str, str], dialled: dict[str, str]
) -> Iterable[tuple[str, str]]:
    for field, phones in (("phones", office.phones), ("unconfirmed", office.unconfirmed)):
        for phone in phones:
            if phone.number is not None and phone.number not in numbers:
                yield field, f"{phone.number} is no number of numbers.yml"
            elif phone.number is not None and field == "phones" and not numbers[phone.number].show:
                yield field, f"{phone.number} must not be shown (show: false in numbers.yml): move it to unconfirmed"
            if phone.dial is None:
                continue
            if _digits(phone.dial) in owner:
                yield field, f"{phone.dial} stands in numbers.yml: write {{number: {owner[_digits(phone.dial)]}}}"
            if dialled.setdefault(_digits(phone.dial), office.id) != office.id:
                yield field, f"{phone.dial} stands with {dialled[_digits(phone.dial)]} too"
            if not _COMPLETE.fullmatch(_digits(phone.dial)):
                yield field, f"{phone.dial} has too few or too many digits"


def _shown(office: Office) -> Iterable[tuple[str, str]]:
    if not office.show:
        return
    if office.confidence == "low":
        yield "show", "what is of low confidence is not shown"
    if office.status != "active":
        yield "show", f"its status is {office.status}: only active ones are shown"
    if not office.sources and office.checked is None:
        yield "show", "nothing is shown without a source, or somebody who asked there"
    if office.is_line and not office.phones:
        yield "show", "a hotline without a number to dial"
    if not office.is_line and not (office.place or office.phones or office.website):
        yield "show", "no town, number or site: nobody could get there"
    if office.nature == "public" and office.kind in ("ngo", "red_cross"):
        yield "nature", f"{office.kind} is not public"


def _digits(number: str) -> str:
    return re.sub(r"[^\d+]", "", number)
