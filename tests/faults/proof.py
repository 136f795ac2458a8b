"""The full run, by hand: `make proof`. 100 people on each of three ways, on each database, while the house is killed with -9;
then 200 people at once on 20 seats, fifty rounds on each database.

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
from tests.faults import runs, seats
from tests.faults.scenario import Books
from tests.helpers import postgres

KINDS = ("sqlite", "postgresql")
SEAT_KILLS = 3  # at least, in a round


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=100)
    options.add_argument("--messages", type=int, default=4)
    options.add_argument("--kills", type=int, default=25)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--rounds", type=int, default=50, help="of the seats, on each database")
    options.add_argument("--only", choices=("messages", "seats"))
    options.add_argument("--on", choices=KINDS, nargs="+", default=KINDS, help="which databases")
    given = options.parse_args()
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    print(f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}, seed {given.seed}")
    with postgres.server(fsync=True) as address:
        clean = given.only == "seats" or messages(address, given)
        return 0 if (given.only == "messages" or of_seats(address, given)) and clean else 1


def messages(address: str, given: argparse.Namespace) -> bool:
    train_if_needed(quiet_settings())
    print(f"\n{given.people} people x {given.messages} messages a row\n")
    print("| database | way | acknowledged | kills | lost | twice | out of order | repeats after unknown |")
    print("|---|---|---|---|---|---|---|---|")
    clean = True
    for kind in given.on:
        for way in runs.WAYS:
            books = one(kind, way, address, given)
            clean = clean and books.clean
            print(row(kind, way, books), flush=True)
    return clean


def of_seats(address: str, given: argparse.Namespace) -> bool:
    print(f"\n{seats.PEOPLE} people at once on {seats.SEATS} seats, then {seats.FREED} seats given up\n")
    print("| database | rounds | kills | confirmed | waitlisted | offered | over | lost | out of order |")
    print("|---|---|---|---|---|---|---|---|---|")
    clean = True
    for kind in given.on:
        played = [round_of_seats(kind, address, given.seed + number) for number in range(given.rounds)]
        clean = clean and all(books.clean for books in played)
        print(row_of_seats(kind, played), flush=True)
    return clean


def round_of_seats(kind: str, address: str, seed: int) -> seats.Books:
    with tempfile.TemporaryDirectory(prefix="dalil-proof-", dir="/tmp") as folder:
        path = Path(folder)
        books = asyncio.run(seats.round_of(_database(kind, address, path), path, SEAT_KILLS, seed))
    print(f"{kind}, round of seed {seed}: {books}", file=sys.stderr, flush=True)
    return books


def row_of_seats(kind: str, played: list[seats.Books]) -> str:
    kills, faults = (
        sum(b.kills for b in played),
        [sum(len(getattr(b, f)) for b in played) for f in ("over", "lost", "out_of_order")],
    )
    counts = [sum(getattr(b, name) for b in played) for name in ("confirmed", "waitlisted", "offered")]
    return f"| {kind} | " + " | ".join(str(c) for c in (len(played), kills, *counts, *faults)) + " |"


def _database(kind: str, address: str, folder: Path) -> str:
    url = runs.sqlite_url(folder) if kind == "sqlite" else asyncio.run(postgres.create(address))
    asyncio.run(runs.prepare(url))
    return url


def one(kind: str, way: str, address: str, given: argparse.Namespace) -> Books:
    with tempfile.TemporaryDirectory(prefix="dalil-proof-", dir="/tmp") as folder:
        path = Path(folder)
        return asyncio.run(
            runs.run(way, _database(kind, address, path), path, given.people, given.messages, given.kills, given.seed)
        )


def row(kind: str, way: str, books: Books) -> str:
    for line in books.lost[:5]:
        print(f"lost: {line}", file=sys.stderr)
    counts = (books.acknowledged, books.kills, len(books.lost), len(books.twice), len(books.out_of_order), books.repeats)
    return f"| {kind} | {way} | " + " | ".join(str(c) for c in counts) + " |"


if __name__ == "__main__":
    raise SystemExit(main())
