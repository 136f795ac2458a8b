"""Offers and checklists as they stand: each is asked, each fits a telephone, each fault is explained."""

from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path

import pytest

from bot.assembly import Library
from bot.knowledge import review
from bot.knowledge.check import check
from bot.knowledge.checks.lengths import WHOLE
from bot.knowledge.guides import MOST_IN_PART, Sign
from flows.draft import Draft
from flows.effects import Message, Say
from flows.facts import Facts
from flows.heard import UNSURE, VARIETIES
from flows.journey import checklists, offers
from flows.state import KeptList, State
from tests.conftest import NOW, quiet_settings
from tests.content.small import Home

HOME = quiet_settings().home
ANSWERS = (True, False, UNSURE)


def test_every_sign_is_asked_by_the_journey_and_nothing_else(library: Library) -> None:
    asked = {s.collect: s.utter for s in library.script.journeys["check_offer"].steps.values() if s.collect}
    assert asked == {f"offer_{name}": f"offer.ask.{name}" for name in library.knowledge.guides.signs}
    assert all(library.script.slots[slot].unsure and not library.script.slots[slot].persist for slot in asked)


def test_every_question_of_every_list_is_asked(library: Library) -> None:
    lists = library.knowledge.guides.checklists
    asked = {(s.collect, s.utter) for s in library.script.journeys["new_checklist"].steps.values() if s.collect}
    wanted = {(f"list_{code}", f"checklist.ask.{c.id}.{code}") for c in lists.values() for code in c.questions}
    assert asked == wanted | {("checklist", "checklist.choose")}
    assert set(library.script.slots["checklist"].values) == set(lists)


def _says(library: Library, state: State, play: object) -> Say:
    draft = Draft(state=state, facts=Facts(now=NOW, house=library.house(), channel="telegram"))
    play(draft)  # type: ignore[operator]
    found = [e for e in draft.finish().effects if isinstance(e, Say)]
    return found[0]


def _whole(library: Library, say: Say, variety: str) -> str:
    """Where no buttons are, the choices are lines."""
    shown = library.wording.bubble(say, variety)
    return "\n\n".join([shown.text, "\n".join(f"{n}. {c.title}" for n, c in enumerate(shown.choices, 1))])


def _results(library: Library) -> Iterator[Say]:
    names = list(library.knowledge.guides.signs)
    for answers in product(ANSWERS, repeat=len(names)):
        slots = {f"offer_{n}": a for n, a in zip(names, answers, strict=True)}
        yield _says(library, State(language="fr", noticed=True, stopped=True, slots=slots), offers.show)


def _lists(library: Library) -> Iterator[Say]:
    for card in library.house().checklists.values():
        for answers in product(ANSWERS, repeat=len(card.questions)):
            kept = KeptList(id=card.id, answers=dict(zip(card.questions, answers, strict=True)))
            for part in ("before", "arrival", "later"):
                state = State(language="fr", stopped=True, checklists=(kept,))
                yield _says(library, state, lambda draft, at=part: checklists.show(draft, at))


@pytest.mark.parametrize("variety", VARIETIES)
def test_every_list_fits_and_its_numbers_are_those_of_its_buttons(library: Library, variety: str) -> None:
    for say in _lists(library):
        assert len(_whole(library, say, variety)) <= WHOLE
        view = next(m for m in say.messages if m.id == "checklist.view")
        ticks = [c for c in say.choices if c.id.split(".", 1)[1].startswith(("done:", "todo:"))]
        assert list(say.choices[: len(ticks)]) == ticks
        assert [c.label.params["number"] for c in ticks] == list(range(1, len(view.params["steps"]) + 1))
        assert len(ticks) <= MOST_IN_PART
        assert any(c.id.endswith("journey:advisor") for c in say.choices)
        assert all(len(c.id) <= 64 for c in say.choices)
        titles = [library.wording.text(c.label, variety) for c in say.choices]
        assert all(len(t) <= 20 for t in titles), titles


@pytest.mark.parametrize("variety", VARIETIES)
def test_every_result_fits_and_none_says_that_an_offer_is_safe(library: Library, variety: str) -> None:
    none = {library.wording.text(Message(id=i), variety) for i in ("offer.none", "offer.none_so_far")}
    for say in _results(library):
        text = _whole(library, say, variety)
        assert len(text) <= WHOLE
        ids = [m.id for m in say.messages]
        assert ("offer.found" in ids) != any(n in text for n in none)
        assert "offer.source" in ids
        assert any(c.id.endswith("journey:advisor") for c in say.choices)


@pytest.mark.parametrize("variety", VARIETIES)
def test_the_first_question_fits_with_the_notice(library: Library, variety: str) -> None:
    for name in library.knowledge.guides.signs:
        ids = ("offer.intro", "offer.pay_nothing", f"offer.ask.{name}.again", "notice")
        assert len("\n\n".join(library.wording.text(Message(id=i), variety) for i in ids)) <= WHOLE


def test_a_step_is_shown_while_its_answer_is(library: Library) -> None:
    card = library.house().checklists["return"]
    assert {s.entry for s in card.steps} <= set(library.house().entries)


def test_a_button_of_a_list_that_is_gone_says_so(library: Library) -> None:
    draft = Draft(state=State(language="fr"), facts=Facts(now=NOW, house=library.house(), channel="telegram"))
    assert not checklists.press(draft, "done", "return/residence-certificate")


SIGN = """\
id: money
gravity: 1
sign_if: "yes"
entry: small-answer
sources:
  - {name: Un site, url: "https://example.org/page", source_date: 2025-03, verified_on: null}
written_on: 2026-01-31
question: {fr: Faut-il payer ?, ar: هل يجب الدفع؟, ary: واش خاص الخلاص؟, ary-Latn: Wach khass lkhlas?, en: Must one pay?}
finding: {fr: On paie, ar: يجب الدفع, ary: خاص الخلاص, ary-Latn: Khass lkhlas, en: One pays}
to_find_out: {fr: le prix, ar: الثمن, ary: الثمن, ary-Latn: taman, en: the price}
"""
LIST = """\
id: card
audience: mre
facts: [small-fact]
written_on: 2026-01-31
short_title: {fr: La carte, ar: البطاقة, ary: الكارطة, ary-Latn: Lcarte, en: The card}
questions:
  - id: child
    text: {fr: Un enfant ?, ar: طفل؟, ary: شي دري؟, ary-Latn: Chi derri?, en: A child?}
steps:
  - id: ask
    part: before
    entry: small-answer
    if: [child]
    text:
      fr: Demander avant le {opens}
      ar: الطلب قبل {opens}
      ary: الطلب قبل {opens}
      ary-Latn: Tleb 9bel {opens}
      en: Ask before {opens}
"""
BROKEN = {
    ("offers/money.yml", 'sign_if: "yes"', "sign_if: often"): "sign_if: often is none of yes, no",
    ("offers/money.yml", "gravity: 1", "gravity: high"): "gravity: expected a whole number",
    ("offers/money.yml", "entry: small-answer", "entry: lost"): "entry: lost is no entry",
    ("offers/money.yml", "fr: Faut-il payer ?", "fr: Devez-vous payer ?"): "says vous",
    ("offers/money.yml", "id: money", "id: price"): "id: is not money",
    ("offers/money.yml", "fr: le prix", "fr: les 300 DH"): "bare number",
    ("checklists/card.yml", "if: [child]", "if: [children]"): "children is the id of no question",
    ("checklists/card.yml", "part: before", "part: soon"): "part: soon is none of before, arrival, later",
    ("checklists/card.yml", "Ask before {opens}", "Ask soon"): "its placeholders are not those of fr",
    ("checklists/card.yml", "facts: [small-fact]", "facts: [lost]"): "facts: lost is unknown",
    ("checklists/card.yml", "facts: [small-fact]", "facts: []"): "{opens} is in none",
    ("checklists/card.yml", "fr: La carte", "fr: La carte de séjour pour un an"): "20 at most",
    ("checklists/card.yml", "entry: small-answer", "entry: lost"): "steps.ask.entry: lost is no entry",
}  # fmt: skip


def _small(folder: Path) -> Home:
    home = Home(folder)
    home.write("offers/money.yml", SIGN)
    home.write("checklists/card.yml", LIST)
    return home


def test_the_small_guides_are_sound(tmp_path: Path) -> None:
    assert [str(f) for f in check(_small(tmp_path).folder, HOME / "locales")] == []


@pytest.mark.parametrize(("where", "what"), BROKEN.items(), ids=[w[2] for w in BROKEN])
def test_fault_is_found(where: tuple[str, str, str], what: str, tmp_path: Path) -> None:
    name, before, after = where
    home = _small(tmp_path)
    home.replace(name, before, after)
    found = [str(f) for f in check(home.folder, HOME / "locales")]
    assert any(what in line and name in line for line in found), found


def test_a_sign_grows_old(library: Library) -> None:
    sign: Sign = library.knowledge.guides.signs["money"]
    assert [review.state_of(sign, date(y, 6, 1)) for y in (2027, 2028, 2029)] == ["fresh", "ageing", "withdrawn"]
