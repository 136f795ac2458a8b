"""Backup, restore and a new key, as an operator does them."""

import json
from pathlib import Path

from bot.assembly import Library
from tests.bot.cli.test_contacts import _two_people
from tests.bot.cli.test_one_line import dalil, last_line


async def test_back_and_forth(tmp_path: Path, library: Library) -> None:
    await _two_people(tmp_path, library)
    file = tmp_path / "monday.dalil"
    assert dalil("backup", str(file), folder=tmp_path).returncode == 0
    assert file.stat().st_mode & 0o77 == 0, "for its owner only"
    assert b"bonjour" not in file.read_bytes()
    assert "exists already" in last_line(dalil("backup", str(file), folder=tmp_path))
    assert dalil("erase", "contact", "telegram:4711", folder=tmp_path).returncode == 0
    assert "--replace" in last_line(dalil("restore", str(file), folder=tmp_path))
    done = dalil("restore", str(file), "--replace", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 people erased since are erased again" in done.stderr
    assert "nobody is known" in last_line(dalil("export", "contact", "telegram:4711", folder=tmp_path))
    assert dalil("export", "contact", "telegram:4712", folder=tmp_path).returncode == 0


async def test_a_new_key(tmp_path: Path, library: Library) -> None:
    await _two_people(tmp_path, library)
    before = json.loads((tmp_path / "keys.json").read_text())
    done = dalil("keys", "rotate", folder=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "2"), done.stderr
    after = json.loads((tmp_path / "keys.json").read_text())
    assert after["lookup"] == before["lookup"]
    assert "," not in after["encryption"]
    assert after["encryption"] != before["encryption"]
    assert dalil("export", "contact", "telegram:4711", folder=tmp_path).returncode == 0


def test_what_is_no_backup(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"nothing of ours")
    assert "no backup of Dalil" in last_line(dalil("restore", str(tmp_path / "x"), folder=tmp_path))
    assert "is no file" in last_line(dalil("restore", str(tmp_path / "y"), folder=tmp_path))
    assert "dalil migrate" in last_line(dalil("backup", str(tmp_path / "z"), folder=tmp_path))
    assert list(tmp_path.glob("z*")) == [], "nothing half made is left"
