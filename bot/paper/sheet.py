"""One document on A4, written from top to bottom. Shaping and the order of mixed scripts are HarfBuzz's and UAX #9's, by fpdf2
(https://py-pdf.github.io/fpdf2/TextShaping.html). Lengths are millimetres, sizes of type points."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal, cast

from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue, TextDirection, XPos, YPos
from fpdf.fonts import TTFFont

from flows.heard import VARIETIES

Where = Literal["start", "centre", "end"]
Mark = Literal["done", "open"] | str
FONTS = Path(__file__).parent / "fonts"
FAMILY = "DalilSans"
RIGHT_TO_LEFT = ("ar", "ary")
MARGIN, FOOT = 20.0, 22.0
LEADING = 1.45  # Arabic letters reach further up and down than Latin ones
POINT = 25.4 / 72
NBSP = "\u00a0"
# Digits in groups are one number, and a line never ends within it: +212 5 37 54 54 00; 30 000; 08:30 - 16:30.
_NUMBER = re.compile(r"(?<![\w])\+?\d[\d .:–-]*\d")
_ARABIC = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_PICTURES = ("So", "Sk", "Cf", "Mn", "Co")  # Unicode categories: left out when the face has none; an unknown letter is a box


class Sheet:
    """`title` is the document's own name (for the reader's window), `variety` what most of it is written in, `foot` stands under
    each page beside its number; none, and there is no number. The same calls with the same `made` give the same bytes."""

    def __init__(self, title: str, variety: str, made: datetime, foot: str = "", margin: float = MARGIN) -> None:
        if variety not in VARIETIES:
            raise ValueError(f"{variety} is no variety")
        self.variety, self._foot_text, self._margin = variety, foot, margin
        self._pdf = _Pages(self)
        self._pdf.set_title(title)
        self._pdf.set_creation_date(made)
        self._pdf.set_lang({"ary": "ar-MA", "ary-Latn": "ar-Latn-MA"}.get(variety, variety))
        self._pdf.add_page()

    @property
    def width(self) -> float:
        """Between the margins."""
        return float(self._pdf.epw)

    @property
    def left(self) -> float:
        """Of this page, from here down to the foot."""
        return float(self._pdf.h - self._pdf.b_margin - self._pdf.get_y())

    def title(self, text: str, where: Where = "start", variety: str | None = None) -> None:
        self.text(text, size=20, bold=True, where=where, variety=variety)
        self.space(2)

    def heading(self, text: str, variety: str | None = None) -> None:
        """Never the last line of a page."""
        self.keep(24)
        self.space(3)
        self.text(text, size=13, bold=True, variety=variety)
        self.rule()

    def text(
        self,
        text: str,
        size: float = 11,
        bold: bool = False,
        where: Where = "start",
        variety: str | None = None,
        link: str | None = None,
        indent: float = 0,
    ) -> None:
        """A paragraph; line ends in it are kept. `indent` is from the side where reading begins."""
        for line in text.split("\n"):
            self._line(line, size, bold, where, variety or self.variety, link, indent)

    def item(
        self, text: str, mark: Mark = "•", size: float = 11, bold: bool = False, indent: float = 0, variety: str | None = None
    ) -> None:
        """A line of a list. `mark`: "open" and "done" are boxes to tick on paper, anything else is written as it is."""
        variety, pdf = variety or self.variety, self._pdf
        self.keep(self._height(text, size, bold, variety, indent + 8))
        top, height = pdf.get_y(), size * POINT * LEADING
        rtl = variety in RIGHT_TO_LEFT
        at = pdf.w - self._margin - indent - 6 if rtl else self._margin + indent
        if mark in ("open", "done"):
            self._box(at + (2 if rtl else 0), top + (height - 4) / 2, mark == "done")
        else:
            self._direct(variety)
            self._face(size, bold)
            pdf.set_xy(at, top)
            pdf.cell(6, height, self._fit(mark), align=Align.R if rtl else Align.L)
        pdf.set_xy(self._margin, top)
        self.text(text, size=size, bold=bold, variety=variety, indent=indent + 8)

    def table(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        size: float = 10,
        row_height: float = 8,
        variety: str | None = None,
    ) -> None:
        """Columns in reading order: the first stands at the right in Arabic. `widths` are shares of the whole width; the header
        is repeated on each page. A cell too long for its column is written over several lines."""
        variety = variety or self.variety
        shares = [w / sum(widths) * self.width for w in widths]
        self._row(header, shares, size, True, row_height, variety)
        for row in rows:
            if self.left < self._row_height(row, shares, size, False, row_height, variety):
                self.page()
                self._row(header, shares, size, True, row_height, variety)
            self._row(row, shares, size, False, row_height, variety)
        self.space(2)

    def squares(self, matrix: Sequence[Sequence[int]], side: float, where: Where = "centre") -> None:
        """A QR code: rows of 0 and 1 (`segno.make(...).matrix`, its quiet zone added here), `side` millimetres wide."""
        self.keep(side)
        top = self._pdf.get_y()
        self._squares(matrix, side, self._from_left(side, where), top)
        self._pdf.set_xy(self._margin, top + side)

    def _squares(self, matrix: Sequence[Sequence[int]], side: float, left: float, top: float) -> None:
        quiet = 4
        cell = side / (len(matrix) + 2 * quiet)
        self._pdf.set_fill_color(0)
        for y, row in enumerate(matrix, start=quiet):
            for x, length in _runs(row):
                self._pdf.rect(left + (x + quiet) * cell, top + y * cell, length * cell, cell, style="F")

    def codes(self, codes: Sequence[tuple[Sequence[Sequence[int]], str]], side: float, size: float = 14) -> None:
        """QR codes side by side in reading order, each `side` wide with its label under it."""
        pdf, gap = self._pdf, (self.width - side * len(codes)) / (len(codes) + 1)
        self.keep(side + size * POINT * LEADING)
        top, rtl = pdf.get_y(), self.variety in RIGHT_TO_LEFT
        for place, (matrix, label) in enumerate(reversed(codes) if rtl else codes):
            left = self._margin + gap + place * (side + gap)
            self._squares(matrix, side, left, top)
            self._direct(self.variety, label)
            self._face(size, True)
            pdf.set_xy(left, top + side)
            pdf.cell(side, size * POINT * LEADING, self._fit(label), align=Align.C)
        pdf.set_xy(self._margin, top + side + size * POINT * LEADING)

    def rule(self) -> None:
        pdf = self._pdf
        pdf.set_line_width(0.3)
        pdf.line(self._margin, pdf.get_y() + 0.5, pdf.w - self._margin, pdf.get_y() + 0.5)
        pdf.set_y(pdf.get_y() + 2)

    def space(self, height: float) -> None:
        if height < self.left:
            self._pdf.set_y(self._pdf.get_y() + height)

    def keep(self, height: float) -> None:
        """A new page unless so much is left of this one."""
        if height > self.left and self._pdf.get_y() > self._margin:
            self.page()

    def page(self) -> None:
        self._pdf.add_page()

    def finish(self) -> bytes:
        return bytes(self._pdf.output())

    def _line(self, text: str, size: float, bold: bool, where: Where, variety: str, link: str | None, indent: float) -> None:
        pdf = self._pdf
        self._direct(variety, text)
        self._face(size, bold)
        rtl = variety in RIGHT_TO_LEFT
        pdf.set_x(self._margin + (0 if rtl else indent))
        align = {"start": Align.R if rtl else Align.L, "centre": Align.C, "end": Align.L if rtl else Align.R}[where]
        pdf.multi_cell(
            self.width - indent,
            size * POINT * LEADING,
            self._fit(text),
            align=align,
            link=link or "",
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def _height(self, text: str, size: float, bold: bool, variety: str, indent: float) -> float:
        self._direct(variety)
        self._face(size, bold)
        return sum(self._measured(line, self.width - indent, size) for line in text.split("\n"))

    def _measured(self, line: str, width: float, size: float) -> float:
        found = self._pdf.multi_cell(
            width, size * POINT * LEADING, self._fit(line), dry_run=True, output=MethodReturnValue.HEIGHT, align=Align.L
        )
        return cast(float, found)

    def _row_height(
        self, cells: Sequence[str], shares: Sequence[float], size: float, bold: bool, least: float, variety: str
    ) -> float:
        self._direct(variety)
        self._face(size, bold)
        return max(least, *(self._measured(c, w - 2, size) + 2 for c, w in zip(cells, shares, strict=True)))

    def _row(self, cells: Sequence[str], shares: Sequence[float], size: float, bold: bool, least: float, variety: str) -> None:
        pdf, rtl = self._pdf, variety in RIGHT_TO_LEFT
        height = self._row_height(cells, shares, size, bold, least, variety)
        top, x = pdf.get_y(), pdf.w - self._margin if rtl else self._margin
        pdf.set_line_width(0.5 if bold else 0.2)
        for text, width in zip(cells, shares, strict=True):
            x -= width if rtl else 0
            pdf.rect(x, top, width, height)
            pdf.set_xy(x + 1, top + 1)
            self._direct(variety, text)
            pdf.multi_cell(width - 2, size * POINT * LEADING, self._fit(text), align=Align.R if rtl else Align.L)
            x += 0 if rtl else width
        pdf.set_xy(self._margin, top + height)

    def _box(self, x: float, y: float, done: bool) -> None:
        pdf = self._pdf
        pdf.set_line_width(0.4)
        pdf.rect(x, y, 4, 4)
        if done:
            pdf.set_line_width(0.7)
            pdf.polyline([(x + 0.8, y + 2.1), (x + 1.7, y + 3.1), (x + 3.4, y + 0.7)])

    def _from_left(self, side: float, where: Where) -> float:
        if where == "centre":
            return float((self._pdf.w - side) / 2)
        at_right = (where == "end") != (self.variety in RIGHT_TO_LEFT)
        return float(self._pdf.w - self._margin - side) if at_right else self._margin

    def _fit(self, text: str) -> str:
        """Numbers held together, pictures that the face cannot draw taken out."""
        face = self._pdf.face
        drawn = "".join(c for c in text if ord(c) in face or unicodedata.category(c) not in _PICTURES)
        kept = _NUMBER.sub(lambda found: found.group().replace(" ", NBSP), re.sub(" {2,}", " ", drawn))
        return kept.strip() or " "

    def _direct(self, variety: str, text: str | None = None) -> None:
        """A name or a link alone runs its own way, also where Arabic stands around it."""
        rtl = variety in RIGHT_TO_LEFT and (text is None or _ARABIC.search(text) is not None)
        self._pdf.set_text_shaping(True, direction=TextDirection.RTL if rtl else TextDirection.LTR)

    def _face(self, size: float, bold: bool) -> None:
        self._pdf.set_font(FAMILY, "B" if bold else "", size)

    def foot(self) -> None:
        """Called for each page: a line of small type, the number at its end. Numbers alone: "2 / 3" reads the same in all."""
        if not self._foot_text:
            return
        pdf, rtl = self._pdf, self.variety in RIGHT_TO_LEFT
        pdf.set_y(-FOOT + 6)
        self._direct(self.variety)
        self._face(8, False)
        room = self.width - 14
        pdf.set_x(self._margin + (14 if rtl else 0))
        pdf.multi_cell(
            room, 8 * POINT * LEADING, self._fit(self._foot_text), align=Align.R if rtl else Align.L, max_line_height=4
        )
        pdf.set_xy(self._margin if rtl else pdf.w - self._margin - 14, -FOOT + 6)
        pdf.cell(14, 4, str(pdf.page_no()), align=Align.L if rtl else Align.R)


class _Pages(FPDF):
    """fpdf2 asks for the foot by a method of its own."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self._sheet = sheet
        margin = sheet._margin
        self.set_margins(margin, margin, margin)
        self.set_auto_page_break(True, FOOT)
        self.c_margin = 0
        for style, file in (("", "Regular"), ("B", "Bold")):
            self.add_font(FAMILY, style, FONTS / f"DalilSans-{file}.ttf")
        self.face = frozenset(cast(TTFFont, next(iter(self.fonts.values()))).cmap)

    def footer(self) -> None:
        self._sheet.foot()


def _runs(row: Sequence[int]) -> list[tuple[int, int]]:
    """Dark modules side by side as one rectangle: (first, how many)."""
    found: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and found and sum(found[-1]) == x:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((x, 1))
    return found
