"""What every engine must keep to, whichever stands behind the interface.

A test module gives the class a fixture `engine`, trained on `tests/nlu/data/small`, and inherits the tests.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlu.interpreter import RANKED, Interpreter

LANGUAGES = {None, "fr", "ar", "ary", "ary-Latn", "en", "zgh", "other"}
UNDERSTOOD = [
    ("comment avoir ma retraite", "faq/pension"),
    ("my pension please", "faq/pension"),
    ("ta9a3od dyali", "faq/pension"),
    ("l'école de mon fils", "faq/school"),
    ("bghit nsjel wldi f lmdrasa", "faq/school"),
    ("réserver une place samedi", "journey/book_session"),
    ("a recipe for couscous", "out_of_scope"),
]
ODD = ["", " ", "😭", "\u0000", "?", "2024", "a", "ـ", "\ud83d", "x" * 5000, "بغيت " * 400, "https://a.ma 0612345678"]
quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]
)


class InterpreterContract:
    def test_is_an_interpreter(self, engine: Interpreter) -> None:
        assert isinstance(engine, Interpreter)

    @pytest.mark.parametrize(("text", "intent"), UNDERSTOOD)
    def test_plain_questions_are_understood(self, engine: Interpreter, text: str, intent: str) -> None:
        found = engine.parse(text).intent
        assert found is not None
        assert found.name == intent

    @pytest.mark.parametrize("text", ODD)
    def test_odd_messages_raise_nothing(self, engine: Interpreter, text: str) -> None:
        assert engine.parse(text).text == text

    @quick
    @given(text=st.text(max_size=120))
    def test_ranking_is_a_probability(self, engine: Interpreter, text: str) -> None:
        parse = engine.parse(text)
        sure = [one.confidence for one in parse.ranking]
        assert sure == sorted(sure, reverse=True)
        assert all(0.0 <= one <= 1.0 for one in sure)
        assert sum(sure) <= 1.0001
        assert len(sure) <= RANKED
        assert parse.intent == (parse.ranking[0] if parse.ranking else None)

    @quick
    @given(text=st.text(max_size=80))
    def test_same_text_same_parse(self, engine: Interpreter, text: str) -> None:
        assert engine.parse(text) == engine.parse(text)

    @pytest.mark.parametrize("text", ["", "j'ai 24 ans et j'habite à Agadir", "بغيت نمشي لفرنسا"])
    def test_json_has_rasa_shape(self, engine: Interpreter, text: str) -> None:
        told = json.loads(json.dumps(engine.parse(text).to_json()))
        assert {"text", "intent", "intent_ranking", "entities", "language", "safety"} == set(told)
        assert set(told["intent"]) == {"name", "confidence"}
        assert told["language"]["code"] in LANGUAGES

    @pytest.mark.parametrize(
        ("text", "code"),
        [("je veux savoir combien", "fr"), ("bghit n3ref chno khassni", "ary-Latn"), ("", None), ("😭", None)],
    )
    def test_language_is_told(self, engine: Interpreter, text: str, code: str | None) -> None:
        assert engine.parse(text).language.code == code

    def test_bands_are_in_order(self, engine: Interpreter) -> None:
        bands = engine.parse("bonjour").thresholds
        assert 0.0 <= bands.suggest <= bands.answer <= 1.0
        assert 0.0 <= bands.margin <= 1.0

    @pytest.mark.parametrize("text", ["au secours le bateau coule", "راه الفلوكة كتغرق عتقونا"])
    def test_an_emergency_is_signalled(self, engine: Interpreter, text: str) -> None:
        hit = engine.parse(text).safety
        assert hit is not None
        assert hit.level in {"critical", "urgent", "normal"}
