"""Brings a database to the newest schema, and tells whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url

from bot.storage.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def upgrade(db: Connection) -> None:
    """Inside one unit of work. On PostgreSQL an advisory lock keeps two starting processes from migrating at once."""
    if db.dialect.name == "postgresql":
        db.exec_driver_sql("SELECT pg_advisory_xact_lock(4610311)")
    config = _config()
    config.attributes["connection"] = db
    command.upgrade(config, "head")


def revision(db: Connection) -> str | None:
    return MigrationContext.configure(db).get_current_revision()


def knows(wanted: str | None) -> bool:
    """Whether a schema is one of ours: today's or an earlier one."""
    return wanted in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


async def is_current(database: Database) -> bool:
    return await database.read(revision) == head()


def prepare_folder(url: str) -> None:
    """Make a SQLite file and its folder, for their owner only. Raises OSError when they cannot be written."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        file = Path(parsed.database)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            file.touch(mode=0o600)  # what SQLite keeps beside it gets the same: https://www.sqlite.org/tempfiles.html
