"""The arrows between the rooms point one way, and what belongs in one room stays in it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import quiet_settings

HOME = quiet_settings().home
ROOMS = ("bot", "nlu", "flows")
MAY_NOT_IMPORT = {  # a room, and what its modules never import
    "flows": ("bot", "nlu", "tests"),
    "nlu": ("bot", "flows", "tests"),
    "bot/storage": ("flows", "nlu", "bot.channels", "bot.web", "bot.console", "bot.delivery", "bot.booking", "bot.handoff", "bot.knowledge"),
    "bot/channels": ("nlu", "bot.web", "bot.console", "bot.delivery", "bot.booking", "bot.handoff", "bot.knowledge", "bot.storage"),
    "bot/knowledge": ("nlu", "bot.web", "bot.console", "bot.delivery", "bot.booking", "bot.handoff", "bot.channels", "bot.storage"),
    "bot/booking": ("nlu", "bot.web", "bot.console", "bot.delivery", "bot.channels", "bot.handoff"),
    "bot/paper": ("nlu", "bot.web", "bot.console", "bot.delivery", "bot.booking", "bot.handoff", "bot.channels", "bot.storage", "bot.people"),
    "bot/reports": ("flows", "bot.web", "bot.console", "bot.delivery", "bot.booking", "bot.handoff", "bot.channels", "bot.knowledge"),
    "bot/people": ("nlu", "bot.web", "bot.console", "bot.delivery", "bot.booking", "bot.handoff", "bot.knowledge"),
    "bot/delivery": ("bot.web", "bot.console", "bot.cli"),
    "bot": ("tests",),
}  # fmt: skip
ALLOWED = {  # table or function that knows nothing of its room
    "bot/channels": ("bot.delivery.failures",),
    "bot/knowledge": ("nlu.normalise",),
}
IMPURE = (
    "time", "random", "secrets", "uuid", "os", "sys", "socket", "ssl", "http", "urllib", "asyncio", "threading", "subprocess",
    "sqlite3", "sqlalchemy", "alembic", "requests", "httpx", "aiohttp", "telegram", "twilio", "fastapi", "logging", "structlog",
    "tempfile", "shutil", "io",
)  # fmt: skip
NOW_CALLS = {"now", "utcnow", "today", "fromtimestamp"}
PROVIDERS = {"telegram": "bot/channels/telegram", "twilio": "bot/channels/whatsapp"}
SQL = ("sqlalchemy", "sqlite3", "asyncpg", "psycopg", "alembic")
WITHOUT_SQL = ("flows", "nlu", "bot/channels", "bot/knowledge", "bot/paper", "content")


def _modules(room: str) -> list[Path]:
    files = sorted((HOME / room).rglob("*.py"))
    assert files, room
    return files


def _imports(file: Path) -> Iterator[str]:
    """Names of modules imported anywhere in the file, `from a import b` as both a and a.b."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = ".".join(file.relative_to(HOME).parts[: -node.level]) + "." if node.level else ""
            module = f"{package}{node.module or ''}".rstrip(".")
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _within(module: str, parents: tuple[str, ...]) -> bool:
    return any(module == p or module.startswith(f"{p}.") for p in parents)


@pytest.mark.parametrize("room", MAY_NOT_IMPORT)
def test_arrows_point_one_way(room: str) -> None:
    against = {
        f"{file.relative_to(HOME)} imports {module}"
        for file in _modules(room)
        for module in _imports(file)
        if _within(module, MAY_NOT_IMPORT[room]) and not _within(module, ALLOWED.get(room, ()))
    }
    assert not against


def test_flows_is_pure() -> None:
    """No clock, randomness, network or SQL; files are read by the loader of journeys alone."""
    impure = {(file.name, m) for file in _modules("flows") for m in _imports(file) if _within(m, IMPURE)}
    assert not impure
    calls = {
        (file.name, node.lineno)
        for file in _modules("flows")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _name(node) in {*NOW_CALLS, "open", "eval", "exec", "print", "input", "__import__"}
    }
    assert not calls
    readers = {file.name for file in _modules("flows") for m in _imports(file) if _within(m, ("pathlib", "yaml"))}
    assert readers == {"load.py"}


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


@pytest.mark.parametrize(("provider", "home"), PROVIDERS.items())
def test_a_provider_stays_in_its_module(provider: str, home: str) -> None:
    strangers = {
        str(file.relative_to(HOME))
        for room in ROOMS
        for file in _modules(room)
        for module in _imports(file)
        if _within(module, (provider,)) and not file.is_relative_to(HOME / home)
    }
    assert not strangers


@pytest.mark.parametrize("room", WITHOUT_SQL)
def test_sql_stays_where_it_may_be(room: str) -> None:
    files = sorted((HOME / room).rglob("*.py"))
    assert not {str(f.relative_to(HOME)) for f in files for m in _imports(f) if _within(m, SQL)}


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_of_the_tests_is_needed_to_run(room: str) -> None:
    assert not {
        str(f.relative_to(HOME)) for f in _modules(room) for m in _imports(f) if _within(m, ("tests", "pytest", "hypothesis"))
    }
