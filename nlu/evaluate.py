"""How well messages are understood: figures over utterances whose meaning is known, for any engine."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from nlu.corpus import OUT_OF_SCOPE, Utterance, is_entry, read_corpus
from nlu.interpreter import Interpreter, Parse

_SAFETY: Final = "safety/"
_SHORT: Final = (2, 10)
_COVERAGES: Final = tuple(round(0.1 * step, 1) for step in range(1, 11))
_BINS: Final = 10
_PAIRS: Final = 25
VARIETIES: Final = ("fr", "ar", "ary", "ary-Latn", "en")


@dataclass(frozen=True, slots=True)
class Seen:
    """An utterance, what was understood of it, and how long that took in seconds."""

    utterance: Utterance
    parse: Parse
    seconds: float

    @property
    def guess(self) -> str:
        return self.parse.intent.name if self.parse.intent else ""

    @property
    def sure(self) -> float:
        return self.parse.intent.confidence if self.parse.intent else 0.0

    @property
    def right(self) -> bool:
        return self.guess == self.utterance.intent

    @property
    def answered(self) -> bool:
        """Given as an answer by the bands alone: an entry, sure enough and far enough ahead."""
        ranking, bands = self.parse.ranking, self.parse.thresholds
        second = ranking[1].confidence if len(ranking) > 1 else 0.0
        return is_entry(self.guess) and self.sure >= bands.answer and self.sure - second >= bands.margin


@dataclass(frozen=True, slots=True)
class Report:
    """Shares are from 0 to 1, times in milliseconds; a figure is None where the data has nothing to measure it on."""

    utterances: int
    intents: int
    accuracy: float
    macro_f1: float
    top_3: float
    by_variety: dict[str, float]
    by_intent: dict[str, dict[str, float]]
    confusions: list[dict[str, Any]]
    p50_ms: float
    p99_ms: float
    answered: float | None
    wrong_answered: float
    out_of_scope_answered: float | None
    risk_at_coverage: dict[str, float]
    reliability: list[dict[str, float]]
    calibration_error: float
    safety_recall: float | None
    safety_right: float | None
    safety_false_alarms: float | None
    language: float | None
    language_short: float | None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def evaluate(data: Path, engine: Interpreter) -> Report:
    """The engine on all utterances below `data`. Raises CorpusError where there are none."""
    return report(observed(read_corpus(data), engine))


def evaluate_by_writer(data: Path, engine_for: Callable[[Sequence[Utterance]], Interpreter]) -> Report:
    """Cross-validation: each utterance is judged by an engine that was trained without its writer."""
    corpus = read_corpus(data)
    return _crosswise(corpus, corpus, engine_for)


def evaluate_by_utterance(data: Path, engine_for: Callable[[Sequence[Utterance]], Interpreter]) -> Report:
    """Cross-validation: each utterance is judged by an engine that may know other lines of its writer."""
    corpus = read_corpus(data)
    return _crosswise(corpus, [replace(one, writer="") for one in corpus], engine_for)


def _crosswise(
    corpus: Sequence[Utterance], grouped: Sequence[Utterance], engine_for: Callable[[Sequence[Utterance]], Interpreter]
) -> Report:
    from nlu.embedded.training import folds_of  # training needs scikit-learn, evaluating a model does not

    seen: list[Seen] = []
    for train_rows, test_rows in folds_of(grouped):
        engine = engine_for([corpus[at] for at in train_rows])
        seen += observed((corpus[at] for at in test_rows), engine)
    return report(seen)


def observed(utterances: Iterable[Utterance], engine: Interpreter) -> list[Seen]:
    """Parses each utterance and times it; one parse before the first warms the engine up."""
    engine.parse("bonjour")
    seen = []
    for utterance in utterances:
        start = time.perf_counter()
        parse = engine.parse(utterance.text)
        seen.append(Seen(utterance, parse, time.perf_counter() - start))
    return seen


def report(seen: Sequence[Seen]) -> Report:
    """Figures over what was observed; at least one observation."""
    by_intent = _by_intent(seen)
    inside = [one for one in seen if one.utterance.intent != OUT_OF_SCOPE]
    asked = [one for one in inside if is_entry(one.utterance.intent)]
    outside = [one for one in seen if one.utterance.intent == OUT_OF_SCOPE]
    times = np.array([one.seconds for one in seen]) * 1000
    bins, error = _reliability(seen)
    calls = [one for one in seen if one.utterance.intent.startswith(_SAFETY)]
    calm = [one for one in seen if not one.utterance.intent.startswith(_SAFETY)]
    told = [one for one in seen if one.utterance.variety in VARIETIES]
    return Report(
        utterances=len(seen),
        intents=len(by_intent),
        accuracy=_share(one.right for one in seen) or 0.0,
        macro_f1=round(float(np.mean([figures["f1"] for figures in by_intent.values()])), 4),
        top_3=_share(one.utterance.intent in [r.name for r in one.parse.ranking[:3]] for one in seen) or 0.0,
        by_variety=_by_variety(seen),
        by_intent=by_intent,
        confusions=_confusions(seen),
        p50_ms=round(float(np.percentile(times, 50)), 3),
        p99_ms=round(float(np.percentile(times, 99)), 3),
        answered=_share(one.answered for one in asked),
        wrong_answered=_share(one.answered and not one.right for one in seen) or 0.0,
        out_of_scope_answered=_share(one.answered for one in outside),
        risk_at_coverage=_risk(inside),
        reliability=bins,
        calibration_error=error,
        safety_recall=_share(one.parse.safety is not None for one in calls),
        safety_right=_share(_signal(one) == one.utterance.intent.removeprefix(_SAFETY) for one in calls),
        safety_false_alarms=_share(one.parse.safety is not None for one in calm),
        language=_share(map(_language_right, told)),
        language_short=_share(_language_right(one) for one in told if _is_short(one)),
    )


def _share(held: Iterable[bool]) -> float | None:
    values = list(held)
    return round(sum(values) / len(values), 4) if values else None


def _signal(one: Seen) -> str:
    return one.parse.safety.signal if one.parse.safety else ""


def _language_right(one: Seen) -> bool:
    return one.parse.language.code == one.utterance.variety


def _is_short(one: Seen) -> bool:
    return _SHORT[0] <= len(one.utterance.text.split()) <= _SHORT[1]


def _by_variety(seen: Sequence[Seen]) -> dict[str, float]:
    groups: dict[str, list[bool]] = defaultdict(list)
    for one in seen:
        if one.utterance.variety:
            groups[one.utterance.variety].append(one.right)
    return {variety: _share(groups[variety]) or 0.0 for variety in sorted(groups)}


def _by_intent(seen: Sequence[Seen]) -> dict[str, dict[str, float]]:
    """Precision, recall, F1 and the number of utterances of each intent that occurs in the data."""
    true, guessed = Counter(one.utterance.intent for one in seen), Counter(one.guess for one in seen)
    hits = Counter(one.guess for one in seen if one.right)
    return {
        intent: {
            "precision": round(hits[intent] / guessed[intent], 4) if guessed[intent] else 0.0,
            "recall": round(hits[intent] / true[intent], 4),
            "f1": round(2 * hits[intent] / (true[intent] + guessed[intent]), 4),
            "utterances": true[intent],
        }
        for intent in sorted(true)
    }


def _confusions(seen: Sequence[Seen]) -> list[dict[str, Any]]:
    pairs = Counter((one.utterance.intent, one.guess) for one in seen if not one.right)
    most = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))[:_PAIRS]
    return [{"intent": intent, "taken_for": guess, "times": times} for (intent, guess), times in most]


def _risk(seen: Sequence[Seen]) -> dict[str, float]:
    """Share of wrong ones among the surest tenth, two tenths … of the messages in scope."""
    surest = [one.right for one in sorted(seen, key=lambda one: -one.sure)]
    sizes = {coverage: max(1, round(coverage * len(surest))) for coverage in _COVERAGES if surest}
    return {str(coverage): round(1 - sum(surest[:size]) / size, 4) for coverage, size in sizes.items()}


def _reliability(seen: Sequence[Seen]) -> tuple[list[dict[str, float]], float]:
    """Bins of confidence with how often they were right, and the mean gap between the two (weighted)."""
    bins: dict[int, list[Seen]] = defaultdict(list)
    for one in seen:
        bins[min(_BINS - 1, int(one.sure * _BINS))].append(one)
    rows = [
        {
            "confidence": round(float(np.mean([one.sure for one in bins[at]])), 4),
            "right": _share(one.right for one in bins[at]) or 0.0,
            "utterances": len(bins[at]),
        }
        for at in sorted(bins)
    ]
    error = sum(row["utterances"] * abs(row["confidence"] - row["right"]) for row in rows) / len(seen)
    return rows, round(error, 4)
