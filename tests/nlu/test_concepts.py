"""One concept for many words; a broken lexicon is not shipped."""

from __future__ import annotations

import pytest

from nlu.concepts import Concepts
from nlu.embedded.key import CONCEPTS
from nlu.entities import entities_in
from nlu.normalise import words

LEXICON = Concepts({"pension": "retraite* تقاعد* معاش", "widow": "veuve أرملة", "card": "carte_de_séjour"})
SHIPPED = Concepts.load(CONCEPTS)


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("mes retraites", "pension"),
        ("بالتقاعد", "pension"),
        ("l m3ach", ""),
        ("lta9a3od", "pension"),
        ("أنا ارملة", "widow"),
        ("ma carte de sejour", "card"),
        ("carte de visite", ""),
    ],
)
def test_found_in_both_scripts(text: str, concept: str) -> None:
    found = {one for opened in LEXICON.found_in(words(text)) for one in opened}
    assert found == ({concept} if concept else set())


def test_every_shipped_concept_has_words_and_a_name() -> None:
    assert len(SHIPPED.lexicon) > 250
    for name, written in SHIPPED.lexicon.items():
        assert isinstance(name, str)
        assert len(written.split()) >= 1, name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("j'habite à Agadir", ("city", "agadir")),
        ("bghit nmchi l fransa", ("country", "FR")),
        ("ساكن فتارودانت", ("city", "taroudant")),
        ("j'ai 24 ans", ("age", "24")),
        ("3ndi 17 3am", ("age", "17")),
        ("عمري ٢٢ سنة", ("age", "22")),
        ("il faut 1900 dh", ("number", "1900")),
    ],
)
def test_entities(text: str, expected: tuple[str, str]) -> None:
    found = entities_in(text, SHIPPED)
    assert expected in {(one.kind, one.value) for one in found}
    for one in found:
        assert text[one.start : one.end] == one.text


ROOTS = Concepts({"pay": "=خلص", "town": "سلا !salle", "list": "لائحة_المسجلين ما_بغيتش_تصيفطو_ليا_الرسائل"})


@pytest.mark.parametrize("word", ["كيخلصوني", "نخلصها", "kaykhelsouni", "mkhlsnach", "khlsat"])
def test_a_root_stands_for_its_forms_in_both_scripts(word: str) -> None:
    assert ROOTS.found_in(words(word)) == [("pay",)]


@pytest.mark.parametrize("word", ["salle", "excellence", "kh", "xls2000"])
def test_false_friends_mean_nothing(word: str) -> None:
    assert not any(ROOTS.found_in(words(word)))


def test_a_phrase_of_five_words_is_found_whole() -> None:
    assert ROOTS.found_in(words("ما بغيتش تصيفطو ليا الرسائل"))[0] == ("list",)


def test_no_everyday_word_of_french_or_english_is_a_concept() -> None:
    for word in [
        "la",
        "le",
        "il",
        "au",
        "ou",
        "l",
        "age",
        "son",
        "we",
        "could",
        "country",
        "les",
        "des",
        "est",
        "dans",
        "pour",
        "avec",
        "for",
        "the",
        "and",
        "you",
        "are",
    ]:
        taken = set(SHIPPED.found_in([word])[0])
        assert not taken & {"declined", "list", "sick", "aow", "old", "child", "debt", "drown", "contract", "year"}, word
