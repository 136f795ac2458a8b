"""Both adapters speak in the codes of one table."""

import ast
from pathlib import Path

import aiohttp
import httpx
import pytest
from telegram.error import NetworkError, TimedOut
from twilio.base.exceptions import TwilioRestException

from bot import channels
from bot.channels.base import Outcome
from bot.channels.telegram import errors as telegram
from bot.channels.whatsapp import errors as whatsapp
from bot.delivery.failures import FAILURES, Trouble, not_sent, of, unknown

HERE = Path(channels.__file__).parent


def codes_in(path: Path) -> set[str]:
    """The literal codes given to `not_sent` and `unknown`, or returned to be given."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ("not_sent", "unknown")]
    constants = [inner for call in named for inner in ast.walk(call) if isinstance(inner, ast.Constant)]
    return {constant.value for constant in constants if isinstance(constant.value, str)}


@pytest.mark.parametrize("path", sorted(HERE.rglob("*.py")), ids=lambda path: str(path.relative_to(HERE)))
def test_every_code_an_adapter_names_is_in_the_table(path: Path) -> None:
    assert codes_in(path) <= FAILURES.keys()


def test_every_number_of_twilio_leads_to_a_code_of_the_table() -> None:
    assert {*whatsapp.CODES.values(), *whatsapp.BY_STATUS.values()} <= FAILURES.keys()


@pytest.mark.parametrize(
    ("number", "code"),
    [("63016", "window_closed"), ("63014", "person_blocked_us"), ("63999", "refused"), ("²", "unknown"), (None, "unknown")],
)
def test_a_reported_number_has_a_code_too(number: str | None, code: str) -> None:
    assert whatsapp.failure_code(number) == code


def test_adapters_make_no_outcome_past_the_table() -> None:
    for path in HERE.rglob("*/*.py"):
        text = path.read_text("utf-8")
        assert "NotSent(" not in text
        assert "Unknown(" not in text


def test_a_row_is_carried_into_the_outcome() -> None:
    for code, row in FAILURES.items():
        outcome = not_sent(code, after=2.5)
        assert (outcome.code, outcome.retry, outcome.alert, outcome.after) == (code, row.retry, row.alert, 2.5)
        assert row.message == f"failure.{code}"


def test_a_code_of_tomorrow_is_read_as_refused() -> None:
    assert of("63999") == FAILURES["refused"]
    assert of(None) == FAILURES["unknown"]
    with pytest.raises(KeyError):
        not_sent("63999")


def test_not_knowing_does_no_harm_where_nothing_is_created() -> None:
    assert Trouble(unknown()).outcome == not_sent("provider_unreachable")
    assert Trouble(not_sent("bad_credentials")).outcome == not_sent("bad_credentials")


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (httpx.ConnectError("refused"), not_sent("provider_unreachable")),
        (httpx.ConnectTimeout("slow"), not_sent("provider_unreachable")),
        (httpx.PoolTimeout("full"), not_sent("provider_unreachable")),
        (httpx.ProxyError("no"), not_sent("provider_unreachable")),
        (httpx.WriteTimeout("half out"), unknown()),
        (httpx.ReadTimeout("slow"), unknown()),
        (httpx.ReadError("reset"), unknown()),
        (httpx.RemoteProtocolError("gone"), unknown()),
        (RuntimeError("odd"), unknown()),
    ],
)
def test_telegram_had_the_request_left_us(cause: Exception, expected: Outcome) -> None:
    error = TimedOut() if isinstance(cause, httpx.TimeoutException) else NetworkError(f"httpx.{cause}")
    error.__cause__ = cause
    assert telegram.outcome(error) == expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (aiohttp.ConnectionTimeoutError(), not_sent("provider_unreachable")),
        (aiohttp.InvalidURL("x"), not_sent("provider_unreachable")),
        (aiohttp.SocketTimeoutError(), unknown()),
        (aiohttp.ServerDisconnectedError(), unknown()),
        (aiohttp.ClientPayloadError(), unknown()),
        (TimeoutError(), unknown()),
        (ConnectionResetError(), unknown()),
        (TwilioRestException(500, "", code=63016), not_sent("window_closed")),
        (TwilioRestException(504, "", code=504), unknown()),
        (TwilioRestException(418, "", code=None), not_sent("refused")),
    ],
)
def test_twilio_had_the_request_left_us(error: Exception, expected: Outcome) -> None:
    assert whatsapp.outcome(error) == expected
