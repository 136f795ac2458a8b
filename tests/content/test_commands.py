"""`dalil content` and `dalil numbers`: data on standard output, messages on standard error, exit codes."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli.content import app, numbers_app
from tests.content.small import Home

LOCALES = Path(__file__).resolve().parents[2] / "locales"
run = CliRunner()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    (tmp_path / "locales").symlink_to(LOCALES)
    monkeypatch.setenv("DALIL_HOME", str(tmp_path))
    return Home(tmp_path)


def test_check_says_nothing_on_standard_output_when_all_is_well(home: Home) -> None:
    result = run.invoke(app, ["check"])
    assert (result.exit_code, result.stdout) == (0, "")
    assert "no fault" in result.stderr


def test_check_fails_with_one_line_a_fault(home: Home) -> None:
    home.replace("entries/small-answer/fr.md", "{fee}", "1900 DH")
    result = run.invoke(app, ["check"])
    assert result.exit_code == 1
    assert "content/entries/small-answer/fr.md: body: “1900” is a bare number: put it in a fact" in result.stdout.splitlines()


def test_list_as_json(home: Home) -> None:
    listed = json.loads(run.invoke(app, ["list", "--json"]).stdout)
    assert {item["id"] for item in listed} == {"small-answer", "other-answer"}
    wanted = {"id", "area", "audience", "kind", "state", "varieties", "sources", "review_due", "signed"}
    assert all(wanted <= set(item) for item in listed)
    assert "small-answer" in run.invoke(app, ["list"]).stdout


def test_due(home: Home) -> None:
    home.replace("entries/small-answer/entry.yml", "office: null", "review_due: 2026-02-01")
    assert [item["id"] for item in json.loads(run.invoke(app, ["due", "--json"]).stdout)] == ["small-answer"]
    assert run.invoke(app, ["due"]).stdout.startswith("2026-02-01")


def test_preview_shows_all_varieties_or_one(home: Home) -> None:
    everything = run.invoke(app, ["preview", "small-answer"]).stdout
    assert all(f"── {variety} ·" in everything for variety in ("fr", "ar", "ary", "ary-Latn", "en"))
    one = run.invoke(app, ["preview", "small-answer", "--variety", "en"]).stdout
    assert "1,900\u00a0DH" in one
    assert "── fr" not in one


@pytest.mark.parametrize(
    "command", [["preview", "lost"], ["preview", "small-answer", "--variety", "zz"], ["sign", "lost", "--by", "x y"]]
)
def test_what_is_unknown_is_refused_in_one_line(home: Home, command: list[str]) -> None:
    result = run.invoke(app, command)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (1, "", 1)


def test_new_and_sign_name_the_files_they_write(home: Home) -> None:
    assert "content/entries/new-answer/fr.md" in run.invoke(app, ["new", "new-answer"]).stdout.splitlines()
    assert run.invoke(app, ["sign", "small-answer", "--by", "lawyer"]).stdout == "content/entries/small-answer/entry.yml\n"
    assert run.invoke(numbers_app, ["sign", "ma-open"]).stdout == "content/numbers.yml\n"


def test_broken_content_stops_the_other_commands_with_a_reason(home: Home) -> None:
    home.replace("facts/small-fact.yml", "confidence: high", "confidence: sure")
    result = run.invoke(app, ["list"])
    assert result.exit_code == 1
    assert "content/facts/small-fact.yml: confidence: sure is none of high, medium, low" in result.stderr
