"""Reads all of `content/` and says what is wrong and where, one line a fault. What passes here may be shown to a person."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import yaml

from bot.knowledge import opportunities, rendering, review
from bot.knowledge.catalogue import Catalogue, CatalogueFault
from bot.knowledge.checks import address, guides, language, lengths, marks, sentences
from bot.knowledge.checks.directory import directory
from bot.knowledge.checks.telephones import telephones
from bot.knowledge.entries import Knowledge, read_parts
from bot.knowledge.fields import relative
from bot.knowledge.filling import Filler
from bot.knowledge.model import ARABIC_SCRIPT, VARIETIES, Entry, Fault, SafetyEntry
from bot.knowledge.opportunities import read_opportunities
from bot.knowledge.texts import placeholders_in

# What DESIGN promises; what flows/journeys/ adds is read from there.
_PROMISED = (
    "book_session my_bookings cancel_booking advisor stop start_again my_data forget_me change_language nearest_office "
    "find_opportunity check_offer menu feedback"
)
JOURNEYS = frozenset(_PROMISED.split())
Texts = Mapping[str, Mapping[str, str]]


def check(home: Path, catalogue_dir: Path, progress: Callable[[str], None] = lambda _: None) -> list[Fault]:
    """Empty when the content may be served."""
    faults: list[Fault] = []
    progress("reading content/")
    knowledge = read_parts(home, faults, faults)
    catalogue = _catalogue(catalogue_dir, faults)
    journeys = JOURNEYS | _journeys(home)
    for entry in knowledge.entries.values():
        progress(entry.id)
        faults += _entry(knowledge, catalogue, journeys, entry, home)
    for signal in knowledge.signals.values():
        progress(signal.id)
        faults += _safety(knowledge, signal, home)
    progress("directory")
    offices, of_directory = directory(home, knowledge.numbers)
    faults += of_directory + telephones(home)
    for entry in knowledge.entries.values():
        if entry.office is not None and entry.office not in offices:
            faults += _at(entry.folder / "entry.yml", home, "office", [f"{entry.office} is not in the directory"])
    faults += _lines(knowledge, home) + _hidden_links(knowledge, home)
    faults += guides.faults(knowledge.guides, knowledge.entries, home, _prose, knowledge.unfilled)
    faults += _opportunities(knowledge, home)
    return sorted(set(faults), key=str)


def _entry(knowledge: Knowledge, catalogue: Catalogue | None, journeys: frozenset[str], entry: Entry, home: Path) -> list[Fault]:
    faults = _references(knowledge, journeys, entry, home) + _same_everywhere(entry.texts, entry.folder, home)
    unfillable = knowledge.unfillable(entry, home)
    for variety, parts in entry.texts.items():
        for part, text in parts.items():
            allowed = part in ("body", "more", "sms")
            what = [] if allowed else [f"heading “## {part}”: only ## more and ## sms are read"]
            what += _prose(text, variety, entry.familiar)
            if not unfillable and allowed:
                what += lengths.lengths(part, knowledge.text(entry.id, variety, part) or "")
            faults += _at(entry.folder / f"{variety}.md", home, part, what)
        if catalogue and not unfillable and "body" in parts:
            too_long = lengths.whole(rendering.worst(knowledge, catalogue, entry.id, variety))
            faults += _at(entry.folder / f"{variety}.md", home, "whole", too_long)
        faults += _at(entry.folder / f"{variety}.md", home, "body", [] if "body" in parts else ["missing"])
    titles = address.french(entry.short_title["fr"], entry.familiar)
    return faults + unfillable + _at(entry.folder / "entry.yml", home, "short_title.fr", titles)


def _prose(text: str, variety: str, familiar: bool) -> list[str]:
    """The rules of language and marks, for any text a person reads."""
    found = marks.marks(text, variety) + language.language(text, variety)
    if variety in ("fr", "en"):
        found += sentences.too_long(text)
    if variety == "fr":
        found += address.french(text, familiar)
    if variety in (*ARABIC_SCRIPT, "ary-Latn"):
        found += address.gendered(text, variety)
    return found


def _references(knowledge: Knowledge, journeys: frozenset[str], entry: Entry, home: Path) -> list[Fault]:
    """What entry.yml names: follow-ups, facts of low confidence, dates that must not push a review back."""
    file, faults = entry.folder / "entry.yml", []
    for follow_up in entry.follow_ups:
        journey = follow_up.removeprefix("journey/")
        if follow_up == entry.id:
            faults += _at(file, home, "follow_ups", ["leads to itself"])
        elif follow_up not in knowledge.entries and not (journey != follow_up and journey in journeys):
            faults += _at(file, home, "follow_ups", [f"{follow_up} is no entry and no journey"])
    filler = Filler(knowledge.facts, knowledge.numbers)
    used = {i for parts in entry.texts.values() for text in parts.values() for i in placeholders_in(text)}
    for inside in sorted(used):
        fact = filler.owner(inside, entry.facts)
        if fact and fact.confidence == "low" and fact.id not in entry.unsure:
            what = f"{{{inside}}} comes from {fact.id}, which is of low confidence: name it there if the text says so"
            faults += _at(file, home, "unsure", [what])
    if entry.review_due and entry.review_due > review.computed_due(entry):
        faults += _at(file, home, "review_due", [f"later than {review.computed_due(entry)}, which its kind allows"])
    return faults


def _same_everywhere(texts: Texts, folder: Path, home: Path) -> list[Fault]:
    """The five varieties have the same parts and show the same values; French is the measure."""
    faults = []
    for variety in VARIETIES[1:]:
        mine, french = texts[variety], texts["fr"]
        file = folder / f"{variety}.md"
        for part in sorted(set(mine) ^ set(french)):
            what = f"fr.md has {'no such part' if part in mine else 'one, this has none'}"
            faults += _at(file, home, part, [what])
        lacking = _placeholders(french) - _placeholders(mine)
        beyond = _placeholders(mine) - _placeholders(french)
        what_differs = [f"{{{name}}} stands in fr.md and not here" for name in sorted(lacking)]
        what_differs += [f"{{{name}}} stands here and not in fr.md" for name in sorted(beyond)]
        faults += _at(file, home, "placeholders", what_differs)
    return faults


def _placeholders(parts: Mapping[str, str]) -> frozenset[str]:
    return frozenset(name for part, text in parts.items() if part != "sms" for name in placeholders_in(text))


def _safety(knowledge: Knowledge, signal: SafetyEntry, home: Path) -> list[Fault]:
    faults = _same_everywhere(signal.texts, signal.folder, home)
    unfillable = knowledge.unfillable(signal, home)
    parts_wanted = {"first", "safe", "not_safe"} if signal.private_first else {"body"}
    used: set[str] = set()
    for variety, parts in signal.texts.items():
        file = signal.folder / f"{variety}.md"
        if set(parts) != parts_wanted:
            faults += _at(file, home, "parts", [f"expected {', '.join(sorted(parts_wanted))}"])
        for part, text in parts.items():
            used |= {name.removeprefix("phone:") for name in placeholders_in(text)}
            what = _prose(text, variety, signal.address == "tu")
            if not unfillable and set(parts) == parts_wanted:
                what += lengths.safety(knowledge.safety_text(signal.id, variety, part))
            faults += _at(file, home, part, what)
    differ = [f"{name} is listed and not used, or used and not listed" for name in sorted(used ^ set(signal.numbers))]
    return faults + unfillable + _at(signal.folder / "entry.yml", home, "numbers", differ)


def _lines(knowledge: Knowledge, home: Path) -> list[Fault]:
    """The lines added to emergency texts: the same keys and placeholders in all five; French has them twice, tu and vous."""
    faults, lines = [], knowledge.lines
    for variety in VARIETIES:
        file = home / "content" / "safety" / "lines" / f"{variety}.yml"
        for key in sorted({key for key in lines["fr"] if not key.endswith("_tu")} - set(lines[variety])):
            faults += _at(file, home, key, ["missing"])
        for key, text in lines[variety].items():
            french = lines["fr"].get(key.removesuffix("_tu"), "")
            differ = placeholders_in(text) != placeholders_in(french)
            what = ["its placeholders are not those of fr.yml"] if differ else []
            faults += _at(file, home, key, what + _prose(text, variety, key.endswith("_tu")))
    return faults


def _opportunities(knowledge: Knowledge, home: Path) -> list[Fault]:
    """The map of opportunities: every row that can be read, the entry it leads to, and the words of its cards."""
    faults: list[Fault] = []
    rows, terms = read_opportunities(home, faults)
    for row in rows:
        file = home / "content" / opportunities.FOLDER / f"{row.id}.yml"
        if row.entry is not None and row.entry not in knowledge.entries:
            faults += _at(file, home, "entry", [f"{row.entry} is no entry"])
        for name, texts in (("title", row.title), ("label", row.label)):
            for variety, text in texts.items():
                faults += _at(file, home, f"{name}.{variety}", _card_words(text, variety))
    for part, codes in terms.items():
        for code, texts in codes.items():
            for variety, text in texts.items():
                what = _card_words(text, variety)
                what += ["its placeholders are not those of fr"] if ("{amount}" in text) != ("{amount}" in texts["fr"]) else []
                faults += _at(home / "content" / opportunities.TERMS, home, f"{part}.{code}.{variety}", what)
    return faults


def _card_words(text: str, variety: str) -> list[str]:
    """Cards speak to everybody. They are full of names in Latin letters, and the figure of a condition ("12 months") stands in
    no fact: it is said once here."""
    found = [what for what in marks.marks(text, variety) if "bare number" not in what]
    if variety == "fr":
        found += address.french(text, familiar=False)
    return found + (address.gendered(text, variety) if variety in (*ARABIC_SCRIPT, "ary-Latn") else [])


def _hidden_links(knowledge: Knowledge, home: Path) -> list[Fault]:
    """A site kept back in numbers.yml must not come in through a fact's link."""
    hidden = {number.number: number.id for number in knowledge.numbers.values() if not number.show}
    faults = []
    for fact in knowledge.facts.values():
        for name, value in fact.values.items():
            number = hidden.get(str(value.data).removeprefix("https://").removeprefix("www.").rstrip("/"))
            if value.kind == "link" and number:
                file = home / "content" / "facts" / f"{fact.id}.yml"
                faults += _at(file, home, f"values.{name}", [f"is {number} of numbers.yml, which must not be shown"])
    return faults


def _catalogue(folder: Path, faults: list[Fault]) -> Catalogue | None:
    """Without it the longest rendering cannot be measured: that is a fault too."""
    try:
        return Catalogue.load(folder)
    except (CatalogueFault, OSError) as error:
        faults.append(Fault(file=folder.name, field="catalogue", what=str(error)))
        return None


def _journeys(home: Path) -> frozenset[str]:
    files = (home / "flows" / "journeys").glob("*.yml")
    return frozenset(name for file in files for name in (yaml.safe_load(file.read_text()) or {}).get("flows", {}))


def _at(file: Path, home: Path, field: str, what: Iterable[str]) -> list[Fault]:
    return [Fault(file=relative(file, home), field=field, what=reason) for reason in what]
