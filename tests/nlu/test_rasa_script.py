"""`deploy/rasa.sh` says in one line what is missing, and training data for Rasa holds nothing it trips over."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from nlu.corpus import Utterance
from nlu.rasa.prepare import as_yaml, prepare

ROOT = Path(__file__).resolve().parents[2]
TRICKY = ["[Agadir](city) ou {\"a\": 1} ?", "- un tiret", "# un dièse: oui", "ligne\nsuivante", "\u200bz\u2028w", "a | b"]  # fmt: skip


def script(what: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {"PATH": os.environ["PATH"], "HOME": str(home), "RASA_HOME": str(home), **environment}
    return subprocess.run(["sh", str(ROOT / "deploy" / "rasa.sh"), what], env=own, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("what", "environment", "says"),
    [
        ("build", {"PATH": "/usr/bin:/bin", "RASA_PYTHON": "/nowhere"}, "Python 3.10"),
        ("train", {}, "run deploy/rasa.sh build"),
        ("serve", {}, "run deploy/rasa.sh train"),
        ("dance", {}, "knows find, build, train, serve and all"),
    ],
)
def test_what_is_missing_is_said_in_one_line(tmp_path: Path, what: str, environment: dict[str, str], says: str) -> None:
    if what == "build" and not script("find", tmp_path, **environment).returncode:
        pytest.skip("this system has a Python 3.10 of its own")
    done = script(what, tmp_path, **environment)
    assert done.returncode == 1
    assert done.stderr.startswith("dalil: ")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr


def test_lines_are_plain_and_intents_keep_their_names(tmp_path: Path) -> None:
    corpus = [Utterance(line, "faq/visa") for line in TRICKY] + [Utterance("salut", "smalltalk/greet")] * 4
    assert prepare(corpus, tmp_path, answers=tmp_path) == 1
    (block,) = yaml.safe_load((tmp_path / "nlu.yml").read_text(encoding="utf-8"))["nlu"]
    assert block["intent"] == "faq::visa"
    lines = block["examples"].splitlines()
    assert len(lines) == len(TRICKY)
    assert all(line.startswith("- ") and not set(line) & set("[]{}()|\u200b\u2028") for line in lines)
    domain = yaml.safe_load((tmp_path / "domain.yml").read_text(encoding="utf-8"))
    assert domain["intents"] == ["faq::visa"]
    assert "city" in domain["entities"]


def test_yaml_for_training_keeps_our_names() -> None:
    (first, second) = yaml.safe_load(as_yaml([Utterance("a", "faq/visa"), Utterance("b", "out_of_scope")]))["nlu"]
    assert (first["intent"], second["intent"]) == ("faq/visa", "out_of_scope")


def test_the_lock_file_names_no_host() -> None:
    text = (ROOT / "requirements" / "rasa.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert text.count("==") < text.count("--hash=sha256:")
    assert "\nrasa==3.6.21 " in text
