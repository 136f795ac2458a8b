"""The call sheet: whom to ask what, and empty columns for the answers, which come back by `dalil directory import`."""

import csv
import html
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.knowledge.catalogue import Catalogue
from bot.knowledge.directory import Directory
from bot.knowledge.office import Office
from bot.knowledge.review import add_months
from bot.knowledge.telling import in_variety

LANGUAGES = ("fr", "ar", "en")
GIVEN = ("id", "name", "town", "number", "question")
ASKED = ("exists", "phone", "address", "hours", "notice", "on")
MONTHS_UNTIL_ASKED_AGAIN = 6  # as for every telephone number (docs/content.md)
_MOST_NUMBERS = 4
_STYLE = (
    "body{font:11pt sans-serif;margin:1cm}table{border-collapse:collapse;width:100%}td,th{border:1px solid #555;padding:3pt;"
    "vertical-align:top;text-align:start;font-size:9pt}tr{break-inside:avoid}thead{display:table-header-group}"
    "td.empty{min-width:1.6cm}@page{size:A4 landscape;margin:1cm}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One line of the sheet. `number` is as one dials it in Morocco: several parted by " / "."""

    id: str
    name: str
    town: str
    number: str
    question: str


def due(office: Office, today: date) -> bool:
    """Never asked, or longer ago than a number may stand. What has closed is not asked again."""
    if office.status == "closing":
        return False
    return office.checked is None or add_months(office.checked.on, MONTHS_UNTIL_ASKED_AGAIN) <= today


def calls(
    directory: Directory, today: date, words: Catalogue, sheet: Catalogue, city_name: Callable[[str, str], str], language: str
) -> list[Call]:
    """What people are shown first, then the rest; by town, so that one trip serves several."""

    def call(office: Office) -> Call:
        kind = words.text(f"office.kind.{office.kind}", language)
        name = in_variety(office.name, language)
        asked = "sheet.line" if office.is_line else "sheet.confirm" if office.phones or office.address else "sheet.find"
        return Call(
            id=office.id,
            name=f"{name} ({kind})" if name else kind,
            town=city_name(office.place, language) if office.place else office.country,
            number=" / ".join(_numbers(directory, office)),
            question=sheet.text(asked, language),
        )

    waiting = [office for office in directory.offices.values() if due(office, today)]
    waiting.sort(key=lambda o: (not o.shown, o.country != "MA", o.place or "~", o.id))
    return [call(office) for office in waiting]


def _numbers(directory: Directory, office: Office) -> list[str]:
    """Also those that are only to be tried: here they are not shown to people but dialled by us."""
    found = [directory.any_digits(phone) for phone in (*office.phones, *office.unconfirmed)]
    return [_as_dialled(number) for number in dict.fromkeys(found) if number][:_MOST_NUMBERS]


def _as_dialled(number: str) -> str:
    """No leading "+": a spreadsheet would take it for a sum."""
    if number.startswith("+212 "):
        return "0" + number.removeprefix("+212 ")
    return "00" + number[1:] if number.startswith("+") else number


def as_csv(sheet: Sequence[Call]) -> str:
    """With the names of columns that the import reads."""
    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow([*GIVEN, *ASKED])
    rows.writerows([*(getattr(call, name) for name in GIVEN), *("" for _ in ASKED)] for call in sheet)
    return stream.getvalue()


def as_text(sheet: Sequence[Call]) -> str:
    lines = [
        f"[ ] {c.town}, {c.name}\n    {c.number or '…'}\n    {c.question}\n    {c.id}: ______________________" for c in sheet
    ]
    return "\n\n".join(lines) + "\n"


def as_html(sheet: Sequence[Call], words: Catalogue, language: str, today: date) -> str:
    """One page to print, with nothing from elsewhere."""
    title = f"{words.text('sheet.title', language)} · {today.isoformat()}"
    heads = "".join(f"<th>{html.escape(words.text(f'sheet.{name}', language))}</th>" for name in (*GIVEN, *ASKED))
    rows = "".join(_row(call) for call in sheet)
    direction = "rtl" if language == "ar" else "ltr"
    return (
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body><h1>{html.escape(title)}</h1>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></body></html>\n"
    )


def _row(call: Call) -> str:
    known = "".join(f"<td><bdi>{html.escape(str(getattr(call, name)))}</bdi></td>" for name in GIVEN)
    return f"<tr>{known}{'<td class=empty></td>' * len(ASKED)}</tr>"
