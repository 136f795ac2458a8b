"""What keeps strangers' pages and strangers' scripts out of the console: headers, and proof that a form is our own."""

import hashlib
from urllib.parse import urlsplit

from fastapi import Request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.assembly import Assembly

_FORM_HOURS = 12
PREFIX = "/console"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Forged(Exception):
    """A form that is not ours, or too old."""


class Headers:
    """Pages of the console run no inline script, are never framed, and stay out of every cache."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _ours(scope["path"]):
            await self._app(scope, receive, send)
            return
        still = scope["path"].startswith(f"{PREFIX}/static/")

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers["Cache-Control"] = "public, max-age=31536000, immutable" if still else "no-store"
            await send(message)

        await self._app(scope, receive, dressed)


def _ours(path: str) -> bool:
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def form_token(house: Assembly, browser: str) -> str:
    """What a form carries to show that this browser was given it. `browser` is the value of one of its cookies: only its
    digest goes into the page, since the cookie itself must stay out of every script's reach."""
    return _signer(house).dumps(_digest(browser))


async def checked(request: Request, house: Assembly, browser: str) -> None:
    """Raises Forged unless the request comes from a page of ours, in this browser."""
    if not _same_origin(request, house):
        raise Forged
    form = await request.form()
    given = request.headers.get("X-CSRF") or form.get("csrf")
    try:
        named = _signer(house).loads(str(given or ""), max_age=_FORM_HOURS * 3600)
    except BadSignature as error:
        raise Forged from error
    if not browser or named != _digest(browser):
        raise Forged


def _digest(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest()


def _same_origin(request: Request, house: Assembly) -> bool:
    """Browsers name the page's origin with every POST: https://owasp.org/www-community/attacks/csrf ."""
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    if not origin:
        return False
    try:
        named = urlsplit(origin).netloc
    except ValueError:
        return False
    return named in {request.headers.get("Host", ""), urlsplit(house.settings.base_url).netloc}


def _signer(house: Assembly) -> URLSafeTimedSerializer:
    """The key follows from LOOKUP_KEY, which all processes share and which does not change."""
    return URLSafeTimedSerializer(house.vault.lookup("console", "forms"), salt="csrf")
