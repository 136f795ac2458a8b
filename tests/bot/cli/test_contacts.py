"""One person's data, on request by letter: written out, erased; nobody else's touched."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, update

from bot.assembly import Library
from bot.cli.storage import with_database
from bot.handoff import cases
from bot.settings import Settings
from bot.storage import migrate
from bot.storage.database import open_database
from bot.storage.tables import Contact, table
from tests.bot.cli.test_one_line import dalil, last_line
from tests.conftest import NOW, quiet_settings
from tests.helpers.house import ScriptedInterpreter, open_house


async def _two_people(folder: Path, library: Library, danger: bool = False) -> Settings:
    """A database whose keys lie in a key file, as on the loopback."""
    settings = quiet_settings().model_copy(update={"database_url": f"sqlite:///{folder}/dalil.db", "data_dir": folder})
    database = open_database(settings.database)
    await database.write(migrate.upgrade)
    await database.close()
    async with open_house(settings, library, ScriptedInterpreter()) as house:
        for who in ("4711", "4712"):
            contact = (await house.receive(f"bonjour de {who}", who=who)).contact_id
            await house.settle()
        if danger:
            await house.do(
                lambda db: cases.open_case(
                    db, house.clock.now, contact, "safety/fraud_victim", "critical", None, None, "fr", None
                )
            )
    return settings


async def test_written_out_then_erased(tmp_path: Path, library: Library) -> None:
    await _two_people(tmp_path, library)
    written = dalil("export", "contact", "telegram:4711", folder=tmp_path)
    assert written.returncode == 0, written.stderr
    assert [m["text"] for m in json.loads(written.stdout)["messages"] if m["from"] == "you"] == ["bonjour de 4711"]
    gone = dalil("erase", "contact", "telegram:4711", folder=tmp_path)
    assert gone.returncode == 0, gone.stderr
    assert len(gone.stdout.strip()) == len("AAAA-BBBB")
    assert "nobody is known" in last_line(dalil("export", "contact", "telegram:4711", folder=tmp_path))
    assert dalil("export", "contact", "telegram:4712", folder=tmp_path).returncode == 0


async def test_danger_needs_a_decision(tmp_path: Path, library: Library) -> None:
    await _two_people(tmp_path, library, danger=True)
    assert "--force" in last_line(dalil("erase", "contact", "telegram:4712", folder=tmp_path))
    assert dalil("erase", "contact", "telegram:4712", "--force", folder=tmp_path).returncode == 0


def test_what_is_no_address(tmp_path: Path) -> None:
    for wrong in ("4711", "fax:1", "telegram:"):
        assert "is no channel and address" in last_line(dalil("export", "contact", wrong, folder=tmp_path))


async def test_holds_and_the_register(tmp_path: Path, library: Library) -> None:
    await _two_people(tmp_path, library)
    assert "reason" in last_line(dalil("privacy", "hold", "telegram:4711", "--reason", " ", "--by", "A", folder=tmp_path))
    done = dalil("privacy", "hold", "telegram:4711", "--reason", "a search goes on", "--by", "Amina", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "a search goes on" in dalil("privacy", "holds", folder=tmp_path).stdout
    assert "--force" in last_line(dalil("erase", "contact", "telegram:4711", folder=tmp_path))
    assert dalil("privacy", "release", "telegram:4711", folder=tmp_path).returncode == 0
    assert "nothing is held" in last_line(dalil("privacy", "release", "telegram:4711", folder=tmp_path))
    asked = ["--authority", "A court", "--basis", "order 12/2026", "--answer", "refused", "--by", "Me Alami"]
    assert dalil("privacy", "request", *asked, folder=tmp_path).returncode == 0
    assert "order 12/2026" in dalil("privacy", "requests", folder=tmp_path).stdout


async def test_a_dry_run_says_what_would_go_and_takes_nothing(tmp_path: Path, library: Library) -> None:
    settings = await _two_people(tmp_path, library)
    await asyncio.to_thread(with_database, settings, _long_ago)
    for _ in range(2):
        done = dalil("privacy", "expire", "--dry-run", folder=tmp_path)
        assert done.stdout.splitlines() == ["people\t1", "conversations\t0", "cases\t0", "seats\t0"], done.stderr
    assert dalil("export", "contact", "telegram:4711", folder=tmp_path).returncode == 0
    assert dalil("privacy", "expire", folder=tmp_path).stdout.splitlines()[0] == "people\t1"
    assert "nobody is known" in last_line(dalil("export", "contact", "telegram:4711", folder=tmp_path))
    assert dalil("export", "contact", "telegram:4712", folder=tmp_path).returncode == 0


def _long_ago(db: Connection) -> None:
    """The first of the two wrote last in a year gone by."""
    contact = table(Contact)
    db.execute(update(contact).where(contact.c.id == 1).values(seen_at=NOW - timedelta(days=400)))
