"""Offices near a place and hotlines, by what a person needs. Distances are between towns: no point of a person comes here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge.model import ContentFault, Fault, Number
from bot.knowledge.office import Office, Phone, read_directory
from bot.knowledge.places import Place, Places, kilometres

MOST_SHOWN, MOST_LINES = 3, 5
FARTHEST = 300.0  # km: nobody is sent farther to an office that serves its own town
_LENGTH_OF_THREE = 320  # characters of addresses, numbers and notices that still fit in a bubble with three offices
_FROM_ALL = "INT"
_ONLY_THERE = ("health", "newcomer", "protection")  # an office in Morocco does not help with this from abroad
# Where a point is missing: the same commune, then the province, then the region, then the rest. Kilometres for the order only.
_GUESSED = (0.0, 40.0, 150.0, 400.0)

# What somebody may need, and whom that finds; hotlines stand in this order.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "pension": ("pensions", "social_security"),
    "health": ("ambulance", "emergency_care", "health", "pregnancy", "health_cover"),
    "work": ("work", "training", "business", "fraud"),
    "study": ("study", "visa", "volunteering"),
    "mre": ("mre", "returnees", "papers", "disputes"),
    "newcomer": ("newcomers", "refugees"),
    "protection": (
        "violence", "children", "danger", "trafficking", "women", "missing", "detained", "shelter", "listening", "suicide",
        "rights", "complaints", "social_aid",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """`km` None: not known, or the same town (`here`)."""

    office: Office
    km: float | None
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of offices. `near` None: those that serve the whole country. `more`: there are others, farther away."""

    near: Place | None
    offices: tuple[Near, ...]
    lines: tuple[Office, ...]
    more: bool


class Directory:
    """Everything in `content/directory/`, read once. `amended` lays over it what a coordinator changed."""

    def __init__(self, offices: Mapping[str, Office], numbers: Mapping[str, Number], places: Places) -> None:
        self.offices, self._numbers, self._places = dict(offices), numbers, places

    @classmethod
    def load(cls, home: Path, numbers: Mapping[str, Number], places: Places) -> "Directory":
        """Raises ContentFault for a file that cannot be read: nobody is sent to a wrong door by half a file."""
        faults: list[Fault] = []
        offices = read_directory(home / "content" / "directory", home, faults)
        if faults:
            raise ContentFault(faults[0])
        return cls(offices, numbers, places)

    def amended(self, changed: Iterable[Office]) -> "Directory":
        return Directory({**self.offices, **{o.id: o for o in changed}}, self._numbers, self._places)

    def find(
        self, place: str | None, need: str | None, *, careful: bool = False, first: str | None = None, skip: int = 0
    ) -> Found:
        """Offices for `need` (None: for anything) near `place` (an id of places.yml, or a region's name; None: those that serve
        the whole country), after the `skip` nearest. `careful`: public bodies only after all others (DESIGN, "Offices have a
        kind"). `first` is the office an answer names; it leads where it serves that place."""
        here = self.place(place)
        if here and here.country != "MA" and need not in _ONLY_THERE and not self._any(here, need):
            here = None  # what serves Moroccans living abroad is in Rabat
        fitting = [near for o in self._serving(need) if not o.is_line and (near := self._near(here, o))]
        fitting.sort(key=lambda n: (n.office.id != first, careful and n.office.nature == "public", self._order(here, n)))
        page = self.fitting(fitting[skip : skip + MOST_SHOWN])
        more = len(fitting) > skip + len(page)
        return Found(near=here, offices=page, lines=self._lines(here, need) if skip == 0 else (), more=more)

    def place(self, place: str | None) -> Place | None:
        return self._places.get(place or "") or self._places.get(f"region-{place}")

    def dialled(self, phones: Sequence[Phone]) -> list[tuple[str, str]]:
        """(as it is dialled, phone or whatsapp) of what may be shown: a number kept back in numbers.yml never is."""
        found = [(self._digits(phone), phone.via) for phone in phones]
        return [(digits, via) for digits, via in found if digits]

    def any_digits(self, phone: Phone) -> str:
        """Also what people are not shown: for the call sheet."""
        number = self._numbers.get(phone.number or "")
        return phone.dial or (number.number if number else "")

    def _digits(self, phone: Phone) -> str:
        number = self._numbers.get(phone.number or "")
        return phone.dial or (number.number if number and number.show else "")

    def fitting(self, page: Sequence[Near]) -> tuple[Near, ...]:
        """Long addresses and notices: two offices at a time, so that the bubble stays within what a telephone shows."""
        return tuple(page if sum(_length(near.office) for near in page) <= _LENGTH_OF_THREE else page[:2])

    def _any(self, here: Place, need: str | None) -> bool:
        return any(self._near(here, office) for office in self._serving(need) if not office.is_line)

    def _serving(self, need: str | None) -> list[Office]:
        wanted = NEEDS.get(need or "")
        return [o for o in self.offices.values() if o.shown and (wanted is None or set(wanted) & set(o.serves))]

    def _near(self, here: Place | None, office: Office) -> Near | None:
        """None for an office that does not serve people of that place."""
        country = here.country if here else "MA"
        if office.country not in (country, _FROM_ALL):
            return None
        if here is None:
            return Near(office=office, km=None, here=False) if office.reach == "country" else None
        there = self._places.get(office.place or "")
        same_region = there is not None and here.region is not None and there.region == here.region
        same, km = there is not None and there.id == here.id, self._km(here, office, there)
        near = Near(office=office, km=None if same else km, here=same)
        if office.reach == "country" or same or same_region:
            return near
        return near if office.reach == "town" and km is not None and km <= FARTHEST else None

    def _km(self, here: Place, office: Office, there: Place | None) -> float | None:
        if here.kind in ("region", "province", "prefecture", "country") or here.lat is None or here.lon is None:
            return None
        if office.position is not None:
            return kilometres(here.lat, here.lon, *office.position)
        return kilometres(here.lat, here.lon, there.lat, there.lon) if there and there.lat and there.lon else None

    def _order(self, here: Place | None, near: Near) -> tuple[float, bool, str]:
        office, there = near.office, self._places.get(near.office.place or "")
        tier = 3
        if near.here:
            tier = 0
        elif here and there and here.province and there.province == here.province:
            tier = 1
        elif here and there and here.region and there.region == here.region:
            tier = 2
        guessed = _GUESSED[tier]
        return (guessed if near.km is None else near.km, office.confidence != "high", office.id)

    def _lines(self, here: Place | None, need: str | None) -> tuple[Office, ...]:
        """Hotlines of the person's country in the order of the need, short numbers first; none where no need is known."""
        wanted = NEEDS.get(need or "", ())
        country = here.country if here else "MA"
        lines = [o for o in self._serving(need) if o.is_line and o.country == country and self.dialled(o.phones)]
        lines = [o for o in lines if wanted]
        lines.sort(key=lambda o: (min(wanted.index(s) for s in o.serves if s in wanted), len(self.dialled(o.phones)[0][0]), o.id))
        return tuple(lines[:MOST_LINES])


def _length(office: Office) -> int:
    phones = sum(len(p.dial or "+212 5 37 00 00 00") + 2 for p in office.phones[:2])
    address = len(office.address.text) if office.address else 0
    return phones + address + max((len(t) for t in office.notice.values()), default=0)
