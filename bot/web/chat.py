"""The browser chat."""

from secrets import token_urlsafe

from fastapi import APIRouter

from bot.channels.base import Address, Bubble, Outcome, Sent

router = APIRouter()


class WebChannel:
    """Nothing is sent anywhere: the page fetches what the outbox holds for it."""

    name = "web"

    async def send(self, to: Address, bubble: Bubble) -> Outcome:
        return Sent(provider_id=f"web-{token_urlsafe(12)}")

    async def fetch(self, reference: str) -> tuple[bytes, str] | None:
        return None

    async def close(self) -> None: ...
