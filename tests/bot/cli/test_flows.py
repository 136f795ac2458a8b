"""`dalil flows`: faults with file and line, drawings, a journey played in the terminal and kept."""

import asyncio
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.assembly import Library
from bot.cli.failures import Refused
from bot.cli.flows import app
from bot.transcript import play_file
from flows.draft import Walked
from flows.journey import drawing
from flows.journey.graph import edges, unreached
from flows.journey.script import END
from nlu.interpreter import Interpreter
from tests.conftest import quiet_settings
from tests.flows.fakes import SCRIPT

run = CliRunner()
HOME = quiet_settings().home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The checkout, with journeys that may be spoiled."""
    for name in ("content", "locales", "nlu", "tests", "organisation.yml"):
        (tmp_path / name).symlink_to(HOME / name)
    (tmp_path / "flows").mkdir()
    shutil.copy(HOME / "flows" / "slots.yml", tmp_path / "flows")
    shutil.copytree(HOME / "flows" / "journeys", tmp_path / "flows" / "journeys")
    monkeypatch.setenv("DALIL_HOME", str(tmp_path))
    return tmp_path


def spoil(home: Path, file: str, old: str, new: str) -> None:
    path = home / "flows" / "journeys" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_check_is_content_with_what_is_shipped() -> None:
    result = run.invoke(app, ["check"])
    assert (result.exit_code, result.stdout) == (0, ""), result.stdout
    assert "no fault" in result.stderr


def test_check_names_every_fault_with_file_and_line(home: Path) -> None:
    spoil(home, "settings.yml", "action: stop\n", "action: halt\n")
    spoil(home, "profile.yml", "utter_profile.kept", "utter_profile.keptt")
    result = run.invoke(app, ["check"])
    assert result.exit_code == 1
    first, second = result.stdout.splitlines()
    assert first.startswith("profile.yml:")
    assert first.endswith("unknown text 'profile.keptt'")
    assert second.startswith("settings.yml:")
    assert second.endswith("unknown action 'halt'")


def test_check_names_an_intent_nobody_is_understood_to_have(home: Path) -> None:
    spoil(home, "settings.yml", "journey/start_again", "journey/begin_anew")
    result = run.invoke(app, ["check"])
    assert result.exit_code == 1
    assert "no line of nlu/data means 'journey/begin_anew'" in result.stdout


def test_unreached_branches_are_named() -> None:
    """Everything walked but one branch: that one is named, with its condition."""
    journey = SCRIPT.journeys["new_checklist"]
    everything = {Walked(journey=j.name, step=e.step, branch=e.branch) for j in SCRIPT.journeys.values() for e in edges(j)}
    assert unreached(SCRIPT, everything) == []
    gone = Walked(journey=journey.name, step="school_returning", branch=0)
    (missed,) = unreached(SCRIPT, everything - {gone})
    assert missed.startswith("checklists.yml:")
    assert missed.endswith("no transcript goes from 'school_returning' if slots.list_newcomer == False to 'keep'")


@pytest.mark.parametrize("name", SCRIPT.journeys)
def test_mermaid_shows_every_step_and_every_way(name: str) -> None:
    journey = SCRIPT.journeys[name]
    lines = drawing.mermaid(journey).splitlines()
    ways = [line for line in lines if "-->" in line]
    assert len(ways) == 1 + len(list(edges(journey)))
    assert len(lines) == 2 + len(journey.steps) + len(ways)
    assert not [line for line in lines if line.count('"') % 2], "a quotation mark inside a text would end it"


def test_mermaid_on_standard_output_and_in_files(tmp_path: Path) -> None:
    shown = run.invoke(app, ["draw", "stop"]).stdout
    assert shown.startswith("%% stop: ")
    assert "flowchart TD" in shown
    written = run.invoke(app, ["draw", "--out", str(tmp_path)]).stdout.split()
    assert {Path(f).stem for f in written} == set(SCRIPT.journeys)
    assert (tmp_path / "stop.mmd").read_text(encoding="utf-8") in shown


def test_no_such_journey() -> None:
    result = run.invoke(app, ["draw", "nowhere"])
    assert isinstance(result.exception, Refused)
    assert "there is no journey 'nowhere'" in str(result.exception)


@pytest.fixture
def graphviz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for `dot`: wraps what it is given."""
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\nprintf '<svg>'; cat; printf '</svg>'\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return program


def test_svg_is_drawn_by_graphviz(graphviz: Path) -> None:
    result = run.invoke(app, ["draw", "stop", "--format", "svg"])
    assert result.exit_code == 0
    assert result.stdout.startswith('<svg>digraph "stop" {')
    assert f"-> {drawing._END}" in result.stdout
    assert END not in result.stdout


def test_svg_that_fails_is_told(graphviz: Path) -> None:
    graphviz.write_text("#!/bin/sh\necho 'syntax error' >&2; exit 1\n", encoding="utf-8")
    result = run.invoke(app, ["draw", "stop", "--format", "svg"])
    assert "Graphviz could not draw stop: syntax error" in str(result.exception)


def test_svg_without_graphviz_is_refused_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run.invoke(app, ["draw", "stop", "--format", "svg"])
    assert isinstance(result.exception, Refused)
    assert "Graphviz" in str(result.exception)


def test_a_journey_played_and_kept_plays_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interpreter: Interpreter, library: Library
) -> None:
    kept = tmp_path / "kept.fr.yml"
    monkeypatch.setenv("DALIL_DATA_DIR", str(tmp_path))
    result = run.invoke(app, ["talk", "book_session", "--save", str(kept)], input="Souss-Massa\n1\n")
    assert result.exit_code == 0, result.exception
    text = kept.read_text(encoding="utf-8")
    assert "begin: book_session" in text
    assert "booking.confirmed" in text
    assert asyncio.run(play_file(kept, quiet_settings(), interpreter=interpreter, library=library)) == []
