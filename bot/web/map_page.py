"""The public map of opportunities: the same cards as in the chat, filtered by a plain form, for a telephone and for paper."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from bot.assembly import Assembly, Library
from bot.knowledge import formats
from bot.knowledge.cards import Part
from bot.knowledge.eligibility import lies_in, season_of
from bot.knowledge.opportunities import COUNTRIES, KINDS, Opportunity
from bot.web import dress
from flows.heard import VARIETIES

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the template shows of one opportunity. `entry`: the answer in the chat that tells how."""

    id: str
    title: str
    about: str
    now: bool
    parts: tuple[Part, ...]
    link: str
    site: str
    entry: str | None


@router.get("/map")
async def opportunities(request: Request) -> Response:
    """`?kind=` and `?country=`; a value that does not exist filters nothing."""
    house: Assembly = request.app.state.house
    library, clothes, variety = house.library, dress.of(request), dress.variety_of(request)
    kind = _known(request, "kind", KINDS)
    country = _known(request, "country", COUNTRIES)
    rows = _in_order(library)
    found = [row for row in rows if _wanted(row, kind, country)]
    cards = [_card(library, clothes, row, variety) for row in found]
    return dress.page(
        request,
        "map.html",
        variety,
        form=True,
        text=lambda name, **values: clothes.text(name, variety, **values),
        cards=cards,
        count=str(len(cards)),
        kind=kind,
        country=country,
        kinds=[(k, clothes.text(f"kind.{k}", variety)) for k in KINDS if any(row.kind == k for row in rows)],
        countries=[(c, _country(clothes, c, variety)) for c in COUNTRIES if any(row.country == c for row in rows)],
        languages=[(v, dress.tag(v), clothes.text(f"slot.language.{v}", v)) for v in VARIETIES if v != variety],
    )


def _known(request: Request, name: str, allowed: tuple[str, ...]) -> str | None:
    value = request.query_params.get(name)
    return value if value in allowed else None


def _in_order(library: Library) -> list[Opportunity]:
    """What takes people first, then by country and kind as the filters list them."""
    shut = ("closed", "not_open")
    return sorted(
        library.opportunities,
        key=lambda row: (row.status in shut, COUNTRIES.index(row.country), KINDS.index(row.kind), row.id),
    )


def _wanted(row: Opportunity, kind: str | None, country: str | None) -> bool:
    return kind in (None, row.kind) and (country is None or lies_in(row, country))


def _card(library: Library, clothes: dress.Dress, row: Opportunity, variety: str) -> Card:
    cards = library.cards
    by = cards.organiser(row, variety)
    about = [_country(clothes, row.country, variety), clothes.text(f"kind.{row.kind}", variety), by.text if by else ""]
    entry = row.entry if row.entry in library.house().entries else None
    return Card(
        id=row.id,
        title=cards.title(row.id, variety),
        about=" · ".join(part for part in about if part),
        now=row.calendar == "dated" and season_of(row, library.today()) == "open",
        parts=(*cards.parts(row, variety), cards.sources(row, variety)),
        link=row.link,
        site=formats.link(row.link, variety),
        entry=entry,
    )


def _country(clothes: dress.Dress, country: str, variety: str) -> str:
    return clothes.text(f"slot.destination.{country}", variety)
