"""The chat page and the files it loads."""

import json
import re
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from bot.assembly import Assembly
from bot.web import carrying, dress, reading, visitors
from bot.web.dress import Dress
from flows.heard import VARIETIES

router = APIRouter(prefix="/chat")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,62}")


@router.get("")
async def chat(request: Request) -> Response:
    """The page. `?e=` starts at an answer, `?s=` at a session; no cookie is set by looking."""
    house: Assembly = request.app.state.house
    clothes, variety = dress.of(request), dress.variety_of(request)
    payload, subject = await _subject(request, house, clothes, variety)
    others = await carrying.links_with(house, subject or "Dalil", payload, variety)
    settings = {
        "variety": variety,
        "known": visitors.token_of(request) is not None,
        "start": payload,
        "dial": clothes.numbers,
        "longest": 5000,
        "words": {v: clothes.words(v) for v in VARIETIES},
        "names": {v: clothes.text(f"slot.language.{v}", v) for v in VARIETIES},
        "tags": {v: dress.tag(v) for v in VARIETIES},
        "rtl": [v for v in VARIETIES if dress.direction(v) == "rtl"],
    }
    greetings = [(v, dress.tag(v), dress.direction(v), clothes.text("web.greeting", v)) for v in VARIETIES]
    return dress.page(
        request,
        "chat.html",
        variety,
        words=clothes.words(variety),
        settings=_inside_script(settings),
        greetings=greetings,
        subject=subject,
        others=others,
    )


@router.get("/files/{name}")
async def files(request: Request, name: str) -> Response:
    return dress.static(request, name)


async def _subject(request: Request, house: Assembly, clothes: Dress, variety: str) -> tuple[str, str]:
    """(what the conversation starts with, its name for people). A link that leads nowhere starts at the beginning."""
    entry, token = request.query_params.get("e", ""), request.query_params.get("s", "")
    if entry in house.library.house().entries:
        return f"e_{entry}", house.library.knowledge.title(entry, variety)
    if _TOKEN.fullmatch(token):
        now = house.clock()

        def find(db: Connection) -> reading.PublicSession | None:
            return reading.public_session(db, now, token)

        found = await house.database.read(find)
        if found is not None:
            return f"s_{token}", clothes.text("session.subject", variety, **found.params)
    return "", ""


def _inside_script(value: Any) -> str:
    """JSON that can stand in a script element: nothing in it can end the element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c").replace(">", "\\u003e")
