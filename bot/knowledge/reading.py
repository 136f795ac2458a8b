"""From the files of `content/` to the shapes of `model`. Faults are collected; a broken file gives None."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from bot.knowledge.fields import Fields, load_yaml, relative
from bot.knowledge.model import (
    AREAS,
    AUDIENCES,
    COUNTRIES,
    MONTHS_UNTIL_REVIEW,
    VARIETIES,
    Entry,
    Fact,
    Fault,
    Number,
    SafetyEntry,
    Signature,
    Source,
    Value,
    ValueKind,
)
from bot.knowledge.texts import parts_of

MOST_TITLE, MOST_SOURCE_NAME, MOST_SOURCES, MOST_FOLLOW_UPS = 20, 45, 3, 2
_KINDS: tuple[ValueKind, ...] = ("amount", "number", "percent", "date", "year", "link", "phone")
_VALUE_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CURRENCY = re.compile(r"[A-Z]{3}")


def read_fact(file: Path, home: Path, faults: list[Fault]) -> Fact | None:
    raw = file.read_bytes()
    before = len(faults)
    data = load_yaml(raw, relative(file, home), faults)
    if len(faults) > before:
        return None
    fields = Fields(data, relative(file, home), faults)
    _named_after(fields, file.stem)
    confidence = fields.one_of("confidence", ("high", "medium", "low"))
    sources = _sources(fields)
    given = fields.data.get("values") or {}
    under = Fields(given, fields.file, faults, "values")
    values = {str(name): found for name in under.data if (found := _value(under, str(name)))}
    if len(faults) > before:
        return None
    return Fact(id=file.stem, confidence=cast(Any, confidence), sources=sources, values=values, raw=raw)


def read_numbers(file: Path, home: Path, faults: list[Fault]) -> dict[str, Number]:
    data = load_yaml(file.read_bytes(), relative(file, home), faults) if file.is_file() else []
    numbers: dict[str, Number] = {}
    for place, item in enumerate(data or [], 1):
        name = item.get("id", f"[{place}]") if isinstance(item, dict) else f"[{place}]"
        fields = Fields(item, relative(file, home), faults, str(name))
        if name in numbers:
            fields.fault("id", "stands twice")
        signed = fields.under("signed").day("on", needed=True) if fields.data.get("signed") else None
        if fields.data.get("show"):
            _sources(fields)
        numbers[str(name)] = Number(
            id=fields.text("id"), number=fields.text("number"), show=fields.one_of("show", ("True", "False")) == "True",
            confidence=fields.one_of("confidence", ("high", "medium", "low")), country=fields.text("country"),
            what=fields.text("what"), signed_on=signed,
        )  # fmt: skip
    return numbers


def read_entry(folder: Path, home: Path, faults: list[Fault]) -> Entry | None:
    """None also while one of the five texts is missing: half an answer is not served (the check names what lacks)."""
    file, before = folder / "entry.yml", len(faults)
    raw = file.read_bytes() if file.is_file() else b""
    fields = Fields(load_yaml(raw, relative(file, home), faults), relative(file, home), faults)
    if len(faults) > before:
        return None
    _named_after(fields, folder.name)
    titles = fields.under("short_title")
    read = fields.under("native_read") if fields.data.get("native_read") else Fields({}, fields.file, faults)
    texts, texts_raw = read_texts(folder, home, faults)
    sources = _sources(fields, MOST_SOURCES, MOST_SOURCE_NAME)
    follow_ups = fields.names("follow_ups", needed=False)
    if len(follow_ups) > MOST_FOLLOW_UPS:
        fields.fault("follow_ups", f"{len(follow_ups)}, {MOST_FOLLOW_UPS} at most")
    entry = Entry(
        id=folder.name,
        area=fields.one_of("area", AREAS),
        audience=fields.one_of("audience", AUDIENCES),
        kind=fields.one_of("kind", MONTHS_UNTIL_REVIEW),
        country=fields.one_of("country", COUNTRIES) if "country" in fields.data else None,
        short_title={variety: titles.text(variety, MOST_TITLE) for variety in VARIETIES},
        facts=fields.names("facts"),
        sources=sources,
        written_on=cast(Any, fields.day("written_on", needed=True)),
        signed=_signatures(fields),
        follow_ups=follow_ups,
        office=fields.data.get("office"),
        review_due=fields.day("review_due"),
        withdrawn=fields.day("withdrawn"),
        unsure=fields.names("unsure", needed=False),
        native_read={variety: read.day(variety) for variety in read.data},
        texts=texts,
        folder=folder,
        raw=raw + texts_raw,
    )
    return entry if len(faults) == before else None


def read_safety(folder: Path, home: Path, faults: list[Fault]) -> SafetyEntry | None:
    file, before = folder / "entry.yml", len(faults)
    raw = file.read_bytes() if file.is_file() else b""
    fields = Fields(load_yaml(raw, relative(file, home), faults), relative(file, home), faults)
    if len(faults) > before:
        return None
    _named_after(fields, folder.name)
    texts, _ = read_texts(folder, home, faults)
    entry = SafetyEntry(
        id=folder.name,
        level=cast(Any, fields.one_of("level", ("critical", "urgent", "normal"))),
        address=cast(Any, fields.one_of("address", ("tu", "vous"))),
        handoff=cast(Any, fields.one_of("handoff", ("critical", "other"))),
        numbers=fields.names("numbers"),
        sources=_sources(fields, MOST_SOURCES, MOST_SOURCE_NAME),
        written_on=cast(Any, fields.day("written_on", needed=True)),
        signed=_signatures(fields),
        texts=texts,
        folder=folder,
    )
    return entry if len(faults) == before else None


def read_texts(folder: Path, home: Path, faults: list[Fault]) -> tuple[dict[str, dict[str, str]], bytes]:
    texts, raw = {}, b""
    for variety in VARIETIES:
        file = folder / f"{variety}.md"
        content = file.read_bytes() if file.is_file() else b""
        parts = parts_of(content.decode("utf-8"))
        if not parts:
            faults.append(Fault(file=relative(file, home), field="text", what="missing"))
        texts[variety] = parts
        raw += content
    return texts, raw


def _named_after(fields: Fields, name: str) -> None:
    if fields.text("id") != name:
        fields.fault("id", f"is not {name}, the name of its place")


def _sources(fields: Fields, most: int | None = None, longest_name: int | None = None) -> tuple[Source, ...]:
    items = fields.items("sources")
    if not items:
        fields.fault("sources", "missing")
    if most and len(items) > most:
        fields.fault("sources", f"{len(items)}, {most} at most")
    return tuple(_source(item, longest_name) for item in items)


def _source(item: Fields, longest_name: int | None) -> Source:
    url = item.text("url")
    if url and not url.startswith(("https://", "http://")):
        item.fault("url", "does not begin with https:// or http://")
    return Source(
        name=item.text("name", longest_name),
        url=url,
        source_date=item.source_date("source_date"),
        verified_on=item.day("verified_on"),
    )


def _signatures(fields: Fields) -> tuple[Signature, ...]:
    items = fields.items("signed")
    return tuple(Signature(role=s.text("role"), on=cast(Any, s.day("on", needed=True))) for s in items)


def _value(under: Fields, name: str) -> Value | None:
    given = under.under(name)
    kinds: Iterable[ValueKind] = [kind for kind in _KINDS if kind in given.data]
    kind = next(iter(kinds), None)
    if not _VALUE_NAME.fullmatch(name):
        given.fault("", "a name has lower-case letters, digits and underscores")
    if kind is None or len(list(kinds)) > 1:
        given.fault("", f"expected one of {', '.join(_KINDS)}")
        return None
    currency = given.data.get("currency")
    if kind == "amount" and not _CURRENCY.fullmatch(str(currency)):
        given.fault("currency", f"{currency} is not a code like MAD or EUR")
    data = _data(given, kind)
    as_of = given.data.get("as_of")
    return None if data is None else Value(kind=kind, data=data, currency=currency, as_of=as_of and str(as_of))


def _data(given: Fields, kind: ValueKind) -> Any:
    data = given.data[kind]
    if kind == "date":
        return given.source_date("date")
    number_wanted = kind in ("amount", "number", "percent", "year")
    if number_wanted != (isinstance(data, int | float) and not isinstance(data, bool)):
        given.fault(kind, f"{data} is not {'a number' if number_wanted else 'text (put it in quotes)'}")
        return None
    return data
