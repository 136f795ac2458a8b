"""Who worked in Belgium is not told how France does it."""

from hypothesis import given
from hypothesis import strategies as st

from flows.facts import EntryCard
from flows.policy.countries import settled, spoken_of
from flows.policy.decision import Decision
from tests.flows.fakes import heard

CARDS = {
    name: EntryCard(id=name, area="retirement", audience="mre", country=country)
    for name, country in {"fr-pension": "FR", "be-pension": "BE", "be-care": "BE", "cnss": None, "school": None}.items()
}


def _named(*countries: str) -> str | None:
    message = heard("la pension", named={"country": countries[0]} if countries else None)
    return spoken_of(message, "BE")


def test_the_country_of_the_message_or_of_the_conversation() -> None:
    assert _named("FR") == "FR"
    assert _named() == "BE"
    assert _named("MA") == "BE"  # home says nothing about the country of work


def test_an_answer_for_another_country_is_offered_by_name_only() -> None:
    answer = Decision(kind="answer", intent="faq/fr-pension", candidates=("fr-pension", "cnss", "be-pension"))
    found = settled(answer, "BE", CARDS)
    assert (found.kind, found.candidates) == ("suggest", ("be-pension", "fr-pension", "cnss"))
    assert settled(answer, "FR", CARDS) == answer
    assert settled(answer, None, CARDS) == answer


def test_an_answer_for_no_country_in_particular_is_given() -> None:
    answer = Decision(kind="answer", intent="faq/cnss", candidates=("cnss", "be-pension"))
    assert settled(answer, "BE", CARDS) == answer


def test_among_suggestions_the_right_country_comes_first_and_another_last() -> None:
    unsure = Decision(kind="suggest", intent="faq/fr-pension", candidates=("fr-pension", "cnss", "be-care"))
    assert settled(unsure, "BE", CARDS).candidates == ("be-care", "cnss", "fr-pension")
    searched = Decision(kind="suggest", candidates=("fr-pension", "be-care"))
    assert settled(searched, "BE", CARDS).candidates == ("be-care", "fr-pension")


NAMES = st.lists(st.sampled_from(sorted(CARDS)), unique=True, min_size=1)


@given(NAMES, st.sampled_from(["FR", "BE", "ES", None]), st.sampled_from(["answer", "suggest", "clarify", "decline"]))
def test_nothing_is_lost_and_nothing_new_is_answered(names: list[str], country: str | None, kind: str) -> None:
    before = Decision(kind=kind, intent=f"faq/{names[0]}", candidates=tuple(names))
    after = settled(before, country, CARDS)
    assert set(after.candidates) == set(names)
    assert after.kind == kind or (kind, after.kind) == ("answer", "suggest")
    if after.kind == "answer":
        assert after == before
        assert country is None or CARDS[names[0]].country in (None, country)
