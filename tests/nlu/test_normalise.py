"""Spellings of the same word must meet; anything may be written in a message."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nlu.normalise import fold, skeleton

ARABIC_AND_LATIN = st.text(alphabet="abcdeghiklmnoqrstuwxyz235789 '’.,!?éçœ٣۴أإآىئةگپڤـًّ، بغيتنمشي", max_size=60)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Été à l'HÔPITAL", "ete a l hopital"),
        ("bzaaaaf", "bzaf"),
        ("bzzaf", "bzaf"),
        ("ch7al", "shhal"),
        ("wach", "ouach"),
        ("5oya", "khoya"),
        ("8ali", "ghali"),
        ("n9ra", "nqra"),
        ("3ndi 24ans", "3ndi 24 ans"),
        ("أُريدُ الإقامةَ", "اريد الاقامه"),
        ("مستشفى", "مستشفي"),
        ("ڭاع", "گاع"),
        ("بـــزاف", "بزاف"),
        ("عندي ٢٤ عام", "عندي 24 عام"),
        ("عندي ۲۴ عام", "عندي 24 عام"),
    ],
)
def test_spellings_fold_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("latin", "arabic"),
    [
        ("bghit nmchi l fransa", "بغيت نمشي ل فرنسا"),
        ("b8it nmshi l fransa", "بغيت نمشي ل فرنسا"),
        ("wach n9der nakhoud", "واش نقدر ناخد"),
        ("ch7al kayselk", "شحال كيسلك"),
        ("chhal", "شحال"),
        ("chno khassni", "شنو خاصني"),
        ("lmaghrib", "المغرب"),
        ("gal liya", "گال ليا"),
        ("3ndi flous", "عندي فلوس"),
        ("nsme7", "نسمح"),
    ],
)
def test_both_scripts_share_a_skeleton(latin: str, arabic: str) -> None:
    assert skeleton(latin) == skeleton(arabic)


@pytest.mark.parametrize("text", ["+212 6 12 34 56 78", "0612345678", "06 12 34 56 78", "٠٦١٢٣٤٥٦٧٨", "00212612345678"])
def test_a_phone_number_is_never_kept(text: str) -> None:
    assert fold(f"call {text} now") == "cal ztel nu"


def test_links_and_addresses_are_placeholders() -> None:
    assert fold("voir https://exemple.ma/a?b=1 ou a.b@exemple.org") == "voir zurl u zmail"


def test_amounts_and_levels_stay() -> None:
    assert fold("20000 dh, niveau B2, 2 bac") == "20000 dh niveau b2 2 bac"


@pytest.mark.parametrize("text", ["", "   ", "?!…", "😭😭", "\u0640\u0651", "'"])
def test_nothing_written_is_empty(text: str) -> None:
    assert fold(text) == ""
    assert skeleton(text) == ""


@given(st.one_of(st.text(max_size=80), ARABIC_AND_LATIN))
@example("24ans2bac")
@example("2e3")
@example("ouw’7'a")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=80))
def test_any_text_is_taken(text: str) -> None:
    assert "  " not in fold(text)
    assert skeleton(text) == skeleton(text).strip()


@given(ARABIC_AND_LATIN)
def test_case_and_blanks_do_not_matter(text: str) -> None:
    assert fold(f"  {text} ") == fold(text)
