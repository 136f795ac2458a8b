"""The poster of a session: looked at in each variety, taken away as PDF or as a picture."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import Row

from bot.booking import changing
from bot.console import session_papers
from bot.console.case import NotFound
from bot.console.entrance import Signed, house_of, page
from bot.console.sessions import PREFIX, SessionId, coordinator, words_of
from bot.knowledge.telling import in_variety
from bot.web import carrying, dress
from flows.heard import VARIETIES

router = APIRouter(prefix=PREFIX, dependencies=[Depends(coordinator)])
Variety = Annotated[Literal["fr", "ar", "ary", "ary-Latn", "en"], Query(alias="l")]


@router.get("/{session_id}/poster")
async def shown(request: Request, member: Signed, session_id: SessionId, variety: Variety = "ary") -> Response:
    session, words = await _session(request, session_id), words_of(request, member)
    return page(
        request,
        member,
        "session_poster.html",
        s=session,
        title=in_variety(session.title, words.language),
        variety=variety,
        varieties=[(v, words.variety(v)) for v in VARIETIES],
        local=house_of(request).settings.on_loopback,
    )


@router.get("/{session_id}/poster.{kind}")
async def poster(
    request: Request, member: Signed, session_id: SessionId, kind: Literal["pdf", "png"], variety: Variety = "ary"
) -> Response:
    """A picture is shown in the page, a PDF saved."""
    session, house = await _session(request, session_id), house_of(request)
    links, clothes, now = await _links(request, session, variety), dress.of(request), house.clock()

    def made() -> bytes:
        pdf = session_papers.poster(clothes, session, links, variety, now)
        return pdf if kind == "pdf" else session_papers.picture(pdf)

    body = await asyncio.to_thread(made)
    name = f'filename="{session_id}-{variety}.{kind}"'
    headers = {"Content-Disposition": f"attachment; {name}" if kind == "pdf" else f"inline; {name}"}
    return Response(body, media_type="application/pdf" if kind == "pdf" else "image/png", headers=headers)


async def _links(request: Request, session: Row[Any], variety: str) -> list[tuple[str, str]]:
    """Where each code leads: straight into the conversation at this session, in the poster's variety."""
    house, clothes = house_of(request), dress.of(request)
    message = clothes.text("poster.message", variety)
    found = await carrying.links_with(house, message, f"s_{session.token}", variety)
    apps = [(link, name) for name in ("WhatsApp", "Telegram") if (link := found[name.lower()])]
    web = (f"{house.settings.base_url}/chat?s={session.token}&l={variety}", clothes.text("poster.web", variety))
    return [*apps, web]


async def _session(request: Request, session_id: str) -> Row[Any]:
    session = await house_of(request).database.read(lambda db: changing.find(db, session_id))
    if session is None:
        raise NotFound
    return session
