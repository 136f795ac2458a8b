"""Files people sent, fetched from Twilio only when a human needs them.
https://www.twilio.com/docs/messaging/api/media-resource"""

import ipaddress
import re
from urllib.parse import SplitResult, urljoin, urlsplit

import aiohttp

from bot.channels.whatsapp.errors import outcome
from bot.delivery.failures import Trouble, not_sent

LARGEST_FILE = 16 * 1024 * 1024  # https://www.twilio.com/docs/whatsapp/guidance-whatsapp-media-messages
# Families that WhatsApp carries. No HTML, no scripts: an advisor's browser opens these.
_TYPES = re.compile(r"image/(?:jpeg|png|webp)|audio/[\w.+-]+|video/(?:mp4|3gpp)|application/(?:pdf|ogg|msword|vnd\.[\w.+-]+)")
_TWILIO = re.compile(r"api(?:\.[a-z0-9-]+){0,2}\.twilio\.com")  # with edge and region
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 3
_CHUNK = 64 * 1024
_GONE = (404, 410)
_OK = 200
_REFUSALS = {401: "bad_credentials", 403: "bad_credentials", 429: "too_many_requests"}


class MediaStore:
    """Twilio's files of one account. Our password goes to Twilio's own host and nowhere else."""

    def __init__(self, session: aiohttp.ClientSession, account: str, token: str, api_url: str) -> None:
        self._session = session
        self._account = account
        self._auth = aiohttp.BasicAuth(account, token)
        self._own = urlsplit(api_url) if api_url else None

    async def fetch(self, reference: str) -> tuple[bytes, str] | None:
        if not self._ours(reference):
            return None
        url = reference
        auth: aiohttp.BasicAuth | None = self._auth
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                async with self._session.get(url, auth=auth, allow_redirects=False) as response:
                    if response.status not in _REDIRECTS:
                        return await _take(response)
                    further = self._next(url, response.headers.get("Location", ""))
                if further is None:
                    return None
                url, auth = further, None  # Twilio's store needs no password of ours
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Trouble(outcome(error)) from error
        return None

    async def forget(self, reference: str) -> bool:
        """Twilio keeps a file until it is deleted there too. True once it is gone."""
        if not self._ours(reference):
            return False
        try:
            async with self._session.delete(reference, auth=self._auth, allow_redirects=False) as response:
                return response.status in (204, *_GONE)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Trouble(outcome(error)) from error

    def _ours(self, reference: str) -> bool:
        """The address came in a webhook: only Twilio's host and our own account, so that nobody sends us elsewhere."""
        try:
            url = urlsplit(reference)
            if not re.fullmatch(rf"/2010-04-01/Accounts/{re.escape(self._account)}/Messages/\w+/Media/\w+", url.path):
                return False
            if self._own is not None:
                return (url.scheme, url.netloc) == (self._own.scheme, self._own.netloc)
            return url.scheme == "https" and url.port in (None, 443) and bool(_TWILIO.fullmatch(url.netloc))
        except ValueError:
            return False

    def _next(self, url: str, location: str) -> str | None:
        try:
            wanted = urljoin(url, location)
            return wanted if self._may_follow(urlsplit(wanted)) else None
        except ValueError:
            return None

    def _may_follow(self, url: SplitResult) -> bool:
        if url.scheme == "https" and url.hostname:
            return True
        on_loopback = self._own is not None and _loopback(self._own.hostname)
        return on_loopback and url.scheme == "http" and _loopback(url.hostname)


def _loopback(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


async def _take(response: aiohttp.ClientResponse) -> tuple[bytes, str] | None:
    """Read in pieces, so that a file that lies about its length cannot fill the memory."""
    if response.status in _GONE:
        return None
    if response.status != _OK:
        raise Trouble(not_sent(_REFUSALS.get(response.status, "provider_unreachable")))
    content_type = response.content_type.lower()
    if not _TYPES.fullmatch(content_type) or (response.content_length or 0) > LARGEST_FILE:
        return None
    data = bytearray()
    async for piece in response.content.iter_chunked(_CHUNK):
        data += piece
        if len(data) > LARGEST_FILE:
            return None
    return bytes(data), content_type
