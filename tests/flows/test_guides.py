"""Offers and checklists: what answers come to, whatever they are."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import burst
from flows.events import Chose
from flows.facts import SignCard, StepCard
from flows.heard import UNSURE
from flows.journey import checklists
from flows.journey.offers import weigh
from flows.state import KeptList, State
from tests.flows.fakes import HOUSE, Talk, said

NAMES = ("passport", "money", "contract", "contact")
_signs = st.lists(
    st.builds(SignCard, id=st.sampled_from(NAMES), sign_if=st.sampled_from(["yes", "no"])), unique_by=lambda s: s.id
)
_answers = st.dictionaries(st.sampled_from((*NAMES, "other")), st.sampled_from([True, False, UNSURE, None]))


@given(_signs, _answers)
def test_each_answered_sign_is_found_or_open_or_neither(signs: list[SignCard], answers: dict[str, object]) -> None:
    verdict = weigh(signs, answers)
    order = [s.id for s in signs]
    assert not set(verdict.found) & set(verdict.open)
    assert [*verdict.found] == [s for s in order if s in verdict.found], "the gravest stays first"
    for sign in signs:
        answer = answers.get(sign.id)
        assert (sign.id in verdict.found) == (
            (answer is True and sign.sign_if == "yes") or (answer is False and sign.sign_if == "no")
        )
        assert (sign.id in verdict.open) == (answer == UNSURE)


@given(_signs, _answers, st.sampled_from(NAMES))
def test_one_more_warning_answer_never_takes_a_sign_away(signs: list[SignCard], answers: dict[str, object], name: str) -> None:
    bad = next((s.sign_if == "yes" for s in signs if s.id == name), None)
    before = weigh(signs, answers)
    after = weigh(signs, {**answers, name: bad})
    assert set(before.found) <= set(after.found)
    assert (name in after.found) == (bad is not None)


def test_not_knowing_is_no_request_by_itself() -> None:
    nothing = said("je ne sais pas", word=UNSURE)
    assert not burst.understood(nothing)
    assert burst.take([nothing, said("comment avoir un visa", ("faq/visa", 0.9))]) == 2, "it is read with what follows"
    assert Talk().texts(nothing)[0] == "clarify"


CODES = ("a", "b")
_codes = st.lists(st.sampled_from(CODES), max_size=2, unique=True).map(tuple)
_steps = st.lists(
    st.builds(
        StepCard,
        id=st.text("xyz", min_size=1, max_size=4),
        part=st.sampled_from(["before", "arrival", "later"]),
        entry=st.just("visa"),
        needs=_codes,
        unless=_codes,
    ),
    max_size=6,
    unique_by=lambda s: s.id,
)
_given = st.dictionaries(st.sampled_from(CODES), st.sampled_from([True, False, UNSURE]))


@given(_steps, _given)
def test_not_knowing_leaves_in_whatever_yes_or_no_would(steps: list[StepCard], answers: dict[str, object]) -> None:
    kept = set(checklists.chosen(steps, answers))
    unsure = [code for code, answer in answers.items() if answer == UNSURE]
    for decided in product([True, False], repeat=len(unsure)):
        assert set(checklists.chosen(steps, {**answers, **dict(zip(unsure, decided, strict=True))})) <= kept


@given(_steps, _given)
def test_a_step_without_codes_is_everybodys(steps: list[StepCard], answers: dict[str, object]) -> None:
    kept = checklists.chosen(steps, answers)
    assert all(s in kept for s in steps if not s.needs and not s.unless)
    assert list(kept) == [s for s in steps if s in kept], "in their order"


def _with_list() -> Talk:
    card = HOUSE.checklists["return"]
    return Talk(state=State(language="fr", noticed=True, checklists=(KeptList(id=card.id, part="before"),)))


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("done 1", ("certificate",)),
        ("Fait 1 et 2", ("certificate", "papers")),
        ("c'est fait 2 !", ("papers",)),
        ("تم ١", ("certificate",)),
        ("درت 1 و 2", ("certificate", "papers")),
        ("dert 2", ("papers",)),
        ("ساليت 1، 2", ("certificate", "papers")),
        ("fait 9", ()),
    ],
)
def test_steps_are_ticked_in_words(text: str, done: tuple[str, ...]) -> None:
    talk = _with_list()
    says, _ = talk.play(said(text))
    assert talk.state.checklists[0].done == done
    ids = [m.id for m in says[0].messages]
    assert ids[-2] == "checklist.view"
    assert (ids[0] == "checklist.no_such") == (text == "fait 9")


@pytest.mark.parametrize("text", ["pas fait 1", "ma dertch 1", "ما درتش 1", "not done 1"])
def test_and_unticked(text: str) -> None:
    talk = _with_list()
    talk.play(said("done 1"))
    talk.play(said(text))
    assert talk.state.checklists[0].done == ()


@pytest.mark.parametrize("text", ["j'ai fait 3 enfants", "done", "fait 12 mois de prison", "3", "done 1 visa"])
def test_other_sentences_tick_nothing(text: str) -> None:
    talk = _with_list()
    talk.play(said(text, ("faq/visa", 0.9)))
    assert talk.state.checklists[0].done == ()


def test_what_only_ticks_is_no_alarm_unless_life_is_in_danger() -> None:
    talk = _with_list()
    talk.play(said("done 1", signal="missing"))
    assert talk.state.checklists[0].done == ("certificate",)
    assert talk.state.safety is None
    talk.play(said("done 2", signal="at_sea"))
    assert talk.state.safety == "at_sea"
    assert talk.state.checklists[0].done == ("certificate",)


def test_without_a_list_nothing_is_ticked() -> None:
    assert "checklist.view" not in Talk(state=State(language="fr", noticed=True)).texts(said("done 1"))


def test_a_step_whose_answer_is_withheld_is_not_shown() -> None:
    says, _ = _with_list().play(said("done 1"))
    steps = [s["step"] for m in says[0].messages if m.id == "checklist.view" for s in m.params["steps"]]
    assert steps == ["certificate", "papers"], "the step that rests on a withdrawn answer is missing"


def test_the_number_of_a_step_is_the_number_of_its_button() -> None:
    says, _ = _with_list().play(said("done 2"))
    shown = [c.id.split(".", 1)[1] for c in says[0].choices]
    assert shown[:2] == ["done:return/certificate", "todo:return/papers"]
    assert "journey:advisor" in shown


def test_without_a_sign_to_name_no_offer_is_checked() -> None:
    talk = Talk(state=State(language="fr", noticed=True), house=replace(HOUSE, offer_signs=()))
    assert talk.texts(Chose(choice="journey:check_offer")) == ["offer.withheld"]
    assert talk.state.frames == ()
