"""`dalil flows …`: for those who write journeys. Data on standard output."""

import asyncio
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.assembly import Library, known_messages, load_interpreter
from bot.cli.converse import throw_away
from bot.cli.failures import Refused
from bot.cli.talk import chat
from bot.knowledge.catalogue import Catalogue
from bot.knowledge.entries import Knowledge
from bot.rehearsal import MovableClock
from bot.settings import Settings
from bot.transcript import moment_of, play_file
from flows.draft import Walked
from flows.journey import drawing
from flows.journey.actions import ACTIONS
from flows.journey.graph import unreached
from flows.journey.load import read_script
from flows.journey.reaching import not_playable
from flows.journey.script import Journey, Script
from nlu.corpus import read_corpus

app = typer.Typer(help="Check, draw and play the journeys.", no_args_is_help=True)
_DRAWING_SECONDS = 60

Name = Annotated[str, typer.Argument(metavar="NAME")]


@app.command()
def check(
    coverage: Annotated[bool, typer.Option(help="also name the branches that no transcript of tests/transcripts takes")] = False,
) -> None:
    """Say what is wrong in flows/, one line a fault with its file and line. Exit code 1 when there is any."""
    settings = Settings()
    script, mistakes = _read(settings.home)
    faults = [str(m) for m in mistakes] or _untrained(settings.home, script)
    if coverage and not faults:
        faults = unreached(script, asyncio.run(_walked(settings)) | not_playable(script))
    for fault in faults:
        typer.echo(fault)
    typer.echo(f"{len(faults)} faults" if faults else "no fault", err=True)
    raise typer.Exit(1 if faults else 0)


@app.command()
def draw(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="a journey; all without it")] = "",
    form: Annotated[Literal["mermaid", "svg"], typer.Option("--format", help="svg needs Graphviz")] = "mermaid",
    out: Annotated[Path | None, typer.Option(help="a folder for one file a journey; standard output without it")] = None,
) -> None:
    """Draw journeys as graphs."""
    script = _sound(Settings().home)
    chosen = [_journey(script, name)] if name else list(script.journeys.values())
    if form == "svg" and not name and out is None:
        raise Refused("name a journey, or a folder with --out: an SVG file holds one drawing")
    for journey in chosen:
        text = drawing.mermaid(journey) if form == "mermaid" else _svg(journey)
        if out is None:
            typer.echo(f"%% {journey.name}: {journey.description}\n{text}" if form == "mermaid" else text)
        else:
            out.mkdir(parents=True, exist_ok=True)
            file = out / f"{journey.name}.{'mmd' if form == 'mermaid' else 'svg'}"
            file.write_text(text, encoding="utf-8")
            typer.echo(str(file))


@app.command()
def talk(
    name: Name,
    save: Annotated[Path | None, typer.Option(help="keep the conversation as a transcript")] = None,
    channel: Annotated[str, typer.Option(help="telegram, whatsapp or web")] = "telegram",
) -> None:
    """Play one journey from its beginning, with the real engine. A number picks a choice; Ctrl-D ends."""
    settings = Settings()
    _journey(_sound(settings.home), name)
    with tempfile.TemporaryDirectory(prefix="dalil-") as folder:
        asyncio.run(chat(throw_away(settings, folder), channel, save, begin=name))


def _read(home: Path) -> tuple[Script, list[Exception]]:
    catalogue, knowledge = Catalogue.load(home / "locales"), Knowledge.load(home)
    script, mistakes = read_script(home / "flows", ACTIONS, known_messages(catalogue, knowledge))
    return script, list(mistakes)


def _sound(home: Path) -> Script:
    script, mistakes = _read(home)
    if mistakes:
        raise mistakes[0]
    return script


def _journey(script: Script, name: str) -> Journey:
    if name not in script.journeys:
        raise Refused(f"there is no journey {name!r}; there are: {', '.join(sorted(script.journeys))}")
    return script.journeys[name]


def _untrained(home: Path, script: Script) -> list[str]:
    """An intent that begins a journey and that nobody would be understood to have."""
    spoken = {utterance.intent for utterance in read_corpus(home / "nlu" / "data")}
    return [
        f"{journey.where}: no line of nlu/data means {intent!r}"
        for journey in script.journeys.values()
        for intent in journey.triggers
        if intent not in spoken
    ]


async def _walked(settings: Settings) -> set[Walked]:
    """The moves of all transcripts, each played on its own day."""
    files = sorted((settings.home / "tests" / "transcripts").glob("*/*.yml"))
    if not files:
        raise Refused(f"there are no transcripts in {settings.home / 'tests' / 'transcripts'}")
    walked, interpreter = set[Walked](), load_interpreter(settings)
    clock = MovableClock(moment_of(files[0]))
    library = Library(settings, clock)
    for file in files:
        clock.now = moment_of(file)
        typer.echo(f"{file.parent.name}/{file.name}", err=True)
        await play_file(file, settings, interpreter=interpreter, library=library, walked=walked)
    return walked


def _svg(journey: Journey) -> str:
    """Graphviz lays the graph out; it is a program of its own."""
    program = shutil.which("dot")
    if program is None:
        raise Refused("SVG is drawn by Graphviz, which is not installed (Debian: apt install graphviz); Mermaid needs nothing")
    command = [program, "-Tsvg"]
    drawn = subprocess.run(command, input=drawing.dot(journey), capture_output=True, text=True, timeout=_DRAWING_SECONDS)  # noqa: S603
    if drawn.returncode:
        why = drawn.stderr.strip().splitlines() or [f"exit code {drawn.returncode}"]
        raise Refused(f"Graphviz could not draw {journey.name}: {why[-1]}")
    return drawn.stdout
