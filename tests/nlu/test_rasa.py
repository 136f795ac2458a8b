"""The real Rasa, where Python 3.10 is to be had: built from the lock file, trained, served, held to the contract.

Its environment (some 3 GB) is kept in var/rasa/env and built anew only when the lock file changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nlu.corpus import OUT_OF_SCOPE, Utterance, read_corpus
from nlu.embedded.engine import EmbeddedInterpreter
from nlu.embedded.training import engine_of, folds_of, train
from nlu.evaluate import observed, report
from nlu.interpreter import Interpreter
from nlu.rasa import process
from nlu.rasa.measure import measured
from nlu.remote import RasaInterpreter
from tests.nlu.interpreter_contract import InterpreterContract

HERE = Path(__file__).parent
SMALL, DATA = HERE / "data" / "small", HERE.parents[1] / "nlu" / "data"
ENTRIES = 14  # subjects of the subset that both engines learn
LINES = 90  # of each
NEAR = 0.05  # the light pipeline stays so near to the embedded engine

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not process.available(), reason="Rasa 3.6 needs Python 3.10, which is not on this machine"),
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EmbeddedInterpreter, str]]:
    """The embedded engine and the address of Rasa, both trained on the data of the contract."""
    model, home = tmp_path_factory.mktemp("model"), tmp_path_factory.mktemp("rasa")
    train(SMALL, model)
    process.train(read_corpus(SMALL), home)
    with process.serving(home) as server:
        yield EmbeddedInterpreter.load(model), server.url


class TestContract(InterpreterContract):
    @pytest.fixture
    def engine(self, small: tuple[EmbeddedInterpreter, str]) -> Iterator[RasaInterpreter]:
        ours, url = small
        engine = RasaInterpreter(url, ours, timeout=30.0)
        yield engine
        engine.close()
        assert engine.unheard == 0, "these were the answers of Rasa"


def test_both_engines_find_the_same_entities(small: tuple[EmbeddedInterpreter, str]) -> None:
    ours, url = small
    text = "  /j'ai 24 ans, de Taliouine, bghit nmchi l fransa ولا لبلجيكا "
    engine = RasaInterpreter(url, ours, timeout=30.0)
    assert engine.parse(text).entities == ours.parse(text).entities != ()
    assert engine.unheard == 0
    engine.close()


def test_it_comes_near_the_embedded_engine_on_lines_of_other_writers(tmp_path: Path) -> None:
    known, unseen = _subset()
    ours: Interpreter = engine_of(known)
    rasa = measured(known, unseen, ours, tmp_path)
    embedded = report(observed(unseen, ours))
    print(
        f"embedded {embedded.accuracy:.3f}, Rasa {rasa.report.accuracy:.3f} ({rasa.trained.cpu_seconds:.0f} s of CPU, {rasa.megabytes} MB)"
    )
    assert rasa.report.accuracy >= embedded.accuracy - NEAR
    assert rasa.report.safety_recall == embedded.safety_recall
    assert rasa.report.language == embedded.language


def _subset() -> tuple[list[Utterance], list[Utterance]]:
    """Some subjects, some emergencies and out of scope; the lines that are asked are by writers who taught nothing."""
    corpus = read_corpus(DATA)
    names = sorted({one.intent for one in corpus})
    entries = [name for name in names if name.startswith("faq/")]
    chosen = {*entries[:: max(1, len(entries) // ENTRIES)], *[n for n in names if n.startswith("safety/")][:2], OUT_OF_SCOPE}
    lines = [one for name in sorted(chosen) for one in _spread([u for u in corpus if u.intent == name])]
    known, unseen = folds_of(lines)[0]
    return [lines[at] for at in known], [lines[at] for at in unseen]


def _spread(lines: list[Utterance]) -> list[Utterance]:
    return lines[:: max(1, len(lines) // LINES)]
