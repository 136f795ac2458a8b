"""What a log line, and an error told to the operator, may hold."""

import asyncio
import json
import logging

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.exc import DBAPIError

from bot.log import OneLine
from bot.storage.database import Database
from bot.storage.tables import Lease, table

SECRET = "+212611223344 bghit nmchi l fransa"


def line(name: str, message: object, *arguments: object, error: BaseException | None = None, **extra: object) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, arguments, info)
    record.__dict__.update(extra)
    return OneLine().format(record)


def test_only_known_fields_and_no_text_of_errors() -> None:
    told = json.loads(line("bot.delivery.study", "turn_failed", error=ValueError(SECRET), inbox=[7], text=SECRET))
    assert told["error"] == "ValueError"
    assert told["inbox"] == [7]
    assert SECRET not in json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize(
    "message",
    [
        f"Task exception was never retrieved\nfuture: <Task exception=ValueError('{SECRET}')>",
        f"Exception in callback send('{SECRET}')",
        f"could not send to {SECRET}",
        f'refused: "{SECRET}"',
        f"https://api.telegram.org/bot1:{SECRET}/getMe failed",
    ],
)
def test_other_libraries_lines_keep_their_fixed_beginning_only(message: str) -> None:
    told = line("asyncio", message)
    assert "2233" not in told
    assert "fransa" not in told


def test_the_beginning_still_tells_what_it_is() -> None:
    assert (
        json.loads(line("asyncio", "Task exception was never retrieved\nfuture"))["event"] == "Task exception was never retrieved"
    )
    assert json.loads(line("uvicorn.error", "Uvicorn running on %s", SECRET))["event"] == "Uvicorn running on %s"


def test_what_asyncio_itself_writes(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        loop.call_exception_handler({"message": "lost", "exception": ValueError(SECRET), "future": SECRET})

    asyncio.run(run())
    assert SECRET not in "".join(OneLine().format(r) for r in caplog.records)


async def test_a_failing_statement_does_not_quote_what_it_was_given(database: Database) -> None:
    def twice(db: Connection) -> None:
        for _ in range(2):
            db.execute(insert(table(Lease)).values(name=SECRET, holder=SECRET, until=None))

    with pytest.raises(DBAPIError) as failed:
        await database.write(twice)
    assert "bghit" not in str(failed.value).partition("[SQL")[2]
