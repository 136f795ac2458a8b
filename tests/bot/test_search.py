"""Free search over the answers: words of the question, in any spelling of either script."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.entries import Knowledge
from bot.knowledge.search import MOST, Search
from tests.conftest import quiet_settings

HOME: Path = quiet_settings().home


@pytest.fixture(scope="module")
def search() -> Search:
    return Search.of(Knowledge.load(HOME))


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("erasmus mundus bourse master europe", "ue-erasmus-icm"),
        ("cooperative odco", "cooperative-odco"),
        ("alarm phone mer bateau atlantique canaries", "risk-atlantic-route"),
        ("BE-MAR 121 mutualité", "soins-maroc-pensionne-belge"),
        ("huelva fraises", "es-gecco-huelva"),
        ("chancenkarte points", "de-chancenkarte"),
    ],
)
def test_words_of_an_answer_find_it(search: Search, text: str, entry: str) -> None:
    assert entry in search.nearest(text)


def test_what_is_written_in_latin_letters_finds_what_stands_in_arabic_ones() -> None:
    search = Search({"pension": [("التقاعد والمعاش والصندوق", 1)], "school": [("التسجيل فالمدرسة والمدير", 1)], **_others()})
    assert search.nearest("ta9a3od w lma3ach mn sondo9")[:1] == ("pension",)
    assert search.nearest("tasjil f lmadrasa 3nd lmodir")[:1] == ("school",)


@pytest.mark.parametrize("text", ["", "?", "salam", "merci bien", "asdkjh qsdf", "2024", "how much", "😭", "ok la bas"])
def test_everyday_words_and_noise_find_nothing(search: Search, text: str) -> None:
    assert search.nearest(text) == ()


@given(st.text(max_size=300))
def test_any_text_gives_at_most_three_entries(text: str) -> None:
    found = _SMALL.nearest(text)
    assert len(found) <= MOST
    assert set(found) <= {"a", "b"}


def test_no_answers_at_all() -> None:
    assert Search({}).nearest("retraite") == ()


def _others() -> dict[str, list[tuple[str, int]]]:
    return {f"other{n}": [(f"كلام آخر رقم {n}", 1)] for n in range(120)}


_SMALL = Search({"a": [("la retraite", 1)], "b": [("l'école", 1)]})
