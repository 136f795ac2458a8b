"""A small server in Rasa's place: it says what the real one said, or misbehaves as told."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

RECORDED = Path(__file__).parent / "recorded" / "small.json"
ANYTHING = "x"  # recorded as the answer to a text that says nothing


class FakeRasa(ThreadingHTTPServer):
    """`behave` is one of: well, error, garbage, empty, slow, drip, cut. `asked` lists the texts it was given."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.recorded: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))
        self.behave: str | Any = "well"
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer_to(self, text: str) -> Any:
        if text in self.recorded:
            return self.recorded[text]
        return {**self.recorded[ANYTHING], "text": text, "entities": []}

    def vanish(self) -> None:
        """Refuses new connections and cuts those that are kept."""
        self.behave = "cut"
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: FakeRasa
    protocol_version = "HTTP/1.1"
    PLAIN: ClassVar = {"garbage": b"<html>", "empty": b""}

    def do_POST(self) -> None:
        text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"]
        self.server.asked.append(text)
        behave = self.server.behave
        if not isinstance(behave, str):  # the very thing to answer
            return self._send(json.dumps(behave).encode())
        body = self.PLAIN.get(behave, json.dumps(self.server.answer_to(text)).encode())
        if behave == "cut":
            self.close_connection = True
            return None
        if behave == "slow":
            time.sleep(0.6)
        self._send(body, 500 if behave == "error" else 200, drip=behave == "drip")

    def _send(self, body: bytes, status: int = 200, drip: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            for at in range(0, len(body), 20 if drip else len(body) or 1):
                self.wfile.write(body[at : at + (20 if drip else len(body))])
                self.wfile.flush()
                time.sleep(0.1 if drip else 0)
        except OSError:
            self.close_connection = True  # the other side had enough

    def log_message(self, *told: Any) -> None:
        """Tests are quiet."""


@contextmanager
def fake_rasa() -> Iterator[FakeRasa]:
    server = FakeRasa()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
