"""An earlier answer taken back in words, as people write it."""

import pytest

from flows.events import Chose
from flows.policy.second_thoughts import meant
from flows.state import State
from tests.flows.fakes import Talk, said

FIND = ("journey/find_opportunity", 0.95)


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("la, machi Agadir, Tiznit", "Tiznit"),
        ("la machi agadir tiznit", "tiznit"),
        ("Tiznit machi Agadir", "Tiznit"),
        ("ghlett, Tiznit", "Tiznit"),
        ("لا، ماشي أكادير، تيزنيت", "تيزنيت"),
        ("ليس أكادير بل تيزنيت", "تيزنيت"),
        ("غلطت، تيزنيت", "تيزنيت"),
        ("non, pas Agadir, Tiznit", "Tiznit"),
        ("non pas la France mais l'Allemagne", "l'Allemagne"),
        ("je me suis trompé, c'est Tiznit", "c'est Tiznit"),
        ("not Agadir but Tiznit", "Tiznit"),
        ("actually, I meant Tiznit", "Tiznit"),
        ("la France", None),
        ("la retraite en France", None),
        ("non", None),
        ("un mot " * 7, None),
        ("non, " + "un mot " * 7, None),
    ],
)
def test_what_is_meant_instead(text: str, instead: str | None) -> None:
    span = meant(text)
    assert (text[span[0] : span[1]] if span else None) == instead


def finding() -> Talk:
    """Study, in France; now asked for the age."""
    talk = Talk(state=State(language="fr", noticed=True))
    talk.texts(said("cherche", FIND, named={"wish": "study"}))
    assert talk.texts(said("France", named={"destination": "FR"})) == ["opportunity.ask_age"]
    return talk


def test_the_earlier_answer_changes_and_what_holds_is_not_asked_again() -> None:
    talk = finding()
    texts = talk.texts(said("non pas la France, l'Espagne", named={"destination": "ES"}, rethought=True))
    assert texts == ["journey.changed", "opportunity.ask_age"]
    assert talk.state.slots == {"wish": "study", "destination": "ES"}


def test_a_name_alone_that_the_question_does_not_take_is_a_second_thought() -> None:
    talk = finding()
    assert talk.texts(said("Espagne", named={"destination": "ES"})) == ["journey.changed", "opportunity.ask_age"]


def test_a_question_that_names_something_is_no_second_thought() -> None:
    talk = finding()
    texts = talk.texts(said("visa pour l'Espagne", ("faq/visa", 0.95), named={"destination": "ES"}))
    assert texts == ["entry", "journey.return", "opportunity.ask_age"]
    assert talk.state.slots["destination"] == "FR"


def test_the_same_value_again_changes_nothing() -> None:
    assert finding().texts(said("France", named={"destination": "FR"})) == ["opportunity.ask_age.again"]


def test_a_second_thought_that_answers_the_open_question_as_well() -> None:
    talk = finding()
    named = {"destination": "ES", "age_band": "18_22"}
    texts = talk.texts(said("non, l'Espagne, j'ai 19 ans", named=named, rethought=True))
    assert texts == ["journey.changed", "opportunity.ask_schooling"]


def test_another_way_through_is_gone_on_from() -> None:
    """To stay in Morocco asks for no country; what was answered of it falls away."""
    talk = finding()
    talk.texts(Chose(choice="s:age_band=18_22"))
    texts = talk.texts(said("non, au Maroc", named={"wish": "in_morocco"}, rethought=True))
    assert texts == ["journey.changed", "opportunity.ask_schooling"]


def test_a_town_taken_back_before_the_list_was_shown() -> None:
    talk = Talk(state=State(language="fr", noticed=True))
    office = ("journey/nearest_office", 0.95)
    assert talk.texts(said("bureau à Agadir", office, named={"city": "agadir"})) == ["office.ask_need"]
    texts = talk.texts(said("la, machi Agadir, Tiznit", named={"city": "tiznit"}, rethought=True))
    assert texts == ["journey.changed", "office.ask_need"]
    assert talk.state.slots["place"] == "tiznit"


def test_the_seat_chosen_hangs_on_the_town() -> None:
    """At "are you sure?" another town: the list is shown anew, nothing is cancelled."""
    talk = Talk(state=State(language="fr", noticed=True))
    cancel = ("journey/cancel_booking", 0.95)
    talk.texts(said("annuler Agadir", cancel, named={"city": "agadir"}))
    assert talk.texts(Chose(choice="s:session=s1")) == ["booking.ask_sure"]
    texts = talk.texts(said("non, Tiznit", named={"city": "tiznit"}, rethought=True))
    assert texts == ["journey.changed", "booking.ask_cancel"]
    assert "session" not in talk.state.slots
