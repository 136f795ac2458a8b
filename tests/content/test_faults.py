"""Each kind of fault, alone in an otherwise sound house, is found and said in one line with file and field."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.knowledge.check import check
from tests.content.small import TEXTS, Home

LOCALES = Path(__file__).resolve().parents[2] / "locales"
E, FR, EN, AR, LATN = (f"entries/small-answer/{name}" for name in ("entry.yml", "fr.md", "en.md", "ar.md", "ary-Latn.md"))
ARY = "entries/small-answer/ary.md"
F, N, S = "facts/small-fact.yml", "numbers.yml", "safety/small_danger/entry.yml"
FIRST = "Oui, tu peux demander la carte au bureau"
LONG = "Une phrase courte de plus. "


def swap(name: str, old: str, new: str) -> Callable[[Home], None]:
    return lambda home: home.replace(name, old, new)


def append(name: str, text: str) -> Callable[[Home], None]:
    return lambda home: home.write(name, home.path(name).read_text(encoding="utf-8") + text)


def remove(name: str) -> Callable[[Home], None]:
    return lambda home: home.path(name).unlink()


def everywhere(old: str, new: str) -> Callable[[Home], None]:
    """The same change in all five texts."""

    def change(home: Home) -> None:
        for variety in TEXTS:
            home.replace(f"entries/small-answer/{variety}.md", old, new)

    return change


def low(home: Home) -> None:
    home.replace(F, "confidence: high", "confidence: low")


def several(*changes: Callable[[Home], None]) -> Callable[[Home], None]:
    return lambda home: [change(home) for change in changes] and None


FORM = {
    "a variety missing": (remove(ARY), "ary.md: text: missing"),
    "a variety empty": (lambda home: home.write(ARY, "\n"), "ary.md: text: missing"),
    "no entry.yml": (remove(E), "entry.yml"),
    "broken YAML": (append(E, "facts: [\n"), "is not valid YAML"),
    "an id that is not the folder's": (swap(E, "id: small-answer", "id: other"), "id: is not small-answer"),
    "no source": (swap(E, '- {name: Un site, url: "https://example.org/page", source_date: 2025-03, verified_on: null}', ""),
                  "sources: missing"),
    "no source_date": (swap(E, "source_date: 2025-03, ", ""), "sources[1].source_date: missing"),
    "an odd source_date": (swap(E, "2025-03", "last spring"), "sources[1].source_date: last spring is not"),
    "a long source name": (swap(E, "name: Un site", f"name: {'Un site ' * 6}"), "sources[1].name: 47 characters, 45 at most"),
    "a source without address": (swap(E, '"https://example.org/page"', "example.org"), "sources[1].url: does not begin"),
    "a fact's source without date": (swap(F, "source_date: undated, ", ""), "sources[1].source_date: missing"),
    "an unknown area": (swap(E, "area: work", "area: sports"), "area: sports is none of"),
    "an unknown audience": (swap(E, "audience: youth", "audience: kids"), "audience: kids is none of"),
    "an unknown kind": (swap(E, "kind: procedure", "kind: rumour"), "kind: rumour is none of"),
    "a day that is none": (swap(E, "2026-01-31", "2026-02-30"), "entry.yml: file: day is out of range"),
    "a title missing": (swap(E, ", en: An answer", ""), "short_title.en: missing"),
    "a long title": (swap(E, "fr: Une réponse", "fr: Une réponse vraiment longue"), "short_title.fr: 27 characters, 20 at most"),
    "an unknown fact": (swap(E, "[small-fact]", "[small-fact, no-fact]"), "facts: no-fact is unknown"),
    "an amount without currency": (swap(F, ", currency: MAD", ""), "values.fee.currency"),
    "a value of no kind": (swap(F, "{amount: 1900, currency: MAD, as_of: 2025}", "1900"), "values.fee: expected"),
    "an odd value name": (swap(F, "  fee:", "  Fee-1:"), "values.Fee-1: a name has"),
    "an amount that is text": (swap(F, "amount: 1900", "amount: much"), "values.fee.amount: much is not a number"),
    "a signature without day": (swap(E, "signed: []", "signed: [{role: lawyer}]"), "signed[1].on: missing"),
    "a review put off": (append(E, "review_due: 2030-01-01\n"), "review_due: later than 2027-07-31"),
    "a number twice": (append(N, "- id: ma-open\n  number: '19'\n"), "ma-open.id: stands twice"),
}  # fmt: skip

REFERENCES = {
    "a follow-up to itself": (swap(E, "[other-answer", "[small-answer"), "follow_ups: leads to itself"),
    "a follow-up to nowhere": (swap(E, "[other-answer", "[lost-answer"), "follow_ups: lost-answer is no entry and no journey"),
    "an unknown journey": (swap(E, "journey/book_session", "journey/dance"), "follow_ups: journey/dance is no entry"),
    "three follow-ups": (swap(E, "[other-answer", "[journey/menu, other-answer"), "follow_ups: 3, 2 at most"),
    "an undefined placeholder": (swap(FR, "{fee}", "{price}"), "fr.md: body: {price} is in none of the entry's facts"),
    "a badly written placeholder": (swap(FR, "{fee}", "{The fee}"), "fr.md: body: {The fee} is not written as"),
    "a lone brace": (swap(FR, "{fee}", "{fee"), "fr.md: body: a brace without its partner"),
    "placeholders that differ": (swap(AR, "{fee} ", ""), "ar.md: placeholders: {fee} stands in fr.md and not here"),
    "a name in two facts": (several(lambda home: home.write("facts/second.yml", home.path(F).read_text().replace("small-fact", "second")),
                                    swap(E, "[small-fact]", "[small-fact, second]")), "{fee} is in several facts: write {small-fact:fee}"),
    "a low fact stated": (low, "unsure: {fee} comes from small-fact, which is of low confidence"),
    "an unknown number": (swap(F, "ma-open", "ma-lost"), "ma-lost is no number of numbers.yml"),
    "a hidden number": (swap(F, "ma-open", "ma-hidden"), "the number ma-hidden must not be shown"),
    "a hidden site as a link": (several(swap(N, "'+212 5 00 00 00 00'", "hidden.ma"), swap(F, "link: example.org", "link: hidden.ma")),
                                "values.site: is ma-hidden of numbers.yml, which must not be shown"),
    "a part missing in one variety": (swap(EN, "\n\n## more\nThe papers are on the list of the official site.", ""), "en.md: more: fr.md has one"),
}  # fmt: skip

MARKS = {
    "a bare number": (swap(FR, "Oui, tu", "Oui, en 2025 tu"), "fr.md: body: “2025” is a bare number"),
    "a bare number in Arabizi": (swap(LATN, "Ah, ", "Ah, 50dh, "), "ary-Latn.md: body: “50dh” is a bare number"),
    "a bare telephone": (swap(FR, "appelle", "appelle le 0537545400 ou"), "“0537545400” is a bare number"),
    "a decimal": (swap(EN, "Yes,", "Yes, 1.5 times,"), "“1.5” is a bare number"),
    "Eastern digits": (swap(AR, "نعم،", "نعم، ٣ مرات،"), "ar.md: body: “٣” is not a Western digit"),
    "a small bare amount": (swap(FR, "Oui,", "Oui, pour 5 DH,"), "“5 DH” is a bare amount"),
    "a currency after a placeholder": (swap(FR, "{fee},", "{fee} DH,"), "“DH” after a placeholder"),
    "a bare link": (swap(FR, "au bureau", "sur www.example.org ou au bureau"), "“www.example.org” is a bare link"),
    "a bare site": (swap(EN, "the office", "anapec.org or the office"), "“anapec.org” is a bare link"),
    "another heading": (swap(FR, "## more", "# Plus"), "heading “# Plus”"),
    "an unknown part": (append(FR, "\n\n## extra\nEncore."), "fr.md: extra: heading “## extra”"),
    "emphasis": (swap(FR, "la carte", "**la carte**"), "is markup"),
    "HTML": (swap(FR, "la carte", "la <b>carte</b>"), "“<b>” is markup"),
    "a hyphen for a list": (swap(FR, "• Frais", "- Frais"), "“-” is markup"),
}  # fmt: skip

WORDS = {
    "French in the English file": (lambda home: home.write(EN, TEXTS["fr"]), "en.md: body: reads like fr, not en"),
    "Darija in the Arabic file": (lambda home: home.write(AR, TEXTS["ary"]), "ar.md: body: reads like ary, not ar"),
    "Arabic in the Darija file": (lambda home: home.write(ARY, TEXTS["ar"]), "ary.md: body: reads like ar, not ary"),
    "Latin letters in the Darija file": (lambda home: home.write(ARY, TEXTS["ary-Latn"]), "ary.md: body: is not in Arabic letters"),
    "Arabic letters in French": (swap(FR, FIRST, FIRST + " مكتب الإقليم"), "fr.md: body: has Arabic letters in it"),
    "tu and vous": (swap(FR, "appelle le", "appelez-nous : votre ligne est le"), "fr.md: body: mixes tu (“tu”) and vous"),
    "tu where vous is due": (swap(E, "audience: youth", "audience: mre"), "fr.md: body: says tu (“tu”) where this audience is vous"),
    "vous where tu is due": (swap(FR, "Les papiers sont", "Vos papiers sont"), "fr.md: more: says vous (“Vos”) where"),
    "a gendered word": (swap(AR, "نعم،", "نعم، أنتِ"), "“أنتِ” makes the reader a man or a woman"),
    "a gendered ending": (swap(AR, "نعم،", "نعم، لكِ"), "“لكِ” makes the reader a man or a woman"),
    "a gendered word in Latin letters": (swap(LATN, "Ah, ", "Ah a khoya, "), "“khoya” makes the reader a man or a woman"),
    "a sentence too long": (append(FR, " Et " + "puis encore " * 16 + "fin."), "has 34 words, 30 at most"),
}  # fmt: skip

LENGTHS = {
    "a long first line": (swap(FR, FIRST, FIRST + " ou à la commune, le matin ou bien le soir,"), "in the first line, 120 at most"),
    "a long body": (swap(FR, "\n\nProchaine", "\n" + LONG * 20 + "\n\nProchaine"), "fr.md: body: 789 characters filled, 600 at most"),
    "a long whole": (swap(EN, "\n\nNext", "\n" + "One short line more. " * 34 + "\n\nNext"), "with source, notice and choices, 1024 at most"),
    "a long more": (append(FR, LONG * 50), "fr.md: more: 13"),
    "a long sms": (append(FR, "\n\n## sms\n" + LONG * 12), "fr.md: sms: 323 characters filled, 300 at most"),
}  # fmt: skip

SAFETY = {
    "an emergency without a variety": (remove("safety/small_danger/ary.md"), "safety/small_danger/ary.md: text: missing"),
    "an emergency of no level": (swap(S, "critical\naddress", "big\naddress"), "level: big is none of"),
    "an emergency too long": (append("safety/small_danger/fr.md", LONG * 30), "fr.md: body: 8"),
    "a number used and not listed": (swap(S, "[ma-open]", "[]"), "numbers: ma-open is listed and not used, or used and not"),
    "a hidden number in an emergency": (swap("safety/small_danger/fr.md", "ma-open", "ma-hidden"), "ma-hidden must not be shown"),
    "a bare number in an emergency": (append("safety/small_danger/fr.md", " Ou le 112."), "“112” is a bare number"),
    "a private emergency without its parts": (swap("safety/private_danger/fr.md", "## not_safe", "## later"), "parts: expected first"),
    "tu in an emergency that says vous": (append("safety/small_danger/fr.md", " Garde ton calme."), "mixes tu (“ton”) and vous"),
    "a line missing": (lambda home: home.write("safety/lines/en.yml", "other: x\n"), "lines/en.yml: confirm: missing"),
    "a line with other placeholders": (append("safety/lines/en.yml", "handoff: '{hours}'\n"), "handoff: its placeholders"),
}  # fmt: skip

ALL = FORM | REFERENCES | MARKS | WORDS | LENGTHS | SAFETY


@pytest.mark.parametrize("name", ALL)
def test_fault_is_found(name: str, tmp_path: Path) -> None:
    change, expected = ALL[name]
    home = Home(tmp_path)
    change(home)
    said = [str(fault) for fault in check(tmp_path, LOCALES)]
    assert any(expected in line for line in said), said
    assert all("\n" not in line and line.startswith("content/") for line in said)


def test_the_small_house_is_sound(tmp_path: Path) -> None:
    Home(tmp_path)
    assert check(tmp_path, LOCALES) == []


def test_a_low_fact_said_to_be_unsure_passes(tmp_path: Path) -> None:
    home = Home(tmp_path)
    low(home)
    for entry in ("small-answer", "other-answer"):
        home.replace(f"entries/{entry}/entry.yml", "follow_ups:", "unsure: [small-fact]\nfollow_ups:")
    assert check(tmp_path, LOCALES) == []


def test_without_catalogues_the_check_does_not_pass(tmp_path: Path) -> None:
    Home(tmp_path)
    assert [fault.field for fault in check(tmp_path, tmp_path / "locales")] == ["catalogue"]


@pytest.mark.parametrize(
    ("variety", "text"),
    [
        ("ary-Latn", "T2akdo men l9a3a, 3la 7sab l3a2ilat: t39elo 3la had chi."),
        ("ary-Latn", "Khass 3 chher w 6 d snin."),
        ("fr", "Un contrat de 3 mois, puis 6 mois par an. Rendez-vous chez la caisse, c'est assez."),
        ("en", "A list of 9 papers, e.g. the card."),
    ],
)
def test_words_with_digits_and_small_numbers_pass(variety: str, text: str) -> None:
    from bot.knowledge.checks import address, marks

    assert marks.marks(text, variety) == []
    assert variety != "fr" or address.french(text, familiar=True) == []
