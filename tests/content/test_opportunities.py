"""The map of opportunities as files: each fault is one line with file and field; what is not sure is not shown."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.assembly import Library
from bot.knowledge.check import check
from bot.knowledge.model import ContentFault
from bot.knowledge.opportunities import FOLDER, KINDS, TERMS, Opportunities, read_opportunities
from tests.conftest import quiet_settings
from tests.content.small import Home

LOCALES = Path(__file__).resolve().parents[2] / "locales"
ROW, WORDS = "opportunities/small-grant.yml", "opportunity_terms.yml"
SMALL = """\
id: small-grant
title: {fr: Une bourse, ar: منحة, ary: منحة, ary-Latn: Bourse, en: A grant}
label: {fr: Bourse, ar: منحة, ary: منحة, ary-Latn: Bourse, en: Grant}
kind: study
country: FR
organiser: "Un organisme"
eligibility:
  age: {min: 18, max: 25}
  level: bac
  languages: [{code: fr, level: B2}]
  conditions: [admission]
cost: [{for: file_fee, amount: 100, currency: EUR}]
gives: [{for: wage}]
calendar: dated
opens: [10]
closes: [12, 1]
campaign: "2025-2026"
status: recurring
show: true
confidence: medium
unsure: [dates]
entry: small-answer
link: https://example.org
sources:
  - {name: "Un site", url: "https://example.org/page", source_date: 2025-03, seen: official}
"""
TERMS_OF_IT = """\
conditions:
  admission: {fr: une admission, ar: القبول, ary: القبول, ary-Latn: l'admission, en: an admission}
unsure:
  dates: {fr: les dates, ar: التواريخ, ary: التواريخ, ary-Latn: les dates, en: the dates}
costs:
  file_fee: {fr: "dossier {amount}", ar: "الملف {amount}", ary: "الدوسي {amount}", ary-Latn: "dossier {amount}", en: "file {amount}"}
gives:
  wage: {fr: un salaire, ar: أجرة, ary: الخلصة, ary-Latn: lkhelssa, en: a wage}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    made.write(f"content/{ROW}", SMALL)
    made.write(f"content/{WORDS}", TERMS_OF_IT)
    return made


def test_the_small_house_is_sound(home: Home) -> None:
    assert check(home.folder, LOCALES) == []
    (row,) = Opportunities.load(home.folder)
    assert (row.eligibility.age_max, row.closes, str(row.sources[0].source_date)) == (25, (12, 1), "2025-03")


def test_a_house_without_the_folder_has_no_opportunities(tmp_path: Path) -> None:
    Home(tmp_path)
    assert list(Opportunities.load(tmp_path)) == []


def swap(old: str, new: str, name: str = ROW) -> Callable[[Home], None]:
    return lambda home: home.replace(name, old, new)


FAULTS = {
    "another id": (swap("id: small-grant", "id: other"), "id: is not small-grant"),
    "a variety missing": (swap(", ary-Latn: Bourse, en: A grant", ", en: A grant"), "title.ary-Latn: missing"),
    "a long label": (swap("label: {fr: Bourse", f"label: {{fr: {'Bourse ' * 4}"), "label.fr: 27 characters, 20 at most"),
    "an unknown kind": (swap("kind: study", "kind: holiday"), "kind: holiday is none of"),
    "an unknown country": (swap("country: FR", "country: France"), "country: France is none of"),
    "an age in words": (swap("min: 18", "min: adult"), "eligibility.age.min: adult is no age"),
    "ages turned round": (swap("max: 25", "max: 17"), "eligibility.age.max: is smaller than min"),
    "an unknown level": (swap("level: bac", "level: phd"), "eligibility.level: phd is none of"),
    "no level": (swap("  level: bac\n", ""), "eligibility.level: missing (write null"),
    "an unknown language": (swap("code: fr", "code: xx"), "eligibility.languages[1].code: xx is none of"),
    "no level of a language": (swap("{code: fr, level: B2}", "{code: fr}"), "eligibility.languages[1].level: missing (write null"),
    "an unknown condition": (swap("[admission]", "[luck]"), "eligibility.conditions: luck is not in opportunity_terms.yml"),
    "an unknown unsure line": (swap("[dates]", "[weather]"), "unsure: weather is not in opportunity_terms.yml"),
    "no cost": (swap("cost: [{for: file_fee, amount: 100, currency: EUR}]", "cost: null"), "cost: missing (write free, unknown"),
    "an unknown cost": (swap("for: file_fee", "for: gift"), "cost[1].for: gift is not in"),
    "a cost without its amount": (swap("{for: file_fee, amount: 100, currency: EUR}", "{for: file_fee}"), "cost[1].amount: goes with"),
    "an amount nobody shows": (swap("{for: wage}", "{for: wage, amount: 5, currency: EUR}"), "gives[1].amount: goes with"),
    "a month that is none": (swap("opens: [10]", "opens: [13]"), "opens: expected months from 1 to 12"),
    "a month in words": (swap("opens: [10]", "opens: october"), "opens: expected months from 1 to 12"),
    "dated without months": (swap("opens: [10]\ncloses: [12, 1]", "opens: []\ncloses: []"), "calendar: dated goes with months"),
    "months without being dated": (swap("calendar: dated", "calendar: all_year"), "calendar: dated goes with months"),
    "an unknown status": (swap("status: recurring", "status: fine"), "status: fine is none of"),
    "shown of low confidence": (swap("confidence: medium", "confidence: low"), "show: what is of low confidence is not shown"),
    "shown without a source": (
        swap('sources:\n  - {name: "Un site", url: "https://example.org/page", source_date: 2025-03, seen: official}', "sources: []"),
        "sources: missing: what is shown has a source",
    ),
    "a source without a date": (swap(", source_date: 2025-03", ""), "sources[1].source_date: missing"),
    "a source whose kind is not told": (swap(", seen: official", ""), "sources[1].seen: missing"),
    "a link that is no address": (swap("link: https://example.org", "link: example.org"), "link: does not begin with https://"),
    "an entry that does not exist": (swap("entry: small-answer", "entry: gone"), "entry: gone is no entry"),
    "broken YAML": (lambda home: home.write(f"content/{ROW}", "id: [\n"), "is not valid YAML"),
    "a title that says tu": (swap("{fr: Une bourse,", "{fr: Ta bourse,"), "title.fr:"),
    "a term in four varieties": (swap(", en: an admission", "", WORDS), "conditions.admission.en: missing"),
    "a term that shows another amount": (swap('ar: "الملف {amount}"', "ar: الملف", WORDS), "costs.file_fee.ar: its placeholders"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_found(name: str, home: Home) -> None:
    change, expected = FAULTS[name]
    change(home)
    said = [str(fault) for fault in check(home.folder, LOCALES)]
    assert any(expected in line for line in said), said
    assert all("\n" not in line and line.startswith("content/opportunit") for line in said)


def test_a_house_with_a_fault_does_not_start(home: Home) -> None:
    home.replace(ROW, "kind: study", "kind: holiday")
    with pytest.raises(ContentFault, match=r"small-grant\.yml: kind"):
        Opportunities.load(home.folder)


def test_what_is_kept_back_needs_no_source_and_is_not_served(home: Home) -> None:
    home.replace(ROW, "show: true", "show: false")
    home.replace(ROW, "confidence: medium", "confidence: low")
    assert check(home.folder, LOCALES) == []
    assert list(Opportunities.load(home.folder)) == []


def test_all_of_them_are_there() -> None:
    home = quiet_settings().home
    rows, _ = read_opportunities(home, [])
    assert len(rows) == len(list((home / "content" / FOLDER).glob("*.yml"))) >= 46
    assert {row.kind for row in rows} == set(KINDS)


def test_no_term_stands_there_unused() -> None:
    home = quiet_settings().home
    rows, terms = read_opportunities(home, [])
    used = {
        "conditions": {code for row in rows for code in row.eligibility.conditions},
        "unsure": {code for row in rows for code in row.unsure},
        "costs": {item.what for row in rows if not isinstance(row.cost, str) for item in row.cost},
        "gives": {item.what for row in rows for item in row.gives},
    }
    assert {part: set(codes) for part, codes in terms.items()} == used, TERMS


def test_every_word_of_a_person_is_an_answer_to_a_question(library: Library) -> None:
    """A value in content/wishes.yml that no question knows would be heard and lost."""
    for kind in ("wish", "schooling", "tongue", "age_band"):
        values = {value for found in library.wishes._phrases.values() for k, value in found if k == kind}
        assert values
        assert values <= set(library.script.slots[kind].values), kind
