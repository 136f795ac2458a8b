"""Twilio's numbers and the network's failures, in our own codes. https://www.twilio.com/docs/api/errors"""

from collections.abc import Mapping

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException

from bot.channels.base import NotSent, Unknown
from bot.delivery.failures import not_sent, unknown

CODES: Mapping[int, str] = {
    63016: "window_closed",
    63014: "person_blocked_us",
    21610: "person_opted_out",
    21211: "person_unknown",
    63003: "person_unknown",
    63024: "person_unknown",
    63032: "withheld",  # the person is part of one of WhatsApp's limits or experiments
    63049: "withheld",  # marketing that Meta keeps back; not to be repeated
    63015: "not_in_sandbox",
    20429: "too_many_requests",
    63017: "too_many_requests",
    63018: "too_many_requests",
    20003: "bad_credentials",
    21617: "too_long",
    21619: "refused",
    63019: "refused",
    63021: "refused",
}
BY_STATUS: Mapping[int, str] = {
    401: "bad_credentials",
    403: "bad_credentials",
    404: "bad_credentials",  # the account in the address does not exist
    429: "too_many_requests",
}
_SERVER_ERROR = 500
# Refused, no such name, no TLS, no proxy, or no connection free in time.
_NEVER_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)


def outcome(error: Exception) -> NotSent | Unknown:
    """A number of Twilio's says more than the HTTP status. Twilio has no key against creating a message twice, so
    whatever may have reached it is unknown."""
    if isinstance(error, TwilioRestException | TwilioServiceException):
        code = CODES.get(error.code or 0)
        if code:
            return not_sent(code)
        if error.status >= _SERVER_ERROR:
            return unknown()
        return not_sent(BY_STATUS.get(error.status, "refused"))
    if isinstance(error, TwilioException):  # the client itself found no account or no token
        return not_sent("bad_credentials")
    if isinstance(error, _NEVER_LEFT):
        return not_sent("provider_unreachable")
    return unknown()


def failure_code(number: str | None) -> str:
    """Our code for the number in a status report: what the advisor reads is named by it."""
    known = number is not None and number.isascii() and number.isdecimal()
    return CODES.get(int(number or 0), "refused") if known else "unknown"


# The last four when an answer is not JSON, or not of the shape the library expects.
CAUGHT = (TwilioException, aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError, TypeError, AttributeError)
