"""A real house in a process of its own, that can be killed with -9 and started again."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx

READY_SECONDS = 60


class HouseProcess:
    """`dalil serve` with its own settings; logs go to a file."""

    def __init__(self, port: int, settings: dict[str, str], folder: Path) -> None:
        self.base = f"http://127.0.0.1:{port}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith("DALIL_")}
        own = {"DALIL_PORT": str(port), "DALIL_DATA_DIR": str(folder), **settings}
        self._environment, self._log = {**kept, **own}, folder / "house.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    def start(self, wait: bool = True) -> None:
        with self._log.open("ab") as log:
            command = [sys.executable, "-c", "from bot.cli import main; main()", "serve"]
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        self.starts += 1
        if wait:
            self.wait_ready()

    def wait_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.base}/readyz", timeout=2).status_code == 200:
                    return
            if self._process and self._process.poll() is not None:
                raise RuntimeError(f"the house ended by itself: {self.log()[-2000:]}")
            time.sleep(0.05)
        raise RuntimeError(f"not ready: {self.log()[-2000:]}")

    def kill(self) -> None:
        """No warning, no clean-up."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """As Ctrl-C or an init system would."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        if self._process is None or self._process.poll() is not None:
            return self._process.returncode if self._process else 0
        self._process.send_signal(how)
        return self._process.wait(30)

    def log(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""
