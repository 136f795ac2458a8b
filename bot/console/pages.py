"""All pages of the console, and what they need of the application."""

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles

from bot.console import (
    attendance,
    case,
    content,
    dead,
    directory,
    entrance,
    guard,
    live,
    media,
    poster,
    queue,
    session_files,
    session_form,
    sessions,
)
from bot.console.words import STATIC, Words, interface, pages

router = APIRouter()
for _part in (
    entrance.router,
    queue.router,
    live.router,
    case.router,
    media.router,
    content.router,
    dead.router,
    directory.router,
    sessions.router,
    session_form.router,
    session_files.router,
    attendance.router,
    poster.router,
):
    router.include_router(_part)


def dress(app: FastAPI) -> None:
    """Headers, static files, and what is said to whoever may not come in."""
    app.add_middleware(guard.Headers)
    app.mount("/console/static", StaticFiles(directory=STATIC), name="console-static")
    app.add_exception_handler(entrance.NotSignedIn, _to_sign_in)
    app.add_exception_handler(entrance.NotAllowed, _not_allowed)
    app.add_exception_handler(guard.Forged, _forged)
    app.add_exception_handler(case.NotFound, _not_found)
    app.add_exception_handler(RequestValidationError, _unreadable)


def _to_sign_in(request: Request, _: Exception) -> Response:
    """A page leads to the sign-in form, a part of one makes its page go there, a stream ends for good."""
    here = request.url.path if request.method == "GET" else "/console"
    if request.headers.get("HX-Request") == "true":
        return Response(status_code=401, headers={"HX-Redirect": "/console/sign-in"})
    if "text/event-stream" in request.headers.get("Accept", ""):
        return Response(status_code=204)
    if not request.headers.get("Accept", "").startswith("text/html"):
        return Response(status_code=401)
    return RedirectResponse(f"/console/sign-in?next={here}", 303)


def _not_allowed(request: Request, _: Exception) -> Response:
    return _said(request, 403, "error.not_allowed")


def _forged(request: Request, _: Exception) -> Response:
    return _said(request, 403, "error.forged")


def _not_found(request: Request, _: Exception) -> Response:
    return _said(request, 404, "error.not_found")


async def _unreadable(request: Request, error: Exception) -> Response:
    """An address that no page has is not found; a form that no page of ours sends is refused in words."""
    assert isinstance(error, RequestValidationError)
    if not request.url.path.startswith("/console"):
        return await request_validation_exception_handler(request, error)
    if any(fault["loc"][0] == "path" for fault in error.errors()):
        return _said(request, 404, "error.not_found")
    return _said(request, 422, "error.unreadable")


def _said(request: Request, status: int, message_id: str) -> Response:
    house = entrance.house_of(request)
    words = Words(house=house, language=interface(request.cookies.get("dalil_language")))
    html = pages().get_template("error.html").render(w=words, t=words.say, message=words.say(message_id))
    headers = {"HX-Retarget": "body", "HX-Reswap": "innerHTML"} if request.headers.get("HX-Request") == "true" else {}
    return Response(html, status, headers, media_type="text/html")
