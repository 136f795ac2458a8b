"""`--engine rasa`: the server asked is the one that is set, and what it left unanswered is said."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from nlu.embedded.training import train
from tests.bot.cli.test_one_line import dalil, last_line
from tests.nlu.rasa_server import fake_rasa

SMALL = Path(__file__).parents[2] / "nlu" / "data" / "small"
ASKED = "comment avoir ma retraite"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("model")
    train(SMALL, folder)
    return str(folder)


def parse(model: str, folder: Path, engine: str, url: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from bot.cli import main; main()", "parse", "--engine", engine, "--model", model]
    environment = {"DALIL_RASA_URL": url, "DALIL_DATA_DIR": str(folder)}
    lines = json.dumps({"text": ASKED}) + "\n"
    return subprocess.run(command, env=environment, input=lines, capture_output=True, text=True, timeout=60, check=False)


def test_no_server_is_set(tmp_path: Path) -> None:
    assert "DALIL_RASA_URL" in last_line(dalil("parse", "--engine", "rasa", folder=tmp_path))
    assert "DALIL_RASA_URL" in last_line(dalil("evaluate", "--engine", "rasa", folder=tmp_path))


def test_parse_asks_the_engine_it_is_told(model: str, tmp_path: Path) -> None:
    with fake_rasa() as rasa:
        embedded = parse(model, tmp_path, "embedded", rasa.url)
        assert (embedded.returncode, rasa.asked) == (0, [])
        done = parse(model, tmp_path, "rasa", rasa.url)
    assert (done.returncode, done.stderr, rasa.asked) == (0, "", [ASKED])
    told = json.loads(done.stdout)
    assert told["intent"] == {"name": "faq/pension", "confidence": 0.9709}
    assert set(told) == {*json.loads(embedded.stdout)}


def test_what_rasa_left_unanswered_is_said(model: str, tmp_path: Path) -> None:
    with fake_rasa() as rasa:
        rasa.behave = "error"
        done = parse(model, tmp_path, "rasa", rasa.url)
        assert done.returncode == 0
        assert json.loads(done.stdout)["intent"]["name"] == "faq/pension"
        assert "did not answer 1 messages" in done.stderr
        judged = ("evaluate", "--engine", "rasa", "--json", "--data", str(SMALL), "--model", model)
        assert "did not answer" in last_line(dalil(*judged, folder=tmp_path, DALIL_RASA_URL=rasa.url))


def test_evaluate_measures_rasa(model: str, tmp_path: Path) -> None:
    with fake_rasa() as rasa:
        judged = ("evaluate", "--engine", "rasa", "--json", "--data", str(SMALL), "--model", model)
        done = dalil(*judged, folder=tmp_path, DALIL_RASA_URL=rasa.url)
    assert done.returncode == 0, done.stderr
    assert len(rasa.asked) > 20
    assert json.loads(done.stdout)["utterances"] > 20


def test_a_split_trains_for_itself(tmp_path: Path) -> None:
    judged = ("evaluate", "--split", "writer", "--data", str(SMALL))
    assert "leave out" in last_line(dalil(*judged, "--engine", "rasa", folder=tmp_path))
    done = dalil(*judged, "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["utterances"] == 39
