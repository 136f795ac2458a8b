"""A backup made while people write, put back into either database; what is cut, changed or sealed with another key is refused."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from bot.assembly import Library
from bot.people import erasing, holding, rewrapping
from bot.people.identity import box_of
from bot.settings import Settings
from bot.storage import backup
from bot.storage.chunks import CHUNK, Broken, Sealing, opened
from bot.storage.crypto import KeyProblem, Vault
from bot.storage.database import open_database
from bot.storage.tables import Base, Contact, Inbox, table
from tests.conftest import NOW, fresh_database
from tests.helpers.house import ScriptedInterpreter, TestHouse, open_house

KEY = b"k" * 32
_contact, _inbox = table(Contact), table(Inbox)


@pytest.fixture
async def house(settings: Settings, library: Library) -> AsyncIterator[TestHouse]:
    async with open_house(settings, library, ScriptedInterpreter()) as opened_house:
        yield opened_house


def _everything(db: Connection) -> dict[str, list[tuple[object, ...]]]:
    return {of.name: sorted((tuple(row) for row in db.execute(select(of))), key=repr) for of in Base.metadata.sorted_tables}


async def _made(house: TestHouse) -> io.BytesIO:
    out = io.BytesIO()
    await house.house.database.read(lambda db: backup.write(db, NOW, out, KEY))
    return io.BytesIO(out.getvalue())


@pytest.mark.parametrize("other", ["sqlite", "postgresql"])
async def test_it_comes_back_whole_in_either_database(
    house: TestHouse, other: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    for who in ("aicha", "brahim"):
        await house.say("bonjour", who=who)
    made = await _made(house)
    before = await house.do(_everything)
    folder = tmp_path / "other"
    folder.mkdir()
    restored = open_database(await asyncio.to_thread(fresh_database, request, other, folder))
    try:
        counts = await restored.write(lambda db: backup.restore(db, made, [KEY]))
        assert await restored.read(_everything) == before
        assert counts["contact"] == 2
        await restored.write(lambda db: db.execute(_contact.insert().values(created_at=NOW, seen_at=NOW, out_seq=0)))
        assert await restored.read(lambda db: db.execute(select(func.max(_contact.c.id))).scalar_one()) == 3, "ids go on"
    finally:
        await restored.close()


async def test_what_was_acknowledged_before_the_mark_is_in_it_while_people_go_on_writing(house: TestHouse) -> None:
    for number in range(20):
        await house.receive(f"avant {number}", who=f"p{number}")
    acknowledged = {row.provider_id for row in await house.inbox_rows()}

    async def go_on() -> None:
        for number in range(40):
            await house.receive(f"pendant {number}", who=f"q{number}")

    writing = asyncio.create_task(go_on())
    await asyncio.sleep(0.01)
    made = await _made(house)
    await writing
    await house.do(lambda db: backup.restore(db, made, [KEY]))
    kept = {row.provider_id for row in await house.inbox_rows()}
    assert acknowledged <= kept
    await house.think()
    house.clock.now += timedelta(seconds=3)
    await house.think()
    assert {row.state for row in await house.inbox_rows()} == {"handled"}, "and they are answered"


async def test_who_was_erased_after_the_backup_is_erased_again(house: TestHouse) -> None:
    contact = (await house.receive("bonjour")).contact_id
    await house.settle()
    made = await _made(house)
    vault = house.house.vault
    await house.do(lambda db: erasing.erase(db, vault, NOW, contact))

    def back(db: Connection) -> None:
        gone = erasing.ledger(db)
        backup.restore(db, made, [KEY])
        assert box_of(db, vault, contact) is not None, "the backup held them"
        erasing.replay(db, NOW, gone)

    await house.do(back)
    assert await house.do(lambda db: holding.written_out(db, vault, contact)) is None
    assert await house.rows(_inbox) == []


async def test_damage_is_noticed_before_anything_is_replaced(house: TestHouse) -> None:
    await house.say("bonjour")
    whole = (await _made(house)).getvalue()
    assert backup.check(io.BytesIO(whole), [b"x" * 32, KEY])[0] == NOW
    for wrong in (whole[:-1], whole[:60], whole[:30] + b"\0" + whole[31:], whole + b"x", b"", b"PK" + whole):
        with pytest.raises(Broken):
            backup.check(io.BytesIO(wrong), [KEY])
    with pytest.raises(Broken, match="key"):
        backup.check(io.BytesIO(whole), [b"x" * 32])


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_chunks_of_every_size(size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    out = io.BytesIO()
    sealing = Sealing(out, KEY)
    sealing.write(data[:size])
    sealing.close()
    assert b"".join(opened(io.BytesIO(out.getvalue()), [KEY])) == data[:size]


def test_chunks_cannot_be_left_out_or_changed_about() -> None:
    out = io.BytesIO()
    sealing = Sealing(out, KEY)
    sealing.write(b"a" * CHUNK + b"b" * CHUNK + b"c" * 10)
    sealing.close()
    whole = out.getvalue()
    head, step = len(b"DALIL-BACKUP-1\n") + 7, CHUNK + 16
    first, second, last = whole[head : head + step], whole[head + step : head + 2 * step], whole[head + 2 * step :]
    for wrong in (first + last, second + first + last, first + second, first + second + second + last):
        with pytest.raises(Broken):
            list(opened(io.BytesIO(whole[:head] + wrong), [KEY]))


async def test_the_key_is_changed_under_everybody(house: TestHouse) -> None:
    contact = (await house.receive("bonjour")).contact_id
    await house.settle()
    old, new = b"o" * 32, b"n" * 32
    wrapped = Vault([old], b"l" * 32).new_data_key()
    await house.do(lambda db: db.execute(_contact.update().values(data_key=wrapped)))
    both, only = Vault([new, old], b"l" * 32), Vault([new], b"l" * 32)
    with pytest.raises(KeyProblem):
        await house.do(lambda db: box_of(db, only, contact))
    assert await house.do(lambda db: rewrapping.run(db, both, 0)) == (contact, 1)
    assert await house.do(lambda db: rewrapping.run(db, both, 0)) == (contact, 0), "once"
    assert await house.do(lambda db: rewrapping.run(db, both, contact)) == (contact, 0), "nobody is left"
    sealed = both.box(wrapped).seal("salam")
    box = await house.do(lambda db: box_of(db, only, contact))
    assert box is not None
    assert box.open(sealed) == "salam", "what was written before opens as before"
