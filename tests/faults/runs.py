"""The runs of the kill harness: which channel, which database, how much."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

from bot.assembly import Library, model_folder, system_clock
from bot.storage import migrate
from bot.storage.database import open_database
from tests.conftest import quiet_settings
from tests.counterparts.serving import closed_port, serving
from tests.counterparts.telegram_api import TelegramApi
from tests.counterparts.twilio_api import TwilioApi
from tests.faults.process import HouseProcess
from tests.faults.scenario import (
    Books,
    ByTelegramPolling,
    ByTelegramWebhook,
    ByTwilioWebhook,
    Scenario,
    number_of,
)

TOKEN = "123456:test-token-of-the-emulator"
ENTRIES = ("amo-tadamon", "douane-demenagement", "ecole-tcn", "fr-etudes-campus-france", "de-chancenkarte")
WAYS = ("telegram-polling", "telegram-webhook", "twilio-webhook")


def firsts(library: Library, language: str) -> dict[str, str]:
    """The first line of each entry as a person gets it."""
    return {e: str(library.knowledge.text(e, language, "body")).splitlines()[0] for e in ENTRIES}


async def run(way: str, url: str, folder: Path, people: int, messages: int, kills: int, seed: int) -> Books:
    """One run. `url` is a migrated database."""
    library = Library(quiet_settings(), system_clock)
    telegram, twilio = TelegramApi(TOKEN), TwilioApi()
    with ExitStack() as stack:
        tg, tw = stack.enter_context(serving(telegram.app)), stack.enter_context(serving(twilio.app))
        port = closed_port()
        settings = {"DALIL_DATABASE_URL": url, "DALIL_MODEL_DIR": str(model_folder(quiet_settings()).parent)}
        if way.startswith("telegram"):
            settings |= {
                "DALIL_TELEGRAM_TOKEN": TOKEN,
                "DALIL_TELEGRAM_API_URL": f"{tg}/bot",
                "DALIL_TELEGRAM_MODE": way.removeprefix("telegram-"),
                "DALIL_TELEGRAM_WEBHOOK_SECRET": ByTelegramWebhook.secret,
            }
        else:
            settings |= {
                "DALIL_TWILIO_ACCOUNT_SID": twilio.account,
                "DALIL_TWILIO_AUTH_TOKEN": twilio.token,
                "DALIL_TWILIO_FROM": twilio.sender,
                "DALIL_TWILIO_API_URL": tw,
            }
        house = HouseProcess(port, settings, folder)
        scenario = Scenario(
            house=house,
            database_url=url,
            people=people,
            messages=messages,
            kills=kills,
            seed=seed,
            firsts=firsts(library, "fr" if way.startswith("telegram") else library.house().default_language),
        )
        deliver = {
            "telegram-polling": ByTelegramPolling(telegram),
            "telegram-webhook": ByTelegramWebhook(telegram),
            "twilio-webhook": ByTwilioWebhook(twilio),
        }[way]
        try:
            await scenario.run(deliver)
        finally:
            await asyncio.to_thread(house.stop)
        if way == "telegram-polling":  # acknowledged is what the offset has moved past
            scenario.acknowledged = {
                a for a in scenario.acknowledged if int(a[1]) not in {u["update_id"] for u in telegram.pending}
            }
        if way.startswith("telegram"):
            return await scenario.balance(telegram.texts)
        return await scenario.balance(lambda person: [m.body for m in twilio.messages if m.to == f"whatsapp:{number_of(person)}"])


async def prepare(url: str) -> None:
    database = open_database(url)
    await database.write(migrate.upgrade)
    await database.close()


def sqlite_url(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / 'dalil.db'}"
