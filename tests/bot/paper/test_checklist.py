"""A list on paper, in every variety: ticks, papers, sources, offices; nothing withheld."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.assembly import Library
from bot.delivery import offices
from bot.knowledge import house
from bot.paper import checklist
from bot.paper.press import Order, Press, Shop
from flows.heard import VARIETIES
from tests.bot.paper.eyes import lines

MADE = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)  # past midnight in Morocco
_MIRRORED = str.maketrans("()«»[]", ")(»«][")


def shop_of(library: Library) -> Shop:
    return Shop(library.catalogue, library.knowledge, library.wording, library.organisation, library.house, library.zone)


def order_of(library: Library, list_id: str, variety: str, done: int = 0) -> Order:
    steps = library.knowledge.guides.checklists[list_id].steps
    asked = {"place": "taroudant", "need": "mre", "careful": False, "seen": 0}
    found = {"offices": offices.look(library.directory, MADE, asked, None)["offices"]}
    ticked = [{"step": s.id, "done": n < done} for n, s in enumerate(steps)]
    return Order(what="checklist", args={"checklist": list_id, "steps": ticked}, variety=variety, made=MADE, found=found)


def pages(order: Order, shop: Shop) -> list[list[str]]:
    sheet = checklist.draw(order, shop)
    sheet.finish()
    return [[line.replace("\u00a0", " ") for line in lines(sheet, n)] for n in sheet._pdf.pages]


def whole(order: Order, shop: Shop) -> str:
    return " ".join(line for page in pages(order, shop) for line in page)


@pytest.mark.parametrize("variety", VARIETIES)
@pytest.mark.parametrize("list_id", ["return", "study-fr", "work-abroad", "residence", "school"])
def test_each_list_in_each_variety(library: Library, list_id: str, variety: str) -> None:
    made = Press(shop_of(library)).make(order_of(library, list_id, variety, done=2))
    assert made.startswith(b"%PDF-")
    assert len(made) < 150_000, "it is paid for by the megabyte"


def test_french_bears_steps_answers_papers_sources_offices_date_and_name(library: Library) -> None:
    first, *others = pages(order_of(library, "return", "fr", done=2), shop_of(library))
    assert first[0] == "Rentrer au Maroc"
    assert any("2 décembre 2026" in line and "2 sur 15" in line for line in first), "the day of Morocco"
    assert "Demander au consulat le certificat de changement de résidence, en original." in first
    assert "Papiers et détails : réponse 1, Douane, déménagement" in first
    assert first[-2:] == ["Dalil (démonstration) · 2 décembre 2026", "1"]
    rest = " ".join(line for page in others for line in page)
    assert "le certificat de changement de résidence (original)" in rest
    assert "Source : Marrakech7, règles douanières du retour (2025). Pas revérifié depuis" in rest
    assert "marrakech7.ma" in rest
    assert "Bureaux et numéros" in rest
    assert "Taroudant" in rest or "Taliouine" in rest
    assert "en ce moment" not in rest, "open now means nothing on paper"


def test_arabic_stands_from_right_to_left_with_numbers_as_they_are_dialled(library: Library) -> None:
    text = whole(order_of(library, "residence", "ar"), shop_of(library))
    assert "ةماقإلا ةقاطب".translate(_MIRRORED) in text
    assert "+212 5 37 77 03 32" in text


def test_darija_in_latin_letters_stands_from_left_to_right(library: Library) -> None:
    first = pages(order_of(library, "study-fr", "ary-Latn"), shop_of(library))[0]
    assert first[0] == "N9ra f Fransa"
    assert "9raw tawarikh dyal had l3am f site Campus France Maroc." in first


def test_what_is_withheld_or_gone_is_on_no_paper(library: Library) -> None:
    shop, order = shop_of(library), order_of(library, "return", "fr")
    today = house.build(library.knowledge, library.script, library.opportunities, date(2026, 12, 1))
    withheld = {**today.entries, "douane-demenagement": replace(today.entries["douane-demenagement"], withheld="withdrawn")}
    shop.house = lambda: replace(today, entries=withheld)
    text = whole(order, shop)
    assert "Cadeaux" not in text
    assert "certificat de changement de résidence, en original" not in text
    gone = replace(order, args={**order.args, "checklist": "school"})
    assert "Rentrer" not in whole(gone, shop)


def test_the_same_order_is_the_same_file(library: Library) -> None:
    press, order = Press(shop_of(library)), order_of(library, "school", "ary", done=1)
    assert press.make(order) == press.make(order)


def test_a_file_outside_the_table_is_refused(library: Library) -> None:
    with pytest.raises(KeyError):
        Press(shop_of(library)).name("poster", {})
