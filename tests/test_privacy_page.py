"""docs/privacy.md says what is stored as it is stored."""

from dataclasses import asdict
from pathlib import Path

from bot.people.retention import Lengths
from bot.reports import datamap
from bot.storage.tables import Base

PAGE = (Path(__file__).parents[1] / "docs" / "privacy.md").read_text(encoding="utf-8")


def test_every_table_has_a_purpose_and_an_end() -> None:
    assert set(datamap.PURPOSES) == {t.name for t in Base.metadata.sorted_tables}


def test_the_page_shows_the_tables_as_they_are() -> None:
    """`dalil privacy map` prints what belongs between the two marks."""
    shown = PAGE.partition(datamap.BEGIN)[2].partition(datamap.END)[0].strip()
    assert shown == datamap.render()


def test_the_page_shows_the_lengths_as_they_are() -> None:
    for rule, days in asdict(Lengths()).items():
        assert f"| {rule} | {days} |" in PAGE


def test_what_a_person_can_be_found_in_is_erased_or_ends() -> None:
    """A table with a contact in it says when it ends by itself."""
    rules = (*asdict(Lengths()), "erased on request", "as long as", "until", "fifteen minutes", "seven days", "no person")
    for of in Base.metadata.sorted_tables:
        if "contact_id" in of.c:
            assert any(rule in datamap.PURPOSES[of.name].kept for rule in rules), of.name
