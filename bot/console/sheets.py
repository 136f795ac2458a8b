"""Spreadsheets to take away, as XLSX or CSV. What somebody typed never becomes a formula in the reader's program: ASVS 1.2.10,
https://owasp.org/www-community/attacks/CSV_Injection ."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Literal

from fastapi import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

Kind = Literal["xlsx", "csv"]
Cell = str | int | None
_FORMULA = tuple("=+-@\t\r\0")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # which no XML may hold
_TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}


def answer(kind: Kind, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """The table as a file to save; `name` is of our making, without ending."""
    body = _workbook(head, rows) if kind == "xlsx" else _text(head, rows)
    return Response(body, media_type=_TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'})


def harmless(value: Cell) -> Cell:
    """A text that begins like a formula gets an apostrophe in front, which a spreadsheet takes for "this is text"."""
    if not isinstance(value, str):
        return value
    text = _UNPRINTABLE.sub("", value)
    return f"'{text}" if value.startswith(_FORMULA) else text


def _workbook(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    titles = [WriteOnlyCell(sheet, value=name) for name in head]
    for title in titles:
        title.font = Font(bold=True)
    sheet.append(titles)
    for row in rows:
        sheet.append([harmless(value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _text(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """With the mark by which spreadsheets know UTF-8."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(head)
    writer.writerows([harmless(value) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")
