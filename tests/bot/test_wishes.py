"""What a message tells of a person who looks for an opportunity: only what it says plainly."""

import pytest

from bot.assembly import Library
from bot.delivery.understanding import Hearing
from nlu.interpreter import Interpreter

FINDS = [
    (
        "bghit n9ra f fransa 3ndi lbac w 17 3am",
        {"wish": "study", "destination": "FR", "schooling": "bac", "age": "17", "age_band": "under18"},
    ),
    ("j'ai 24 ans et une licence, je cherche une bourse", {"wish": "study", "schooling": "licence", "age_band": "23_25"}),
    ("عندي 26 عام وديبلوم، بغيت نخدم فألمانيا", {"wish": "work", "destination": "DE", "age_band": "26_30"}),
    ("أبحث عن تطوع في الخارج", {"wish": "volunteering"}),
    (
        "i have a bachelor and i speak english and french, any training in italy?",
        {"schooling": "licence", "wish": "training", "destination": "IT"},
    ),
    ("khdma f lmaghrib", {"wish": "work", "destination": "MA"}),
    ("19", {"age": "19", "age_band": "18_22"}),
    ("١٩", {"age": "19", "age_band": "18_22"}),
    ("Français et anglais", {"tongue": "fr_en"}),
    ("الإنجليزية", {"tongue": "en"}),
    ("walo", {"tongue": "none"}),
    ("sans diplôme", {"schooling": "none"}),
    ("Bac + 2", {"schooling": "bac2"}),
]
TELLS_NOT = [
    ("j'ai pas le bac", "schooling"),
    ("ma3ndich lbac", "schooling"),
    ("ما عنديش الباك", "schooling"),
    ("je suis en master", "schooling"),  # not had yet
    ("bghit ndir master f fransa", "schooling"),
    ("je parle français", "destination"),  # a language is no country
    ("je suis au maroc et je cherche une opportunité", "destination"),  # where one is, not where one wants to go
    ("la france ou l'espagne", "destination"),
    ("une bourse, un volontariat ou un stage, je sais pas", "wish"),
    ("je suis soudeur avec 14 ans d'expérience", "age"),
    ("chui au chomage depuis 12 ans", "age_band"),
    ("4 snin d l khebra f lma3mel", "age"),
    ("mon frère a raté le bac", "schooling"),
    ("معدلي ثلاثة عشر وفرنسيتي جيدة", "destination"),
    ("des pistes par rapport à mon âge et mes études", "wish"),
    ("7", "age"),  # picks from a list
    ("2026", "age_band"),
    ("je n'ai aucune idée de ce que je veux", "tongue"),
]


@pytest.fixture(scope="module")
def hearing(interpreter: Interpreter, library: Library) -> Hearing:
    return Hearing(interpreter, library.words, library.places, library.search, library.wishes)


@pytest.mark.parametrize(("text", "told"), FINDS)
def test_told(hearing: Hearing, text: str, told: dict[str, str]) -> None:
    heard = hearing.hear(text)
    assert {kind: heard.naming(kind) for kind in told} == told


@pytest.mark.parametrize(("text", "kind"), TELLS_NOT)
def test_not_told(hearing: Hearing, text: str, kind: str) -> None:
    assert hearing.hear(text).naming(kind) is None


@pytest.mark.parametrize("variety", ["fr", "ar", "ary", "ary-Latn", "en"])
def test_the_buttons_own_words_are_understood_when_typed(hearing: Hearing, library: Library, variety: str) -> None:
    """Not only while the bubble is on the screen: in any order, also when another bubble came in between."""
    missed = []
    for slot in ("destination", "schooling", "tongue"):
        for value in library.script.slots[slot].values:
            title = library.catalogue.text(f"slot.{slot}.{value}", variety)
            if hearing.hear(title).naming(slot) != value:
                missed.append((slot, value, title, hearing.hear(title).naming(slot)))
    assert not missed
