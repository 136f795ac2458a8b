"""The embedded engine: keeps the contract, trains the same bytes twice, learns in one script for the other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlu.concepts import Concepts
from nlu.corpus import CorpusError, read_corpus
from nlu.embedded import fit
from nlu.embedded.engine import EmbeddedInterpreter
from nlu.embedded.features import WEIGHTS, WEIGHTS_OF_FEW, features
from nlu.embedded.key import key_of
from nlu.embedded.model import Model, ModelError
from nlu.embedded.net import HIDDEN
from nlu.embedded.table import Table
from nlu.embedded.training import folds_of, train
from nlu.embedded.windows import LONG, windows_of
from nlu.normalise import words
from tests.nlu.interpreter_contract import InterpreterContract

SMALL = Path(__file__).parent / "data" / "small"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    train(SMALL, folder)
    return folder


@pytest.fixture(scope="module")
def embedded(model: Path) -> EmbeddedInterpreter:
    return EmbeddedInterpreter.load(model)


class TestContract(InterpreterContract):
    @pytest.fixture
    def engine(self, embedded: EmbeddedInterpreter) -> EmbeddedInterpreter:
        return embedded


def test_the_same_data_gives_the_same_bytes(model: Path, tmp_path: Path) -> None:
    train(SMALL, tmp_path)
    for name in ("model.npz", "model.json", "language.npz"):
        assert (model / name).read_bytes() == (tmp_path / name).read_bytes()


def test_a_loaded_model_scores_like_the_trained_one(model: Path, tmp_path: Path) -> None:
    trained, loaded = train(SMALL, tmp_path), Model.load(model)
    message = words("bghit ta9a3od dyali mn fransa")
    assert np.array_equal(trained.scores(message), loaded.scores(message))


def test_the_key_changes_with_the_data(tmp_path: Path) -> None:
    copy = tmp_path / "rest.yml"
    copy.write_bytes((SMALL / "rest.yml").read_bytes())
    before = key_of(tmp_path)
    copy.write_text(copy.read_text(encoding="utf-8").replace("couscous", "tajine"), encoding="utf-8")
    assert key_of(tmp_path) != before


def test_no_writer_is_on_both_sides_of_a_fold() -> None:
    corpus = read_corpus(SMALL)
    folds = folds_of(corpus)
    assert sorted(at for _, test in folds for at in test.tolist()) == list(range(len(corpus)))
    for train_rows, test_rows in folds:
        assert not {corpus[at].writer for at in train_rows} & {corpus[at].writer for at in test_rows}


@pytest.mark.parametrize("length", [0, 1, LONG, LONG + 1, 63, 100])
def test_windows_cover_a_long_message(length: int) -> None:
    spans = windows_of(length)
    assert bool(spans) == (length > LONG)
    if spans:
        assert {at for first, last in spans for at in range(first, last)} == set(range(length))


def test_numbers_stand_for_the_features_as_spelt_out(embedded: EmbeddedInterpreter) -> None:
    vocabulary = embedded._model.vocabulary
    for line in read_corpus(SMALL):
        message = words(line.text)
        ids, starts = vocabulary.ids_by_word(message)
        known = [one for one in features(message, vocabulary.concepts) if one in set(vocabulary.features)]
        assert sorted(vocabulary.features[at] for at in ids) == sorted(known)
        assert (len(starts), starts[-1]) == (len(message) + 1, len(ids))


def test_a_window_weighs_like_a_message_of_its_own(embedded: EmbeddedInterpreter) -> None:
    vocabulary = embedded._model.vocabulary
    message = words("salam khti bghit ta9a3od dyali mn fransa w mabghitch visa dyal spanya")
    kinds, values = vocabulary.weighed(message, ((0, len(message)), (2, 8), (4, 4)))
    ids, starts = vocabulary.ids_by_word(message)
    held, times = np.unique(ids[starts[2] : starts[8]], return_counts=True)
    assert kinds[np.flatnonzero(values[1])].tolist() == held.tolist()
    assert values[1][np.flatnonzero(values[1])] == pytest.approx(vocabulary.values(held, times.astype(np.float32)), rel=1e-5)
    assert not values[2].any()


def test_parts_are_scored_together_as_one_by_one() -> None:
    chance = np.random.default_rng(2)
    part = Table.of(chance.standard_normal((900, 210)).astype(np.float32)).part(np.arange(900))
    values = chance.random((7, 900), dtype=np.float32)
    assert part.sums(values) == pytest.approx(np.vstack([part.sums(one[None, :]) for one in values]), rel=1e-4, abs=1e-3)


def test_a_ramble_ends_in_its_question(embedded: EmbeddedInterpreter) -> None:
    ramble = "salut ça va la famille hier il y avait du vent chez nous et le voisin est passé boire le thé avec ses cousins "
    found = embedded.parse(ramble + "bon dis moi comment demander ma retraite française").intent
    assert found is not None
    assert found.name == "faq/pension"


def test_small_data_is_taught_to_several_layers(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = Model.load(model)
    assert small.hidden.shift.shape == (3 * HIDDEN,)
    assert small.vocabulary.weights == WEIGHTS_OF_FEW
    monkeypatch.setattr(fit, "LARGE", 0)
    monkeypatch.setattr(fit, "_READ", 0)
    corpus = read_corpus(SMALL)
    counted = fit.Counted.of([words(one.text) for one in corpus], Concepts({}))
    large = fit.fitted(counted, np.arange(len(corpus)), [one.intent for one in corpus])
    assert large.hidden.shift.shape == (HIDDEN,)
    assert large.vocabulary.weights == WEIGHTS


def test_data_without_metadata_trains(tmp_path: Path) -> None:
    (tmp_path / "n.yml").write_text(
        "nlu:\n- intent: a\n  examples: |\n    - hello\n    - hi\n- intent: b\n  examples: |\n    - bye\n    - see you\n"
    )
    train(tmp_path, tmp_path / "model")
    found = EmbeddedInterpreter.load(tmp_path / "model").parse("hello").intent
    assert found is not None
    assert found.name == "a"


def test_one_intent_cannot_be_trained(tmp_path: Path) -> None:
    (tmp_path / "n.yml").write_text("nlu:\n- intent: a\n  examples: |\n    - hello\n")
    with pytest.raises(CorpusError):
        train(tmp_path, tmp_path / "model")


def test_a_missing_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no usable model"):
        Model.load(tmp_path)


@pytest.mark.parametrize("noise", ["xqzvw", "kjhgf wxcvq", "12", "12 45", "ضصثقفغ"])
def test_what_nobody_ever_wrote_is_not_taken_for_a_subject(embedded: EmbeddedInterpreter, noise: str) -> None:
    parse = embedded.parse(noise)
    assert parse.intent is None or parse.intent.confidence <= 0.3


def test_weights_in_a_byte_stay_near() -> None:
    weights = np.random.default_rng(1).standard_normal((50, 9)).astype(np.float32)
    weights[3] = 0
    table = Table.of(weights)
    assert table.kept.dtype == np.int8
    assert np.abs(table.whole() - weights).max() <= np.abs(weights).max() / 250
    part = table.part(np.array([3, 7]))
    assert np.array_equal(part.rows * part.scale[:, None], table.whole()[[3, 7]])
