"""Emergencies by rules over concepts: tuned to miss nobody, checked before anything else is understood.

A false alarm costs the person one question, a missed call can cost a life. So a rule fires on a few
words near each other, in any of the five varieties, and only a nearby "not meant" concept (a film, a
thesis, a joke) takes it back. Nothing here reads a clock, a file or a network once loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nlu.safety.vocabulary import PatternError, Reading, Seen, Vocabulary

LEVELS = ("critical", "urgent", "normal")
WITHIN, NEAR, SCORE = 12, 10, 0.9
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class SafetyHit:
    """`score` is between 0 and 1; `because` is the name of the rule, never the person's words."""

    signal: str
    level: str
    score: float
    because: str


@dataclass(frozen=True, slots=True)
class Rule:
    """Fires when one concept of each group of `all` lies in a window of `within` tokens, unless one of
    `none` lies inside it or at most `near` tokens away. `at_most` limits it to messages that short."""

    signal: str
    level: str
    name: str
    all: tuple[tuple[str, ...], ...]
    none: tuple[str, ...]
    masks: tuple[int, ...]
    within: int
    near: int
    score: float
    ordered: bool
    at_most: int | None

    @property
    def hit(self) -> SafetyHit:
        return SafetyHit(self.signal, self.level, self.score, self.name)

    def fires(self, seen: Mapping[str, list[Seen]]) -> bool:
        groups = [[one for name in group for one in seen.get(name, ())] for group in self.all]
        return any(not self._cancelled(span, seen) for span in self._spans(groups))

    def _spans(self, groups: Sequence[Sequence[Seen]]) -> Iterator[Seen]:
        """Windows that hold one of each group, each window opened by one of the concepts in it."""
        for first in groups[0] if self.ordered else (one for group in groups for one in group):
            reach, start, end = first.start + self.within, first.start, first.start
            for group in groups:
                floor = end if self.ordered else start
                closest = min((one.end for one in group if one.start >= floor and one.end <= reach), default=None)
                if closest is None:
                    break
                end = max(end, closest)
            else:
                yield Seen(start, end)

    def _cancelled(self, span: Seen, seen: Mapping[str, list[Seen]]) -> bool:
        left, right = span.start - self.near, span.end + self.near
        return any(one.end > left and one.start < right for name in self.none for one in seen.get(name, ()))


class SafetyPatterns:
    """The rules of one folder: `<signal>.yml` each, over concepts of their own and of files that open with `_`."""

    def __init__(self, vocabulary: Vocabulary, rules: Sequence[Rule]) -> None:
        self.vocabulary = vocabulary
        self.levels = {rule.signal: rule.level for rule in rules}
        self._rules = sorted(rules, key=lambda rule: (LEVELS.index(rule.level), -rule.score))
        self._opened_by: dict[str, list[int]] = {}  # concept -> rules that may fire where it is found
        for number, rule in enumerate(self._rules):
            for concept in min(rule.all, key=len):
                self._opened_by.setdefault(concept, []).append(number)

    @classmethod
    def load(cls, folder: Path) -> SafetyPatterns:
        """Raises PatternError, with file and rule, on anything a hand may have mistyped."""
        files = {path.name: _read(path) for path in sorted(folder.glob("*.yml"))}
        concepts: dict[str, str] = {}
        for name in [one for one in files if one.startswith("_")]:
            concepts |= files.pop(name).get("concepts", {})
        for name, file in files.items():
            concepts |= {f"{name}:{concept}": text for concept, text in file.get("concepts", {}).items()}
        vocabulary = Vocabulary(concepts)
        rules = [_rule(name, file, raw, vocabulary) for name, file in files.items() for raw in file["rules"]]
        if not rules:
            raise PatternError(f"{folder}: no rules")
        patterns = cls(vocabulary, rules)
        patterns.levels |= {name.removesuffix(".yml"): file["level"] for name, file in files.items()}
        return patterns

    def detect(self, text: str) -> tuple[SafetyHit, ...]:
        """One hit a signal, the worst level first, then the surest; empty if nothing was found."""
        return self.hits(self.vocabulary.read(text))

    def hits(self, reading: Reading) -> tuple[SafetyHit, ...]:
        """As `detect`, of a message that was read already."""
        present = 0
        for concept in reading.seen:
            present |= self.vocabulary.bit[concept]
        hits: dict[str, SafetyHit] = {}
        for number in sorted({one for concept in reading.seen for one in self._opened_by.get(concept, ())}):
            rule = self._rules[number]
            if rule.signal in hits or not all(mask & present for mask in rule.masks):
                continue
            if (rule.at_most is None or reading.length <= rule.at_most) and rule.fires(reading.seen):
                hits[rule.signal] = rule.hit
        return tuple(sorted(hits.values(), key=lambda hit: (LEVELS.index(hit.level), -hit.score)))


def _read(path: Path) -> dict[str, Any]:
    loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader either way
    if not isinstance(loaded, dict):
        raise PatternError(f"{path.name}: not a mapping")
    return loaded


def _rule(file_name: str, file: Mapping[str, Any], raw: Mapping[str, Any], vocabulary: Vocabulary) -> Rule:
    where = f"{file_name}, rule {raw.get('name')}"
    if unknown := set(raw) - {
        "name",
        "all",
        "none",
        "within",
        "near",
        "score",
        "ordered",
        "at_most",
        "level",
        "bare",
    }:
        raise PatternError(f"{where}: unknown {', '.join(sorted(unknown))}")

    def known(concept: str) -> str:
        for name in (f"{file_name}:{concept}", concept):
            if name in vocabulary.bit:
                return name
        raise PatternError(f"{where}: no concept {concept}")

    groups = tuple(tuple(known(one) for one in group.split("|")) for group in raw["all"])
    level = raw.get("level", file["level"])
    if level not in LEVELS:
        raise PatternError(f"{where}: no level {level}")
    return Rule(
        signal=file_name.removesuffix(".yml"),
        level=level,
        name=raw["name"],
        all=groups,
        none=tuple(known(one) for one in (*raw.get("none", ()), *([] if raw.get("bare") else file.get("none", ())))),
        masks=tuple(sum({vocabulary.bit[one] for one in group}) for group in groups),
        within=raw.get("within", WITHIN),
        near=raw.get("near", NEAR),
        score=raw.get("score", SCORE),
        ordered=raw.get("ordered", False),
        at_most=raw.get("at_most"),
    )
