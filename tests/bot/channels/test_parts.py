"""Long texts in parts, and what is kept of a text received."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.parts import clean, size, split


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Un. Deux. Trois.", ["Un. Deux.", "Trois."]),
        ("واحد؟ اثنان؟ ثلاثة", ["واحد؟", "اثنان؟ ثلاثة"]),
        ("un deux trois quatre", ["un deux", "trois quatre"]),
        ("Un. Deux\n\nTrois.", ["Un. Deux", "Trois."]),
        ("x" * 25, ["x" * 12, "x" * 12, "x"]),
        ("court", ["court"]),
        ("", [""]),
    ],
)
def test_where_a_text_is_cut(text: str, parts: list[str]) -> None:
    assert split(text, 12) == parts


@given(st.text(alphabet="ab .?؟\n😀ل"), st.integers(min_value=2, max_value=20))
def test_parts_fit_and_nothing_but_white_space_is_lost(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert parts
    assert all(size(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(st.text() | st.text(alphabet="\x00\ud800\udfff A1"))
def test_what_is_kept_fits_into_a_database(text: str) -> None:
    kept = clean(text)
    assert "\x00" not in kept
    assert kept.encode("utf-8").decode("utf-8") == kept
    assert len(kept) <= 4096
