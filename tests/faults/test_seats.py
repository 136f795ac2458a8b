"""200 people at once on 20 seats, killed at random: three rounds on each database; `make proof` plays fifty."""

import asyncio
from pathlib import Path

import pytest

from tests.conftest import fresh_database
from tests.faults import seats


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_hundred_people_on_twenty_seats(kind: str, seed: int, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url = fresh_database(request, kind, tmp_path)
    books = asyncio.run(seats.round_of(url, tmp_path, kills=3, seed=seed))
    assert books.clean, books
    assert (books.confirmed, books.waitlisted, books.offered) == (20, 180, 5)
    assert books.kills >= 3
