"""Two subjects are told apart, and one is taken as denied, only where a message says so."""

from __future__ import annotations

import pytest

from nlu.subjects import meant_in, parts_of


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


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("machi l visa, l passport", "l passport"),
        ("ماشي التقاعد، التغطية الصحية", "التغطية الصحية"),
        ("non pas la retraite, la pension de ma femme", "la pension de ma femme"),
        ("not the visa but the passport", "the passport"),
        ("Je ne parle pas du visa, mais du passeport", "du passeport"),
        ("ليس عن المعاش بل عن العلاج", "عن العلاج"),
    ],
)
def test_denied(text: str, meant: str) -> None:
    assert meant_in(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "pas de visa, je peux partir ?",
        "machi mchkil",
        "j'ai pas la retraite",
        "not yet",
        "ma3ndich visa, bghit nmchi",
        "non",
        "",
        "not the visa, " + "and then my brother told me " * 3,
    ],
)
def test_not_denied(text: str) -> None:
    assert meant_in(text) == text
