"""Skeletons and signatures: only the line meant changes, comments stay."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.knowledge.editing import EditError, new, sign, sign_number
from bot.knowledge.entries import Knowledge
from bot.knowledge.model import Signature
from tests.content.small import ENTRY, NUMBERS, Home

DAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("signed: []   # nobody yet", "signed:  # nobody yet\n  - {role: lawyer, on: 2026-12-01}"),
        ("signed: null", "signed:\n  - {role: lawyer, on: 2026-12-01}"),
        (
            "signed: [{role: doctor, on: 2026-11-30}]  # one",
            "signed:  # one\n  - {role: doctor, on: 2026-11-30}\n  - {role: lawyer, on: 2026-12-01}",
        ),
        (
            "signed:\n  # the first\n  - {role: doctor, on: 2026-11-30}  # by mail",
            "signed:\n  # the first\n  - {role: doctor, on: 2026-11-30}  # by mail\n  - {role: lawyer, on: 2026-12-01}",
        ),
        (
            "signed:\n- role: doctor\n  on: 2026-11-30",
            "signed:\n- role: doctor\n  on: 2026-11-30\n- {role: lawyer, on: 2026-12-01}",
        ),
    ],
    ids=["none", "null", "in one line", "a block with comments", "a block without indent"],
)
def test_a_signature_is_appended_and_the_rest_stays(tmp_path: Path, before: str, after: str) -> None:
    home = Home(tmp_path)
    home.replace("entries/small-answer/entry.yml", "signed: []   # nobody yet", before)
    file = sign(tmp_path, "small-answer", "lawyer", DAY)
    assert file.read_text() == ENTRY.replace("signed: []   # nobody yet", after)
    assert Knowledge.load(tmp_path).entries["small-answer"].signed[-1] == Signature(role="lawyer", on=DAY)


def test_an_emergency_is_signed_too(tmp_path: Path) -> None:
    Home(tmp_path)
    sign(tmp_path, "small_danger", "doctor", DAY)
    assert Knowledge.load(tmp_path).signals["small_danger"].signed == (Signature(role="doctor", on=DAY),)


def test_a_number_is_signed_in_its_own_item(tmp_path: Path) -> None:
    Home(tmp_path)
    file = sign_number(tmp_path, "ma-open", "coordinator", DAY)
    signed = "signed: {on: 2026-12-01, by: coordinator}"
    assert file.read_text() == NUMBERS.replace("signed: null", signed, 1)
    knowledge = Knowledge.load(tmp_path)
    assert [number.signed_on for number in knowledge.numbers.values()] == [DAY, None]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda home: sign(home, "lost", "lawyer", DAY), "lost is no entry"),
        (lambda home: sign(home, "../facts", "lawyer", DAY), "no entry"),
        (lambda home: sign(home, "small-answer", "a, b}", DAY), "a role is a word or two"),
        (lambda home: sign_number(home, "ma-lost", "coordinator", DAY), "ma-lost is no number"),
        (lambda home: new(home, "small-answer", DAY), "exists already"),
        (lambda home: new(home, "../evil", DAY), "an id has"),
    ],
    ids=["unknown entry", "a way out", "an odd role", "unknown number", "existing entry", "odd id"],
)
def test_what_cannot_be_done_is_refused(tmp_path: Path, edit: object, said: str) -> None:
    Home(tmp_path)
    with pytest.raises(EditError, match=said):
        edit(tmp_path)  # type: ignore[operator]


def test_a_skeleton_is_a_draft_that_disturbs_nobody(tmp_path: Path) -> None:
    Home(tmp_path)
    files = new(tmp_path, "new-answer", DAY)
    assert {file.name for file in files} >= {"entry.yml", "fr.md", "ar.md", "ary.md", "ary-Latn.md", "en.md", "new-answer.yml"}
    assert yaml.safe_load(files[0].read_text())["id"] == "new-answer"
    (tmp_path / "content/facts/new-answer.yml").unlink()
    assert Knowledge.load(tmp_path).drafts == ("new-answer",)
