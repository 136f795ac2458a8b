"""Hands documents out: to the post room as attachments of a bubble, to the door `/f/…` as bytes. Drawing is done beside the event
loop, one file at a time: a phone that asks ten times takes nobody else's processor."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.channels.base import Attachment
from bot.delivery import documents
from bot.delivery.documents import PATH, Found
from bot.knowledge.wording import Wording
from bot.paper.press import PDF, Press
from bot.storage.crypto import Vault

log = logging.getLogger(__name__)
MOST_WAITING = 8  # files asked for at the door while others are drawn; more would keep the bubbles' own files waiting


class Files:
    """`base_url` is where this house is reached."""

    def __init__(self, press: Press, wording: Wording, base_url: str) -> None:
        self._press, self._wording, self._base_url = press, wording, base_url
        self._one_at_a_time, self._waiting = asyncio.Lock(), 0

    @property
    def busy(self) -> bool:
        """Whoever can come again in a moment should."""
        return self._waiting >= MOST_WAITING

    async def make(self, found: Found) -> bytes | None:
        """None when it cannot be made: a fault of ours, told to the operator."""
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                return await asyncio.to_thread(self._press.make, found.order)
        except Exception:
            log.exception("document_failed", extra={"document": found.name})
            return None
        finally:
            self._waiting -= 1

    def attached(
        self, db: Connection, vault: Vault, now: datetime, kept: Mapping[str, Any] | None, language: str
    ) -> Attachment | None:
        """What a bubble's row says of its file; None when it has none."""
        if kept is None:
            return None
        found, url = documents.find(db, vault, now, str(kept["token"])), f"{self._base_url}{PATH}{kept['token']}"
        line, gone = (self._wording.text(message, language) for message in documents.lines(url))

        async def read() -> bytes | None:
            return None if found is None else await self.make(found)

        return Attachment(name=str(kept["name"]), content_type=PDF, url=url, line=line, gone=gone, read=read)
