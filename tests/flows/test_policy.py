"""Which language, which choice, how many messages at once, what to do with a guess: the rules, one case each."""

from dataclasses import replace

import pytest

from flows import burst
from flows.events import Chose, Said
from flows.facts import Facts, ShownChoice
from flows.heard import VARIETIES
from flows.policy import choices, signs
from flows.policy.decision import decide
from flows.policy.language import follow, unspoken
from flows.state import State
from tests.flows.fakes import HOUSE, NOW, heard, said

FR = State(language="fr")


@pytest.mark.parametrize(
    ("text", "language", "sure", "expected"),
    [
        ("thanks", "en", 0.99, "fr"),  # one word never switches
        ("ok thanks", "en", 0.99, "fr"),
        ("how much is it", "en", 0.95, "en"),  # a clear sentence does
        ("how much is it", "en", 0.6, "fr"),  # an unclear one does not
        ("three short words", "en", 0.95, "fr"),  # not yet
        ("quiero saber como pedir", "other", 0.99, "fr"),
        ("azul manzakin a gma", "zgh", 0.99, "fr"),
        ("12 34 56 78", None, 0.0, "fr"),
    ],
)
def test_the_language_follows_the_person(text: str, language: str | None, sure: float, expected: str) -> None:
    assert follow(FR, heard(text, language=language, sure=sure), "ar", "fr").language == expected


def test_two_clear_short_messages_in_a_row_switch() -> None:
    once = follow(FR, heard("one two three", language="en"), None, "fr")
    assert (once.language, once.drift) == ("fr", "en")
    assert follow(once, heard("one two three", language="en"), None, "fr").language == "en"


def test_a_message_in_the_old_language_between_them_starts_anew() -> None:
    once = follow(FR, heard("one two three", language="en"), None, "fr")
    back = follow(once, heard("un deux trois", language="fr"), None, "fr")
    assert follow(back, heard("one two three", language="en"), None, "fr").language == "fr"


@pytest.mark.parametrize(
    ("language", "sure", "hint", "expected", "assumed"),
    [
        ("ary-Latn", 0.95, "fr", "ary-Latn", False),  # the first clear word outweighs the telephone's settings
        ("ary-Latn", 0.6, "fr", "fr", True),
        (None, 0.0, "ar", "ar", True),
        (None, 0.0, None, "fr", True),
        (None, 0.0, "de", "fr", True),
        ("en", 0.6, None, "en", True),
    ],
)
def test_the_first_words(language: str | None, sure: float, hint: str | None, expected: str, assumed: bool) -> None:
    state = follow(State(), heard("slm", language=language, sure=sure), hint, "fr")
    assert (state.language, state.assumed) == (expected, assumed)


def test_an_assumed_language_gives_way_to_two_clear_words() -> None:
    assumed = follow(State(), heard("", language=None), None, "fr")
    state = follow(assumed, heard("afak 3awni", language="ary-Latn"), None, "fr")
    assert (state.language, state.assumed) == ("ary-Latn", False)


def test_unspoken_languages() -> None:
    assert unspoken(heard("quiero saber como", language="other"))
    assert not unspoken(heard("hola amigo", language="other"))
    assert not any(unspoken(heard("one two three", language=v)) for v in VARIETIES)


def _facts(*names: str, replied: tuple[str, ...] = ()) -> Facts:
    shown = tuple(ShownChoice(id=f"3.say:{n}", names=(n,)) for n in names)
    answered = tuple(ShownChoice(id=f"2.say:{n}", names=(n,)) for n in replied)
    return Facts(now=NOW, house=HOUSE, channel="whatsapp", shown=shown, replied_to=answered)


@pytest.mark.parametrize(
    "text",
    [
        "2",
        "٢",
        "۲",
        "２",
        "2️⃣",
        "2.",
        "2)",
        "(2)",
        " 2 ",
        "#2",
        "n° 2",
        "option 2",
        "le 2",
        "رقم ٢",
        "الرقم 2",
        "ra9m 2",
        "نمرة 2",
        "numero 2",
    ],
)
def test_a_number_in_any_digits(text: str) -> None:
    assert choices.meant(heard(text), text, _facts("a", "b", "c"), answered=False) == "3.say:b"
    assert choices.number_in(heard(text), text) == 2


@pytest.mark.parametrize("text", ["0", "4", "22", "123", "2 ou 3", "2 personnes", "-", "", "two"])
def test_what_is_no_number_of_a_choice(text: str) -> None:
    assert choices.meant(heard(text), text, _facts("a", "b", "c"), answered=False) is None


def test_the_second_is_a_number_too() -> None:
    assert choices.meant(heard("the second", word="choice:2"), "the second", _facts("a", "b"), answered=False) == "3.say:b"
    assert choices.meant(heard("the fifth", word="choice:5"), "the fifth", _facts("a", "b"), answered=False) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("👍", "yes"),
        ("👍🏽👍🏽", "yes"),
        ("🙏 ❤️", "yes"),
        ("👎", "no"),
        ("👍👎", None),
        ("😭", None),
        ("👍😭", None),
        ("", None),
        ("??", None),
    ],
)
def test_pictures_alone(text: str, expected: str | None) -> None:
    silent = replace(heard(text), folded="")
    assert signs.meaning(silent) == expected
    assert signs.meaning(heard(f"ok {text}")) is None


def test_the_words_of_a_choice_mean_it() -> None:
    assert choices.meant(heard("menu"), "Menu", _facts("person", "menu"), answered=False) == "3.say:menu"
    assert choices.meant(heard("the"), "the", _facts("the menu"), answered=False) is None
    assert choices.meant(heard("a b c d e f g"), "", _facts("a b c d e f g"), answered=False) is None


def test_two_choices_of_one_name_mean_neither() -> None:
    facts = Facts(
        now=NOW, house=HOUSE, channel="web", shown=(ShownChoice(id="1.a", names=("x",)), ShownChoice(id="1.b", names=("x",)))
    )
    assert choices.meant(heard("x"), "x", facts, answered=False) is None


def test_a_reply_to_an_older_bubble_binds_to_it() -> None:
    facts = _facts("a", "b", replied=("c", "d"))
    assert choices.meant(heard("1"), "1", facts, answered=True) == "2.say:c"
    assert choices.meant(heard("1"), "1", facts, answered=False) == "3.say:a"


def test_nothing_shown_nothing_meant() -> None:
    assert choices.meant(heard("1"), "1", _facts(), answered=False) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [("12.say:menu", (12, "say:menu")), ("say:menu", (-1, "say:menu")), ("x.y", (-1, "x.y")), ("", (-1, ""))],
)
def test_a_choice_id_carries_its_version(given: str, expected: tuple[int, str]) -> None:
    assert choices.split(given) == expected


CLEAR, HELLO, NOISE = said("visa?", ("faq/visa", 0.9)), said("slm", ("smalltalk/greeting", 0.9)), said("euh")


@pytest.mark.parametrize(
    ("events", "count"),
    [
        ([CLEAR], 1),
        ([HELLO, CLEAR], 2),  # what says nothing alone is read with what follows
        ([HELLO, NOISE, CLEAR, CLEAR], 3),  # but one question is one turn
        ([NOISE] * 9, 6),
        ([NOISE, Chose(choice="x"), CLEAR], 1),
        ([Chose(choice="x"), CLEAR], 1),
        ([said("stop", word="stop"), CLEAR], 1),
        ([said("2"), CLEAR], 1),
        ([CLEAR, NOISE, said("we sink", signal="at_sea")], 3),  # an emergency further on is answered at once
        ([Chose(choice="x"), said("we sink", signal="at_sea")], 1),
    ],
)
def test_how_many_go_into_one_turn(events: list[Said | Chose], count: int) -> None:
    assert burst.take(events) == count


def test_several_texts_become_one() -> None:
    assert burst.joined([HELLO, CLEAR]) == Said(text="slm\nvisa?")
    assert burst.joined([CLEAR]) is None
    assert burst.joined([CLEAR, Chose(choice="x")]) is None


@pytest.mark.parametrize(
    ("guesses", "kind", "intent"),
    [
        ([("faq/visa", 0.9), ("faq/school", 0.05)], "answer", "faq/visa"),
        ([("faq/visa", 0.61), ("faq/school", 0.55)], "suggest", "faq/visa"),  # too near each other
        ([("faq/visa", 0.4), ("faq/school", 0.3)], "suggest", "faq/visa"),
        ([("faq/visa", 0.1)], "clarify", None),
        ([("faq/unwritten", 0.9)], "decline", "faq/unwritten"),
        ([("out_of_scope", 0.9), ("faq/visa", 0.05)], "decline", "out_of_scope"),
        ([("out_of_scope", 0.4), ("faq/visa", 0.3)], "clarify", None),
        ([("journey/stop", 0.9)], "act", "journey/stop"),
        ([("journey/stop", 0.5), ("faq/visa", 0.3)], "clarify", "journey/stop"),  # nothing is begun on a guess
        ([("smalltalk/not_that", 0.4)], "clarify", None),
        ([("smalltalk/thanks", 0.9)], "chat", "smalltalk/thanks"),
        ([("safety/at_sea", 0.9)], "safety", "safety/at_sea"),
        ([], "clarify", None),
    ],
)
def test_what_is_done_with_a_guess(guesses: list[tuple[str, float]], kind: str, intent: str | None) -> None:
    decision = decide(heard("some words", *guesses), HOUSE.entries)
    assert (decision.kind, decision.intent) == (kind, intent)


def test_an_emergency_and_a_command_come_before_any_guess() -> None:
    assert decide(heard("x", ("faq/visa", 0.9), signal="held"), HOUSE.entries).kind == "safety"
    assert decide(heard("stop", ("faq/visa", 0.9), word="stop"), HOUSE.entries).intent == "journey/stop"


def test_what_is_not_understood_is_searched_for() -> None:
    """The nearest answers are offered, never given: what both guess and search name comes first."""
    unclear = heard("some words", ("faq/visa", 0.12), ("faq/school", 0.1))
    assert decide(unclear, HOUSE.entries).kind == "clarify"
    searched = replace(unclear, nearest=("school", "unwritten", "pension"))
    decision = decide(searched, HOUSE.entries)
    assert (decision.kind, decision.candidates) == ("suggest", ("school", "visa", "pension"))
    assert decide(replace(unclear, nearest=("unwritten",)), HOUSE.entries).kind == "clarify"


def test_a_letter_begins_nothing() -> None:
    assert decide(heard("word " * 61, ("journey/stop", 0.99)), HOUSE.entries).kind == "clarify"
