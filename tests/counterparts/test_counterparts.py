"""The stand-ins keep to what the providers' pages say; otherwise passing against them would prove nothing."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.counterparts.serving import closed_port, serving
from tests.counterparts.telegram_api import TelegramApi
from tests.counterparts.twilio_api import TwilioApi

ROOT = Path(__file__).parent.parent.parent


def telegram(api: TelegramApi) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=api.app), base_url=f"http://tg/bot{api.token}")


async def test_long_polling_answers_when_something_comes() -> None:
    api = TelegramApi("42:x")
    async with telegram(api) as client:
        began = time.monotonic()
        waiting = asyncio.create_task(client.post("/getUpdates", data={"timeout": "5"}))
        await asyncio.sleep(0.1)
        update = api.say(7, "salam")
        assert (await waiting).json()["result"] == [update]
        assert time.monotonic() - began < 2


async def test_of_two_pollers_the_first_is_thrown_out() -> None:
    api = TelegramApi("42:x")
    async with telegram(api) as client:
        first = asyncio.create_task(client.post("/getUpdates", data={"timeout": "5"}))
        await asyncio.sleep(0.05)
        assert (await client.post("/getUpdates", data={"timeout": "0"})).status_code == 200
        assert (await first).status_code == 409


async def test_kinds_not_asked_for_are_held_back() -> None:
    api = TelegramApi("42:x")
    api.deliver({"inline_query": {"id": "1"}})
    async with telegram(api) as client:
        asked = {"timeout": "0", "allowed_updates": '["message"]'}
        assert (await client.post("/getUpdates", data=asked)).json()["result"] == []


async def test_webhook_calls_carry_the_secret_and_are_repeated_until_taken() -> None:
    api = TelegramApi("42:x")
    taken: list[int] = []
    down = True

    async def hook(request: Request) -> Response:
        assert request.headers["x-telegram-bot-api-secret-token"] == "s3cret"
        if down:
            return Response(status_code=500)
        taken.append((await request.json())["update_id"])
        return Response()

    ours = Starlette(routes=[Route("/hook", hook, methods=["POST"])])
    async with telegram(api) as client, httpx.AsyncClient(transport=httpx.ASGITransport(app=ours)) as caller:
        await client.post("/setWebhook", data={"url": "https://x/hook", "secret_token": "s3cret"})
        ids = [api.say(chat, "salam")["update_id"] for chat in (7, 7, 8)]
        assert await api.push(caller) == [500, 500], "the second of chat 7 waits behind its first"
        down = False
        assert await api.push(caller) == [200, 200, 200]
    assert taken == ids
    assert api.pending == []


async def test_what_a_person_sees_can_be_edited() -> None:
    api = TelegramApi("42:x")
    async with telegram(api) as client:
        sent = (await client.post("/sendMessage", data={"chat_id": "7", "text": "1"})).json()["result"]
        change = {"chat_id": "7", "message_id": str(sent["message_id"]), "text": "2"}
        assert (await client.post("/editMessageText", data=change)).status_code == 200
        assert api.texts(7) == ["2"]
        assert (await client.post("/editMessageText", data=change | {"message_id": "1"})).status_code == 400


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"chat_id": "7", "text": "x" * 4096}, 200),
        ({"chat_id": "7", "text": "😀" * 2049}, 400),
        ({"chat_id": "7", "text": " "}, 400),
        ({"chat_id": "@somebody", "text": "x"}, 400),
        (
            {
                "chat_id": "7",
                "text": "x",
                "reply_markup": '{"inline_keyboard":[[{"text":"a","callback_data":"%s"}]]}' % ("م" * 33),
            },
            400,
        ),
    ],
)
async def test_limits_of_a_message(data: dict[str, str], status: int) -> None:
    async with telegram(TelegramApi("42:x")) as client:
        assert (await client.post("/sendMessage", data=data)).status_code == status


def twilio(api: TwilioApi) -> httpx.AsyncClient:
    base = f"http://tw/2010-04-01/Accounts/{api.account}"
    transport = httpx.ASGITransport(app=api.app)
    return httpx.AsyncClient(transport=transport, base_url=base, auth=(api.account, api.token))


@pytest.mark.parametrize(("body", "code"), [("x" * 1600, None), ("x" * 1601, 21617), ("", 21619)])
async def test_limits_of_a_body(body: str, code: int | None) -> None:
    api = TwilioApi()
    async with twilio(api) as client:
        form = {"To": "whatsapp:+212600000001", "From": api.sender, "Body": body}
        assert (await client.post("/Messages.json", data=form)).json().get("code") == code


async def test_a_search_by_date_leaves_out_what_is_not_sent_yet() -> None:
    day = datetime(2026, 11, 24, tzinfo=UTC)
    api = TwilioApi(now=lambda: day)
    async with twilio(api) as client:
        form = {"To": "whatsapp:+212600000001", "From": api.sender, "Body": "x", "StatusCallback": "https://x/"}
        sid = (await client.post("/Messages.json", data=form)).json()["sid"]
        search = {"DateSent>": (day - timedelta(minutes=1)).isoformat()}
        assert (await client.get("/Messages.json", params=search)).json()["messages"] == []
        ours = Starlette(routes=[Route("/", lambda request: Response(), methods=["POST"])])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=ours)) as caller:
            await api.settle(caller)
        (found,) = (await client.get("/Messages.json", params=search)).json()["messages"]
        assert found["sid"] == sid
        assert (await client.get(f"/Messages/{sid}.json")).json()["error_code"] == 63016, "never wrote to us"
        assert (await client.get("/Messages/SM0.json")).status_code == 404


@contextmanager
def process(module: str, *arguments: str) -> Iterator[str]:
    port = closed_port()
    command = [sys.executable, "-m", module, str(port), *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL) as run:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            run.terminate()


def wait_for(url: str, auth: tuple[str, str] | None = None) -> httpx.Response:
    deadline = time.monotonic() + 20
    while True:
        try:
            return httpx.get(url, auth=auth)
        except httpx.ConnectError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def test_both_run_as_processes_of_their_own() -> None:
    with (
        process("tests.counterparts.telegram_api", "42:x") as telegram_url,
        process("tests.counterparts.twilio_api", "AC1", "secret") as twilio_url,
    ):
        assert wait_for(f"{telegram_url}/bot42:x/getMe").json()["result"]["is_bot"]
        listed = wait_for(f"{twilio_url}/2010-04-01/Accounts/AC1/Messages.json", ("AC1", "secret"))
        assert listed.json()["messages"] == []


def test_serving_stops_when_told() -> None:
    with serving(TelegramApi("42:x").app) as url:
        assert httpx.get(f"{url}/bot42:x/getMe").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/bot42:x/getMe")
