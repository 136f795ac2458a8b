"""Units of work: whole or not at all, one moment for who reads, no network inside, a bell that comes back."""

import asyncio
import socket
import threading

import pytest
from sqlalchemy import Connection, insert, select, text, update

from bot.assembly import Library
from bot.settings import Settings
from bot.storage.bell import PostgresBell, open_bell
from bot.storage.database import Database, SqliteDatabase
from bot.storage.tables import Mark, table
from flows.events import Chose
from tests.bot.booking.test_seats import prepare
from tests.helpers.house import ScriptedInterpreter, open_house

_mark = table(Mark)
END_LISTENERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND datname = current_database() AND query ILIKE 'LISTEN%'"""


def _put(db: Connection, value: int = 1) -> None:
    db.execute(insert(_mark).values(name="x", value=value))


async def test_a_unit_that_raises_leaves_nothing(database: Database) -> None:
    def broken(db: Connection) -> None:
        _put(db)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await database.write(broken)
    assert await database.read(lambda db: db.execute(select(_mark)).all()) == []


async def test_who_reads_sees_one_moment(database: Database) -> None:
    await database.write(_put)
    begun, go_on, loop = threading.Event(), threading.Event(), asyncio.get_running_loop()
    query = select(_mark.c.value)

    if isinstance(database, SqliteDatabase):

        def twice(db: Connection) -> tuple[int, int]:
            first = db.execute(query).scalar_one()
            begun.set()
            go_on.wait(10)
            return first, db.execute(query).scalar_one()

        reading = asyncio.create_task(database.read(twice))
        await loop.run_in_executor(None, begun.wait, 10)
        await database.write(lambda db: db.execute(update(_mark).values(value=2)))
        go_on.set()
        assert await reading == (1, 1)
        return

    def isolation(db: Connection) -> str:
        return str(db.execute(text("SHOW transaction_isolation")).scalar_one())

    assert await database.read(isolation) == "repeatable read"
    assert await database.write(isolation) == "read committed"


async def test_no_unit_of_work_touches_the_network(settings: Settings, library: Library, monkeypatch) -> None:
    """On SQLite units run in threads of their own: none of these may open a connection to anywhere."""
    if not settings.is_sqlite:
        return  # the same units; there the database itself is reached by the network
    guilty: list[str] = []
    real = socket.socket.connect

    def guarded(this: socket.socket, address: object) -> None:
        if threading.current_thread().name.startswith("db-"):
            guilty.append(str(address))
        real(this, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
    taught = {"mes droits": "faq/amo-tadamon", "une place": "journey/book_session", "quelqu'un": "journey/advisor"}
    async with open_house(settings, library, ScriptedInterpreter(taught)) as house:
        await house.do(lambda db: prepare(db, 0))
        for said in ("mes droits", "une place", Chose(choice="s:region=any"), Chose(choice="s:session=agadir-12"), "quelqu'un"):
            assert await house.say(said)
        await house.house.postroom.sweep()
    assert guilty == []


async def test_the_bell_rings_in_another_process_and_comes_back_when_its_connection_is_lost(settings: Settings) -> None:
    bell = open_bell(settings.database)
    if not isinstance(bell, PostgresBell):
        return  # one process
    from bot.storage.database import open_database

    database = open_database(settings.database)
    await bell.start()
    try:
        for _ in range(2):
            heard = asyncio.create_task(bell.wait("inbox", 10))
            for _ in range(40):
                await database.write(lambda db: bell.ring_in(db, "inbox"))
                if (await asyncio.wait({heard}, timeout=0.25))[0]:
                    break
            assert heard.done()
            await database.write(lambda db: db.exec_driver_sql(END_LISTENERS))
    finally:
        await bell.close()
        await database.close()
