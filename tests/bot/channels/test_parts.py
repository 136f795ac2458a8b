"""Long texts in parts, and what is kept of a text received."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Bubble, Button
from bot.channels.parts import clean, size, split
from bot.channels.whatsapp import bodies


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


def test_a_long_whatsapp_text_goes_in_parts_and_the_last_has_the_choices() -> None:
    text = "Une phrase assez longue, sur la pension. " * 78
    parts = bodies(Bubble(text=text, buttons=tuple(Button(id=str(n), title=f"Choix {n}") for n in range(3))))
    assert all(len(part) <= 1600 for part in parts)
    assert parts[0].endswith("pension.")
    assert parts[-1].endswith("\n\n1. Choix 0\n2. Choix 1\n3. Choix 2")
    assert not any("Choix" in part for part in parts[:-1])


@pytest.mark.parametrize("text", ["x" * 5000, "😀" * 2000, "كلمة " * 700, "", "a\n\n" * 900])
@pytest.mark.parametrize("title", ["Oui", "t" * 1500, "long " * 500])
def test_no_text_for_whatsapp_makes_a_part_too_long(text: str, title: str) -> None:
    for part in bodies(Bubble(text=text, buttons=(Button(id="a", title=title),))):
        assert len(part.encode("utf-16-le")) // 2 <= 1600
