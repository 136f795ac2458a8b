"""Paper: what the eye sees, in both directions."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.paper.sheet import FONTS, Sheet
from flows.heard import VARIETIES
from tests.bot.paper.eyes import lines

MADE = datetime(2026, 11, 24, 9, tzinfo=UTC)
PHONE = "+212 5 37 54 54 00"


def sheet(variety: str = "ar", **more) -> Sheet:
    return Sheet("عنوان", variety, MADE, **more)


def seen(text: str, variety: str = "ar") -> list[str]:
    page = sheet(variety)
    page.text(text)
    return lines(page)


def test_arabic_runs_from_the_right_and_a_phone_in_it_from_the_left() -> None:
    (line,) = seen(f"الرقم \u2068{PHONE}\u2069 الآن")
    assert line.replace("\u00a0", " ") == f"نآلا {PHONE} مقرلا"


@pytest.mark.parametrize("kept", [PHONE, "30.000 درهم", "1 900 DH", "08:30 - 16:30", "2026-11-24"])
@given(words=st.integers(0, 60))
@settings(max_examples=25, deadline=None)
def test_a_number_is_never_cut_at_the_end_of_a_line(kept: str, words: int) -> None:
    digits = re.search(r"\+?\d[\d .:-]*\d", kept).group()
    for line in seen("من " * words + f"\u2068{kept}\u2069 ثم"):
        plain = line.replace("\u00a0", " ")
        assert digits in plain or not re.search(r"\d", plain)


def test_a_latin_name_over_two_lines_reads_on_below() -> None:
    name = "Caisse nationale d'assurance vieillesse, Service des relations internationales, Paris"
    found = [
        line.replace("\u00a0", " ") for line in seen("هذا هو العنوان الكامل للصندوق الذي يدفع المعاش: \u2068" + name + "\u2069.")
    ]
    latin = [re.sub(r"[^ -~]", "", line).strip(" .:") for line in found]
    assert len(found) == 2
    assert " ".join(latin) == name


def test_a_name_or_a_link_alone_runs_its_own_way() -> None:
    assert seen("Fatima Z. (Agadir).") == ["Fatima Z. (Agadir)."]
    assert seen("https://www.cnss.ma/fr/") == ["https://www.cnss.ma/fr/"]


def test_arabizi_runs_from_the_left() -> None:
    assert seen("Bghit 3 dossiers, 3afak.", "ary-Latn") == ["Bghit 3 dossiers, 3afak."]


def test_columns_stand_in_the_order_of_reading() -> None:
    for variety, order in (("ar", ["ج", "ب", "أ"]), ("fr", ["A", "B", "C"])):
        page = sheet(variety)
        page.table(["أ", "ب", "ج"] if variety == "ar" else ["A", "B", "C"], [["1", "2", "3"]], [1, 1, 1])
        at = sorted(
            (float(x), n) for n, x in enumerate(re.findall(rb"BT ([\d.]+) [\d.]+ Td", bytes(page._pdf.pages[1].contents))[:3])
        )
        assert [lines(page)[n] for _, n in at] == order


def test_a_long_table_repeats_its_header_and_loses_no_row() -> None:
    page = sheet("fr")
    page.table(["Nom", "Signature"], [[f"nom {n}", ""] for n in range(70)], [1, 1])
    page.finish()
    all_seen = [line for number in page._pdf.pages for line in lines(page, number)]
    assert len(page._pdf.pages) > 1
    assert all_seen.count("Nom") == len(page._pdf.pages)
    assert [line for line in all_seen if line.startswith("nom ")] == [f"nom {n}" for n in range(70)]


def test_each_page_bears_its_foot_and_number() -> None:
    page = sheet("fr", foot="Association des Jeunes")
    page.page()
    page.finish()
    assert [lines(page, n)[-2:] for n in (1, 2)] == [["Association des Jeunes", "1"], ["Association des Jeunes", "2"]]


def test_a_heading_is_never_the_last_line_of_a_page() -> None:
    for filled in range(20, 60):
        page = sheet("fr")
        for n in range(filled):
            page.item(f"{n}")
        page.heading("Après")
        page.item("la suite", "open")
        page.finish()
        whole = [lines(page, n) for n in page._pdf.pages]
        assert next(p for p in whole if "Après" in p)[-1] != "Après"
        assert "la suite" in next(p for p in whole if "Après" in p)


@pytest.mark.parametrize("variety", VARIETIES)
def test_what_the_face_lacks_leaves_no_mark(variety: str) -> None:
    assert seen("☎️ a✅\u200db 🇲🇦 c ✓", variety) == ["ab c ✓"]


def test_the_same_calls_give_the_same_bytes() -> None:
    def made() -> bytes:
        page = sheet(foot="x")
        page.title("عنوان")
        page.item("واحد", "done")
        return page.finish()

    assert made() == made()
    assert made().startswith(b"%PDF-")


def test_any_text_can_be_written() -> None:
    """A name of a person is whatever they typed."""
    for odd in (
        "",
        " ",
        "\u2068",
        "\u2069\u2069",
        "ⵜⴰⵎⴰⵣⵉⵖⵜ",
        "中文",
        "a" * 400,
        "(" * 60,
        "\\",
        "**b** __u__ --",
        "{nb}",
        "ﷺ",
        "\u202e\u202dabc",
    ):
        for variety in ("fr", "ar"):
            page = sheet(variety, foot=odd)
            page.text(odd)
            page.item(odd, "open")
            page.table([odd], [[odd]], [1])
            assert page.finish()


def test_a_code_is_drawn_with_its_quiet_zone() -> None:
    page = sheet("fr")
    page.squares([[1, 1, 0], [0, 1, 1], [1, 0, 1]], 33)
    drawn = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (-?[\d.]+) re f", bytes(page._pdf.pages[1].contents))
    assert len(drawn) == 4
    assert [round(float(w) / 72 * 25.4) for _, _, w, _ in drawn] == [6, 6, 3, 3]
    assert page._pdf.get_y() == pytest.approx(20 + 33)


def test_an_unknown_variety_is_refused() -> None:
    with pytest.raises(ValueError, match="no variety"):
        sheet("es")


def test_the_faces_are_small_and_bear_their_licence() -> None:
    faces = sorted(FONTS.glob("*.ttf"))
    assert len(faces) == 2
    assert all(face.stat().st_size < 300_000 for face in faces)
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8").upper()
