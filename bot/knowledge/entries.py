"""The written answers, as the rest of the product asks for them: by id, in one variety, with placeholders filled."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType

from bot.knowledge import formats, review
from bot.knowledge.checks import guides as checked_guides
from bot.knowledge.fields import load_yaml, relative
from bot.knowledge.filling import Filler
from bot.knowledge.guide_reading import read_guides
from bot.knowledge.guides import Guides
from bot.knowledge.model import (
    VARIETIES,
    ContentFault,
    Entry,
    Fact,
    Fault,
    Number,
    PartialDate,
    SafetyEntry,
    Source,
    State,
    Value,
)
from bot.knowledge.reading import read_entry, read_fact, read_numbers, read_safety

__all__ = [
    "ContentFault", "Entry", "Fact", "Fault", "Knowledge", "Number", "PartialDate", "SafetyEntry", "Source", "Value",
]  # fmt: skip


class Knowledge:
    """Everything in `content/`, read once. `drafts` are entries that still lack a text or a field: never served."""

    def __init__(
        self,
        entries: Mapping[str, Entry],
        signals: Mapping[str, SafetyEntry],
        facts: Mapping[str, Fact],
        numbers: Mapping[str, Number],
        lines: Mapping[str, Mapping[str, str]],
        drafts: tuple[str, ...] = (),
        guides: Guides | None = None,
    ) -> None:
        self.entries = MappingProxyType(dict(entries))
        self.signals = MappingProxyType(dict(signals))
        self.facts = MappingProxyType(dict(facts))
        self.numbers = MappingProxyType(dict(numbers))
        self.drafts, self.guides = drafts, guides or Guides()
        self.lines = MappingProxyType(dict(lines))
        self._filler = Filler(facts, numbers)

    @classmethod
    def load(cls, home: Path) -> "Knowledge":
        """Raises ContentFault for anything that would put a wrong or a broken text before a person."""
        faults: list[Fault] = []
        knowledge = read_parts(home, faults, [])
        faults += [fault for entry in knowledge.entries.values() for fault in knowledge.unfillable(entry, home)]
        faults += [fault for signal in knowledge.signals.values() for fault in knowledge.unfillable(signal, home)]
        faults += checked_guides.unfillable(knowledge.guides, home, knowledge.unfilled)
        if faults:
            raise ContentFault(faults[0])
        return knowledge

    def title(self, entry_id: str, variety: str) -> str:
        return self.entries[entry_id].short_title[variety]

    def text(self, entry_id: str, variety: str, part: str = "body") -> str | None:
        """body, more or sms; None when the answer has no such part."""
        entry = self.entries[entry_id]
        text = entry.texts[variety].get(part)
        return None if text is None else self._filler.fill(text, variety, entry.facts)

    def sources(self, entry_id: str) -> tuple[Source, ...]:
        return self.entries[entry_id].sources

    def version(self, entry_id: str) -> str:
        """Twelve hex digits that change with the entry's files, its facts, and the telephone numbers they name."""
        entry = self.entries[entry_id]
        digest = hashlib.sha256(entry.raw)
        for fact in (self.facts[fact_id] for fact_id in sorted(entry.facts)):
            digest.update(fact.raw)
            for value in fact.values.values():
                if value.kind == "phone":
                    digest.update(self.numbers[str(value.data)].number.encode())
        return digest.hexdigest()[:12]

    def state(self, entry_id: str, today: date) -> State:
        return review.state(self.entries[entry_id], today)

    def review_due(self, entry_id: str) -> date:
        return review.review_due(self.entries[entry_id])

    def source_date(self, source: Source, variety: str) -> str:
        """As precise as the source gives it; empty when it bears no date."""
        return formats.day(source.source_date, variety) if source.source_date else ""

    def day(self, day: date, variety: str) -> str:
        return formats.day(day, variety)

    def step_text(self, checklist_id: str, step_id: str, variety: str) -> str:
        checklist = self.guides.checklists[checklist_id]
        return self._filler.fill(checklist.step(step_id).text[variety], variety, checklist.facts)

    def guide_text(self, words: Mapping[str, str], variety: str) -> str:
        """A question or a finding: no values in it, but the variety's own marks."""
        return self._filler.fill(words[variety], variety, ())

    def safety_text(self, signal: str, variety: str, part: str = "body") -> str:
        """body, first, safe or not_safe. Where the first bubble must not tell, "body" is that first bubble."""
        texts = self.signals[signal].texts[variety]
        text = texts["first"] if part == "body" and "body" not in texts else texts[part]
        return self._filler.fill(text, variety, ())

    def safety_line(self, key: str, variety: str, familiar: bool = False) -> str:
        """A line the program adds to an emergency text. {opening_hours} is left for the caller, who knows the hours."""
        lines = self.lines[variety]
        return lines.get(f"{key}_tu", lines[key]) if familiar else lines[key]

    def unfilled(self, text: str, facts: Sequence[str]) -> list[str]:
        """Why a text could not be filled."""
        return self._filler.faults(text, facts)

    def unfillable(self, item: Entry | SafetyEntry, home: Path) -> list[Fault]:
        """Placeholders that nothing defines, or whose telephone number must not be shown."""
        facts = item.facts if isinstance(item, Entry) else ()
        found = []
        for variety, parts in item.texts.items():
            file = relative(item.folder / f"{variety}.md", home)
            for part, text in parts.items():
                what = self._filler.faults(text, facts)
                found += [Fault(file=file, field=part, what=reason) for reason in what]
        return found


def read_parts(home: Path, faults: list[Fault], of_drafts: list[Fault]) -> Knowledge:
    """Whatever can be read. Drafts are left out, and what they lack is noted apart: an author is still at work on them."""
    content = home / "content"
    numbers = read_numbers(content / "numbers.yml", home, faults)
    read = [read_fact(file, home, faults) for file in sorted((content / "facts").glob("*.yml"))]
    facts = {fact.id: fact for fact in read if fact}
    folders = sorted(folder for folder in (content / "entries").iterdir() if folder.is_dir())
    entries = {e.id: e for folder in folders if (e := read_entry(folder, home, of_drafts))}
    for entry in list(entries.values()):
        unknown = [fact for fact in (*entry.facts, *entry.unsure) if fact not in facts]
        if unknown:
            file = relative(entry.folder / "entry.yml", home)
            faults += [Fault(file=file, field="facts", what=f"{fact} is unknown") for fact in unknown]
            del entries[entry.id]
    signal_folders = sorted(f for f in (content / "safety").iterdir() if f.is_dir() and f.name != "lines")
    signals = {s.id: s for folder in signal_folders if (s := read_safety(folder, home, faults))}
    drafts = tuple(folder.name for folder in folders if folder.name not in entries)
    lines = _read_lines(content / "safety" / "lines", home, faults)
    return Knowledge(entries, signals, facts, numbers, lines, drafts, read_guides(home, frozenset(facts), faults))


def _read_lines(folder: Path, home: Path, faults: list[Fault]) -> dict[str, dict[str, str]]:
    lines = {}
    for variety in VARIETIES:
        file = folder / f"{variety}.yml"
        data = load_yaml(file.read_bytes() if file.is_file() else b"", relative(file, home), faults)
        if not isinstance(data, dict):
            faults.append(Fault(file=relative(file, home), field="file", what="missing or empty"))
            data = {}
        lines[variety] = {str(key): str(text) for key, text in data.items()}
    return lines
