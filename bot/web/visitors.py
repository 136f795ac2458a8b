"""Who stands at the browser's door: a random token in a cookie, the language the browser asks for, and whether a request
comes from our own page."""

import base64
import ipaddress
import time
from collections import Counter
from secrets import token_urlsafe
from urllib.parse import urlsplit

from fastapi import Request, Response

from bot.settings import Settings
from bot.storage.crypto import Vault

COOKIE = "dalil_visitor"
_PATH = "/chat"
_KEPT = 90 * 24 * 3600
_LONGEST_TOKEN = 64
NEW_A_MINUTE = 60
HINTS = ("fr", "ar", "en")
DEFAULT = "fr"


class Newcomers:
    """Counts who writes for the first time, by the place they write from. In memory, forgotten each minute."""

    def __init__(self) -> None:
        self._now, self._seen = -1, Counter[str]()

    def welcome(self, request: Request) -> bool:
        """False when too many came from there within this minute. A café, a school or a mobile network stays far below.
        Where only our own proxy is seen nobody can be told apart, and all are welcome."""
        place = _place(request)
        if place is None:
            return True
        if self._minute() != self._now:
            self._now, self._seen = self._minute(), Counter()
        self._seen[place] += 1
        return self._seen[place] <= NEW_A_MINUTE

    def _minute(self) -> int:
        return int(time.monotonic() // 60)


newcomers = Newcomers()


def _place(request: Request) -> str | None:
    """The address, of the newer ones the part that stands for one household; None for machines of our own."""
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return None
    if not address.is_global:
        return None
    return str(address) if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))


def token_of(request: Request) -> str | None:
    """The visitor's token; None before the first message."""
    token = request.cookies.get(COOKIE, "")
    return token if 20 <= len(token) <= _LONGEST_TOKEN else None


def first_token(vault: Vault, message_id: str) -> str:
    """The token of a visitor without a cookie, made from the random id of the first message: when the answer to that
    message is lost and the page sends it again, it is still the same visitor and the same message."""
    return base64.urlsafe_b64encode(vault.lookup("web-visitor", message_id)).rstrip(b"=").decode()


def remember(response: Response, settings: Settings, token: str) -> None:
    """No cookie is set before somebody writes. https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie"""
    secure = urlsplit(settings.public_url).scheme == "https"
    response.set_cookie(COOKIE, token, max_age=_KEPT, path=_PATH, httponly=True, samesite="lax", secure=secure)


def forget(response: Response) -> None:
    response.delete_cookie(COOKIE, path=_PATH, httponly=True, samesite="lax")


def hint_of(request: Request) -> str | None:
    """The first language of the browser that we speak; None where it names none of ours."""
    wanted = []
    for place, part in enumerate(request.headers.get("accept-language", "")[:200].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wanted.append((-float(weight or 1), place, tag.partition("-")[0].lower()))
        except ValueError:
            continue
    return next((code for _, _, code in sorted(wanted) if code in HINTS), None)


def same_origin(request: Request, settings: Settings) -> bool:
    """True for a request our own page made. The body must be JSON besides, which no form of another site can send unasked."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return False
    origin = request.headers.get("origin")
    if origin is None:  # browsers of before 2020 leave it out for their own site
        return request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
    ours = {request.headers.get("host", ""), urlsplit(settings.base_url).netloc}
    try:
        return urlsplit(origin).netloc in ours - {""}
    except ValueError:
        return False


def message_key(vault: Vault, token: str, message_id: str) -> str:
    """The provider id of a page's message. Hashed: whoever reads the database must not learn what `first_token` is made of."""
    return vault.lookup("web-message", token, message_id).hex()


def new_message_id() -> str:
    return token_urlsafe(18)
