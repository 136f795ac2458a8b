"""The application: which doors there are, and who opens and closes the house."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from bot.assembly import Assembly, Library, assemble
from bot.channels.base import Channel
from bot.channels.telegram import TelegramChannel
from bot.channels.whatsapp import WhatsAppChannel
from bot.console import pages as console
from bot.settings import Settings
from bot.web import bounds, chat, chat_page, chat_stream, files, health, map_page, public, webhooks
from bot.web.life import Life
from bot.web.polling import arrivals
from nlu.interpreter import Interpreter


def channels_of(settings: Settings) -> dict[str, Channel]:
    """The channels whose credentials are set; the browser chat needs none."""
    found: dict[str, Channel] = {"web": chat.WebChannel()}
    if settings.telegram_token:
        found["telegram"] = TelegramChannel(settings)
    if settings.twilio_account_sid:
        found["whatsapp"] = WhatsAppChannel(settings)
    return found


def create_app(
    settings: Settings,
    works: bool = True,
    on_ready: Callable[[Assembly], None] = lambda _: None,
    interpreter: Interpreter | None = None,
    library: Library | None = None,
) -> FastAPI:
    """`works` False: receive and show only (`dalil web`), the workers run elsewhere. What may fail by the operator's doing
    (`interpreter`, `library`) can be loaded before and handed in."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        house = assemble(settings, channels_of(settings), interpreter=interpreter, library=library)
        life = Life(house, works, arrivals(house, polls=works, registers=True))
        await life.start()
        app.state.house = house
        on_ready(house)
        try:
            yield
        finally:
            await life.stop()

    app = FastAPI(title="Dalil", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(webhooks.TooLarge, webhooks.refused_as_too_large)
    pages = (chat.router, chat_stream.router, chat_page.router, public.router, map_page.router, files.router)
    for router in (health.router, webhooks.router, *pages, console.router):
        app.include_router(router)
    console.dress(app)
    app.add_middleware(bounds.Bounded)
    return app
