"""Which place a message names, however it is written, and which place is nearest to a point."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml

from bot.knowledge.naming import OURS, SIZE, Found, Reading, Spellings
from nlu.normalise import words

_EARTH_KM: Final = 6371.0
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Place:
    """A commune, a town, a province, a region or a country; slugs are None where they have no meaning."""

    id: str
    name: Mapping[str, str]
    kind: str
    province: str | None
    region: str | None
    country: str
    lat: float | None
    lon: float | None

    @property
    def is_ours(self) -> bool:
        """Whether it lies in one of the two regions we serve."""
        return self.region in OURS

    def holds(self, other: Place) -> bool:
        """Whether the other place lies in this province, region or country."""
        if self.kind == "municipality":  # "Taliouine, Taroudant": the chief town stands for its province
            return self.id != other.id and (self.province or "").startswith(self.id) and self.province == other.province
        if SIZE[self.kind] <= SIZE[other.kind]:
            return False
        if self.kind == "country":
            return self.country == other.country
        if self.kind == "region":
            return self.region is not None and self.region == other.region
        return self.province is not None and self.province == other.province


class Places:
    """All places, and how to recognise them."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._places = {row["id"]: _place(row) for row in rows}
        self._spellings = Spellings(rows)
        self._points = [place for place in self._places.values() if place.lat is not None and place.lon is not None]

    @classmethod
    def load(cls, path: Path) -> Places:
        """Reads `content/places.yml`; a malformed file raises, since nothing can be answered without it."""
        return cls(yaml.load(path.read_bytes(), Loader=_Loader))  # noqa: S506 (both loaders are the safe one)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places.values())

    def get(self, place: str) -> Place | None:
        """The place with this id."""
        return self._places.get(place)

    def find_all(self, text: str) -> list[Place]:
        """Every place the message may name, in reading order; a spelling that two places share gives both."""
        ids = dict.fromkeys(name for found in self._read(text) for name in sorted(found.ids))
        return [self._places[name] for name in ids]

    def find(self, text: str) -> Place | None:
        """The one place the message is about, or None where there is none or one would have to guess.

        A place in Morocco outweighs those abroad ("mn Tiznit l Lille": our offices are here), and a town the province,
        region or country that holds it. Two towns side by side are a question to ask, not to settle.
        """
        stretches = [[self._places[name] for name in found.ids] for found in self._read(text)]
        named = {place for n, places in enumerate(stretches) for place in _settled(places, stretches[:n] + stretches[n + 1 :])}
        at_home = {place for place in named if place.country == "MA" and place.kind != "country"}
        named = at_home or named
        narrow = [place for place in named if not any(place.holds(other) for other in named)]
        return narrow[0] if len(narrow) == 1 else None

    def nearest(self, lat: float, lon: float) -> tuple[Place, float] | None:
        """The nearest place whose point is known, and how many kilometres away; None for what is no point on earth."""
        if not (abs(lat) <= 90 and abs(lon) <= 180 and self._points):
            return None
        return min(((place, kilometres(lat, lon, place.lat, place.lon)) for place in self._points), key=lambda pair: pair[1])

    def _read(self, text: str) -> list[Found]:
        return sorted(Reading(words(text), self._spellings).all(), key=lambda found: found.at)


def _place(row: Mapping[str, Any]) -> Place:
    return Place(
        id=row["id"],
        name=MappingProxyType(row["name"]),
        kind=row["kind"],
        province=row.get("province"),
        region=row.get("region"),
        country=row["country"],
        lat=row.get("lat"),
        lon=row.get("lon"),
    )


def _settled(places: Sequence[Place], others: Iterable[Sequence[Place]]) -> Sequence[Place]:
    """Of places that share a spelling, those near another place of the message: "Oulad Aissa, Khouribga"."""
    if len(places) < 2:
        return places
    around = [place for other in others for place in other]
    near = [place for place in places if any(other.holds(place) for other in around)]
    return near or places


def kilometres(lat: float, lon: float, to_lat: float | None, to_lon: float | None) -> float:
    """As the crow flies."""
    here, there = math.radians(lat), math.radians(to_lat or 0.0)
    across, along = (there - here) / 2, math.radians((to_lon or 0.0) - lon) / 2
    chord = math.sin(across) ** 2 + math.cos(here) * math.cos(there) * math.sin(along) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(chord)))
