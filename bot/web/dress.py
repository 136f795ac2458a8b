"""What the public pages have in common: their words, templates, headers, and the few files they load."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.assembly import Assembly, Library
from bot.knowledge.catalogue import Catalogue
from bot.knowledge.wording import RTL, Wording
from bot.web import visitors
from flows.effects import Message
from flows.heard import VARIETIES

_HERE = Path(__file__).parent
# https://developer.mozilla.org/docs/Web/HTTP/Guides/CSP: only our own files, nothing inline, no third party.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_POLICY = "Content-Security-Policy"
_WITH_FORM = HEADERS | {_POLICY: HEADERS[_POLICY].replace("form-action 'none'", "form-action 'self'")}
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Dress:
    """`catalogue` holds the words of the pages, `wording` those of the bot as well. `numbers` are those telephone
    numbers of the content that do not show by a + that they are some, the longest first."""

    catalogue: Catalogue
    bot: Catalogue
    wording: Wording
    numbers: tuple[str, ...]
    library: Library

    def text(self, name: str, variety: str, **params: Any) -> str:
        return self.wording.text(Message(id=name, params=params), variety)

    def wording_start(self, name: str, variety: str) -> str:
        """How a text of the bot begins, up to its first placeholder."""
        return self.bot.text(name, variety).partition("{")[0]

    def place(self, place_id: str) -> str:
        """A place's name, in Latin letters."""
        return self.library.city_name(place_id, "fr")

    def words(self, variety: str) -> dict[str, str]:
        """Everything the chat page says by itself, by short name."""
        names = [n for n in self.catalogue.texts["fr"] if n.startswith("web.")]
        return {n.removeprefix("web."): self.text(n, variety, minutes=15) for n in names}


@lru_cache(4)
def _made(library: Library, home: Path) -> Dress:
    catalogue = Catalogue.load(home / "locales", "web")
    both = Catalogue({v: {**library.catalogue.texts[v], **catalogue.texts[v]} for v in VARIETIES})
    wording = library.worded(both)
    shown = (n for n in library.knowledge.numbers.values() if n.show and "vhf" not in n.id)  # a radio channel is not dialled
    digits = sorted({n.number.replace(" ", "") for n in shown} - {""}, key=lambda d: (-len(d), d))
    dialled = tuple(d for d in digits if d.isdecimal())  # those with + need no list: they are seen to be telephone numbers
    return Dress(catalogue, library.catalogue, wording, dialled, library)


def of(request: Request) -> Dress:
    house: Assembly = request.app.state.house
    return _made(house.library, house.settings.home)


@lru_cache(1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(request: Request, name: str, variety: str, status: int = 200, form: bool = False, **values: Any) -> Response:
    """A page in one variety, compressed where the browser can take it. `form`: it has one, which comes back to us."""
    html = (
        _templates()
        .get_template(name)
        .render(variety=variety, tag=tag(variety), direction=direction(variety), version=version(), **values)
    )
    headers = (_WITH_FORM if form else HEADERS) | {
        "Cache-Control": "no-store",
        "Vary": "Accept-Language, Accept-Encoding, Cookie",
    }
    return _packed(request, html.encode(), "text/html; charset=utf-8", status, headers)


def variety_of(request: Request) -> str:
    """As the link says (`?l=`), else as the browser asks."""
    asked = request.query_params.get("l", "")
    return asked if asked in VARIETIES else visitors.hint_of(request) or visitors.DEFAULT


def direction(variety: str) -> str:
    return "rtl" if variety in RTL else "ltr"


def tag(variety: str) -> str:
    """The language tag for browsers and screen readers, which know Arabic of Morocco where they do not know Darija."""
    return {"ary": "ar-MA", "ary-Latn": "ary-Latn"}.get(variety, variety)


@lru_cache(1)
def _files() -> dict[str, tuple[bytes, str]]:
    """Content and type by name. Read once. The scripts go out as one: each request costs an old phone time."""
    folder = _HERE / "static"
    script = b"\n".join(file.read_bytes() for file in sorted(folder.glob("*.js")))
    whole = {"chat.js": script, **{name: (folder / name).read_bytes() for name in ("chat.css", "map.css")}}
    return {name: (data, _TYPES[Path(name).suffix]) for name, data in whole.items()}


@lru_cache(1)
def version() -> str:
    """Changes with the files, so that browsers may keep them for ever."""
    return hashlib.sha256(b"".join(data for data, _ in _files().values())).hexdigest()[:10]


def static(request: Request, name: str) -> Response:
    """One of our few files."""
    if name not in _files():
        return Response(status_code=404)
    data, kind = _files()[name]
    headers = HEADERS | {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    return _packed(request, data, kind, 200, headers)


def _packed(request: Request, data: bytes, kind: str, status: int, headers: dict[str, str]) -> Response:
    if "gzip" in request.headers.get("accept-encoding", ""):
        data, headers = gzip.compress(data, 6), headers | {"Content-Encoding": "gzip"}
    return Response(data, status, headers, media_type=kind)
