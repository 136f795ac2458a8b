"""What a session has on paper: a poster with codes to scan, the list at the door, a certificate."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pypdfium2
import segno
from sqlalchemy import Row

from bot.console.words import Words
from bot.knowledge.telling import in_variety
from bot.paper.sheet import Sheet
from bot.web.dress import Dress

_WALK_IN_LINES = 8
_SIDES = {1: 95.0, 2: 78.0, 3: 54.0}  # millimetres of a code by how many stand side by side
_CALL = 36.0  # and of the words over and under them
_DOTS = 150 / 72  # a picture of 150 dots an inch: sharp on a telephone, small enough to send by one


def poster(words: Dress, session: Row[Any], links: Sequence[tuple[str, str]], variety: str, now: datetime) -> bytes:
    """A4. `links`: (what a telephone opens, the name under its code), three at most."""
    params, side = _params(session), _SIDES[len(links)]
    title, place = words.text("session.title", variety, **params), words.text("session.place", variety, **params)
    sheet = Sheet(title, variety, now)
    sheet.text(words.library.organisation.name[variety], size=14, bold=True, where="centre")
    sheet.space(10)
    sheet.text(words.text("session.kind", variety), size=18, where="centre")
    sheet.space(4)
    sheet.text(title, size=_size(title, 40), bold=True, where="centre")
    sheet.space(6)
    sheet.text(words.text("session.start", variety, **params), size=20, bold=True, where="centre")
    sheet.space(2)
    sheet.text(place, size=_size(place, 18), where="centre")
    sheet.text(words.text(f"poster.held.{session.language.partition('-')[0]}", variety), size=16, where="centre")
    sheet.space(sheet.left - side - _CALL)  # the codes stand at the foot of the page, whatever is above
    sheet.text(words.text("poster.scan", variety), size=20, bold=True, where="centre")
    sheet.space(2)
    sheet.codes([(_matrix(link), name) for link, name in links], side)
    return sheet.finish()


def picture(pdf: bytes) -> bytes:
    """The first page as PNG."""
    document = pypdfium2.PdfDocument(pdf)  # type: ignore[no-untyped-call]
    try:
        stream = io.BytesIO()
        document[0].render(scale=_DOTS, grayscale=True).to_pil().save(stream, "PNG", optimize=True)
        return stream.getvalue()
    finally:
        document.close()  # type: ignore[no-untyped-call]


def attendance(words: Words, session: Row[Any], rows: Sequence[Row[Any]], now: datetime) -> bytes:
    """By code, with room to write how many came; empty lines for who comes without a seat."""
    variety, title = words.language, in_variety(session.title, words.language)
    sheet = Sheet(title, variety, now, foot=words.say("list.made", moment=words.moment(now)))
    sheet.title(title)
    sheet.text(f"{words.wall(session.starts)}\n{session.place} · {words.place(session.city)}")
    sheet.space(4)
    head = [words.say(f"list.{name}") for name in ("code", "seats", "came", "name", "signature")]
    widths = (16, 14, 24, 60, 56)
    lines = [[row.code or "–", str(row.seats), "", "", ""] for row in rows]
    sheet.table(head, lines, widths, size=11, row_height=10)
    sheet.heading(words.say("list.walk_ins"))
    sheet.table(head[3:], [["", ""]] * _WALK_IN_LINES, widths[3:], row_height=10)
    return sheet.finish()


def certificate(words: Dress, session: Row[Any], name: str, variety: str, now: datetime) -> bytes:
    """The name as the person writes it."""
    organisation = words.library.organisation.name[variety]
    day = words.library.knowledge.day
    held_on, made = day(date.fromisoformat(session.starts[:10]), variety), day(words.library.today(), variety)
    sheet = Sheet(words.text("certificate.title", variety), variety, now)
    sheet.text(organisation, size=14, bold=True, where="centre")
    sheet.space(30)
    sheet.text(words.text("certificate.title", variety), size=26, bold=True, where="centre")
    sheet.space(20)
    sheet.text(words.text("certificate.body", variety, person=name, held_on=held_on, **_params(session)), size=15)
    sheet.space(14)
    sheet.text(words.text("certificate.asked", variety, made=made), size=12)
    sheet.space(20)
    sheet.text(words.text("certificate.signature", variety), size=12, where="end")
    return sheet.finish()


def _size(text: str, most: float) -> float:
    """Of the type: smaller for what is long, so that all of it stays on one page with the codes."""
    return most if len(text) <= 45 else most * 0.75 if len(text) <= 90 else most * 0.55


def _params(session: Row[Any]) -> dict[str, Any]:
    return {
        "session": session.id,
        "title": session.title,
        "start": session.starts,
        "place": session.place,
        "city": session.city,
    }


def _matrix(link: str) -> Sequence[Sequence[int]]:
    """Error correction M: a crease or a drop of rain is survived."""
    return [list(row) for row in segno.make(link, error="m", micro=False).matrix]
