"""A transcript is played once a process: what it says is checked and what it reaches is measured from the same playing."""

from dataclasses import dataclass
from pathlib import Path

from bot.assembly import Library
from bot.transcript import play_file
from flows.draft import Walked
from nlu.interpreter import Interpreter
from tests.conftest import quiet_settings

FOLDER = Path(__file__).parent.parent / "transcripts"
FILES = sorted(FOLDER.glob("*/*.yml"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    faults: list[str]
    walked: frozenset[Walked]


_played: dict[Path, Played] = {}


async def play(file: Path, interpreter: Interpreter, library: Library) -> Played:
    if file not in _played:
        walked = set[Walked]()
        faults = await play_file(file, quiet_settings(), interpreter=interpreter, library=library, walked=walked)
        _played[file] = Played(faults=faults, walked=frozenset(walked))
    return _played[file]
