"""The first net under a person in danger: the rules alone. What they say is weighed by the guard, which may silence them.

How many are heard is the promise of rules and guard together: test_safety_joint.py. Here stands how seldom the rules err,
and how many they find without the guard, so that nobody thins them out unnoticed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from nlu.safety import SafetyPatterns
from nlu.safety.guard import STRONG
from nlu.safety.vocabulary import PatternError, Vocabulary

ROOT = Path(__file__).resolve().parents[2]
PATTERNS = ROOT / "nlu" / "safety" / "patterns"
DATA = ROOT / "nlu" / "data"
SIGNALS = sorted(path.stem for path in PATTERNS.glob("[a-z]*.yml"))
RIGHT_OF_ALARMS = 0.86  # of the alarms over all data: somebody is in danger, and the first signal is the right one
ALARMS_HARD, ALARMS_ELSEWHERE = 0.03, 0.0038  # by rules that are asked about even when the guard doubts them
DOUBTED_ELSEWHERE = 0.0135  # by all rules, the guard still to be heard; half of these lines tell hard stories
FOUND, FOUND_OF_EACH = 0.485, 0.41
MILLISECONDS = 0.5
LINES_OF_EACH = 700

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
    assert sum(1 for path in (DATA / "safety").glob(f"{signal}*.yml") for _ in _lines(path)) >= LINES_OF_EACH


def test_an_alarm_is_right(patterns: SafetyPatterns) -> None:
    told = [line for path in sorted(DATA.rglob("*.yml")) for line in _lines(path)]
    first = [(intent, hits[0].signal) for intent, text in told if (hits := patterns.detect(text))]
    meant = [intent == f"safety/{signal}" or (intent, signal) in BORDER for intent, signal in first]
    danger = [intent.startswith("safety/") or (intent, signal) in BORDER for intent, signal in first]
    assert sum(danger) >= RIGHT_OF_ALARMS * len(first)
    assert sum(meant) >= RIGHT_OF_ALARMS * sum(danger)


def test_the_rules_are_not_thinned_out(patterns: SafetyPatterns) -> None:
    told = [(i.split("/")[1], text) for s in SIGNALS for i, text in _lines(DATA / "safety" / f"{s}.yml")]
    grave = [(signal, text) for signal, text in told if signal != "fraud_victim"]
    assert sum(s in {hit.signal for hit in patterns.detect(t)} for s, t in grave) >= FOUND * len(grave)


@pytest.mark.parametrize("signal", SIGNALS)
def test_each_signal_has_rules(patterns: SafetyPatterns, signal: str) -> None:
    told = [text for _, text in _lines(DATA / "safety" / f"{signal}.yml")]
    caught = sum(signal in {hit.signal for hit in patterns.detect(text)} for text in told)
    assert caught >= FOUND_OF_EACH * len(told)


def test_hard_negatives_are_left_alone(patterns: SafetyPatterns) -> None:
    told = [line for path in sorted((DATA / "safety").glob("hard_negatives*.yml")) for line in _lines(path)]
    alarms = [(intent, text) for intent, text in told if any(hit.score >= STRONG for hit in patterns.detect(text))]
    assert len(alarms) <= ALARMS_HARD * len(told), alarms


@pytest.mark.parametrize("folder", ["faq", "journey", "smalltalk"])
def test_ordinary_messages_are_left_alone(patterns: SafetyPatterns, folder: str) -> None:
    told = [line for path in sorted((DATA / folder).glob("*.yml")) for line in _lines(path)]
    alarms = [
        (hit.score, text, hit.because)
        for intent, text in told
        for hit in patterns.detect(text)[:1]
        if (intent, hit.signal) not in BORDER
    ]
    assert len(alarms) <= DOUBTED_ELSEWHERE * max(len(told), 1), alarms
    assert sum(score >= STRONG for score, *_ in alarms) <= ALARMS_ELSEWHERE * max(len(told), 1), alarms


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
