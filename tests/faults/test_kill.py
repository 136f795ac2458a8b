"""Killed with -9 at random moments: nothing acknowledged is lost, nothing handled twice, order kept. A seeded sample; the
full run is `make proof`."""

import asyncio
from pathlib import Path

import pytest

from tests.conftest import fresh_database
from tests.faults import runs


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("way", runs.WAYS)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_again_and_again(way: str, kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url = fresh_database(request, kind, tmp_path)
    books = asyncio.run(runs.run(way, url, tmp_path, people=20, messages=4, kills=5, seed=11))
    assert books.clean, books
    assert books.acknowledged == 80
    assert books.kills == 5
