"""Public pages: a session as anybody may see it, in the visitor's language."""

import re
from typing import Any

from fastapi import APIRouter, Request, Response

from bot.assembly import Assembly
from bot.web import calendar, carrying, dress, reading
from bot.web.reading import PublicSession
from flows.heard import VARIETIES

router = APIRouter()
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


@router.get("/s/{token}.ics")
async def calendar_file(request: Request, token: str) -> Response:
    """For the telephone's calendar; a session moved or called off since is put right by loading it again."""
    house: Assembly = request.app.state.house
    found = await _found(house, token)
    if found is None:
        return Response(status_code=404)
    clothes, variety = dress.of(request), dress.variety_of(request)
    kind, place, title = (clothes.text(f"session.{n}", variety, **found.params) for n in ("kind", "place", "title"))
    data = calendar.file(found, house.settings.base_url, house.clock(), kind, place, title)
    headers = {"Content-Disposition": 'attachment; filename="dalil.ics"', "Cache-Control": "no-store"}
    return Response(data, headers=dress.HEADERS | headers, media_type=calendar.TYPE)


@router.get("/s/{token}/map")
async def map_of(request: Request, token: str) -> Response:
    """A short address that leads to the place on a map."""
    house: Assembly = request.app.state.house
    found = await _found(house, token)
    if found is None:
        return Response(status_code=404)
    place = f"{found.params['place']}, {house.library.city_name(found.params['city'], 'fr')}, Maroc"
    headers = {"Location": calendar.map_address(place), "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Response(status_code=302, headers=dress.HEADERS | headers)


async def _found(house: Assembly, token: str) -> PublicSession | None:
    now = house.clock()
    if not _TOKEN.fullmatch(token):
        return None
    return await house.database.read(lambda db: reading.public_session(db, now, token))


@router.get("/s/{token}")
async def session(request: Request, token: str) -> Response:
    """404 with a way on for an address that leads nowhere."""
    house: Assembly = request.app.state.house
    clothes, variety = dress.of(request), dress.variety_of(request)
    found = await _found(house, token)
    message = clothes.text("session.message", variety)
    if found is None:
        others = await carrying.links_with(house, message, "")
        return dress.page(request, "missing.html", variety, 404, text=_speak(clothes, variety), others=others)
    can = found.state in ("bookable", "waitlist")
    others = await carrying.links_with(house, _asking(clothes, found, variety), f"s_{token}" if can else "", variety)
    return dress.page(
        request,
        "session.html",
        variety,
        text=_speak(clothes, variety),
        session=found,
        title=clothes.text("session.title", variety, **found.params),
        start=clothes.text("session.start", variety, **found.params),
        place=clothes.text("session.place", variety, **found.params),
        seats=_seats(clothes, found, variety),
        description=_nearest(found.description, variety),
        chat=f"/chat?s={token}&l={variety}" if can else f"/chat?l={variety}",
        others=others,
        languages=[(v, dress.tag(v), clothes.text(f"slot.language.{v}", v)) for v in VARIETIES if v != variety],
    )


def _speak(clothes: dress.Dress, variety: str) -> Any:
    return lambda name: clothes.text(name, variety)


def _asking(clothes: dress.Dress, found: PublicSession, variety: str) -> str:
    """What WhatsApp proposes to send, with the title for the reader's own eyes."""
    title = clothes.text("session.title", variety, **found.params)
    return f"{clothes.text('session.message', variety)} ({title})"


def _seats(clothes: dress.Dress, found: PublicSession, variety: str) -> str:
    if found.state != "bookable":
        return clothes.text(f"session.{found.state}", variety)
    return clothes.text("session.free_one" if found.free == 1 else "session.free", variety, count=found.free)


def _nearest(texts: dict[str, str], variety: str) -> str:
    """The description in the variety; none rather than one the reader may not understand."""
    return texts.get(variety) or texts.get({"ary": "ar", "ary-Latn": "fr"}.get(variety, ""), "")
