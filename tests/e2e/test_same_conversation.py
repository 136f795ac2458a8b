"""The same conversation through Telegram's polling, Telegram's webhook and Twilio's signed webhooks: a question, a seat, a person,
the advisor's answer, and back. A real house in a process of its own, the real client libraries, providers emulated on loopback."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Connection, select

from bot.assembly import model_folder
from bot.booking import planning, samples
from bot.handoff import team
from bot.handoff.desk import Desk
from bot.settings import Settings
from bot.storage.bell import open_bell
from bot.storage.crypto import open_vault
from bot.storage.database import Database, open_database
from bot.storage.tables import Case, table
from tests.conftest import fresh_database, quiet_settings
from tests.counterparts.serving import closed_port, serving
from tests.counterparts.telegram_api import TelegramApi
from tests.counterparts.twilio_api import TwilioApi
from tests.faults.process import HouseProcess

TOKEN = "123456:test-token-of-the-emulator"
SECRET = "a-secret-of-the-tests"
PERSON = 4242
NUMBER = "+212600004242"


@dataclass
class Talk:
    """One way to talk to the house: say something, read what came."""

    say: Callable[[str], Awaitable[None]]
    heard: Callable[[], list[str]]
    database: Database
    desk: Desk

    async def ask(self, text: str) -> str:
        """Say it and wait for the next bubble."""
        before = len(self.heard())
        await self.say(text)
        return await self.next(before)

    async def next(self, before: int) -> str:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if len(self.heard()) > before:
                return self.heard()[before]
            await asyncio.sleep(0.05)
        raise AssertionError(f"no answer; heard so far: {self.heard()}")


@asynccontextmanager
async def talking(way: str, url: str, folder: Path) -> AsyncIterator[Talk]:
    settings = quiet_settings().model_copy(update={"database_url": url, "data_dir": folder})
    database = open_database(url)
    now = datetime.now(UTC)

    def sow(db: Connection) -> None:
        for plan in samples.plans(now, "Africa/Casablanca"):
            planning.save(db, now, plan, plan.id)
        team.add(db, now, "salma", "Salma", "a long password")

    await database.write(sow)
    vault, bell = open_vault(settings), open_bell(url)
    telegram, twilio = TelegramApi(TOKEN), TwilioApi()
    with ExitStack() as stack:
        addresses = stack.enter_context(serving(telegram.app)), stack.enter_context(serving(twilio.app))
        house = HouseProcess(closed_port(), environment(way, settings, *addresses, twilio), folder)
        house.start()
        try:
            counter = iter(range(1000))
            desk = Desk(vault=vault, bell=bell, token=lambda: f"console-{next(counter)}")
            say, heard = ends(way, house, telegram, twilio)
            yield Talk(say=say, heard=heard, database=database, desk=desk)
            assert house.stop() == 0, "ends cleanly"
        finally:
            house.kill()
            await database.close()


def environment(way: str, settings: Settings, tg: str, tw: str, twilio: TwilioApi) -> dict[str, str]:
    common = {"DALIL_DATABASE_URL": settings.database_url, "DALIL_MODEL_DIR": str(model_folder(quiet_settings()).parent)}
    if way == "twilio":
        return common | {
            "DALIL_TWILIO_ACCOUNT_SID": twilio.account,
            "DALIL_TWILIO_AUTH_TOKEN": twilio.token,
            "DALIL_TWILIO_FROM": twilio.sender,
            "DALIL_TWILIO_API_URL": tw,
        }
    return common | {
        "DALIL_TELEGRAM_TOKEN": TOKEN,
        "DALIL_TELEGRAM_API_URL": f"{tg}/bot",
        "DALIL_TELEGRAM_MODE": way.removeprefix("telegram-"),
        "DALIL_TELEGRAM_WEBHOOK_SECRET": SECRET,
    }


def ends(
    way: str, house: HouseProcess, telegram: TelegramApi, twilio: TwilioApi
) -> tuple[Callable[[str], Awaitable[None]], Callable[[], list[str]]]:
    async def by_twilio(text: str) -> None:
        async with httpx.AsyncClient() as client:
            url = f"{house.base}/webhooks/whatsapp"
            assert (await twilio.post(client, url, twilio.inbound(NUMBER, text))).status_code == 204

    async def by_polling(text: str) -> None:
        telegram.say(PERSON, text, "fr")

    async def by_webhook(text: str) -> None:
        telegram.say(PERSON, text, "fr")
        async with httpx.AsyncClient() as client:
            assert set(await telegram.push(client)) == {200}

    if way == "twilio":
        return by_twilio, lambda: [m.body for m in twilio.messages]
    return by_polling if way == "telegram-polling" else by_webhook, lambda: telegram.texts(PERSON)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("way", ["telegram-polling", "telegram-webhook", "twilio"])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_question_a_seat_a_person_and_back(way: str, kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url = await asyncio.to_thread(fresh_database, request, kind, tmp_path)
    async with talking(way, url, tmp_path) as talk:
        first = await talk.ask("comment faire pour étudier en France après le bac ?")
        assert "Source" in first
        assert "STOP" in first, "the notice comes with the first answer"

        offered = await talk.ask("je veux une place à la réunion d'Agadir")
        assert offered
        booked = await talk.ask("1")
        assert "Talborjt" in booked

        opened = await talk.ask("conseiller")
        await talk.ask("c'est pour mon dossier campus france")
        await talk.ask("non")
        assert opened != booked

        before = len(talk.heard())
        case_id = await _take(talk)
        assert await talk.next(before), "the person is told that somebody reads"
        await _advisor(talk, lambda db, now: talk.desk.say(db, now, case_id, 1, "Bonjour, ici Salma.", once="reply-1"))
        assert await talk.next(before + 1) == "Bonjour, ici Salma."

        count = len(talk.heard())
        await talk.say("merci, et la bourse ?")
        await asyncio.sleep(1)
        assert len(talk.heard()) == count, "the bot stays silent while a person holds the case"

        await _advisor(talk, lambda db, now: talk.desk.hand_back(db, now, case_id, 1))
        await talk.next(count)
        again = await talk.ask("menu")
        assert again


async def _take(talk: Talk) -> int:
    case = table(Case)
    case_id = int(await talk.database.read(lambda db: db.execute(select(case.c.id)).scalar_one()))
    await _advisor(talk, lambda db, now: talk.desk.take(db, now, case_id, 1))
    return case_id


async def _advisor(talk: Talk, does: Callable[[Connection, datetime], None]) -> None:
    await talk.database.write(lambda db: does(db, datetime.now(UTC)))
