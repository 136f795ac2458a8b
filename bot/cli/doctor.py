"""What is wrong with this deployment, one line each with what mends it."""

import asyncio
import sys
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from bot.assembly import Library, model_folder, system_clock
from bot.channels.whatsapp import webhook_address
from bot.cli.failures import EXPECTED
from bot.console.entrance import DEMO
from bot.handoff import letters, team
from bot.settings import Settings
from bot.storage import migrate
from bot.storage.crypto import open_vault
from bot.storage.database import open_database


def doctor() -> None:
    """Exit code 0 when nothing is wrong."""
    problems = list(_problems(Settings()))
    for problem in problems:
        print(problem)
    if problems:
        raise SystemExit(1)
    print("nothing is wrong", file=sys.stderr)


def _problems(settings: Settings) -> Iterator[str]:
    try:
        open_vault(settings)
    except EXPECTED as error:
        yield f"keys: {error}"
    yield from _database(settings)
    if not model_folder(settings).is_dir():
        yield "language model: there is none for this data; run `dalil train`"
    try:
        library = Library(settings, system_clock)
    except EXPECTED as error:
        yield f"content: {error}"
        return
    yield from _channels(settings)
    if not settings.on_loopback:
        yield from _production(library)
        yield from _open_to_all(settings)


def _database(settings: Settings) -> Iterator[str]:
    async def look() -> tuple[bool, int]:
        database = open_database(settings.database)
        try:
            current = await migrate.is_current(database)
            return current, await database.read(_laid_aside) if current else 0
        finally:
            await database.close()

    try:
        migrate.prepare_folder(settings.database)
        current, stuck = asyncio.run(look())
        if not current:
            yield "database: not at the newest schema; run `dalil migrate`"
        if stuck:
            yield f"delivery: {stuck} messages were laid aside; a coordinator sees them in the console, under stuck messages"
    except Exception as error:  # whatever the driver says: the operator must hear that it cannot be reached
        yield f"database: cannot be reached ({type(error).__name__}); check DALIL_DATABASE_URL"


def _channels(settings: Settings) -> Iterator[str]:
    if settings.telegram_token and settings.telegram_mode == "webhook":
        if not settings.public_url.startswith("https://"):
            yield "telegram: a webhook needs an https DALIL_PUBLIC_URL; or set DALIL_TELEGRAM_MODE=polling"
        if not settings.telegram_webhook_secret:
            yield "telegram: set DALIL_TELEGRAM_WEBHOOK_SECRET to a long random text"
    if settings.twilio_account_sid:
        if not settings.twilio_tokens:
            yield "whatsapp: set DALIL_TWILIO_AUTH_TOKEN"
        if not settings.twilio_from.startswith("whatsapp:"):
            yield "whatsapp: DALIL_TWILIO_FROM must be like whatsapp:+212600000000"
        if not settings.public_url.startswith("https://"):
            yield "whatsapp: signatures are checked against DALIL_PUBLIC_URL, which must be the https address of the webhook"
        else:
            print(f"whatsapp: enter at Twilio for incoming messages {webhook_address(settings.base_url)}", file=sys.stderr)


def _open_to_all(settings: Settings) -> Iterator[str]:
    """What would let strangers in."""
    if settings.public_url and not settings.public_url.startswith("https://"):
        yield "web: DALIL_PUBLIC_URL must begin with https: without it sign-ins and conversations can be read on the way"
    if settings.twilio_account_sid and settings.twilio_signature == "report":
        yield "whatsapp: anybody can write in anybody's name: set DALIL_TWILIO_SIGNATURE=enforce"
    try:
        logins = [row.login for row in asyncio.run(_accounts(settings)) if row.active and row.login.endswith(DEMO)]
    except Exception:  # the database is away or empty, which was told above
        return
    if logins:
        yield f"console: {len(logins)} account{'s' * (len(logins) > 1)} of the demo in this database; they open nothing here"


async def _accounts(settings: Settings) -> list[Any]:
    database = open_database(settings.database)
    try:
        return await database.read(team.everybody)
    finally:
        await database.close()


def _production(library: Library) -> Iterator[str]:
    organisation = library.organisation
    if organisation.controller == "to be named":
        yield "organisation.yml: name the controller of personal data"
    if organisation.cndp is None:
        yield "organisation.yml: the number of the CNDP declaration is missing"
    if organisation.contact == "to be named":
        yield "organisation.yml: say where people can complain"
    unsigned = sorted(n.id for n in library.knowledge.numbers.values() if n.show and n.signed_on is None)
    if unsigned:
        yield f"numbers: {len(unsigned)} shown numbers were never dialled ({', '.join(unsigned[:5])} …); `dalil numbers sign ID`"
    undialled = sorted(
        o.id for o in library.directory.offices.values() if o.shown and any(p.dial and not p.signed_on for p in o.phones)
    )
    if undialled:
        yield f"directory: numbers of {len(undialled)} offices were never dialled; `dalil directory due`, then `directory import`"


def _laid_aside(db: Connection) -> int:
    return len(letters.dead_inbox(db)) + len(letters.dead_outbox(db))
