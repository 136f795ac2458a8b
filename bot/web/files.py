"""A file made for one person, for whoever has its address, until it expires."""

import re

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from bot.assembly import Assembly
from bot.delivery import documents
from bot.delivery.documents import PATH, Found
from bot.web import carrying, dress

router = APIRouter()
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


@router.api_route(f"{PATH}{{token}}", methods=["GET", "HEAD"])
async def file(request: Request, token: str) -> Response:
    """404 in words for one that expired or never was: the two look the same. 503 while too many are being drawn."""
    house: Assembly = request.app.state.house
    now = house.clock()

    def find(db: Connection) -> Found | None:
        return documents.find(db, house.vault, now, token) if _TOKEN.fullmatch(token) else None

    found = await house.database.read(find)
    if found is not None and house.files.busy:
        return Response(status_code=503, headers={"Retry-After": "5"})
    data = None if found is None else await house.files.make(found)
    if found is None or data is None:
        return await _missing(request, house, 404 if found is None else 500)
    return Response(
        data,
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'inline; filename="{found.name}"',
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex, nofollow",
        },
        media_type=found.content_type,
    )


async def _missing(request: Request, house: Assembly, status: int) -> Response:
    clothes, variety = dress.of(request), dress.variety_of(request)
    others = await carrying.links_with(house, "PDF", "")
    names = {"missing.title": "file.missing_title", "missing.help": "file.missing_help"}

    def text(name: str) -> str:
        return clothes.text(names.get(name, name), variety)

    answer = dress.page(request, "missing.html", variety, status, text=text, others=others)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
