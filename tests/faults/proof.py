"""The full run, by hand: `make proof`. 100 people on each of three ways, on each database, while the house is killed with -9.

Prints a table for `docs/proofs.md`: date, commit, figures."""

import argparse
import asyncio
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.demo import train_if_needed
from tests.conftest import quiet_settings
from tests.faults import runs
from tests.faults.scenario import Books
from tests.helpers import postgres


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=100)
    options.add_argument("--messages", type=int, default=4)
    options.add_argument("--kills", type=int, default=25)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    train_if_needed(quiet_settings())
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}, seed {given.seed}, {given.people} people x {given.messages} messages a row\n"
    )
    print("| database | way | acknowledged | kills | lost | twice | out of order | repeats after unknown |")
    print("|---|---|---|---|---|---|---|---|")
    clean = True
    with postgres.server(fsync=True) as address:
        for kind in ("sqlite", "postgresql"):
            for way in runs.WAYS:
                books = one(kind, way, address, given)
                clean = clean and books.clean
                print(row(kind, way, books), flush=True)
    return 0 if clean else 1


def one(kind: str, way: str, address: str, given: argparse.Namespace) -> Books:
    with tempfile.TemporaryDirectory(prefix="dalil-proof-", dir="/tmp") as folder:
        path = Path(folder)
        url = runs.sqlite_url(path) if kind == "sqlite" else asyncio.run(postgres.create(address))
        asyncio.run(runs.prepare(url))
        return asyncio.run(runs.run(way, url, path, given.people, given.messages, given.kills, given.seed))


def row(kind: str, way: str, books: Books) -> str:
    for line in books.lost[:5]:
        print(f"lost: {line}", file=sys.stderr)
    counts = (books.acknowledged, books.kills, len(books.lost), len(books.twice), len(books.out_of_order), books.repeats)
    return f"| {kind} | {way} | " + " | ".join(str(c) for c in counts) + " |"


if __name__ == "__main__":
    raise SystemExit(main())
