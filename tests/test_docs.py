"""Documentation that fails the build: every setting and every command is explained."""

import re
from pathlib import Path

from typer.main import get_command

from bot.cli import app
from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def test_every_setting_stands_in_the_example_and_nothing_else() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^# DALIL_([A-Z_]+)=", text, re.MULTILINE))
    assert named == {name.upper() for name in Settings.model_fields}


def test_every_setting_has_a_description() -> None:
    assert [n for n, f in Settings.model_fields.items() if not f.description] == []


def test_every_command_has_a_help_text() -> None:
    def silent(command, path: str) -> list[str]:
        under = getattr(command, "commands", {})
        mine = [] if command.help or command.short_help else [path]
        return mine + [s for name, c in under.items() for s in silent(c, f"{path} {name}")]

    assert silent(get_command(app), "dalil") == []


def test_the_repository_speaks_of_no_package_host() -> None:
    for file in ("requirements/runtime.txt", "requirements/test.txt", "pyproject.toml"):
        assert "://" not in (ROOT / file).read_text(encoding="utf-8"), file
