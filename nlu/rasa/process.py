"""Trains and serves Rasa as a process beside this one, by `deploy/rasa.sh`: for tests, measurements and the curious."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nlu.corpus import Utterance
from nlu.rasa.prepare import as_yaml

ROOT: Final = Path(__file__).resolve().parents[2]
LIGHT: Final = ROOT / "nlu" / "rasa" / "config.yml"
DIET: Final = ROOT / "nlu" / "rasa" / "config.diet.yml"
_SCRIPT: Final = ROOT / "deploy" / "rasa.sh"
_ENVIRONMENT: Final = ROOT / "var" / "rasa" / "env"
_READY: Final = 180.0  # seconds a server may take until it has loaded its model


class RasaError(RuntimeError):
    """What was missing, in the line that the script says."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What training took: seconds on the clock, seconds of processor; and the size of the model on disk."""

    seconds: float
    cpu_seconds: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Serving:
    url: str
    pid: int

    def megabytes(self) -> float | None:
        """The most memory the server has held so far; None where the system does not tell."""
        try:
            lines = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
        except OSError:
            return None
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), None)


def available() -> bool:
    """Whether there is a Python that Rasa runs on."""
    return _script("find", _environment(ROOT, {})).returncode == 0


def train(corpus: Iterable[Utterance], home: Path, config: Path = LIGHT) -> Trained:
    """Builds the environment if there is none, trains on the corpus into `home`. Raises RasaError."""
    _run("build", home, {})
    data = home / "given"
    data.mkdir(parents=True, exist_ok=True)
    (data / "given.yml").write_text(as_yaml(corpus), encoding="utf-8")
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    _run("train", home, {"RASA_DATA": str(data), "RASA_CONFIG": str(config)})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    size = (home / "models" / "dalil.tar.gz").stat().st_size / 1e6
    return Trained(time.monotonic() - start, cpu, size)


@contextmanager
def serving(home: Path) -> Iterator[Serving]:
    """A server on a free port of this machine with the model of `home`; ended at the end. Raises RasaError."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (home / "serve.log").open("wb") as log:
        environment = _environment(home, {"RASA_PORT": str(port)})
        server = subprocess.Popen([str(_SCRIPT), "serve"], env=environment, stderr=log, stdout=log)  # noqa: S603 - our own
    try:
        url = f"http://127.0.0.1:{port}"
        _await(url, server, home / "serve.log")
        yield Serving(url, server.pid)
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _await(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _READY
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/status", timeout=5) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    raise RasaError(f"Rasa did not get ready: {lines[-1] if lines else 'it said nothing'}")


def _run(what: str, home: Path, more: dict[str, str]) -> None:
    done = _script(what, _environment(home, more))
    if done.returncode:
        raise RasaError(done.stderr.strip().splitlines()[-1])


def _script(what: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [str(_SCRIPT), what]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own


def _environment(home: Path, more: dict[str, str]) -> dict[str, str]:
    return {**os.environ, "RASA_HOME": str(home), "RASA_ENV": str(_ENVIRONMENT), **more}
