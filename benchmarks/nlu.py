"""`python -m benchmarks.nlu`: every engine on the same split, in one run; the figures go into docs/nlu.md.

Splits are fixed: a quarter of the lines is held back, first by writer, then by utterance. With `--rasa` the light Rasa
pipeline is trained on the split by writer as well and asked every fourth line.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks import figures
from benchmarks.baselines import Keywords, bayes, letters
from nlu.answers import read_answers
from nlu.concepts import Concepts
from nlu.corpus import Utterance, read_corpus
from nlu.embedded.engine import EmbeddedInterpreter
from nlu.embedded.key import ANSWERS, CONCEPTS, LANGUAGES
from nlu.embedded.training import folds_of, trained_on
from nlu.evaluate import Report, Seen, observed, report
from nlu.language import LanguageModel

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "nlu.md"
OPEN, CLOSE = "<!-- figures: written by benchmarks/nlu.py -->", "<!-- end of figures -->"
_SERVED: Final = """
import json, sys, time
from pathlib import Path
from nlu.embedded.engine import EmbeddedInterpreter
start = time.perf_counter()
engine = EmbeddedInterpreter.load(Path(sys.argv[1]))
loaded = time.perf_counter() - start
for line in ("bonjour", "bghit nmchi l fransa", "واش نقدر ناخد التقاعد ديالي"):
    engine.parse(line)
lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
print(json.dumps({"load": loaded, "megabytes": next(int(one.split()[1]) / 1024 for one in lines if one.startswith("VmHWM"))}))
"""

Found = dict[str, tuple[Report, float]]


@dataclass(frozen=True, slots=True)
class Alarms:
    """Share of calm lines that raise one: those made to sound like an emergency, and all others."""

    hard: float | None
    ordinary: float | None

    @classmethod
    def of(cls, seen: Sequence[Seen], hard: set[str]) -> Alarms:
        calm = [one for one in seen if not one.utterance.intent.startswith("safety/")]
        groups = [
            [one.parse.safety is not None for one in calm if (one.utterance.text in hard) is wanted] for wanted in (True, False)
        ]
        return cls(*(sum(group) / len(group) if group else None for group in groups))


def embedded_of(corpus: Sequence[Utterance], folder: Path) -> EmbeddedInterpreter:
    """Trains, writes to the folder and loads from there: what is judged is what would be served."""
    model = trained_on(corpus, Concepts.load(CONCEPTS), read_answers(ANSWERS, {one.intent for one in corpus}))
    model.save(folder)
    LanguageModel.learn(LANGUAGES, corpus).save(folder)
    return EmbeddedInterpreter.load(folder)


def compared(
    corpus: Sequence[Utterance], grouped: Sequence[Utterance], folder: Path, hard: set[str], rasa: bool
) -> tuple[Found, Alarms]:
    """All engines on one quarter; `grouped` says who may not be on both sides; `hard` are the hard negatives."""
    train_rows, test_rows = folds_of(grouped)[0]
    known, unseen = [corpus[at] for at in train_rows], [corpus[at] for at in test_rows]
    found: Found = {}
    alarms = Alarms(None, None)
    makers: dict[str, Callable[[], Any]] = {
        "embedded": lambda: embedded_of(known, folder),
        "letters, linear": lambda: letters(known),
        "words, naive Bayes": lambda: bayes(known),
        "keywords": lambda: Keywords(known),
    }
    for name, make in makers.items():
        start = time.perf_counter()
        engine = make()
        seconds = time.perf_counter() - start
        seen = observed(unseen, engine)
        found[name] = (report(seen), seconds)
        alarms = Alarms.of(seen, hard) if name == "embedded" else alarms
        print(f"{name}: {found[name][0].accuracy:.3f}, trained in {seconds:.0f} s", file=sys.stderr)
    if rasa:
        from nlu.rasa.measure import measured

        with tempfile.TemporaryDirectory(prefix="dalil-rasa-") as home:
            one = measured(known, unseen[::4], EmbeddedInterpreter.load(folder), Path(home))
        found["Rasa, light"] = (one.report, one.trained.seconds)
    return found, alarms


def page(by_writer: Found, alarms: Alarms, by_utterance: Found, folder: Path, command: str) -> str:
    """The generated part of docs/nlu.md."""
    ours = by_writer["embedded"][0]
    served = json.loads(
        subprocess.run([sys.executable, "-c", _SERVED, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    )
    disk = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    where = f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
    bands = figures.table(
        ["what is done with a message", "%"],
        [
            ("entries answered directly", figures.percent(ours.answered)),
            ("a wrong entry answered, of all", figures.percent(ours.wrong_answered)),
            ("out of scope answered with an entry", figures.percent(ours.out_of_scope_answered)),
            ("mean gap between confidence and truth", figures.percent(ours.calibration_error)),
            ("language right · on 2 to 10 words", f"{figures.percent(ours.language)} · {figures.percent(ours.language_short)}"),
        ],
    )
    return "\n\n".join(
        [
            OPEN,
            f"{datetime.now(UTC):%d %B %Y}, commit {commit.stdout.strip() or 'unknown'}, `{command}`; {where}. "
            f"{ours.utterances} lines held back, {ours.intents} intents. Other work on the machine lengthens all times.",
            "### By writer: nobody is on both sides",
            figures.engines(by_writer),
            "### By utterance: a writer may be on both sides",
            figures.engines(by_utterance),
            f"Loading {served['load']:.2f} s, memory of the process {served['megabytes']:.0f} MB, on disk {disk:.0f} MB.",
            "### The embedded engine, by writer",
            bands,
            figures.safety(ours, alarms.hard, alarms.ordinary),
            figures.groups(ours),
            "![How sure and how often right](images/nlu-reliability.svg) ![Coverage and risk](images/nlu-risk.svg)",
            "Weakest intents:",
            figures.weakest(ours),
            "Most frequent confusions:",
            figures.confusions(ours),
            CLOSE,
        ]
    )


def plots(ours: Report) -> dict[str, str]:
    sure = [(row["confidence"], row["right"]) for row in ours.reliability]
    risk = [(float(coverage), wrong) for coverage, wrong in ours.risk_at_coverage.items()]
    return {
        "nlu-reliability.svg": figures.plot("How sure, and how often right", "confidence", "right", sure, diagonal=True),
        "nlu-risk.svg": figures.plot("Wrong among the surest", "messages kept", "wrong", risk),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=ROOT / "nlu" / "data")
    options.add_argument("--rasa", action="store_true", help="train and ask Rasa as well (needs Python 3.10)")
    options.add_argument("--print", action="store_true", help="print instead of writing docs/nlu.md")
    chosen = options.parse_args()
    corpus = read_corpus(chosen.data)
    with tempfile.TemporaryDirectory(prefix="dalil-nlu-") as folder:
        models = Path(folder)
        negatives = sorted((chosen.data / "safety").glob("hard_negatives*.yml"))
        hard = {one.text for path in negatives for one in read_corpus(path)}
        by_writer, alarms = compared(corpus, corpus, models / "writer", hard, chosen.rasa)
        anonymous = [replace(one, writer="") for one in corpus]
        by_utterance, _ = compared(corpus, anonymous, models / "utterance", hard, rasa=False)
        written = page(by_writer, alarms, by_utterance, models / "writer", " ".join(["python -m benchmarks.nlu", *sys.argv[1:]]))
    if chosen.print:
        print(written)
        return
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(OPEN)
    PAGE.write_text(before + written + rest.partition(CLOSE)[2], encoding="utf-8")
    for name, drawing in plots(by_writer["embedded"][0]).items():
        (PAGE.parent / "images" / name).write_text(drawing, encoding="utf-8")


if __name__ == "__main__":
    main()
