"""Figures are right on a case small enough to count by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlu.corpus import Utterance
from nlu.evaluate import Seen, evaluate_by_utterance, evaluate_by_writer, report
from nlu.interpreter import Language, Parse, Ranked, Thresholds
from nlu.safety import SafetyHit

SMALL = Path(__file__).parent / "data" / "small"


def seen(intent: str, guess: str, sure: float, *, language: str = "fr", safety: str | None = None) -> Seen:
    hit = SafetyHit(safety, "critical", 0.9, "rule") if safety else None
    ranking = (Ranked(guess, sure), Ranked("faq/other", (1 - sure) / 2))
    parse = Parse("un deux", ranking[0], ranking, (), Language(language, 1.0), hit, Thresholds(0.6, 0.2, 0.1))
    return Seen(Utterance("un deux", intent, "fr", "w"), parse, 0.001)


def test_counted_by_hand() -> None:
    figures = report(
        [
            seen("faq/a", "faq/a", 0.9),
            seen("faq/a", "faq/b", 0.7, language="en"),
            seen("faq/b", "faq/b", 0.5),
            seen("out_of_scope", "faq/a", 0.8),
            seen("safety/x", "safety/x", 0.9, safety="x"),
            seen("safety/x", "faq/a", 0.3, safety="y"),
            seen("journey/j", "journey/j", 0.9, safety="x"),
        ]
    )
    assert figures.accuracy == pytest.approx(4 / 7, abs=1e-4)
    assert figures.by_intent["faq/a"] == {"precision": 0.3333, "recall": 0.5, "f1": 0.4, "utterances": 2}
    assert figures.answered == pytest.approx(2 / 3, abs=1e-4)
    assert figures.wrong_answered == pytest.approx(2 / 7, abs=1e-4)
    assert figures.out_of_scope_answered == 1.0
    assert (figures.safety_recall, figures.safety_right) == (1.0, 0.5)
    assert figures.safety_false_alarms == pytest.approx(1 / 5)
    assert figures.language == pytest.approx(6 / 7, abs=1e-4)
    assert figures.confusions[0] == {"intent": "faq/a", "taken_for": "faq/b", "times": 1}
    assert figures.p50_ms == pytest.approx(1.0)


def test_what_cannot_be_measured_is_none() -> None:
    figures = report([seen("faq/a", "faq/a", 0.9)])
    assert figures.safety_recall is None
    assert figures.out_of_scope_answered is None
    json.dumps(figures.to_json())


def test_each_utterance_is_judged_once_without_its_writer() -> None:
    class Echo:
        def __init__(self, writers: set[str]) -> None:
            self.writers = writers

        def parse(self, text: str) -> Parse:
            return Parse(text, None)

    taught: list[set[str]] = []

    def engine_for(corpus: object) -> Echo:
        taught.append({one.writer for one in corpus})  # type: ignore[attr-defined]
        return Echo(taught[-1])

    figures = evaluate_by_writer(SMALL, engine_for)
    assert figures.utterances == 39
    assert all(len(writers) == 2 for writers in taught)


def test_by_utterance_a_writer_may_be_on_both_sides() -> None:
    class Mute:
        def parse(self, text: str) -> Parse:
            return Parse(text, None)

    taught: list[int] = []

    def engine_for(corpus: object) -> Mute:
        taught.append(len({one.writer for one in corpus}))  # type: ignore[attr-defined]
        return Mute()

    assert evaluate_by_utterance(SMALL, engine_for).utterances == 39
    assert max(taught) > 2
