"""The real content: no fault, nothing half-filled, short sentences, quick to read."""

import time
from datetime import date
from pathlib import Path

import pytest

from bot.knowledge import overview, rendering
from bot.knowledge.catalogue import Catalogue
from bot.knowledge.check import check
from bot.knowledge.checks.sentences import median_words
from bot.knowledge.entries import Knowledge
from bot.knowledge.model import VARIETIES

HOME = Path(__file__).resolve().parents[2]
NOW = date(2026, 12, 1)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge.load(HOME)


def test_there_is_no_fault() -> None:
    assert [str(fault) for fault in check(HOME, HOME / "locales")] == []


@pytest.mark.parametrize("variety", VARIETIES)
def test_filled_text_holds_no_brace(knowledge: Knowledge, variety: str) -> None:
    texts = [knowledge.text(entry, variety, part) or "" for entry in knowledge.entries for part in ("body", "more", "sms")]
    for signal in knowledge.signals.values():
        texts += [knowledge.safety_text(signal.id, variety, part) for part in signal.texts[variety]]
    assert not [text for text in texts if "{" in text or "}" in text]


@pytest.mark.parametrize("variety", VARIETIES)
def test_every_answer_fits_a_message_as_it_is_shown(knowledge: Knowledge, variety: str) -> None:
    catalogue = Catalogue.load(HOME / "locales")
    for entry in knowledge.entries:
        assert len(rendering.today(knowledge, catalogue, entry, variety, NOW, "Dalil")) <= 1024


@pytest.mark.parametrize("variety", ["fr", "en"])
def test_the_median_sentence_has_sixteen_words_at_most(knowledge: Knowledge, variety: str) -> None:
    assert median_words([text for entry in knowledge.entries.values() for text in entry.texts[variety].values()]) <= 16


def test_hidden_numbers_are_nowhere(knowledge: Knowledge) -> None:
    hidden = [number.number for number in knowledge.numbers.values() if not number.show]
    shown = " ".join(knowledge.text(e, "fr", p) or "" for e in knowledge.entries for p in ("body", "more"))
    shown += " ".join(knowledge.safety_text(s.id, "fr", p) for s in knowledge.signals.values() for p in s.texts["fr"])
    assert not [number for number in hidden if len(number) > 5 and number in shown]


def test_every_answer_names_a_source_and_its_date(knowledge: Knowledge) -> None:
    listed = overview.listing(knowledge, NOW)
    assert [item["id"] for item in listed] == sorted(knowledge.entries)
    assert all(item["sources"] and item["varieties"] == list(VARIETIES) for item in listed)


def test_reading_180_answers_takes_under_a_second(knowledge: Knowledge) -> None:
    """Time of this process alone: other tests run beside it."""

    def seconds() -> float:
        start = time.process_time()
        Knowledge.load(HOME)
        return time.process_time() - start

    assert min(seconds() for _ in range(3)) / len(knowledge.entries) * 180 < 1


def test_each_risk_leads_to_a_way_that_is_open(knowledge: Knowledge) -> None:
    """Evidence is not left alone: other ways, a check of the offer, or an answer that is no risk stands one tap away."""
    for entry in knowledge.entries.values():
        if entry.area == "risks":
            ways = [name for name in entry.follow_ups if name.startswith("journey/") or name == "risk-alternatives"]
            others = [n for n in entry.follow_ups if n in knowledge.entries and knowledge.entries[n].area != "risks"]
            assert ways or others, entry.id
