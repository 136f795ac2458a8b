"""Everything at once, from nothing, on this machine: what `make demo` runs."""

import asyncio
import json
import logging
import os
import secrets
import subprocess
import sys

from sqlalchemy import Connection

from bot.assembly import Assembly, model_folder, new_token, system_clock
from bot.booking import planning, samples
from bot.cli.failures import Refused
from bot.cli.run import bring_up, start
from bot.console.entrance import DEMO
from bot.handoff import team
from bot.settings import Settings
from bot.storage.database import open_database

_TEAM: tuple[tuple[str, str, str, team.Role], ...] = (
    (f"salma{DEMO}", "Salma", "fr", "advisor"),
    (f"youssef{DEMO}", "Youssef", "ar", "advisor"),
    (f"nadia{DEMO}", "Nadia", "fr", "coordinator"),
)


def demo() -> None:
    """Migrate, train, seed and serve, with no account and no key. Demo accounts exist only on loopback."""
    settings = Settings()
    if not settings.on_loopback:
        raise Refused("demo accounts exist only on this machine: unset DALIL_PUBLIC_URL and DALIL_HOST, or use `dalil serve`")
    _say("1/4 database")
    bring_up(settings)
    _say("2/4 language model")
    train_if_needed(settings)
    _say("3/4 sessions and advisors")
    password = _password(settings)
    asyncio.run(_seed(settings, password))
    _say("4/4 opening the doors")
    start(settings, works=True, on_ready=lambda house: _welcome(house, password), level=logging.WARNING)


def train_if_needed(settings: Settings) -> None:
    folder = model_folder(settings)
    if folder.is_dir():
        return
    _say("    training, under two minutes …")
    command = [sys.executable, "-c", "from bot.cli import main; main()", "train"]  # apart: its memory ends with it
    done = subprocess.run(command, check=False, stderr=subprocess.DEVNULL)  # noqa: S603 - our own words
    if done.returncode or not folder.is_dir():
        raise Refused("the language model could not be trained: `dalil train` says why")


def _password(settings: Settings) -> str:
    """The demo password, made on first start and kept beside the database."""
    file = settings.data_dir / "demo.json"
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            json.dump({"password": f"dalil-{secrets.token_hex(4)}"}, stream)
    return str(json.loads(file.read_text())["password"])


async def _seed(settings: Settings, password: str) -> None:
    """Only what is not there yet: a second start keeps everything."""
    database, now = open_database(settings.database), system_clock()

    def sow(db: Connection) -> None:
        for login, name, interface, role in _TEAM:
            if team.account(db, login) is None:
                team.add(db, now, login, name, password, role, interface=interface)
        if planning.count(db) == 0:
            for plan in samples.plans(now, settings.timezone):
                planning.save(db, now, plan, new_token())

    try:
        await database.write(sow)
    finally:
        await database.close()


def _welcome(house: Assembly, password: str) -> None:
    base = house.settings.base_url
    _say("")
    _say(f"  Browser chat   {base}/chat")
    _say(f"  Console        {base}/console    sign in as {_TEAM[0][0]} or {_TEAM[1][0]}, password {password}")
    _say(f"                 as {_TEAM[2][0]}, who plans sessions, with the same password")
    _say("  Ctrl-C stops; the data stays.")
    _say("")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
