"""What `make test` runs: trains the model if there is none, starts PostgreSQL once, then pytest on all cores."""

import os
import subprocess
import sys

from bot.assembly import model_folder
from bot.cli.demo import train_if_needed
from tests.conftest import quiet_settings
from tests.helpers import postgres


def main(arguments: list[str]) -> int:
    """`--slow` runs what `make test` leaves out."""
    slow = "--slow" in arguments
    arguments = [a for a in arguments if a != "--slow"]
    settings = quiet_settings()
    train_if_needed(settings)
    print(f"model: {model_folder(settings).name}", file=sys.stderr)
    with postgres.server() as address:
        environment = {**os.environ, postgres.GIVEN: address}
        command = [sys.executable, "-m", "pytest", "-m", "slow" if slow else "not slow"]
        command += ["-n", "1"] if slow else ["-n", str(min(os.cpu_count() or 1, 4))]
        command += arguments
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
