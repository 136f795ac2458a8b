"""The first net under a person in danger: who must be caught, who must be left alone, how fast.

The patterns were written over half of these lines; the guard (`test_safety_guard.py`) learns from all of them. The floors
here keep the patterns from getting worse, what both reach together on unknown writers is tested there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from nlu.safety import SafetyPatterns
from nlu.safety.vocabulary import PatternError, Vocabulary

ROOT = Path(__file__).resolve().parents[2]
PATTERNS = ROOT / "nlu" / "safety" / "patterns"
DATA = ROOT / "nlu" / "data"
SIGNALS = sorted(path.stem for path in PATTERNS.glob("[a-z]*.yml"))
RECALL, OF_EACH, FALSE_ALARMS_HARD, FALSE_ALARMS_ELSEWHERE = 0.55, 0.48, 0.07, 0.012
MILLISECONDS = 0.5

# Where the border of the knowledge base says "in doubt the signal wins", a hit is no false alarm.
BORDER = {
    ("faq/asile-demande-hcr", "needs_asylum"),
    ("faq/fraud-report", "fraud_victim"),
    ("faq/risk-false-contracts", "fraud_victim"),
}


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", ()):
        for line in block.get("examples", "").splitlines():
            if line.startswith("- "):
                yield block["intent"], re.sub(r"\[([^]]*)\][({][^)}]*[)}]", r"\1", line[2:])


@pytest.fixture(scope="module")
def patterns() -> SafetyPatterns:
    return SafetyPatterns.load(PATTERNS)


@pytest.mark.parametrize("signal", SIGNALS)
def test_each_signal_has_its_utterances(signal: str) -> None:
    assert sum(1 for _ in _lines(DATA / "safety" / f"{signal}.yml")) >= 175


def test_recall_of_grave_signals(patterns: SafetyPatterns) -> None:
    told = [(i.split("/")[1], text) for s in SIGNALS for i, text in _lines(DATA / "safety" / f"{s}.yml")]
    grave = [(signal, text) for signal, text in told if signal != "fraud_victim"]
    missed = [(s, t) for s, t in grave if s not in {hit.signal for hit in patterns.detect(t)}]
    assert len(missed) <= (1 - RECALL) * len(grave), missed


@pytest.mark.parametrize("signal", SIGNALS)
def test_recall_of_each_signal(patterns: SafetyPatterns, signal: str) -> None:
    told = [text for _, text in _lines(DATA / "safety" / f"{signal}.yml")]
    caught = sum(signal in {hit.signal for hit in patterns.detect(text)} for text in told)
    assert caught >= OF_EACH * len(told)


def test_hard_negatives_are_left_alone(patterns: SafetyPatterns) -> None:
    told = list(_lines(DATA / "safety" / "hard_negatives.yml"))
    alarms = [(intent, text, patterns.detect(text)) for intent, text in told if patterns.detect(text)]
    assert len(alarms) <= FALSE_ALARMS_HARD * len(told), alarms


@pytest.mark.parametrize("folder", ["faq", "journey", "smalltalk"])
def test_ordinary_messages_are_left_alone(patterns: SafetyPatterns, folder: str) -> None:
    told = [line for path in sorted((DATA / folder).glob("*.yml")) for line in _lines(path)]
    alarms = [
        (intent, text, hits[0].because)
        for intent, text in told
        if (hits := [hit for hit in patterns.detect(text) if (intent, hit.signal) not in BORDER])
    ]
    assert len(alarms) <= FALSE_ALARMS_ELSEWHERE * max(len(told), 1), alarms


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("لا إله إلا الله غرقنا", "sea_distress_now"),
        ("RANA KANGHER9OOO 3TE9OUNA", "sea_distress_now"),
        ("bonjour je voulais savoir pour ma retraite. aussi mon mari me frappe", "violence_women_children"),
        ("bghit n9tel rassi", "suicidal_thoughts"),
        ("بغيت نقتل راسي", "suicidal_thoughts"),
        ("il veut me tuer mdr non serieux il me frappe", "violence_women_children"),
    ],
)
def test_spelling_shouting_and_detours(patterns: SafetyPatterns, text: str, signal: str) -> None:
    assert patterns.detect(text)[0].signal == signal


def test_the_gravest_comes_first(patterns: SafetyPatterns) -> None:
    hits = patterns.detect("on m'a arnaqué pour un contrat et maintenant je veux mourir")
    assert [hit.signal for hit in hits] == ["suicidal_thoughts", "fraud_victim"]


def test_a_hit_never_repeats_the_person(patterns: SafetyPatterns) -> None:
    (hit, *_) = patterns.detect("mon mari Brahim me frappe")
    assert "brahim" not in hit.because.lower()
    assert 0 < hit.score <= 1


@pytest.mark.parametrize("text", ["", "   ", "👍", "؟؟؟", "1", "\n\t", "a" * 5000, "aé" * 3000])
def test_nothing_in_nothing(patterns: SafetyPatterns, text: str) -> None:
    assert patterns.detect(text) == ()


def test_levels_agree_with_the_texts() -> None:
    for signal in SIGNALS:
        entry = yaml.safe_load((ROOT / "content" / "safety" / signal / "entry.yml").read_text(encoding="utf-8"))
        pattern = yaml.safe_load((PATTERNS / f"{signal}.yml").read_text(encoding="utf-8"))
        assert entry["level"] == pattern["level"], signal


def test_a_slip_of_the_hand_is_told(tmp_path: Path) -> None:
    rule = "level: critical\nconcepts: {a: help}\nrules:\n  - {name: x, all: [b]}\n"
    (tmp_path / "sea.yml").write_text(rule, encoding="utf-8")
    with pytest.raises(PatternError, match="rule x: no concept b"):
        SafetyPatterns.load(tmp_path)
    with pytest.raises(PatternError, match="too short"):
        Vocabulary({"a": "~mt"})


def test_a_word_without_end_costs_nothing(patterns: SafetyPatterns) -> None:
    start = time.process_time()
    patterns.detect("غرق" * 1500)
    assert time.process_time() - start < 0.5


def test_fast_enough(patterns: SafetyPatterns) -> None:
    told = [text for path in sorted((DATA / "safety").glob("*.yml")) for _, text in _lines(path)]
    for text in told:
        patterns.detect(text)
    start = time.process_time()
    for text in told:
        patterns.detect(text)
    assert (time.process_time() - start) / len(told) * 1000 < MILLISECONDS
