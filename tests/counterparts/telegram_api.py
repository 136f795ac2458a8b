"""A Bot API of our own, for every run: what core.telegram.org/bots/api says of the methods we use, and no more.

In process: `httpx.ASGITransport(app=TelegramApi(token).app)`. As a server: `with serving(api.app) as url`, or
`python -m tests.counterparts.telegram_api 8081 TOKEN`, then DALIL_TELEGRAM_API_URL=http://127.0.0.1:8081/bot."""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.counterparts.faults import Fault, Faults, suffer
from tests.counterparts.telegram_wire import chat_of, decoded, wanted

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_CALLBACK = 64
Json = dict[str, Any]


class RefusedError(Exception):
    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status, self.parameters = status, parameters


@dataclass(slots=True)
class Call:
    """One request as it came, values decoded."""

    method: str
    values: Json


@dataclass(slots=True)
class File:
    path: str
    data: bytes
    size: int


@dataclass(slots=True)
class Webhook:
    url: str = ""
    secret: str = ""
    allowed: list[str] = field(default_factory=list)


def error(status: int, description: str, **parameters: Any) -> Fault:
    body: Json = {"ok": False, "error_code": status, "description": description}
    return Fault(kind="answer", status=status, body=body | ({"parameters": parameters} if parameters else {}))


def too_many(seconds: int) -> Fault:
    return error(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def blocked() -> Fault:
    return error(403, "Forbidden: bot was blocked by the user")


class TelegramApi:
    """`calls` is all that was asked, `chats` what each person sees, `pending` what waits to be fetched or pushed,
    `got` the bytes of documents by file id."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.faults = Faults()
        self.calls: list[Call] = []
        self.chats: dict[int, list[Json]] = {}
        self.pending: list[Json] = []
        self.files: dict[str, File] = {}
        self.got: dict[str, bytes] = {}
        self.answered: list[str] = []
        self.commands: dict[str, list[Json]] = {}
        self.webhook = Webhook()
        self._polls = 0
        self._next_message, self._next_update = 1000, 700_000
        self.app = Starlette(
            routes=[
                Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
                Route("/file/bot{token}/{path:path}", self._download),
            ]
        )

    # --- what a test does as the person ------------------------------------------------------------------------------
    def deliver(self, update: Mapping[str, Any]) -> Json:
        """Put an update in the queue, numbered by us if it has no number."""
        self._next_update += 1
        numbered = {"update_id": self._next_update} | dict(update)
        self.pending.append(numbered)
        return numbered

    def say(self, chat: int, text: str, language: str | None = None) -> Json:
        self._next_message += 1
        person: Json = {"id": chat, "is_bot": False, "first_name": "T"} | ({"language_code": language} if language else {})
        message = {
            "message_id": self._next_message,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": "T"},
            "from": person,
            "text": text,
        }
        return self.deliver({"message": message})

    def press(self, chat: int, choice: str) -> Json:
        """The button of that id in the newest message that has it."""
        for message in reversed(self.chats.get(chat, [])):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                if any(button.get("callback_data") == choice for button in row):
                    person = {"id": chat, "is_bot": False, "first_name": "T"}
                    query = {"id": f"q{self._next_update + 1}", "from": person, "message": message}
                    return self.deliver({"callback_query": query | {"chat_instance": "1", "data": choice}})
        raise LookupError(choice)

    def texts(self, chat: int) -> list[str]:
        return [message.get("text", message.get("caption", "")) for message in self.chats.get(chat, [])]

    def called(self, method: str) -> list[Json]:
        return [call.values for call in self.calls if call.method == method]

    async def push(self, client: httpx.AsyncClient) -> list[int]:
        """One attempt at each waiting update, in order; a chat's later ones wait behind a failed one. The statuses."""
        statuses, stuck = [], set()
        for update in list(self.pending):
            chat = json.dumps(chat_of(update))
            if chat in stuck or not wanted(update, self.webhook.allowed):
                continue
            headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook.secret} if self.webhook.secret else {}
            answer = await client.post(self.webhook.url, json=update, headers=headers)
            statuses.append(answer.status_code)
            if answer.is_success:
                self.pending.remove(update)
            else:
                stuck.add(chat)
        return statuses

    # --- the door ----------------------------------------------------------------------------------------------------
    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        if request.path_params["token"] != self.token:
            return JSONResponse({"ok": False, "error_code": 401, "description": "Unauthorized"}, 401)
        form = (await request.form()).items()
        values = {name: decoded(name, value) for name, value in form} | dict(request.query_params)
        self.calls.append(Call(method, values))
        fault = self.faults.next(method)
        if fault and not fault.after:
            spoilt = await suffer(fault)
            if spoilt is not None:
                return spoilt
        answer = await self._answer(method, values)
        if fault and fault.after:
            return await suffer(fault) or answer
        return answer

    async def _answer(self, method: str, values: Json) -> Response:
        if method == "getUpdates":
            return await self._get_updates(values)
        handler: Callable[[Json], Any] | None = getattr(self, f"_do_{method}", None)
        if handler is None:
            return JSONResponse({"ok": False, "error_code": 404, "description": "Not Found"}, 404)
        try:
            return JSONResponse({"ok": True, "result": handler(values)})
        except RefusedError as refused:
            fault = error(refused.status, str(refused), **refused.parameters)
            return JSONResponse(fault.body, refused.status)

    async def _get_updates(self, values: Json) -> Response:
        """Long polling: `offset` confirms all earlier updates; a webhook or a second poller is a conflict."""
        if self.webhook.url:
            fault = error(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
            return JSONResponse(fault.body, 409)
        self._polls += 1
        mine, offset = self._polls, int(values.get("offset", 0))
        if offset > 0:
            self.pending = [update for update in self.pending if update["update_id"] >= offset]
        self.webhook.allowed = values.get("allowed_updates", self.webhook.allowed)
        deadline = time.monotonic() + float(values.get("timeout", 0))
        while True:
            if mine != self._polls:
                fault = error(409, "Conflict: terminated by other getUpdates request")
                return JSONResponse(fault.body, 409)
            ready = [update for update in self.pending if wanted(update, self.webhook.allowed)]
            if ready or time.monotonic() >= deadline:
                return JSONResponse({"ok": True, "result": ready[: int(values.get("limit", 100))]})
            await asyncio.sleep(0.01)

    # --- the methods -------------------------------------------------------------------------------------------------
    def _do_getMe(self, _: Json) -> Json:  # noqa: N802 - the API's own names
        return {"id": 42, "is_bot": True, "first_name": "Dalil", "username": "dalil_test_bot"}

    def _do_sendMessage(self, values: Json) -> Json:  # noqa: N802
        text, chat = str(values.get("text", "")), values.get("chat_id")
        if not text.strip():
            raise RefusedError(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > LONGEST_TEXT:
            raise RefusedError(400, "Bad Request: message is too long")
        return self._put(chat, {"text": text}, values)

    def _do_sendDocument(self, values: Json) -> Json:  # noqa: N802
        """The bytes stay here, so that a test can look at what the person got."""
        upload, caption = values.get("document"), str(values.get("caption", ""))
        if not isinstance(upload, UploadFile):
            raise RefusedError(400, "Bad Request: there is no document in the request")
        if len(caption.encode("utf-16-le")) // 2 > LONGEST_CAPTION:
            raise RefusedError(400, "Bad Request: message caption is too long")
        data = upload.file.read()
        if not data:
            raise RefusedError(400, "Bad Request: file must be non-empty")
        self.got[name := f"BQ{len(self.got)}"] = data
        document = {"file_id": name, "file_unique_id": name, "file_name": upload.filename, "file_size": len(data)}
        return self._put(values.get("chat_id"), {"document": document} | ({"caption": caption} if caption else {}), values)

    def _put(self, chat: Any, content: Json, values: Json) -> Json:
        for row in values.get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                if not 1 <= len(button.get("callback_data", "x").encode()) <= LONGEST_CALLBACK:
                    raise RefusedError(400, "Bad Request: BUTTON_DATA_INVALID")
        if not isinstance(chat, int):
            raise RefusedError(400, "Bad Request: chat not found")
        self._next_message += 1
        message: Json = {
            "message_id": self._next_message,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": "T"},
            "from": self._do_getMe({}),
            **content,
        }
        if "reply_markup" in values:
            message["reply_markup"] = values["reply_markup"]
        self.chats.setdefault(chat, []).append(message)
        return message

    def _do_editMessageText(self, values: Json) -> Json:  # noqa: N802
        for message in self.chats.get(values["chat_id"], []):
            if message["message_id"] == values["message_id"]:
                message["text"] = values["text"]
                return message
        raise RefusedError(400, "Bad Request: message to edit not found")

    def _do_answerCallbackQuery(self, values: Json) -> bool:  # noqa: N802
        self.answered.append(str(values["callback_query_id"]))
        return True

    def _do_setMyCommands(self, values: Json) -> bool:  # noqa: N802
        self.commands[values.get("language_code", "")] = values["commands"]
        return True

    def _do_setWebhook(self, values: Json) -> bool:  # noqa: N802
        # Like a Bot API server of one's own, it also calls this machine without TLS.
        if not str(values["url"]).startswith(("https://", "http://127.0.0.1:")):
            raise RefusedError(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        allowed = values.get("allowed_updates", self.webhook.allowed)
        self.webhook = Webhook(values["url"], str(values.get("secret_token", "")), allowed)
        return True

    def _do_deleteWebhook(self, values: Json) -> bool:  # noqa: N802
        self.webhook = Webhook(allowed=self.webhook.allowed)
        if values.get("drop_pending_updates"):
            self.pending.clear()
        return True

    def _do_getWebhookInfo(self, _: Json) -> Json:  # noqa: N802
        return {
            "url": self.webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
            "allowed_updates": self.webhook.allowed,
        }

    def _do_getFile(self, values: Json) -> Json:  # noqa: N802
        file = self.files.get(str(values["file_id"]))
        if file is None:
            raise RefusedError(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if file.size > 20 * 1024 * 1024:
            raise RefusedError(400, "Bad Request: file is too big")
        return {"file_id": values["file_id"], "file_unique_id": "u", "file_size": file.size, "file_path": file.path}

    async def _download(self, request: Request) -> Response:
        if request.path_params["token"] != self.token:
            return JSONResponse({"ok": False, "error_code": 401, "description": "Unauthorized"}, 401)
        fault = self.faults.next("download")
        spoilt = await suffer(fault) if fault else None
        if spoilt is not None:
            return spoilt
        for file in self.files.values():
            if file.path == request.path_params["path"]:
                return Response(file.data, media_type="application/octet-stream")
        return JSONResponse({"ok": False, "error_code": 404, "description": "Not Found"}, 404)


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(TelegramApi(sys.argv[2]).app, host="127.0.0.1", port=int(sys.argv[1]))
