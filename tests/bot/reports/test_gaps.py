"""Gaps in knowledge, grouped across scripts, on the command line."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert

from bot.reports.gaps import grouped, unwanted
from bot.reports.likeness import groups
from bot.storage.database import Database
from bot.storage.tables import Gap, table
from nlu.concepts import Concepts
from tests.conftest import quiet_settings

HOME = quiet_settings().home
DAY = date(2026, 12, 1)
LINES = [
    ("ary-Latn", "bghit nkri dar wmol dar mabghach"),
    ("fr", "mon chat est malade que faire"),
    ("ary", "بغيت نكري دار و مول الدار ما بغاش"),
    ("en", "my cat is sick what to do"),
    ("ary-Latn", "bghit nkri dar"),
]


@pytest.fixture(scope="module")
def concepts() -> Concepts:
    return Concepts.load(HOME / "nlu" / "data" / "concepts")


def _sow(db: Connection) -> None:
    for language, words in LINES:
        values = {"day": DAY, "outcome": "not_understood", "language": language, "topic": None, "words": words}
        db.execute(insert(table(Gap)).values(values))
    for topic, outcome, count in (("amo-tadamon", "unhelpful", 3), ("loyer", "unwritten", 1)):
        for _ in range(count):
            values = {"day": DAY, "outcome": outcome, "language": "fr", "topic": topic, "words": ""}
            db.execute(insert(table(Gap)).values(values))


async def test_the_same_question_in_two_scripts_is_one_group(database: Database, concepts: Concepts) -> None:
    await database.write(_sow)
    found = await database.read(lambda db: grouped(db, DAY, concepts))
    assert found[0].count == 3
    assert found[0].languages == {"ary-Latn": 2, "ary": 1}
    assert sum(group.count for group in found) == len(LINES)
    assert [g.count for g in await database.read(lambda db: grouped(db, DAY, concepts, least=3))] == [3]
    assert await database.read(lambda db: grouped(db, DAY + timedelta(days=1), concepts)) == []


async def test_answers_that_did_not_help_and_subjects_without_one(database: Database) -> None:
    await database.write(_sow)
    found = await database.read(lambda db: unwanted(db, DAY))
    assert [(one.topic, one.outcome, one.count) for one in found] == [("amo-tadamon", "unhelpful", 3), ("loyer", "unwritten", 1)]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.sampled_from("bghit visa dar retraite école chat carte sahel".split()), max_size=5), max_size=30))
def test_every_line_is_in_one_group_and_equal_lines_share_theirs(lines: list[list[str]]) -> None:
    found = groups(lines, Concepts({}))
    assert sorted(at for group in found for at in group) == list(range(len(lines)))
    home = {at: number for number, group in enumerate(found) for at in group}
    telling = [at for at, line in enumerate(lines) if line]
    for at in telling:
        for other in telling:
            if sorted(set(lines[at])) == sorted(set(lines[other])):
                assert home[at] == home[other]


def _dalil(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    inside = {**os.environ, "DALIL_DATA_DIR": str(folder), "DALIL_DATABASE_URL": f"sqlite:///{folder}/dalil.db"}
    command = [sys.executable, "-c", "from bot.cli import main; main()", "gaps", *words]
    return subprocess.run(command, capture_output=True, text=True, env=inside, cwd=HOME, check=False)


def test_the_command_line(tmp_path: Path) -> None:
    empty = _dalil(tmp_path)
    assert (empty.returncode, empty.stdout) == (0, "")
    assert "nothing was left unanswered" in empty.stderr
    assert json.loads(_dalil(tmp_path, "--json").stdout) == {"groups": [], "subjects": []}
    assert _dalil(tmp_path, "--days", "999").returncode == 2
