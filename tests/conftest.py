"""Databases for tests: each gets a fresh one, cloned from a migrated template. No clean-up to get wrong."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.assembly import Library, load_interpreter
from bot.settings import Settings
from bot.storage import migrate
from bot.storage.database import Database, open_database
from nlu.interpreter import Interpreter
from tests.helpers import postgres

NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
BOTH = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-transcripts", action="store_true", help="rewrite what tests/transcripts expect; read the diff")


async def _migrated(url: str) -> None:
    database = open_database(url)
    await database.write(migrate.upgrade)
    await database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "dalil.db"
    asyncio.run(_migrated(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One server a test process."""
    with postgres.server() as address:
        yield address


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    url = asyncio.run(postgres.create(postgres_server))
    asyncio.run(_migrated(url))
    return url.partition("?")[0].rsplit("/", 1)[1]


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh, migrated database, on each of the two."""
    return fresh_database(request, request.param, tmp_path)


def fresh_database(request: pytest.FixtureRequest, kind: str, folder: Path) -> str:
    if kind == "sqlite":
        file = folder / "dalil.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        return f"sqlite:///{file}"
    template = request.getfixturevalue("postgres_template")
    return asyncio.run(postgres.create(request.getfixturevalue("postgres_server"), template))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a house on a fresh database, with keys of its own."""
    return quiet_settings().model_copy(update={"database_url": database_url, "data_dir": tmp_path})


def quiet_settings() -> Settings:
    """The defaults, whatever this machine's environment says."""
    kept = {k: os.environ.pop(k) for k in list(os.environ) if k.startswith("DALIL_") and k != postgres.GIVEN}
    try:
        return Settings(_env_file=None)
    finally:
        os.environ.update(kept)


@pytest.fixture(scope="session")
def library() -> Library:
    """Content, words and journeys, read once."""
    return Library(quiet_settings(), lambda: NOW)


@pytest.fixture(scope="session")
def interpreter() -> Interpreter:
    """The trained model; `make test` trains it before the tests begin."""
    return load_interpreter(quiet_settings())


@pytest.fixture(scope="session", autouse=True)
def _short_temporary_folder() -> Iterator[None]:
    """Unix sockets have short names: https://man7.org/linux/man-pages/man7/unix.7.html"""
    before = tempfile.tempdir
    tempfile.tempdir = "/tmp"
    yield
    tempfile.tempdir = before
