"""What the eye sees on a page: glyphs from left to right, line by line, read back from the page itself."""

import re
import zlib
from typing import Any

from bot.paper.sheet import Sheet

_PART = re.compile(rb"BT /F(\d) [\d.]+ Tf ET|BT [\d.]+ [\d.]+ Td(.*?) ET\n", re.DOTALL)
_STRING = re.compile(rb"\(((?:\\.|[^\\)])*)\) Tj", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_UNSEEN = "\u200b\u200e\u200f\u2060\u2066\u2067\u2068\u2069\ufeff"


def lines(sheet: Sheet, page: int = 1) -> list[str]:
    """Each line as it is seen from left to right; Arabic words therefore stand back to front."""
    faces = [_characters(font.subset) for font in sheet._pdf.fonts.values()]
    found, face = [], faces[0]
    for part in _PART.finditer(_stream(sheet, page)):
        if part.group(1):
            face = faces[int(part.group(1)) - 1]
            continue
        raw = b"".join(_plain(s) for s in _STRING.findall(part.group(2)))
        codes = [int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2)]
        found.append("".join(face.get(c, "") for c in codes).translate({ord(c): None for c in _UNSEEN}))
    return found


def _stream(sheet: Sheet, page: int) -> bytes:
    contents = sheet._pdf.pages[page].contents
    return bytes(contents) if isinstance(contents, bytes | bytearray) else zlib.decompress(contents._contents)


def _characters(subset: Any) -> dict[int, str]:
    """By the code in the page; a ligature is several characters, seen from the other side."""
    return {code: "".join(chr(u) for u in reversed(glyph.unicode)) for glyph, code in subset.items()}


def _plain(literal: bytes) -> bytes:
    return re.sub(rb"\\(.)", lambda m: _ESCAPED.get(m.group(1), m.group(1)), literal, flags=re.DOTALL)
