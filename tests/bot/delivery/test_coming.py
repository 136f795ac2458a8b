""" "I am coming" and "I am not", as people write them after a reminder; and what is neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.assembly import Library
from bot.delivery import coming
from nlu.words import Words
from tests.conftest import quiet_settings

WORDS = Words.load(quiet_settings().home / "nlu" / "words.yml")
YES = """oui je viens
Je serai là inchallah
je viendrai avec ma soeur
nous serons là merci
yes I'm coming
see you there
نعم سأحضر إن شاء الله
أنا قادمة
واخا غادي نجي
إيه جاية
ah ghadi nji nchallah
ghanji
jay
ana jaya safi"""
NO = """non je ne viens pas
désolée je pourrai pas venir
finalement je ne peux pas venir
je rends ma place
give my seat away
sorry I can't come
I won't come
عذرا لن أحضر
لا أستطيع الحضور
لا ما غاديش نجي
ما نقدرش نجي الله يسمح ليا
منقدرش نجي
عطيو بلاصتي لشي واحد
ma n9derch nji
la ma ghadich nji
mangadch nji
sm7o liya man9derch
3tiw blasti l chi wa7ed"""
OTHER = """une autre date svp
another day please
هل يمكن موعد آخر
nhar akhor 3afak
نهار آخر عافاك"""
NEITHER = """je viens avec quels papiers ?
wach nji b lwra9?
what time should I be coming?
je pense pas que je viens
bghit nmchi l fransa bla visa
retraite
oui
لا
comment je viens
inchallah
واش نجيب معايا شي وراق
a3jebni lkhatib li ghadi nji m3ah men lmdina ghedda f tobis"""


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        *((t, "yes") for t in YES.splitlines()),
        *((t, "no") for t in NO.splitlines()),
        *((t, "other") for t in OTHER.splitlines()),
        *((t, None) for t in NEITHER.splitlines()),
    ],
)
def test_said(text: str, answer: str | None) -> None:
    assert coming.told(WORDS, text) == answer


@given(some.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert coming.told(WORDS, text) in ("yes", "no", "other", None)


@pytest.mark.parametrize("text", ["je viens", "ghadi nji", "لن أحضر", "another date"])
def test_they_command_nothing(text: str) -> None:
    """Where no session lies ahead the message means what it means to the engine."""
    assert coming.other(WORDS.find(text)) is None
    assert coming.other("stop") == "stop"


def test_the_words_a_reminder_proposes_are_understood(library: Library) -> None:
    """`reminder.how` and the buttons, in every variety."""
    for variety in ("fr", "ar", "ary", "ary-Latn", "en"):
        how = library.catalogue.text("reminder.how", variety)
        quoted = [part for mark in '«"' for part in how.replace("»", "«").split(mark)[1::2]]
        assert [coming.told(WORDS, q.strip()) for q in quoted] == ["yes", "no"], how
        for name, answer in (("choice.coming", "yes"), ("choice.not_coming", "no"), ("choice.other_date", "other")):
            assert coming.told(WORDS, library.catalogue.text(name, variety)) == answer, (name, variety)
