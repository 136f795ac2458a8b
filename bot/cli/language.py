"""Understanding on the command line: parse, train, evaluate."""

import json
import shutil
import sys
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.assembly import Library, load_embedded, model_folder, remote_interpreter, system_clock
from bot.cli.failures import Refused
from bot.delivery.understanding import Hearing
from bot.settings import Settings
from flows.policy.countries import settled, spoken_of
from flows.policy.decision import decide
from nlu.evaluate import Report, evaluate_by_utterance, evaluate_by_writer
from nlu.evaluate import evaluate as evaluate_engine
from nlu.interpreter import Interpreter


class Engine(StrEnum):
    embedded = "embedded"
    rasa = "rasa"


class Split(StrEnum):
    utterance = "utterance"
    writer = "writer"


def _chosen(engine: Engine, settings: Settings, model: Path | None) -> Interpreter:
    """The engine asked for, whatever the deployment uses."""
    if engine is Engine.embedded:
        return load_embedded(settings, model)
    if not settings.rasa_url:
        raise Refused("which Rasa server? Set DALIL_RASA_URL, http://127.0.0.1:5005 say (`make nlu-rasa` starts one)")
    return remote_interpreter(settings, load_embedded(settings, model))


def _unheard(engine: Interpreter) -> int:
    """How many messages the other engine left to ours."""
    return int(getattr(engine, "unheard", 0))


def parse(
    engine: Annotated[Engine, typer.Option(help="which engine understands")] = Engine.embedded,
    model: Annotated[Path | None, typer.Option(help="folder of a trained model")] = None,
) -> None:
    """JSON lines {"text"} to one line each: Rasa's parse result with language, safety and decision."""
    settings = Settings()
    library = Library(settings, system_clock)
    interpreter = _chosen(engine, settings, model)
    hearing = Hearing(interpreter, library.words, library.places, library.search, library.wishes)
    entries = library.house().entries
    for line in sys.stdin:
        if not line.strip():
            continue
        parsed = interpreter.parse(str(json.loads(line)["text"]))
        heard = hearing.of_parse(parsed)
        decision = settled(decide(heard, entries), spoken_of(heard, None), entries)
        print(json.dumps({**parsed.to_json(), "decision": decision.kind}, ensure_ascii=False), flush=True)
    if left := _unheard(interpreter):
        print(f"dalil: Rasa did not answer {left} messages; the embedded engine did", file=sys.stderr)


def train(
    data: Annotated[Path | None, typer.Option(help="folder of Rasa NLU YAML; default: our own")] = None,
    model: Annotated[Path | None, typer.Option(help="folder to write the model to; default: MODEL_DIR")] = None,
) -> None:
    """Train the embedded engine."""
    settings = Settings()
    data = data or settings.home / "nlu" / "data"
    if not data.is_dir():
        raise Refused(f"{data} is no folder")
    target = model or model_folder(settings)
    print("training the language model, a minute or two …", file=sys.stderr)
    train_into(data, target)
    print(f"model written to {target}", file=sys.stderr)


def train_into(data: Path, target: Path) -> None:
    """Train beside the folder and move it there when done: a model half written never serves."""
    from nlu.embedded.training import train as train_model  # brings scikit-learn, which only training needs

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=target.parent) as folder:
        made = Path(folder) / "model"
        made.mkdir()
        train_model(data, made)
        if target.exists():
            shutil.rmtree(target)
        made.rename(target)


def evaluate(
    data: Annotated[Path | None, typer.Option(help="folder of Rasa NLU YAML to measure on; default: our own")] = None,
    model: Annotated[Path | None, typer.Option(help="folder of a trained model; default: MODEL_DIR")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
    engine: Annotated[Engine, typer.Option(help="which engine understands")] = Engine.embedded,
    split: Annotated[
        Split | None, typer.Option(help="train anew on parts of the data and judge the rest: no line, or no writer, in both")
    ] = None,
) -> None:
    """Accuracy, macro-F1, per variety and intent, confusions, speed."""
    settings = Settings()
    data = data or settings.home / "nlu" / "data"
    report = (_by_split(data, engine, model, split) if split else _as_it_is(data, _chosen(engine, settings, model))).to_json()
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
        return
    for name, value in report.items():
        if isinstance(value, int | float):
            print(f"{name:32} {value:.4f}")


def _as_it_is(data: Path, interpreter: Interpreter) -> Report:
    report = evaluate_engine(data, interpreter)
    if left := _unheard(interpreter):
        raise Refused(f"Rasa did not answer {left} messages, so these would not be its figures: is it running and at leisure?")
    return report


def _by_split(data: Path, engine: Engine, model: Path | None, split: Split) -> Report:
    if engine is not Engine.embedded or model:
        raise Refused("--split trains the embedded engine itself; leave out --engine and --model")
    from nlu.embedded.training import engine_of  # brings scikit-learn, which only training needs

    judged = evaluate_by_writer if split is Split.writer else evaluate_by_utterance
    return judged(data, engine_of)
