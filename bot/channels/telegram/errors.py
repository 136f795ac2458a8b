"""What python-telegram-bot raises, in our own codes. The question is always the same: had the request left us?"""

from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels.base import NotSent, Unknown
from bot.delivery.failures import not_sent, unknown

# Raised before the first byte of the request is on its way.
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


def outcome(error: TelegramError) -> NotSent | Unknown:
    """`BadRequest` and `TimedOut` are kinds of `NetworkError` (docs.python-telegram-bot.org, telegram.error): they go
    first. A timed-out send may have been delivered, and Telegram has no key against doing it twice."""
    match error:
        case RetryAfter():
            wait = error.retry_after
            return not_sent("too_many_requests", after=wait.total_seconds() if isinstance(wait, timedelta) else wait)
        case Forbidden():  # blocked, account deleted, or never started: the three look alike
            return not_sent("person_blocked_us")
        case InvalidToken() | EndPointNotFound():  # a malformed token looks like an unknown method
            return not_sent("bad_credentials")
        case Conflict():
            return not_sent("other_poller")
        case ChatMigrated():
            return not_sent("person_unknown")
        case BadRequest():
            return not_sent(_bad_request(str(error).lower()))
        case TimedOut() | NetworkError() if isinstance(error.__cause__, _NEVER_LEFT):
            return not_sent("provider_unreachable")
        case NetworkError() if "too many requests" in str(error).lower():  # a 429 without `retry_after`
            return not_sent("too_many_requests")
        case _:  # read time-outs, dropped connections, 5xx, answers that make no sense
            return unknown()


def _bad_request(description: str) -> str:
    if "chat not found" in description or "user not found" in description:
        return "person_unknown"
    return "too_long" if "too long" in description else "refused"
