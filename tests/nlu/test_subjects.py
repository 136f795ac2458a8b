"""Two subjects are told apart only where a message says that they are two."""

from __future__ import annotations

import pytest

from nlu.subjects import parts_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("retraite et aussi la voiture", ("retraite", "la voiture")),
        ("je veux ma pension, et aussi : dédouaner mon camion", ("je veux ma pension", "dédouaner mon camion")),
        ("visa for Spain and also a school for my son", ("visa for Spain", "a school for my son")),
        ("بغيت نسول على التقاعد وحتى على الطوموبيل", ("بغيت نسول على التقاعد", "على الطوموبيل")),
        ("lantrit w hta tomobil", ("lantrit", "tomobil")),
    ],
)
def test_two(text: str, parts: tuple[str, str]) -> None:
    assert parts_of(text) == parts


@pytest.mark.parametrize(
    "text",
    ["ma femme et mes enfants", "moi aussi", "et aussi", "et aussi la voiture", "my wife and my son also", "lhaj w lhaja", ""],
)
def test_one(text: str) -> None:
    assert parts_of(text) is None
