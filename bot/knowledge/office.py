"""An office or a hotline of the directory, and its file `content/directory/<id>.yml`. The fields: docs/content.md."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from bot.knowledge.fields import Fields, load_yaml, relative
from bot.knowledge.model import Fault, PartialDate, Source
from bot.knowledge.opening import Hours, read_hours

KINDS = (
    "baom", "mre_house", "ministry", "foundation", "council", "ngo", "red_cross", "anapec", "entraide", "odco", "cnss",
    "investment_centre", "consulate", "campus_france", "cultural_institute", "ofii", "volunteering", "unhcr", "iom",
    "human_rights", "hospital", "university", "youth_house", "hotline",
)  # fmt: skip
SERVES = (
    "mre", "returnees", "newcomers", "refugees", "youth", "women", "children", "pensions", "social_security", "health_cover",
    "health", "pregnancy", "emergency_care", "ambulance", "listening", "suicide", "work", "training", "study", "visa",
    "volunteering", "business", "papers", "disputes", "rights", "complaints", "social_aid", "shelter", "violence",
    "trafficking", "missing", "detained", "danger", "sea", "fraud", "sessions", "associations", "documentation",
)  # fmt: skip
LANGUAGES = ("ar", "fr", "en", "es", "nl", "zgh")
DIALLED = re.compile(r"\+[1-9]\d{0,2}(?: \d{1,4}){3,6}")  # grouped as it is read aloud: +212 5 37 54 54 00
LONGEST_ADDRESS, LONGEST_NAME, LONGEST_NOTICE = 80, 32, 120

Nature = Literal["public", "ngo", "international"]
Reach = Literal["town", "region", "country"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """`number` is an id of numbers.yml and `dial` then None, or the other way round. `place`: the town it answers for."""

    number: str | None = None
    dial: str | None = None
    via: Literal["phone", "whatsapp"] = "phone"
    as_of: PartialDate | None = None
    signed_on: date | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """`sure` False: said with the words "to be confirmed"."""

    text: str
    sure: bool = True
    as_of: PartialDate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """Who asked the office itself, and when."""

    by: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """`name` by variety, French at least; empty where kind and town say all. `place` is an id of places.yml, None where it has
    no door. `unconfirmed` numbers are kept so that somebody can try them; they are never rendered."""

    id: str
    kind: str
    nature: Nature
    name: Mapping[str, str]
    place: str | None
    country: str
    reach: Reach
    address: Address | None
    phones: tuple[Phone, ...]
    unconfirmed: tuple[Phone, ...]
    website: str | None
    position: tuple[float, float] | None
    hours: Hours | None
    serves: tuple[str, ...]
    languages: tuple[str, ...]
    show: bool
    status: str
    confidence: str
    sources: tuple[Source, ...]
    checked: Checked | None
    notice: Mapping[str, str]

    @property
    def shown(self) -> bool:
        return self.show and self.status == "active"

    @property
    def is_line(self) -> bool:
        return self.kind == "hotline"


def read_directory(folder: Path, home: Path, faults: list[Fault]) -> dict[str, Office]:
    """Every file that can be read; what is wrong with the others stands in `faults`."""
    read = [read_office(file, home, faults) for file in sorted(folder.glob("*.yml"))]
    return {office.id: office for office in read if office}


def read_office(file: Path, home: Path, faults: list[Fault]) -> Office | None:
    before, where = len(faults), relative(file, home)
    data = load_yaml(file.read_bytes(), where, faults)
    if len(faults) > before:
        return None
    fields = Fields(data, where, faults)
    if fields.text("id") != file.stem:
        fields.fault("id", f"is not {file.stem}, the name of its file")
    office = Office(
        id=file.stem,
        kind=fields.one_of("kind", KINDS),
        nature=cast(Any, fields.one_of("nature", ("public", "ngo", "international"))),
        name=_texts(fields, "name", LONGEST_NAME),
        place=_optional(fields, "place"),
        country=fields.text("country"),
        reach=cast(Any, fields.one_of("reach", ("town", "region", "country"))),
        address=_address(fields),
        phones=_phones(fields, "phones"),
        unconfirmed=_phones(fields, "unconfirmed"),
        website=_website(fields),
        position=_position(fields),
        hours=read_hours(fields),
        serves=_among(fields, "serves", SERVES),
        languages=_among(fields, "languages", LANGUAGES),
        show=fields.one_of("show", ("True", "False")) == "True",
        status=fields.one_of("status", ("active", "to_confirm", "project", "closing")),
        confidence=fields.one_of("confidence", ("high", "medium", "low")),
        sources=_sources(fields),
        checked=_checked(fields),
        notice=_texts(fields, "notice", LONGEST_NOTICE),
    )
    return office if len(faults) == before else None


def _optional(fields: Fields, name: str) -> str | None:
    value = fields.data.get(name)
    return None if value is None else str(value)


def _texts(fields: Fields, name: str, most: int) -> dict[str, str]:
    """One text, or one a variety with French among them."""
    given = fields.data.get(name)
    if given is None:
        return {}
    if not isinstance(given, dict):
        return {"fr": fields.text(name, most)}
    under = fields.under(name)
    unknown = set(given) - {"fr", "ar", "ary", "ary-Latn", "en"}
    if unknown or "fr" not in given:
        under.fault("", "expected fr, and as needed ar, ary, ary-Latn, en")
    return {str(variety): under.text(str(variety), most) for variety in given}


def _address(fields: Fields) -> Address | None:
    if fields.data.get("address") is None:
        return None
    under = fields.under("address")
    sure = under.one_of("sure", ("True", "False")) == "True"
    return Address(text=under.text("text", LONGEST_ADDRESS), sure=sure, as_of=under.source_date("as_of"))


def _phones(fields: Fields, name: str) -> tuple[Phone, ...]:
    return tuple(_phone(item) for item in fields.items(name))


def _phone(item: Fields) -> Phone:
    number, dial = _optional(item, "number"), _optional(item, "dial")
    if (number is None) == (dial is None):
        item.fault("", "expected either number, an id of numbers.yml, or dial")
    if dial is not None and not DIALLED.fullmatch(dial):
        item.fault("dial", f"{dial} is not written like +212 5 37 54 54 00")
    signed = item.data.get("signed")
    return Phone(
        number=number,
        dial=dial,
        via=cast(Any, item.one_of("via", ("phone", "whatsapp"))) if "via" in item.data else "phone",
        as_of=item.source_date("as_of") if dial else None,
        signed_on=item.under("signed").day("on", needed=True) if signed else None,
        place=_optional(item, "place"),
    )


def _website(fields: Fields) -> str | None:
    url = _optional(fields, "website")
    if url and not url.startswith(("https://", "http://")):
        fields.fault("website", "does not begin with https:// or http://")
    return url


def _position(fields: Fields) -> tuple[float, float] | None:
    """The middle of the town (precision city) unless somebody measured the door."""
    if fields.data.get("position") is None:
        return None
    under = fields.under("position")
    under.one_of("precision", ("city", "door"))
    lat, lon = under.data.get("lat"), under.data.get("lon")
    if not isinstance(lat, int | float) or not isinstance(lon, int | float) or not (abs(lat) <= 90 and abs(lon) <= 180):
        under.fault("", "lat and lon are degrees, lat from -90 to 90, lon from -180 to 180")
        return None
    return float(lat), float(lon)


def _among(fields: Fields, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    found = fields.names(name)
    for each in found:
        if each not in allowed:
            fields.fault(name, f"{each} is none of {', '.join(allowed)}")
    return found


def _sources(fields: Fields) -> tuple[Source, ...]:
    return tuple(
        Source(name=item.text("name", 45), url=item.text("url"), source_date=item.source_date("source_date"))
        for item in fields.items("sources")
    )


def _checked(fields: Fields) -> Checked | None:
    if fields.data.get("checked") is None:
        return None
    under = fields.under("checked")
    day = under.day("on", needed=True)
    return Checked(by=under.text("by", 40), on=day) if day else None
