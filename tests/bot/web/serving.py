"""The whole house on a loopback port: what a browser and a plain client meet. An event stream needs a real server."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn

from bot.assembly import Assembly, Library
from bot.settings import Settings
from bot.web.app import create_app
from nlu.interpreter import Interpreter


@dataclass
class Served:
    base: str
    house: Assembly

    def client(self, **headers: str) -> httpx.Client:
        """One browser. Its requests name their origin, as browsers do."""
        return httpx.Client(base_url=self.base, headers={"Origin": self.base, "Accept-Language": "fr-FR,fr;q=0.9"} | headers)


@contextmanager
def served(settings: Settings, interpreter: Interpreter, library: Library, port: int = 0, works: bool = True) -> Iterator[Served]:
    port = port or free_port()
    settings = settings.model_copy(update={"port": port})
    houses: list[Assembly] = []
    app = create_app(settings, works, houses.append, interpreter=interpreter, library=library)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    _until(lambda: server.started)
    try:
        yield Served(f"http://127.0.0.1:{port}", houses[0])
    finally:
        server.should_exit = True
        thread.join(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until(true: Any, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "the server did not start"
        time.sleep(0.02)
