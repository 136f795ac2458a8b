"""Telegram without a public address: our own polling loop. The offset moves only after the updates are stored, and a lease
in the database lets only one process poll (two pollers get 409 Conflict: https://core.telegram.org/bots/api#getupdates)."""

import asyncio
import contextlib
import logging
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, select, true
from sqlalchemy.dialects import postgresql, sqlite

from bot.assembly import Assembly
from bot.channels import telegram
from bot.channels.telegram import TelegramChannel
from bot.delivery import inbox
from bot.delivery.inbox import INBOX
from bot.storage.tables import Lease, Mark, table

log = logging.getLogger(__name__)
_lease, _mark = table(Lease), table(Mark)
NAME = "telegram"
HOLD = timedelta(seconds=60)
LONG_POLL = 25
WAIT = 5.0


class Arrival(Protocol):
    """How updates get here: runs until `stopping`."""

    async def run(self, stopping: asyncio.Event) -> None: ...


def arrivals(house: Assembly, polls: bool, registers: bool) -> Arrival | None:
    """By the mode in force: a polling loop where work is done, or the registration of the webhook where doors are."""
    channel = house.channels.get("telegram")
    if not isinstance(channel, TelegramChannel):
        return None
    if house.settings.telegram_mode == "polling":
        return Poller(house, channel) if polls else None
    return Registration(house, channel) if registers else None


class Registration:
    """Tells Telegram our address and the commands, again and again until it was heard."""

    def __init__(self, house: Assembly, channel: TelegramChannel) -> None:
        self._house, self._channel = house, channel

    async def run(self, stopping: asyncio.Event) -> None:
        settings = self._house.settings
        while not stopping.is_set():
            try:
                await self._channel.set_webhook(f"{settings.base_url}/webhooks/telegram", settings.telegram_webhook_secret)
                await self._channel.set_commands()
                return
            except Exception:  # Telegram or the network is away: nothing arrives until this succeeds
                log.exception("webhook_not_registered", extra={"channel": NAME})
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), WAIT)


class Poller:
    def __init__(self, house: Assembly, channel: TelegramChannel) -> None:
        self._house, self._channel, self._holder = house, channel, house.token()
        self._ready = False

    async def run(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                await self._prepare()
                if not await self._house.database.write(self._hold):
                    await asyncio.wait_for(stopping.wait(), WAIT)
                    continue
                await self._round(stopping)
            except TimeoutError:
                continue
            except Exception:  # the network or the provider: what was not stored is delivered again
                log.exception("polling_failed")
                await asyncio.sleep(WAIT)
        await self._house.database.write(self._let_go)

    async def _prepare(self) -> None:
        """getUpdates fails while a webhook is set."""
        if not self._ready:
            await self._channel.delete_webhook()
            await self._channel.set_commands()
            self._ready = True

    async def _round(self, stopping: asyncio.Event) -> None:
        offset = await self._house.database.read(_offset)
        fetching = asyncio.create_task(self._channel.get_updates(offset, LONG_POLL))
        stopped = asyncio.create_task(stopping.wait())
        await asyncio.wait({fetching, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if not fetching.done():
            fetching.cancel()
            return
        updates = fetching.result()
        if updates:
            await self._house.database.write(lambda db: self._store(db, updates))
            self._house.bell.rung(INBOX)
            for update in updates:
                await answer_callback(self._channel, update)

    def _store(self, db: Connection, updates: list[dict[str, Any]]) -> None:
        """All updates and the offset in one transaction: confirmed to Telegram only by the next call."""
        house, now = self._house, self._house.clock()
        for update in updates:
            inbound = read(update, house)
            if inbound is not None:
                trace = f"tg{update.get('update_id')}"
                inbox.receive(db, house.vault, house.bell, now, inbound, trace, house.token())
        numbers = [u["update_id"] for u in updates if isinstance(u.get("update_id"), int)]
        if numbers:
            _upsert(db, _mark, {"name": NAME, "value": max(numbers) + 1}, "name")

    def _hold(self, db: Connection) -> bool:
        """Take or renew the lease; False while another process holds it. One statement, so that of two that ask at once one
        gets it. On SQLite there is one process: what another held, a dead one held, and nobody waits a minute for it."""
        now = self._house.clock()
        free: ColumnElement[bool] = (_lease.c.holder == self._holder) | (_lease.c.until <= now)
        free = true() if db.dialect.name == "sqlite" else free
        return _upsert(db, _lease, {"name": NAME, "holder": self._holder, "until": now + HOLD}, "name", free)

    def _let_go(self, db: Connection) -> None:
        db.execute(_lease.delete().where(_lease.c.name == NAME, _lease.c.holder == self._holder))


def read(update: dict[str, Any], house: Assembly) -> Any:
    """An update as an inbound event; None for what is not for us or cannot be read (never an exception: the loop goes on)."""
    try:
        return telegram.read(update, house.library.locate)
    except ValueError:
        log.warning("unreadable_update", extra={"channel": NAME})
        return None


async def answer_callback(channel: TelegramChannel, update: dict[str, Any]) -> None:
    """Stops the button's waiting sign; a late answer is refused by Telegram and does no harm."""
    query = update.get("callback_query")
    if isinstance(query, dict) and query.get("id"):
        await channel.answer_callback(str(query["id"]))


def _offset(db: Connection) -> int:
    return int(db.execute(select(_mark.c.value).where(_mark.c.name == NAME)).scalar_one_or_none() or 0)


def _upsert(db: Connection, target: Any, values: dict[str, Any], key: str, where: Any = None) -> bool:
    """False when the row is there and `where` does not hold of it."""
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    changed = {k: v for k, v in values.items() if k != key}
    statement = dialect.insert(target).values(values)
    return db.execute(statement.on_conflict_do_update(index_elements=[key], set_=changed, where=where)).rowcount > 0
