"""An upgraded database equals a fresh one, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from bot.storage import migrate
from bot.storage.database import Database, open_database
from bot.storage.tables import Base


def _shape(db: Connection) -> dict[str, object]:
    """Tables, columns with type and nullability, indexes and constraints: what a difference would show in."""
    look = inspect(db)
    shape: dict[str, object] = {}
    for table in sorted(set(look.get_table_names()) - {"alembic_version"}):
        shape[table] = {
            "columns": sorted((c["name"], str(c["type"]), c["nullable"]) for c in look.get_columns(table)),
            "indexes": sorted((str(i["name"]), tuple(i["column_names"]), bool(i["unique"])) for i in look.get_indexes(table)),
            "unique": sorted((str(u["name"]), tuple(u["column_names"])) for u in look.get_unique_constraints(table)),
            "foreign": sorted(
                (str(f["name"]), tuple(f["constrained_columns"]), f["referred_table"]) for f in look.get_foreign_keys(table)
            ),
            "checks": sorted(str(c["name"]) for c in look.get_check_constraints(table)),
        }
    return shape


async def test_an_upgraded_database_equals_a_fresh_one(database: Database, request, tmp_path) -> None:
    upgraded = await database.read(_shape)
    if database.dialect == "sqlite":
        url = f"sqlite:///{tmp_path}/fresh.db"
    else:
        from tests.helpers import postgres

        url = await postgres.create(request.getfixturevalue("postgres_server"))
    fresh = open_database(url)
    await fresh.write(Base.metadata.create_all)
    assert upgraded == await fresh.read(_shape)
    await fresh.close()


async def test_the_models_bring_nothing_that_no_migration_has(database: Database) -> None:
    differences = await database.read(lambda db: compare_metadata(MigrationContext.configure(db), Base.metadata))
    assert differences == []


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    before = await database.read(_shape)
    await database.write(migrate.upgrade)
    assert await database.read(_shape) == before
    assert await migrate.is_current(database)
