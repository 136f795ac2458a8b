"""Rasa behind the interpreter: the contract on recorded answers, and what happens when Rasa does not answer well."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.assembly import load_interpreter, model_folder
from bot.delivery.understanding import Hearing
from bot.settings import Settings
from nlu.embedded.engine import EmbeddedInterpreter
from nlu.embedded.training import train
from nlu.interpreter import Interpreter, Parse, RemoteInterpreter
from nlu.rasa import from_rasa, to_rasa
from nlu.remote import RasaInterpreter
from tests.conftest import quiet_settings
from tests.helpers.house import ScriptedInterpreter, open_house
from tests.nlu.interpreter_contract import InterpreterContract
from tests.nlu.rasa_server import FakeRasa, fake_rasa

SMALL = Path(__file__).parent / "data" / "small"
ASKED = "comment avoir ma retraite"
BROKEN = ["error", "garbage", "empty", "slow", "drip", "cut"]
OTHER = {"intent": {"name": "elsewhere::topic", "confidence": 0.9}, "entities": []}


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedInterpreter:
    folder = tmp_path_factory.mktemp("model")
    train(SMALL, folder)
    return EmbeddedInterpreter.load(folder)


@pytest.fixture
def rasa() -> Iterator[FakeRasa]:
    with fake_rasa() as server:
        yield server


@pytest.fixture
def connect(rasa: FakeRasa, embedded: EmbeddedInterpreter) -> Iterator[Callable[..., RasaInterpreter]]:
    """Engines on the server, closed at the end; impatient ones, so that tests are quick."""
    made: list[RasaInterpreter] = []

    def make(**how: float) -> RasaInterpreter:
        made.append(RasaInterpreter(rasa.url, embedded, **{"timeout": 0.3, "failures": 3, "pause": 0.3, **how}))
        return made[-1]

    yield make
    for one in made:
        one.close()


class TestContract(InterpreterContract):
    @pytest.fixture
    def engine(self, connect: Callable[..., RasaInterpreter]) -> RasaInterpreter:
        return connect(timeout=5.0)


def test_intent_and_entities_are_rasas_the_rest_is_ours(rasa: FakeRasa, connect, embedded: EmbeddedInterpreter) -> None:
    text = "au secours le bateau coule"
    rasa.behave = {**OTHER, "entities": [{"entity": "boat", "value": "b", "start": 14, "end": 20, "extractor": "any"}]}
    parse, ours = connect().parse(text), embedded.parse(text)
    assert parse.intent is not None
    assert parse.intent.name == "elsewhere/topic"
    assert [(e.kind, e.text, e.value) for e in parse.entities] == [("boat", "bateau", "b")]
    assert (parse.language, parse.safety, parse.thresholds) == (ours.language, ours.safety, ours.thresholds)
    assert parse.safety is not None


@pytest.mark.parametrize("broken", BROKEN)
def test_a_bad_answer_is_not_noticed(rasa: FakeRasa, connect, embedded: EmbeddedInterpreter, broken: str) -> None:
    rasa.behave, engine = broken, connect()
    assert engine.parse(ASKED) == embedded.parse(ASKED)
    assert engine.unheard == 1


@pytest.mark.parametrize(
    "shape",
    [
        [], {}, None, ["text"], 7, {"intent": None}, {"intent": {"name": None, "confidence": 0.0}}, {"intent": {"name": "a"}},
        {"intent": {"name": "a", "confidence": 1.5}}, {"intent": {"name": "a", "confidence": float("nan")}},
        {"intent": {"name": "a", "confidence": "0.9"}}, {"intent": {"name": ["a"], "confidence": 0.9}},
        {"intent_ranking": [{"name": "a", "confidence": 0.9}, {"name": "b", "confidence": 0.9}]},
        {"intent_ranking": {"a": 0.9}}, {**OTHER, "entities": [{"entity": "city"}]}, {**OTHER, "entities": ["Agadir"]},
        {**OTHER, "entities": [{"entity": "city", "value": "x", "start": 3, "end": 900}]},
        {**OTHER, "entities": [{"entity": "city", "value": {}, "start": 0, "end": 1}]},
    ],
)  # fmt: skip
def test_a_wrong_shape_is_not_noticed(rasa: FakeRasa, connect, embedded: EmbeddedInterpreter, shape: object) -> None:
    rasa.behave = shape
    assert connect().parse(ASKED) == embedded.parse(ASKED)


def test_a_server_that_is_gone_is_not_noticed(rasa: FakeRasa, connect, embedded: EmbeddedInterpreter) -> None:
    engine = connect()
    assert engine.parse(ASKED).intent != embedded.parse(ASKED).intent  # it was there
    rasa.vanish()
    assert all(engine.parse(f"{ASKED} {turn}") == embedded.parse(f"{ASKED} {turn}") for turn in range(5))


@pytest.mark.parametrize("broken", ["slow", "drip"])
def test_nobody_waits_longer_than_the_limit(rasa: FakeRasa, connect, broken: str) -> None:
    rasa.behave, engine = broken, connect(timeout=0.3)
    start = time.monotonic()
    engine.parse(ASKED)
    assert time.monotonic() - start < 0.9


def test_the_breaker_opens_and_closes(rasa: FakeRasa, connect) -> None:
    rasa.behave, engine = "error", connect()
    for _ in range(6):
        engine.parse(ASKED)
    assert engine.resting
    assert len(rasa.asked) == 3, "after three failures nobody asks"
    time.sleep(0.35)
    engine.parse(ASKED)
    assert len(rasa.asked) == 4, "one asks again"
    assert engine.resting, "and leaves it at that"
    rasa.behave = "well"
    time.sleep(0.35)
    assert engine.parse("my pension please").intent is not None
    assert not engine.resting
    before = engine.unheard
    assert all(engine.parse(ASKED).intent.confidence == pytest.approx(0.970924) for _ in range(5))
    assert engine.unheard == before


def test_single_failures_open_nothing(rasa: FakeRasa, connect) -> None:
    engine = connect()
    for behave in ("error", "error", "well") * 3:
        rasa.behave = behave
        engine.parse(ASKED)
    assert not engine.resting


@pytest.mark.parametrize("text", ["", "😭", "   ", "/", "?!"])
def test_a_text_without_words_is_not_sent(rasa: FakeRasa, connect, text: str) -> None:
    connect().parse(text)
    assert rasa.asked == []


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("/start", "start"),
        ('  /faq::pension{"a":1}', 'faq::pension{"a":1}'),
        ("a" * 9000, "a" * 2000),
        ("salam \ud83d", "salam ?"),
    ],
)
def test_what_rasa_would_take_for_a_command_is_a_text(rasa: FakeRasa, connect, text: str, sent: str) -> None:
    assert connect().parse(text).text == text
    assert rasa.asked == [sent]


def test_entities_stand_where_they_stand_in_the_whole_text(rasa: FakeRasa, connect) -> None:
    text = "  /j'ai 24 ans et j'habite à Agadir "
    found = connect().parse(text).entities
    assert [(e.kind, e.value) for e in found] == [("age", "24"), ("city", "agadir")]
    assert all(text[e.start : e.end] == e.text for e in found)


def test_the_log_holds_no_word_of_the_person(rasa: FakeRasa, connect, caplog: pytest.LogCaptureFixture) -> None:
    rasa.behave = "garbage"
    with caplog.at_level("DEBUG"):
        connect().parse(ASKED)
    assert any(record.msg == "rasa_unheard" for record in caplog.records)
    assert "retraite" not in caplog.text


def test_names_of_intents_survive_the_way_to_rasa_and_back() -> None:
    for name in ("faq/a-b", "out_of_scope", "safety/sea_distress_now"):
        assert from_rasa(to_rasa(name)) == name
        assert "/" not in to_rasa(name)


# --- in the house ------------------------------------------------------------------------------------------------------
def test_only_the_remote_engine_may_wait(connect, embedded: EmbeddedInterpreter) -> None:
    assert isinstance(connect(), RemoteInterpreter)
    assert isinstance(connect(), Interpreter)
    assert not isinstance(embedded, RemoteInterpreter)


async def test_a_slow_rasa_does_not_hold_up_others(rasa: FakeRasa, connect, library) -> None:
    rasa.behave = "slow"
    hearing = Hearing(connect(timeout=0.5), library.words, library.places, library.search, library.wishes)
    work = asyncio.create_task(hearing.at_work(lambda: hearing.hear(ASKED)))
    await asyncio.sleep(0)
    start = time.monotonic()
    await asyncio.sleep(0.01)
    assert time.monotonic() - start < 0.3, "the loop went on"
    assert (await work).text == ASKED


@pytest.mark.skipif(not model_folder(quiet_settings()).is_dir(), reason="`make test` trains the model first")
def test_the_setting_chooses_the_engine(rasa: FakeRasa) -> None:
    assert not isinstance(load_interpreter(quiet_settings()), RasaInterpreter)
    engine = load_interpreter(quiet_settings().model_copy(update={"rasa_url": rasa.url}))
    assert isinstance(engine, RasaInterpreter)
    engine.close()


class _Elsewhere(ScriptedInterpreter):
    """Notes in which thread it was asked."""

    def parse(self, text: str) -> Parse:
        self.thread = threading.current_thread()
        return super().parse(text)


class _Remote(_Elsewhere):
    closed = False

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("kind", [_Elsewhere, _Remote])
async def test_a_remote_engine_is_heard_in_a_thread_and_ours_at_once(settings: Settings, library, kind: type[_Elsewhere]) -> None:
    engine = kind()
    async with open_house(settings, library, engine) as house:
        await house.say("salam")
        remote = engine.thread is not threading.main_thread()
    assert remote == (kind is _Remote)
    assert getattr(engine, "closed", True), "the house closes it"
