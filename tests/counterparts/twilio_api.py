"""A twin of Twilio's REST interface and webhooks, as far as we use them.

The real client is pointed at it by DALIL_TWILIO_API_URL. Callbacks are sent when a test says `settle`, so that a test
decides what has happened before them. Runs in process, with `serving(twin.app)`, or
`python -m tests.counterparts.twilio_api 8082 SID TOKEN`."""

import base64
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

import httpx
from starlette.applications import Starlette
from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from tests.counterparts.faults import Fault, Faults, suffer

LONGEST_BODY = 1600
WINDOW = timedelta(hours=24)
KNOWN_FIELDS = frozenset(
    {"To", "From", "Body", "StatusCallback", "ValidityPeriod", "ContentSid", "ContentVariables", "MediaUrl"}
    | {"MessagingServiceSid", "PersistentAction", "SendAt", "ScheduleType", "MaxPrice", "Attempt", "ProvideFeedback"}
)
Form = list[tuple[str, str]]
Json = dict[str, Any]


def error(status: int, code: int, message: str) -> Fault:
    more_info = f"https://www.twilio.com/docs/errors/{code}"
    return Fault(kind="answer", status=status, body={"code": code, "message": message, "more_info": more_info, "status": status})


def too_many() -> Fault:
    return error(429, 20429, "Too Many Requests")


@dataclass(slots=True)
class Message:
    sid: str
    to: str
    sender: str
    body: str
    callback: str
    made: datetime
    template: str | None = None
    status: str = "queued"
    code: int | None = None
    sent: datetime | None = None


@dataclass(slots=True)
class Medium:
    content_type: str
    data: bytes
    elsewhere: str | None = None


def signed(url: str, form: Form, token: str) -> str:
    """The header Twilio would send, computed by its own library. The fragment is not part of what is signed."""
    validator = RequestValidator(token)  # type: ignore[no-untyped-call]
    return str(validator.compute_signature(url.partition("#")[0], ImmutableMultiDict(form)))  # type: ignore[no-untyped-call]


@dataclass
class TwilioApi:
    """`requests` is each form as it came, `messages` what was created, `heard` when each person last wrote."""

    account: str = "AC" + "0" * 32
    token: str = "test-token"
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sender: str = "whatsapp:+212500000000"
    faults: Faults = field(default_factory=Faults)
    requests: list[dict[str, str]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    media: dict[str, Medium] = field(default_factory=dict)
    heard: dict[str, datetime] = field(default_factory=dict)
    unreachable: dict[str, int] = field(default_factory=dict)
    numbered: int = 0

    def __post_init__(self) -> None:
        base = f"/2010-04-01/Accounts/{self.account}/Messages"
        self.app = Starlette(
            routes=[
                Route(f"{base}.json", self._create, methods=["POST"]),
                Route(f"{base}.json", self._list, methods=["GET"]),
                Route(f"{base}/{{sid}}.json", self._fetch, methods=["GET", "DELETE"]),
                Route(f"{base}/{{sid}}/Media/{{media}}", self._medium, methods=["GET", "DELETE"]),
                Route("/store/{media}", self._store),
            ]
        )

    def _sid(self, prefix: str) -> str:
        self.numbered += 1
        return f"{prefix}{self.numbered:032x}"

    # --- what a test does as the person ------------------------------------------------------------------------------
    def inbound(self, who: str, body: str = "", *, bsuid: str | None = None, phone: bool = True, **more: str) -> Form:
        """The form of a message from a person, blanks and all. `phone=False`: the number is hidden behind `bsuid`."""
        user = f"whatsapp:{bsuid}" if bsuid else None
        sender = f"whatsapp:{who}" if phone else str(user)
        self.heard[sender] = self.now()
        if user:
            self.heard[user] = self.now()
        sid = self._sid("SM")
        form = {"SmsMessageSid": sid, "NumMedia": "0", "ProfileName": "T", "SmsSid": sid, "SmsStatus": "received"}
        form |= {"Body": body, "To": self.sender, "NumSegments": "1", "MessageSid": sid, "AccountSid": self.account}
        form |= {"MessageType": "text", "From": sender, "ApiVersion": "2010-04-01", "ReferralNumMedia": "0"}
        if phone:
            form["WaId"] = who.lstrip("+")
        if user:
            form["ExternalUserId"] = user
        return list((form | more).items())

    async def post(self, client: httpx.AsyncClient, url: str, form: Form, signed_as: str | None = None) -> httpx.Response:
        """Send a signed webhook. `url` is what we gave Twilio; `signed_as` if a proxy shows another to the client."""
        headers = {"X-Twilio-Signature": signed(signed_as or url, form, self.token), "I-Twilio-Idempotency-Token": "t1"}
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        return await client.post(url.partition("#")[0], content=urlencode(form).encode(), headers=headers)

    async def settle(self, client: httpx.AsyncClient, *, read: bool = False) -> list[httpx.Response]:
        """Carry each queued message to its end and call back: sent and delivered, or what stands in the way."""
        answers = []
        for message in [message for message in self.messages if message.status == "queued"]:
            for status, code in self._fate(message, read):
                message.status, message.code = status, code
                message.sent = message.sent or self.now()
                answers.append(await self.report(client, message))
        return answers

    def _fate(self, message: Message, read: bool) -> list[tuple[str, int | None]]:
        if message.to in self.unreachable:
            return [("sent", None), ("undelivered", self.unreachable[message.to])]
        heard = self.heard.get(message.to)
        if message.template is None and (heard is None or self.now() - heard > WINDOW):
            return [("failed", 63016)]
        return [("sent", None), ("delivered", None), *([("read", None)] if read else [])]

    async def report(self, client: httpx.AsyncClient, message: Message) -> httpx.Response:
        form: Form = [("MessageSid", message.sid), ("SmsSid", message.sid), ("AccountSid", self.account)]
        form += [("MessageStatus", message.status), ("SmsStatus", message.status), ("To", message.to)]
        form += [("From", message.sender), ("ChannelToAddress", message.to), ("ApiVersion", "2010-04-01")]
        if message.code:
            form += [("ErrorCode", str(message.code)), ("ChannelStatusMessage", "")]
        return await self.post(client, message.callback, form)

    def store(self, content_type: str, data: bytes, url: str, elsewhere: str | None = None) -> str:
        """A file a person sent; the address Twilio would put into MediaUrl0. `elsewhere` replaces where it leads."""
        media = self._sid("ME")
        self.media[media] = Medium(content_type, data, elsewhere)
        return f"{url}/2010-04-01/Accounts/{self.account}/Messages/{self._sid('MM')}/Media/{media}"

    # --- the door ----------------------------------------------------------------------------------------------------
    def _stranger(self, request: Request) -> Response | None:
        wanted = base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        if request.headers.get("authorization") == f"Basic {wanted}":
            return None
        return JSONResponse(error(401, 20003, "Authenticate").body, 401)

    async def _create(self, request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        self.requests.append(form)
        stranger = self._stranger(request)
        if stranger:
            return stranger
        fault = self.faults.next("create")
        if fault and not fault.after:
            spoilt = await suffer(fault)
            if spoilt is not None:
                return spoilt
        answer = self._take(form)
        if fault and fault.after:
            return await suffer(fault) or answer
        return answer

    def _take(self, form: dict[str, str]) -> Response:
        refused = _refused(form)
        if refused:
            return JSONResponse(refused.body, refused.status)
        message = Message(
            sid=self._sid("SM"),
            to=form["To"],
            sender=form["From"],
            body=form.get("Body", ""),
            callback=form.get("StatusCallback", ""),
            made=self.now(),
            template=form.get("ContentSid"),
        )
        self.messages.append(message)
        return JSONResponse(self._shown(message), 201)

    def _shown(self, message: Message) -> Json:
        return {
            "sid": message.sid,
            "account_sid": self.account,
            "to": message.to,
            "from": message.sender,
            "body": message.body,
            "status": message.status,
            "error_code": message.code,
            "error_message": None,
            "date_created": format_datetime(message.made),
            "date_updated": format_datetime(message.sent or message.made),
            "date_sent": format_datetime(message.sent) if message.sent else None,
            "direction": "outbound-api",
            "num_media": "0",
            "num_segments": "1",
            "api_version": "2010-04-01",
            "uri": f"/2010-04-01/Accounts/{self.account}/Messages/{message.sid}.json",
        }

    async def _list(self, request: Request) -> Response:
        """Newest first. A search by date leaves out what has not been sent yet."""
        stranger = self._stranger(request)
        if stranger:
            return stranger
        fault = self.faults.next("list")
        spoilt = await suffer(fault) if fault else None
        if spoilt is not None:
            return spoilt
        after = request.query_params.get("DateSent>")
        since = datetime.fromisoformat(after) if after else None
        found = [
            self._shown(message)
            for message in reversed(self.messages)
            if message.to == request.query_params.get("To", message.to)
            and message.sender == request.query_params.get("From", message.sender)
            and (since is None or (message.sent is not None and message.sent >= since))
        ]
        return JSONResponse({"messages": found, "page": 0, "page_size": 50, "next_page_uri": None, "uri": ""})

    async def _fetch(self, request: Request) -> Response:
        stranger = self._stranger(request)
        if stranger:
            return stranger
        for message in self.messages:
            if message.sid == request.path_params["sid"] and request.method == "DELETE":
                self.messages.remove(message)
                return Response(status_code=204)
            if message.sid == request.path_params["sid"]:
                return JSONResponse(self._shown(message))
        return JSONResponse(error(404, 20404, "The requested resource was not found").body, 404)

    async def _medium(self, request: Request) -> Response:
        """Basic auth here; the file itself lies in a store elsewhere, without it."""
        stranger = self._stranger(request)
        if stranger:
            return stranger
        name = request.path_params["media"]
        if name not in self.media:
            return JSONResponse(error(404, 20404, "The requested resource was not found").body, 404)
        if request.method == "DELETE":
            del self.media[name]
            return Response(status_code=204)
        return RedirectResponse(self.media[name].elsewhere or f"/store/{name}", 307)

    async def _store(self, request: Request) -> Response:
        if "authorization" in request.headers:
            return Response("no passwords here", 400)
        medium = self.media[request.path_params["media"]]
        return Response(medium.data, headers={"content-type": medium.content_type})


def _refused(form: dict[str, str]) -> Fault | None:
    if not form.get("To"):
        return error(400, 21604, "A 'To' phone number is required.")
    if not form.get("Body") and not form.get("ContentSid") and not form.get("MediaUrl"):
        return error(400, 21619, "A text message body or media urls must be specified.")
    if len(form.get("Body", "")) > LONGEST_BODY:
        return error(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
    return None


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(TwilioApi(sys.argv[2], sys.argv[3]).app, host="127.0.0.1", port=int(sys.argv[1]))
