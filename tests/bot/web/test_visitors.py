"""The language a browser asks for, as far as we speak it."""

import pytest
from starlette.requests import Request

from bot.web.visitors import hint_of, same_origin
from tests.conftest import quiet_settings


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("ar-MA,ar;q=0.9", "ar"),
        ("es-ES,es;q=0.9,en;q=0.4,fr;q=0.6", "fr"),
        ("zgh,es", None),
        ("", None),
        ("en;q=high, ,;q=1,*", None),
        ("x" * 9000, None),
    ],
)
def test_the_first_language_that_we_speak(header: str, hint: str | None) -> None:
    request = Request({"type": "http", "headers": [(b"accept-language", header.encode())]})
    assert hint_of(request) == hint


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://[", "http://127.0.0.1:8000.evil.example"])
def test_pages_of_others(origin: str) -> None:
    headers = [(b"content-type", b"application/json"), (b"host", b"127.0.0.1:8000"), (b"origin", origin.encode())]
    assert not same_origin(Request({"type": "http", "headers": headers}), quiet_settings())
