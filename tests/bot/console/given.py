"""What the console's tests start from: a house, its pages, people of the team with a browser each."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import Connection, select

from bot.assembly import Library
from bot.console import pages
from bot.handoff import cases, team
from bot.settings import Settings
from bot.storage.tables import Case, table
from flows.heard import Level
from tests.helpers.house import TestHouse, open_house

PASSWORD = "a long enough password"
ORIGIN = "http://127.0.0.1:8000"


@dataclass
class Browser:
    """One advisor's browser. `csrf` is read from the page opened last."""

    http: httpx.AsyncClient
    csrf: str = ""

    async def get(self, path: str, **how: Any) -> httpx.Response:
        answer = await self.http.get(path, **how)
        if found := re.search(r'name="csrf" value="([^"]+)"', answer.text):
            self.csrf = found[1]
        return answer

    async def post(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> httpx.Response:
        given = {"Origin": ORIGIN} if headers is None else headers
        return await self.http.post(path, data={"csrf": self.csrf} | fields, headers=given)

    async def sign_in(self, login: str, password: str = PASSWORD) -> httpx.Response:
        await self.get("/console/sign-in")
        return await self.post("/console/sign-in", login=login, password=password)


@dataclass
class Console:
    """The house behind the pages."""

    inside: TestHouse
    app: FastAPI

    def browser(self) -> Browser:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url=ORIGIN, headers={"Accept": "text/html"}, follow_redirects=False
        )
        return Browser(http=client)

    async def member(self, login: str, role: team.Role = "advisor", office_kind: str = "ngo", interface: str = "fr") -> int:
        name = login.capitalize()
        return int(
            await self.inside.do(
                lambda db: team.add(db, self.inside.clock.now, login, name, PASSWORD, role, office_kind, None, interface)
            )
        )

    async def advisor(self, login: str, **how: Any) -> Browser:
        """An account, signed in."""
        await self.member(login, **how)
        browser = self.browser()
        assert (await browser.sign_in(login)).status_code == 303
        await browser.get("/console")
        return browser

    async def case(
        self, who: str = "aicha", text: str = "salam", reason: str = "asked", urgency: Level = "normal", channel: str = "telegram"
    ) -> int:
        """Somebody wrote and waits for a person."""
        await self.inside.say(text, who=who, channel=channel)
        contact_id = (await self.inside.inbox_rows())[-1].contact_id

        def opened(db: Connection) -> int:
            return cases.open_case(db, self.inside.clock.now, contact_id, reason, urgency, None, "souss-massa", "fr", None)

        return int(await self.inside.do(opened))

    async def row(self, case_id: int) -> Any:
        case = table(Case)
        return await self.inside.do(lambda db: db.execute(select(case).where(case.c.id == case_id)).one())


@asynccontextmanager
async def open_console(settings: Settings, library: Library) -> AsyncIterator[Console]:
    async with open_house(settings, library) as inside:
        app = FastAPI()
        app.include_router(pages.router)
        pages.dress(app)
        app.state.house = inside.house
        yield Console(inside=inside, app=app)
