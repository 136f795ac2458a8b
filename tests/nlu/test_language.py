"""The language of a message, from two words on, and nothing where nothing is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.embedded.key import LANGUAGES
from nlu.language import LanguageModel

SEEDS = LanguageModel.learn(LANGUAGES)
KNOWN = {None, "fr", "ar", "ary", "ary-Latn", "en", "zgh", "other"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("quels papiers svp", "fr"),
        ("je veux savoir", "fr"),
        ("what papers please", "en"),
        ("my husband died", "en"),
        ("ما الوثائق المطلوبة", "ar"),
        ("هل يمكنني", "ar"),
        ("شنو الوراق", "ary"),
        ("بغيت نمشي", "ary"),
        ("chno lwra9", "ary-Latn"),
        ("bghit nmchi l fransa", "ary-Latn"),
        ("le dossier dyali fin wsel", "ary-Latn"),
        ("azul mamnk tgit", "zgh"),
        ("ⴰⵣⵓⵍ", "zgh"),
        ("hola buenos días", "other"),
        ("ik wil graag weten", "other"),
        ("ho bisogno di aiuto", "other"),
        ("ich brauche Hilfe", "other"),
        ("привет", "other"),
    ],
)
def test_short_messages(text: str, code: str) -> None:
    assert SEEDS.identify(text).code == code


@pytest.mark.parametrize("text", ["", "😭😭", "2024", "06 12 34 56 78", "???", "https://exemple.ma/a"])
def test_nothing_said_has_no_language(text: str) -> None:
    found = SEEDS.identify(text)
    assert found.code is None
    assert found.confidence == 0.0


@given(st.text(max_size=60))
def test_any_text_has_a_known_code(text: str) -> None:
    found = SEEDS.identify(text)
    assert found.code in KNOWN
    assert 0.0 <= found.confidence <= 1.0


def test_saving_keeps_the_model_and_gives_the_same_bytes(tmp_path: Path) -> None:
    SEEDS.save(tmp_path / "one")
    LanguageModel.learn(LANGUAGES).save(tmp_path / "two")
    files = [next((tmp_path / name).iterdir()).read_bytes() for name in ("one", "two")]
    assert files[0] == files[1]
    assert LanguageModel.load(tmp_path / "one").identify("bghit nmchi") == SEEDS.identify("bghit nmchi")
