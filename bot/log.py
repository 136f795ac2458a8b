"""Logs: one JSON line an event, without personal data. What may appear is listed; anything else is left out."""

import json
import logging
import re
import sys
from datetime import UTC, datetime

_QUOTES = re.compile(r"['\"(<{\[]|https?:|\+?\d{4}")
_ALLOWED = (
    "inbox", "outbox", "timer", "channel", "code", "mode", "topic", "case", "trace", "kind", "path", "status",
    "people", "thinned", "cases", "seats",
)  # fmt: skip


class OneLine(logging.Formatter):
    """Name of the event and the fields we know; of an exception its type and place, never its text, which may quote a message."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": record.msg if record.name.startswith("bot.") else _foreign(record),
        }
        line |= {name: getattr(record, name) for name in _ALLOWED if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["where"] = _place(record)
        return json.dumps(line, ensure_ascii=False, default=str)


def _foreign(record: logging.LogRecord) -> str:
    """Other libraries' lines without their arguments, and only up to where a line put together beforehand begins to quote:
    addresses and bodies come after that. asyncio quotes errors, urllib addresses."""
    return _QUOTES.split(str(record.msg).partition("\n")[0], maxsplit=1)[0].rstrip()[:120]


def _place(record: logging.LogRecord) -> list[str]:
    trace = record.exc_info[2] if record.exc_info else None
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 3)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places[-4:]


def configure(level: int = logging.INFO) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "apscheduler", "twilio", "telegram", "alembic", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
