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
_DOTS = 150 / 72  # a picture of 150 dots an inch: sharp on a telephone, small enough to send by one


def poster(words: Dress, session: Row[Any], links: Sequence[tuple[str, str]], variety: str, now: datetime) -> bytes:
    """A4. `links`: (what a telephone opens, the name under its code), three at most."""
    params = _params(session)
    organisation = words.library.organisation.name[variety]
    sheet = Sheet(in_variety(session.title, variety), variety, now, foot=organisation)
    sheet.text(words.text("session.kind", variety), size=18, where="centre")
    sheet.space(6)
    sheet.text(words.text("session.title", variety, **params), size=32, bold=True, where="centre")
    sheet.space(8)
    sheet.text(words.text("session.start", variety, **params), size=20, bold=True, where="centre")
    sheet.space(2)
    sheet.text(words.text("session.place", variety, **params), size=18, where="centre")
    sheet.text(words.text(f"poster.held.{session.language.partition('-')[0]}", variety), size=14, where="centre")
    side = _SIDES[len(links)]
    sheet.space(max(6, (sheet.left - side - 26) / 2))
    sheet.text(words.text("poster.scan", variety), size=18, bold=True, where="centre")
    sheet.space(3)
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
    """By code, a box for each seat; empty lines for who comes without one."""
    variety, title = words.language, in_variety(session.title, words.language)
    sheet = Sheet(title, variety, now, foot=words.say("list.made", moment=words.moment(now)))
    sheet.title(title)
    sheet.text(f"{words.wall(session.starts)}\n{session.place}, {words.place(session.city)}")
    sheet.space(4)
    head = [words.say(f"list.{name}") for name in ("code", "seats", "came", "name", "signature")]
    widths = (16, 14, 24, 60, 56)
    lines = [[row.code or "–", str(row.seats), "☐ " * row.seats, "", ""] for row in rows]
    sheet.table(head, lines, widths, size=11, row_height=10)
    sheet.heading(words.say("list.walk_ins"))
    sheet.table(head[3:], [["", ""]] * _WALK_IN_LINES, widths[3:], row_height=10)
    return sheet.finish()


def certificate(words: Dress, session: Row[Any], name: str, variety: str, now: datetime) -> bytes:
    """The name as the person writes it."""
    organisation = words.library.organisation.name[variety]
    day = words.library.knowledge.day
    held_on, made = day(date.fromisoformat(session.starts[:10]), variety), day(words.library.today(), variety)
    sheet = Sheet(words.text("certificate.title", variety), variety, now, foot=organisation)
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
