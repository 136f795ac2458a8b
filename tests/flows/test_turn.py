"""The turn: pure, deterministic, never at a loss."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge.catalogue import PLACEHOLDER, Catalogue
from flows.effects import Effect, Look, RaiseAlarm, Reachable, Say, SetTimer, ShowToAdvisor
from flows.events import (
    AdvisorHandedBack,
    AdvisorSaid,
    AdvisorTook,
    BlockedUs,
    Chose,
    Event,
    LeaseExpired,
    Linked,
    LinkFailed,
    OfferLapsed,
    ReminderDue,
    Said,
    SeatOffered,
    SentFile,
    SentOther,
    SentVoice,
    SessionCancelled,
    SessionMoved,
    SessionOver,
    SharedPlace,
    Started,
    TimerDue,
)
from flows.facts import ShownChoice
from flows.heard import VARIETIES
from flows.state import Frame, State
from flows.turn import turn
from tests.flows.fakes import ABOUT, ENTRIES, NOW, ROOM, SCRIPT, SIGNALS, TARGETS, Talk, said

SESSION = {**ABOUT, "session": "s1"}
PLACEHOLDERS = {m: set(PLACEHOLDER.findall(t)) for m, t in Catalogue.load(ROOM.parent / "locales").texts["fr"].items()}
OF_A_SESSION = {"title", "start", "place", "city", "code", "seats", "position", "until"}
SEATS = ("taken", "waitlisted", "already", "resized", "in_line", "short", "full", "gone", "declined", "lapsed")
FROM_THE_PERSON = (Said, Chose, Started, SharedPlace, SentVoice, SentFile, SentOther, Linked, LinkFailed)
WORDS = (None, "stop", "start", "menu", "back", "cancel", "advisor", "yes", "no", "skip", "more", "not_that", "forget_me", "my_data", "unsure", "checklist",
         "return", "language:ar", "language:ary-Latn")  # fmt: skip
INTENTS = (
    *(f"faq/{e}" for e in (*ENTRIES, "unwritten")),
    *(f"journey/{j}" for j in (*SCRIPT.journeys, "menu", "my_data", "unbuilt")),
    *(
        f"smalltalk/{k}"
        for k in ("greeting", "thanks", "bye", "yes", "no", "more", "not_that", "cancel", "back", "insult", "new_kind")
    ),
    *(f"safety/{s}" for s in SIGNALS),
    "out_of_scope",
)
_texts = st.sampled_from(
    ["", "?", "1", "٢", "3️⃣", "12", "salam", "bghit nmchi l fransa", "🙏", "x" * 5000, "choice.menu", "agadir", "fait 1, 2"]
)
_guess = st.tuples(st.sampled_from(INTENTS), st.floats(0, 1))
_named = st.dictionaries(
    st.sampled_from(["city", "region", "language", "wish", "destination", "age", "age_band", "tongue", "coming"]),
    st.sampled_from(["yes", "no", "other", "agadir", "souss-massa", "fr", "elsewhere", "study", "FR", "QC", "19", "18_22"]),
    max_size=3,
)


def _ranked(guesses: list[tuple[str, float]]) -> list[tuple[str, float]]:
    return sorted(dict(guesses).items(), key=lambda g: -g[1])


_said = st.builds(
    lambda text, guesses, word, language, sure, signal, named, rethought: said(
        text, *_ranked(guesses), word=word, language=language, sure=sure, signal=signal, named=named, rethought=rethought
    ),
    _texts,
    st.lists(_guess, max_size=4),
    st.sampled_from(WORDS),
    st.sampled_from([None, *VARIETIES, "zgh", "other"]),
    st.floats(0, 1),
    st.sampled_from([None] * 6 + list(SIGNALS)),
    _named,
    st.sampled_from([False, False, True]),
)
_press = st.builds(lambda v, t: Chose(choice=f"{v}.{t}"), st.integers(0, 30), st.sampled_from(TARGETS))
_bare = st.sampled_from([Chose(choice=t) for t in TARGETS])
_others = st.sampled_from(
    [
        SentVoice(seconds=3), SentFile(), SentOther(), SharedPlace(), SharedPlace(place="agadir", region="souss-massa"),
        Started(payload=""), Started(payload="e_visa"), Started(payload="s_s1"), Started(payload="x"),
        Linked(origin="WhatsApp"), LinkFailed(), BlockedUs(), BlockedUs(back=True),
        AdvisorTook(advisor="n", case=1), AdvisorSaid(advisor="n", text="hello"), AdvisorHandedBack(advisor="n"),
        LeaseExpired(advisor="n"), TimerDue(name="alarm_unanswered", data={"signal": "at_sea", "raised": NOW.isoformat()}),
        TimerDue(name="something_newer"), TimerDue(name="opportunity_opens", data={"opportunity": "grant"}),
        TimerDue(name="opportunity_opens", data={"opportunity": "vanished"}),
        TimerDue(name="life_certificate"),
        ReminderDue(session="s1", about={**SESSION, "begins": "2026-12-12T14:00:00+00:00", "code": "K7QX"}, hours=2),
        SessionOver(session="s1", about=SESSION),
        SeatOffered(session="s1", about=SESSION, until="2026-12-11T18:00"), OfferLapsed(session="s1", about=SESSION),
        SessionCancelled(session="s1", about=SESSION), SessionMoved(session="s2", about=SESSION),
    ]
)  # fmt: skip
_pressed = st.integers(0, 9)  # the choice of that number among those shown
_later = st.sampled_from([timedelta(hours=1), timedelta(hours=7), timedelta(days=3), timedelta(days=15)])
_steps = st.lists(st.one_of(_said, _said, _press, _bare, _others, _pressed, _later), max_size=14)


def _events(talk: Talk, step: Event | int) -> Event:
    if isinstance(step, int):
        return Chose(choice=talk.shown[step % len(talk.shown)].id) if talk.shown else Chose(choice="junk")
    return step


@settings(max_examples=400, deadline=None)
@given(_steps, st.integers(0, 8), st.sampled_from(SEATS), st.sampled_from([None, "fr", "ar"]))
def test_whatever_happens(steps: Sequence[Event | int | timedelta], free: int, seat: str, hint: str | None) -> None:
    """Never raises; who writes is answered, unless an advisor holds the conversation; the state survives JSON (in `play`)."""
    talk = Talk(free=free, seat=seat, hint=hint)
    for step in steps:
        if isinstance(step, timedelta):
            talk.now += step
            continue
        event, before = _events(talk, step), talk.state
        says, done = talk.play(event)
        assert talk.state.version > before.version
        for say in says:
            _well_formed(say)
        if isinstance(event, FROM_THE_PERSON):
            assert says or (before.mode == "advisor" and any(isinstance(e, ShowToAdvisor) for e in done)), event


def _well_formed(say: Say) -> None:
    assert say.messages
    assert len(say.choices) <= 10
    assert len({c.id for c in say.choices}) == len(say.choices)
    assert all(len(c.id.encode()) <= 64 for c in say.choices)
    for message in say.messages:
        if message.id.startswith(("booking.", "seat.", "session.", "reminder.later", "reminder.t")):
            assert PLACEHOLDERS[message.id] & OF_A_SESSION <= set(message.params), message


@settings(max_examples=100, deadline=None)
@given(_steps)
def test_the_same_arguments_give_the_same_turn(steps: Sequence[Event | int | timedelta]) -> None:
    one, other = Talk(), Talk()
    for step in steps:
        if isinstance(step, timedelta):
            one.now, other.now = one.now + step, other.now + step
            continue
        event = _events(one, step)
        before = one.state
        assert turn(before, [event], one.facts()) == turn(State.from_json(before.to_json()), [event], other.facts())
        assert one.play(event) == other.play(event)
    assert one.state == other.state


def test_unknown_fields_of_a_newer_version_are_dropped() -> None:
    data = {**State(language="fr", frames=(Frame(journey="stop", step="done"),)).to_json(), "newer": 1}
    data["frames"][0]["newer"] = 2
    assert State.from_json(data) == State(language="fr", frames=(Frame(journey="stop", step="done"),))
    assert State.from_json({}) == State()


@pytest.mark.parametrize("word", ["not_that", "yes", "no", None])
def test_an_answer_that_is_gone_is_not_offered_again(word: str | None) -> None:
    """Between two messages the house was started anew, without an entry that stood among the guesses."""
    shown = tuple(ShownChoice(id=f"1.{target}", names=(target,)) for target in ("entry:gone", "entry:visa", "say:not_that"))
    talk = Talk(state=State(language="fr", noticed=True, candidates=("gone", "school")), shown=shown)
    says, _ = talk.play(said("some words", word=word))
    entries = [choice.label.params["entry"] for say in says for choice in say.choices if choice.label.id == "entry.title"]
    assert "gone" not in [*entries, *(say.content_id for say in says)]
    assert "gone" not in talk.state.candidates
    assert entries or says[0].content_id == "visa"


def test_a_text_must_have_been_understood() -> None:
    with pytest.raises(ValueError, match="understanding"):
        turn(State(), [Said(text="hello")], Talk().facts())


def test_blocked_and_let_in_again() -> None:
    assert Talk().play(BlockedUs()) == ([], [Reachable(ok=False)])
    assert Talk().play(BlockedUs(back=True)) == ([], [Reachable(ok=True)])


def test_the_notice_is_said_once() -> None:
    talk = Talk()
    assert "notice" in talk.texts(said("visa?", ("faq/visa", 0.9)))
    assert "notice" not in talk.texts(said("school?", ("faq/school", 0.9)))


def test_a_withdrawn_answer_is_not_given() -> None:
    assert "entry" not in Talk().texts(said("old?", ("faq/old", 0.9)))
    assert "entry.withdrawn" in Talk().texts(said("old?", ("faq/old", 0.9)))


def test_a_guess_begins_nothing() -> None:
    """Below the answer band a journey is offered by a button, not begun."""
    talk = Talk()
    says, done = talk.play(said("maybe a place", ("journey/book_session", 0.4)))
    assert not talk.state.frames
    assert not any(isinstance(e, Look) for e in done)
    assert any(c.id.endswith("journey:book_session") for c in says[0].choices)


def test_silence_while_an_advisor_holds_it() -> None:
    talk = Talk()
    talk.play(AdvisorTook(advisor="n", case=1))
    says, done = talk.play(said("visa?", ("faq/visa", 0.9)))
    assert (says, done) == ([], [ShowToAdvisor()])


def _alarm(talk: Talk) -> list[Effect]:
    talk.play(AdvisorTook(advisor="n", case=1))
    return talk.play(said("we sink", signal="at_sea"))[1]


def test_an_emergency_while_held_alarms_first() -> None:
    done = _alarm(Talk())
    assert RaiseAlarm(signal="at_sea") in done
    assert [e.seconds for e in done if isinstance(e, SetTimer)] == [120]


@pytest.mark.parametrize("reacted", [True, False])
def test_help_goes_out_only_if_nobody_reacts(reacted: bool) -> None:
    """Moments are compared, not their writing: the advisor's may come in another zone."""
    talk = Talk()
    done = _alarm(talk)
    if reacted:
        talk.advisor_active = NOW.astimezone().replace(microsecond=1)
    timer = next(e for e in done if isinstance(e, SetTimer))
    says, _ = talk.play(TimerDue(name=timer.name, data=timer.data))
    assert bool(says) is not reacted


@pytest.mark.parametrize("number", ["1", "2", "٢", "3️⃣"])
def test_a_number_in_an_emergency_is_no_menu_entry(number: str) -> None:
    talk = Talk()
    talk.play(said("menu", word="menu"))
    talk.play(said("we sink", signal="at_sea"))
    assert talk.texts(said(number))[0] == "safety.body"
    assert talk.texts(said(number))[0] == "safety.body", "nor the answer that nobody is in danger"


def test_no_ends_an_emergency_only_when_danger_alone_was_asked() -> None:
    talk = Talk()
    talk.play(said("we sink", signal="at_sea"))
    no = said("no", ("smalltalk/no", 0.9), word="no")
    assert talk.texts(no)[0] == "safety.confirm"
    assert talk.texts(no)[0] == "safety.none"
    assert talk.state.safety is None


def _asked_for_age(talk: Talk) -> Talk:
    talk.play(said("a person", word="advisor"))
    talk.play(said("skip", word="skip"))
    return talk


@pytest.mark.parametrize(
    ("text", "minor"), [("17", True), ("17 ans", True), ("ana 17 3am", True), ("18", False), ("45ans", False)]
)
def test_an_age_answers_whether_one_is_under_eighteen(text: str, minor: bool) -> None:
    talk = _asked_for_age(Talk())
    talk.play(said(text, signal="missing"))
    assert (talk.state.slots["minor"], talk.state.safety) == (minor, None)


def test_danger_to_life_is_never_an_age() -> None:
    talk = _asked_for_age(Talk())
    talk.play(said("17 ans bateau coule", signal="at_sea"))
    assert talk.state.safety == "at_sea"
