"""How an answer ages: every date is given, no clock is read."""

import re
from datetime import date
from pathlib import Path

import pytest

from bot.knowledge import overview
from bot.knowledge.entries import ContentFault, Knowledge
from bot.knowledge.review import add_months
from tests.content.small import Home

ENTRY = "entries/small-answer/entry.yml"


def load(tmp_path: Path, *changes: tuple[str, str]) -> Knowledge:
    home = Home(tmp_path)
    for old, new in changes:
        home.replace(ENTRY, old, new)
    return Knowledge.load(tmp_path)


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 2, 1), "fresh"),
        (date(2027, 7, 31), "fresh"),
        (date(2027, 8, 1), "ageing"),
        (date(2028, 1, 31), "ageing"),
        (date(2028, 2, 1), "withdrawn"),
    ],
)
def test_a_procedure_holds_eighteen_months_and_six_more_with_a_warning(tmp_path: Path, today: date, state: str) -> None:
    assert load(tmp_path).state("small-answer", today) == state


@pytest.mark.parametrize(("kind", "due"), [("amounts", date(2026, 7, 31)), ("law", date(2028, 1, 31))])
def test_each_kind_has_its_months(tmp_path: Path, kind: str, due: date) -> None:
    assert load(tmp_path, ("kind: procedure", f"kind: {kind}")).review_due("small-answer") == due


def test_opening_the_live_page_renews_the_answer(tmp_path: Path) -> None:
    knowledge = load(tmp_path, ("verified_on: null", "verified_on: 2026-08-31"))
    assert knowledge.review_due("small-answer") == date(2028, 2, 29)


def test_an_earlier_review_can_be_asked_for(tmp_path: Path) -> None:
    knowledge = load(tmp_path, ("office: null", "review_due: 2026-03-01"))
    assert knowledge.state("small-answer", date(2026, 3, 2)) == "ageing"


def test_an_answer_is_withdrawn_from_its_day_on(tmp_path: Path) -> None:
    knowledge = load(tmp_path, ("office: null", "withdrawn: 2026-03-01"))
    assert knowledge.state("small-answer", date(2026, 2, 28)) == "fresh"
    assert knowledge.state("small-answer", date(2026, 3, 1)) == "withdrawn"
    assert [item.id for item in overview.due(knowledge, date(2028, 6, 1))] == ["other-answer"]


def test_due_looks_to_the_end_of_the_month(tmp_path: Path) -> None:
    knowledge = load(tmp_path, ("office: null", "review_due: 2026-06-30"))
    assert overview.due(knowledge, date(2026, 5, 31)) == []
    assert [(item.id, item.state) for item in overview.due(knowledge, date(2026, 6, 1))] == [("small-answer", "fresh")]


def test_months_end_where_the_month_ends() -> None:
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert add_months(date(2026, 12, 1), 1) == date(2027, 1, 1)


def test_the_version_follows_text_fact_and_number(tmp_path: Path) -> None:
    before = load(tmp_path)
    home = Home(tmp_path)
    seen = {before.version("small-answer"), before.version("other-answer")}
    for name, old, new in (
        ("entries/small-answer/en.md", "Yes,", "Yes:"),
        ("facts/small-fact.yml", "1900", "2000"),
        ("numbers.yml", "54 54 00", "54 54 01"),
    ):
        home.replace(name, old, new)
        seen.add(Knowledge.load(tmp_path).version("small-answer"))
    assert len(seen) == 5
    assert all(len(version) == 12 and int(version, 16) >= 0 for version in seen)


def test_half_an_answer_is_a_draft_and_not_served(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.path("entries/small-answer/ary.md").unlink()
    knowledge = Knowledge.load(tmp_path)
    assert "small-answer" not in knowledge.entries
    assert knowledge.drafts == ("small-answer",)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("entries/small-answer/fr.md", "{fee}", "{price}", "content/entries/small-answer/fr.md: body: {price} is in none"),
        ("facts/small-fact.yml", "ma-open", "ma-hidden", "must not be shown"),
        ("safety/small_danger/fr.md", "ma-open", "ma-hidden", "content/safety/small_danger/fr.md: body: the number ma-hidden"),
        (
            "entries/small-answer/entry.yml",
            "[small-fact]",
            "[lost]",
            "content/entries/small-answer/entry.yml: facts: lost is unknown",
        ),
        (
            "facts/small-fact.yml",
            "confidence: high",
            "confidence: sure",
            "content/facts/small-fact.yml: confidence: sure is none of",
        ),
    ],
)
def test_broken_content_is_not_loaded(tmp_path: Path, name: str, old: str, new: str, said: str) -> None:
    Home(tmp_path).replace(name, old, new)
    with pytest.raises(ContentFault, match=re.escape(said)) as caught:
        Knowledge.load(tmp_path)
    assert said in str(caught.value)


def test_rights_and_risks_need_two_roles(tmp_path: Path) -> None:
    one = ("signed: []", "signed: [{role: lawyer, on: 2026-02-01}]")
    assert load(tmp_path, one).entries["small-answer"].reviewed
    assert not load(tmp_path, one, ("area: work", "area: health")).entries["small-answer"].reviewed
    two = ("signed: []", "signed: [{role: lawyer, on: 2026-02-01}, {role: doctor, on: 2026-02-02}]")
    assert load(tmp_path, two, ("area: work", "area: health")).entries["small-answer"].reviewed


def test_emergencies(tmp_path: Path) -> None:
    knowledge = load(tmp_path)
    assert knowledge.safety_text("small_danger", "fr") == "Appelez le +212 5 37 54 54 00."
    assert knowledge.signals["private_danger"].private_first
    assert not knowledge.signals["small_danger"].private_first
    assert knowledge.safety_text("private_danger", "en") == knowledge.safety_text("private_danger", "en", "first")
    assert knowledge.safety_line("confirm", "fr", familiar=True) == "Es-tu en danger ?"
    assert knowledge.safety_line("confirm", "en", familiar=True) == "Are you in danger?"
