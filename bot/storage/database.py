"""Units of work. A unit is a plain function of a connection: it runs whole, in one transaction, or not at all.

Being plain it cannot await, so no network call can stand inside one. On SQLite a unit runs in one thread hop on the one
writing connection; on PostgreSQL through asyncpg under SQLAlchemy's greenlet bridge. Same function, both databases."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

T = TypeVar("T")
Work = Callable[[Connection], T]
_READERS = 4


class Database(Protocol):
    """`write` commits when the unit returns and rolls back when it raises; `read` sees one consistent moment."""

    dialect: str

    async def write(self, work: Work[T]) -> T: ...
    async def read(self, work: Work[T]) -> T: ...
    async def tidy(self) -> None:
        """What was deleted is gone from the files too, as far as the database can see to it."""
        ...

    async def close(self) -> None: ...


def open_database(url: str) -> "Database":
    """`sqlite:///path` or `postgresql://…` (any driver suffix is replaced by ours)."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return SqliteDatabase(str(parsed.set(drivername="sqlite+pysqlite").render_as_string(hide_password=False)))
    return PostgresDatabase(parsed.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False))


class SqliteDatabase:
    """One writing thread; a few reading ones, which WAL lets run beside it."""

    dialect = "sqlite"

    def __init__(self, url: str) -> None:
        self._writer = _sqlite_engine(url, "BEGIN IMMEDIATE", 1)
        self._reader = _sqlite_engine(url, "BEGIN", _READERS)
        self._write_thread = ThreadPoolExecutor(1, thread_name_prefix="db-write")
        self._read_threads = ThreadPoolExecutor(_READERS, thread_name_prefix="db-read")

    async def write(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._write_thread, _run, self._writer, work)

    async def read(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._read_threads, _run, self._reader, work)

    async def tidy(self) -> None:
        """Pages in the write-ahead log hold what `secure_delete` has overwritten in the file: the log is emptied.
        https://www.sqlite.org/pragma.html#pragma_wal_checkpoint"""
        await asyncio.get_running_loop().run_in_executor(self._write_thread, _empty_the_log, self._writer)

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._write_thread, self._writer.dispose)
        self._write_thread.shutdown()
        self._read_threads.shutdown()
        self._reader.dispose()


class PostgresDatabase:
    """A pool of asyncpg connections."""

    dialect = "postgresql"

    def __init__(self, url: str, pool: int = 10) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url, pool_size=pool, max_overflow=0, pool_pre_ping=True, hide_parameters=True
        )

    async def write(self, work: Work[T]) -> T:
        async with self.engine.begin() as connection:
            return await connection.run_sync(work)

    async def read(self, work: Work[T]) -> T:
        """REPEATABLE READ: all statements of the unit see one snapshot, as they do on SQLite."""
        async with self.engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            return await connection.run_sync(work)

    async def tidy(self) -> None:
        """Dead rows keep their bytes until they are vacuumed: the keys are in `contact`. What the write-ahead log still holds is
        the server's to recycle. https://www.postgresql.org/docs/current/sql-vacuum.html"""
        async with self.engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.exec_driver_sql("VACUUM contact, conversation, inbox, outbox")

    async def close(self) -> None:
        await self.engine.dispose()


def _run(engine: Engine, work: Work[T]) -> T:
    with engine.begin() as connection:
        return work(connection)


def _empty_the_log(engine: Engine) -> None:
    """On a connection of the driver's own: a checkpoint cannot run inside a transaction."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _sqlite_engine(url: str, begin: str, size: int) -> Engine:
    """WAL lets readers go on while one writes; FULL makes a commit survive a power cut; secure_delete overwrites what is
    erased. https://www.sqlite.org/pragma.html . `begin` is sent by us: the driver's own BEGIN comes too late for a lock.
    https://docs.sqlalchemy.org/en/21/dialects/sqlite.html"""
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        hide_parameters=True,  # an error must not quote what was being written
        connect_args={"check_same_thread": False, "timeout": 30, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _: Any) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "busy_timeout=30000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
