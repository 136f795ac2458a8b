"""Sessions as tables and on paper: what is taken away is no formula, comes back as it was, and can be read."""

import csv
import io
import re
from typing import Any
from urllib.parse import unquote

import pypdfium2
import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from bot.assembly import Library
from bot.booking import attending, planning
from bot.channels.telegram import naming
from bot.channels.whatsapp import links as whatsapp_links
from bot.console import session_papers, sheets
from bot.settings import Settings
from bot.storage.tables import Audit, table
from tests.bot.console.given import ORIGIN, Browser, Console, open_console
from tests.bot.console.test_sessions import ID, PAGE, chief, plan, planned, the_session

EVIL = '=HYPERLINK("http://evil.example","x")'
HEAD = ("title_fr", "place", "city", "region", "start", "end", "capacity", "language")
GOOD = ("Étudier", "Centre", "Tiznit", "souss-massa", "2026-12-20T10:00", "2026-12-20T12:00", "25", "fr")


async def upload(browser: Browser, data: bytes, name: str) -> Any:
    await browser.get("/console/import-sessions")
    return await browser.http.post(
        "/console/import-sessions", data={"csrf": browser.csrf}, files={"file": (name, data)}, headers={"Origin": ORIGIN}
    )


def text(*rows: tuple[str, ...]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows([HEAD, *rows])
    return stream.getvalue().encode()


def workbook(*rows: tuple[Any, ...]) -> bytes:
    book, stream = Workbook(), io.BytesIO()
    for row in (HEAD, *rows):
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def read_csv(body: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.removeprefix("\ufeff"))))


@pytest.mark.parametrize("name", ["table.csv", "table.xlsx"])
async def test_a_table_is_brought_in_and_what_is_wrong_is_named_by_row_and_column(console: Console, name: str) -> None:
    browser = await chief(console)
    rows = (GOOD, ("", *GOOD[1:]), (*GOOD[:4], "2026-11-20T10:00", "2026-11-20T12:00", *GOOD[6:]), GOOD)
    answer = await upload(browser, (text if name.endswith("csv") else workbook)(*rows), name)
    assert answer.status_code == 200
    page = re.sub("[\u2068\u2069]", "", answer.text)
    assert "Nouvelles : 1. Changées : 0. Sans changement : 0. Lignes écartées : 3." in page
    for row, words in ((3, "un titre est nécessaire"), (4, "ce moment est passé"), (5, "déjà dans une ligne plus haut")):
        assert re.search(rf"Ligne {row}</b>[^<]*{words}", page), (row, page)
    assert (await the_session(console, "tiznit-2026-12-20-1000")).capacity == 25
    assert "Sans changement : 1" in re.sub("[\u2068\u2069]", "", (await upload(browser, text(GOOD), "again.csv")).text)


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "empty.csv", "est vide"),
        (b"no workbook", "not.xlsx", "ne se lit pas"),
        ("Étudier".encode("cp1252"), "western.csv", "UTF-8"),
        (b"x", "notes.pdf", "ni CSV ni XLSX"),
        (b"a\n" * (planning.MOST_ROWS + 2), "long.csv", "plus de 2000"),
        (b"x", "", "Choisissez un fichier"),
        (b"a,b\n" + b"\x00" * 50, "zeros.csv", "Nouvelles"),
    ],
)
async def test_a_file_that_is_no_table_is_refused_in_words(console: Console, data: bytes, name: str, words: str) -> None:
    answer = await upload(await chief(console), data, name)
    assert answer.status_code in (200, 422)
    assert words in answer.text
    assert not await console.inside.do(planning.count)


async def test_a_table_moves_nobody(console: Console) -> None:
    await planned(console, ("confirmed", 1))
    browser = await chief(console)
    exported = read_csv((await browser.get("/console/sessions.csv")).text)
    moved = [exported[0] | {"start": "2026-12-12T16:00"}]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, exported[0].keys())
    writer.writeheader()
    writer.writerows(moved)
    answer = await upload(browser, stream.getvalue().encode(), "moved.csv")
    assert "modifiez-la sur sa page" in answer.text
    assert (await the_session(console)).starts == "2026-12-12T15:00"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_what_is_exported_comes_back_as_it_was(console: Console, kind: str) -> None:
    await console.inside.do(
        lambda db: planning.save(
            db,
            console.inside.clock.now,
            plan(
                title={"fr": "+ de places", "ary-Latn": "-"},
                description={"ar": "@home\nسطر"},
                place=EVIL,
                opens="2026-12-01T08:00",
            ),
            "token",
        )
    )
    browser = await chief(console)
    table = (await browser.get(f"/console/sessions.{kind}")).content
    page = re.sub("[\u2068\u2069]", "", (await upload(browser, table, f"all.{kind}")).text)
    assert "Nouvelles : 0. Changées : 0. Sans changement : 1. Lignes écartées : 0." in page


async def test_no_exported_cell_is_a_formula(console: Console) -> None:
    await planned(console, ("confirmed", 2), place=EVIL, title={"fr": "@SUM(1)", "ar": "\t=1"})
    browser = await chief(console)
    for path in ("/console/sessions", f"{PAGE}/attendance", f"{PAGE}/feedback"):
        answer = await browser.get(f"{path}.csv")
        assert 'attachment; filename="' in answer.headers["content-disposition"]
        for row in csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))):
            assert not [c for c in row if c.startswith(("=", "+", "-", "@", "\t", "\r"))]
        book = load_workbook(io.BytesIO((await browser.get(f"{path}.xlsx")).content))
        assert not [c for row in book.active.iter_rows() for c in row if c.data_type == "f"]
    assert "'=HYPERLINK" in (await browser.get("/console/sessions.csv")).text


@pytest.mark.parametrize("value", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "\x00=1"])
def test_a_text_that_begins_like_a_formula_is_made_harmless(value: str) -> None:
    assert str(sheets.harmless(value)).startswith("'")
    assert sheets.harmless("a=1") == "a=1"
    assert sheets.harmless(-1) == -1


async def test_the_attendance_list_has_codes_and_no_person(console: Console) -> None:
    await planned(console, ("confirmed", 2), ("waitlisted", 1), ("cancelled", 1))
    browser = await chief(console)
    rows = read_csv((await browser.get(f"{PAGE}/attendance.csv")).text)
    assert [(r["code"], r["seats"], r["status"]) for r in rows] == [("AB0C", "2", "confirmed")]
    assert set(rows[0]) == {"code", "seats", "language", "status", "came", "coming"}
    audit = table(Audit)
    written = await console.inside.do(lambda db: list(db.execute(select(audit.c.action, audit.c.object))))
    assert ("export_attendance", f"session/{ID}") in [tuple(row) for row in written]


def words_in(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", " ")


async def test_the_poster_leads_into_the_conversation_in_each_variety(console: Console) -> None:
    await planned(console, title={"fr": "Étudier en France", "ar": "الدراسة في فرنسا"})
    browser = await chief(console)
    for variety, words in (
        ("fr", "Scannez un carré"),
        ("ary-Latn", "Bach t7ejzo blassa"),
        ("en", "Scan a square"),
        ("ar", ""),
        ("ary", ""),
    ):
        answer = await browser.get(f"{PAGE}/poster.pdf?l={variety}")
        assert answer.headers["content-type"] == "application/pdf"
        assert words in words_in(answer.content)
        document = pypdfium2.PdfDocument(answer.content)
        assert len(document) == 1, variety
        assert [round(x) for x in document[0].get_size()] == [595, 842]
        picture = await browser.get(f"{PAGE}/poster.png?l={variety}")
        assert picture.content.startswith(b"\x89PNG")
        assert len(picture.content) < 200_000
    assert (await browser.get(f"{PAGE}/poster?l=xx")).status_code == 422


async def test_the_codes_of_a_poster_open_each_channel_at_the_session(
    settings: Settings, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    links: list[str] = []
    make = session_papers.segno.make
    monkeypatch.setattr(session_papers.segno, "make", lambda link, **how: links.append(link) or make(link, **how))

    async def name(_: Settings) -> str:
        return "dalil_bot"

    monkeypatch.setattr(naming, "username", name)
    channels = {"twilio_account_sid": "AC1", "twilio_from": "whatsapp:+212600000000", "telegram_token": "7:poster"}
    async with open_console(settings.model_copy(update=channels), library) as console:
        await planned(console)
        assert (await (await chief(console)).get(f"{PAGE}/poster.pdf?l=ary")).status_code == 200
    whatsapp, telegram, web = links
    assert whatsapp.startswith("https://wa.me/212600000000?text=")
    assert whatsapp_links.read(unquote(whatsapp.partition("text=")[2])) == ("s_page-of-agadir", "ary")
    assert telegram == "https://t.me/dalil_bot?start=s_page-of-agadir"
    assert web.endswith("/chat?s=page-of-agadir&l=ary")


async def test_a_poster_with_the_longest_words_stays_one_page(console: Console) -> None:
    await planned(console, title={"fr": "Étudier en France sans se perdre " * 4}, place="Maison de la vie associative " * 17)
    answer = await (await chief(console)).get(f"{PAGE}/poster.pdf?l=fr")
    assert len(pypdfium2.PdfDocument(answer.content)) == 1


async def test_the_list_on_paper_has_every_code_and_room_for_others(console: Console) -> None:
    await planned(console, *[("confirmed", 1 + n % 4) for n in range(60)], capacity=300)
    for interface, words in (("fr", "Venus sans place"), ("en", "Came without a seat"), ("ar", "AB1C")):
        browser = await chief(console, f"chief-{interface}", interface=interface)
        text = words_in((await browser.get(f"{PAGE}/list.pdf")).content)
        assert words in text
        assert all(f"AB{n}C" in text for n in range(60))


async def test_a_certificate_is_for_who_came_and_its_name_is_kept_nowhere(console: Console) -> None:
    came, absent = await planned(console, ("confirmed", 1), ("confirmed", 1))
    console.inside.clock.now = console.inside.clock.now.replace(day=12, hour=16)
    browser, now = await chief(console), console.inside.clock.now
    await console.inside.do(lambda db: attending.note(db, now, ID, came, 1))
    form = await browser.get(f"{PAGE}/certificate/{came}")
    assert form.status_code == 200
    assert (await browser.get(f"{PAGE}/certificate/{absent}")).status_code == 404
    assert (await browser.post(f"{PAGE}/certificate/{came}", name="  ")).status_code == 422
    for variety, words in (
        ("fr", "atteste que Fatima Zahra"),
        ("en", "12 December 2026"),
        ("ary-Latn", "katchhed"),
        ("ar", ""),
        ("ary", ""),
    ):
        paper = await browser.post(f"{PAGE}/certificate/{came}", name="Fatima Zahra", variety=variety)
        assert paper.headers["content-type"] == "application/pdf"
        assert words in words_in(paper.content)
        assert {"Fatima", "Zahra"} <= set(words_in(paper.content).split())
    audit = table(Audit)
    written = await console.inside.do(lambda db: str(list(db.execute(select(audit)))))
    assert "certificate" in written
    assert "Fatima" not in written
