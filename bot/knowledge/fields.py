"""Reads the fields of one YAML file and collects every fault, so that an author sees all of them at once."""

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.model import Fault, PartialDate

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(raw: bytes, file: str, faults: list[Fault]) -> Any:
    """The parsed file; None when it is empty or broken (then a fault tells)."""
    try:
        return yaml.load(raw, Loader=_Loader)  # noqa: S506 (both loaders are the safe one)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "file"
        faults.append(Fault(file=file, field=where, what="this is not valid YAML" if mark else str(error)))
        return None


class Fields:
    """One mapping of a file. Every getter returns a usable value and notes what was wrong."""

    def __init__(self, data: object, file: str, faults: list[Fault], prefix: str = "") -> None:
        self.file, self.faults, self.prefix = file, faults, prefix
        given = data if isinstance(data, dict) else {}
        # To YAML 1.1 the bare word "on" is true, also where it is the name of a signature's day.
        self.data: Mapping[str, Any] = {"on" if name is True else name: value for name, value in given.items()}
        if not isinstance(data, dict):
            self.fault("", "expected names with values")

    def fault(self, name: str, what: str) -> None:
        where = ".".join(part for part in (self.prefix, name) if part) or "file"
        self.faults.append(Fault(file=self.file, field=where, what=what))

    def text(self, name: str, most: int | None = None) -> str:
        value = self.data.get(name)
        if value is None or not str(value).strip():
            self.fault(name, "missing")
            return ""
        if most and len(str(value)) > most:
            self.fault(name, f"{len(str(value))} characters, {most} at most")
        return str(value).strip()

    def one_of(self, name: str, allowed: Collection[str]) -> str:
        value = str(self.data.get(name))
        if value not in allowed:
            self.fault(name, "missing" if name not in self.data else f"{value} is none of {', '.join(allowed)}")
        return value

    def names(self, name: str, needed: bool = True) -> tuple[str, ...]:
        value = self.data.get(name)
        if value is None and not needed:
            return ()
        if not isinstance(value, list):
            self.fault(name, "expected a list in square brackets")
            return ()
        found = tuple(str(item) for item in value)
        if len(set(found)) < len(found):
            self.fault(name, "names the same thing twice")
        return found

    def items(self, name: str) -> list["Fields"]:
        value = self.data.get(name)
        if value is not None and not isinstance(value, list):
            self.fault(name, "expected a list")
        items = value if isinstance(value, list) else []
        return [Fields(item, self.file, self.faults, self._under(f"{name}[{n}]")) for n, item in enumerate(items, 1)]

    def under(self, name: str) -> "Fields":
        return Fields(self.data.get(name), self.file, self.faults, self._under(name))

    def day(self, name: str, needed: bool = False) -> date | None:
        value = self.data.get(name)
        if value is None and not needed:
            return None
        found = partial_date(value)
        if found is None or found.month is None or found.day is None:
            self.fault(name, "missing" if value is None else f"{value} is not a day like 2026-11-24")
            return None
        return date(found.year, found.month, found.day)

    def source_date(self, name: str) -> PartialDate | None:
        value = self.data.get(name)
        if value is None:
            self.fault(name, "missing (write undated when the source bears no date)")
        elif value != "undated" and partial_date(value) is None:
            self.fault(name, f"{value} is not like 2025, 2025-03, 2025-03-14 or undated")
        return partial_date(value)

    def _under(self, name: str) -> str:
        return ".".join(part for part in (self.prefix, name) if part)


def partial_date(value: object) -> PartialDate | None:
    """2025, "2025-03", 2025-03-14 (a date for YAML, or quoted). None when it is no date."""
    if isinstance(value, date):
        return PartialDate(year=value.year, month=value.month, day=value.day)
    try:
        parts = [int(part) for part in str(value).split("-")]
        if not 1 <= len(parts) <= 3 or not 1900 <= parts[0] <= 2100:
            return None
        date(*[*parts, 1, 1][:3])
    except ValueError:
        return None
    return PartialDate(**dict(zip(("year", "month", "day"), parts, strict=False)))


def relative(path: Path, home: Path) -> str:
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else path.as_posix()
