"""Who comes in: signing in and out, and the member every other page asks for."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from secrets import token_urlsafe
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.assembly import Assembly
from bot.console import guard
from bot.console.words import INTERFACES, Words, interface, pages
from bot.handoff import team
from bot.handoff.team import Member

router = APIRouter(prefix="/console")
COOKIE = "dalil_console"
_VISIT, _LANGUAGE = "dalil_visit", "dalil_language"
DEMO = "@demo"  # how the logins of demo accounts end
_YEAR = 365 * 24 * 3600
_checks = ThreadPoolExecutor(4, thread_name_prefix="password")  # a check takes much memory on purpose: never many at once


class NotSignedIn(Exception):
    """No session, or one that is over."""


class NotAllowed(Exception):
    """Signed in, but this page is not for this role."""


def house_of(request: Request) -> Assembly:
    house: Assembly = request.app.state.house
    return house


async def watching(request: Request) -> Member:
    """Whoever asks, without a sign of life: what a page fetches by itself does not keep a session alive."""
    house, token = house_of(request), request.cookies.get(COOKIE, "")
    now = house.clock()
    member = await house.database.read(lambda db: team.who(db, now, token)) if token else None
    if member is None or not _may_be_here(house, member.login):
        raise NotSignedIn
    return member


async def signed_in(request: Request) -> Member:
    """Whoever asks, by opening a page or pressing a button."""
    member = await watching(request)
    if request.headers.get("HX-Request") != "true" or request.method == "POST":
        house, now = house_of(request), house_of(request).clock()
        await house.database.write(lambda db: team.seen(db, now, request.cookies.get(COOKIE, "")))
    return member


async def ours(request: Request, member: Annotated[Member, Depends(signed_in)]) -> Member:
    """A member whose form is our own. Raises guard.Forged."""
    await guard.checked(request, house_of(request), request.cookies.get(COOKIE, ""))
    return member


RowId = Annotated[int, Path(ge=1, le=2**53)]
"""A row's number in an address: never more than the database can count."""
Watching = Annotated[Member, Depends(watching)]
Signed = Annotated[Member, Depends(signed_in)]
Ours = Annotated[Member, Depends(ours)]


def page(request: Request, member: Member, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page or a part of one, with what all of them need."""
    house = house_of(request)
    words = Words(house=house, language=interface(member.interface))
    csrf = guard.form_token(house, request.cookies.get(COOKIE, ""))
    given = {"w": words, "t": words.say, "me": member, "csrf": csrf, "interfaces": INTERFACES, "here": request.url.path}
    return HTMLResponse(pages().get_template(template).render(given | values), status)


@router.get("/sign-in")
async def form(request: Request, lang: str | None = None, next: str = "/console") -> Response:
    return _form(request, lang, next, 200, None)


@router.post("/sign-in")
async def enter(
    request: Request,
    login: Annotated[str, Form(max_length=120)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next: Annotated[str, Form(max_length=300)] = "/console",
) -> Response:
    """One sentence for a wrong login, a wrong password and a locked account: it tells a guesser nothing."""
    house = house_of(request)
    await guard.checked(request, house, request.cookies.get(_VISIT, ""))
    now = house.clock()
    login = login.replace("\x00", "")  # which PostgreSQL cannot hold
    known = _may_be_here(house, login)
    row = await house.database.write(lambda db: team.begin(db, now, login)) if known else None
    good = await asyncio.get_running_loop().run_in_executor(_checks, team.matches, row, password)
    if row is None or not good:
        return _form(request, None, next, 401, "signin.refused")
    token = token_urlsafe(32)
    await house.database.write(lambda db: team.sign_in(db, now, row.id, token))
    response = RedirectResponse(_inside(next), 303)
    _set(response, house, COOKIE, token, int(team.LIFETIME.total_seconds()))
    response.delete_cookie(_VISIT, path=guard.PREFIX)
    return response


def _may_be_here(house: Assembly, login: str) -> bool:
    """Demo accounts, whose password stands on the screen, open nothing once others can reach us."""
    return house.settings.on_loopback or not login.strip().lower().endswith(DEMO)


@router.post("/sign-out")
async def leave(request: Request, member: Ours) -> Response:
    house, token = house_of(request), request.cookies.get(COOKIE, "")
    await house.database.write(lambda db: team.sign_out(db, token))
    response = RedirectResponse("/console/sign-in", 303)
    response.delete_cookie(COOKIE, path=guard.PREFIX)
    return response


@router.post("/interface")
async def speak(
    request: Request,
    member: Ours,
    language: Annotated[str, Form(max_length=5)],
    next: Annotated[str, Form(max_length=300)] = "/console",
) -> Response:
    """The console's language, kept with the account."""
    house = house_of(request)
    await house.database.write(lambda db: team.set_interface(db, member.id, interface(language)))
    response = RedirectResponse(_inside(next), 303)
    _set(response, house, _LANGUAGE, interface(language), _YEAR)
    return response


def _form(request: Request, lang: str | None, onwards: str, status: int, notice: str | None) -> Response:
    house = house_of(request)
    visit = request.cookies.get(_VISIT) or token_urlsafe(16)
    language = _language(request, lang)
    words = Words(house=house, language=language)
    html = (
        pages()
        .get_template("sign_in.html")
        .render(
            w=words, t=words.say, csrf=guard.form_token(house, visit), next=_inside(onwards), notice=notice, interfaces=INTERFACES
        )
    )
    response = HTMLResponse(html, status)
    _set(response, house, _VISIT, visit, 3600)
    if lang:
        _set(response, house, _LANGUAGE, language, _YEAR)
    return response


def _language(request: Request, lang: str | None) -> str:
    """As asked for, as last time, as the browser prefers."""
    browser = request.headers.get("Accept-Language", "")[:2].lower()
    wanted = next((code for code in (lang, request.cookies.get(_LANGUAGE), browser) if code in INTERFACES), None)
    return interface(wanted)


def _inside(address: str) -> str:
    """Only addresses of the console: a sign-in link never leads elsewhere."""
    good = address.startswith(guard.PREFIX) and "//" not in address and "\\" not in address and ":" not in address
    return address if good else guard.PREFIX


def _set(response: Response, house: Assembly, name: str, value: str, seconds: int) -> None:
    secure = house.settings.base_url.startswith("https://")
    response.set_cookie(name, value, max_age=seconds, path=guard.PREFIX, secure=secure, httponly=True, samesite="lax")
