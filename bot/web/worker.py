"""A process that only works: no doors. Ends on SIGTERM or Ctrl-C, when what it has in hand is done."""

import asyncio
import signal

from bot.assembly import assemble
from bot.channels.base import Channel
from bot.settings import Settings
from bot.web.app import channels_of
from bot.web.life import Life
from bot.web.polling import arrivals


async def run(settings: Settings) -> None:
    channels: dict[str, Channel] = channels_of(settings)
    house = assemble(settings, channels)
    life = Life(house, works=True, arrival=arrivals(house, polls=True, registers=False))
    ended = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, ended.set)
    await life.start()
    await ended.wait()
    await life.stop()
