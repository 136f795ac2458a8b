"""Every branch of every journey is reached by a conversation in tests/transcripts, and each journey begins in three varieties."""

import pytest

from bot.assembly import Library
from flows.draft import Walked
from flows.journey.graph import unreached
from flows.journey.reaching import NOT_PLAYABLE, not_playable
from nlu.interpreter import Interpreter
from tests.helpers.playing import FILES, play

VARIETIES_EACH = 3
# Plays every conversation once more, ninety seconds: in .ci/run, and by hand with `dalil flows check --coverage`.
pytestmark = pytest.mark.slow


async def test_every_branch_is_reached_and_each_journey_in_several_varieties(interpreter: Interpreter, library: Library) -> None:
    walked: dict[Walked, set[str]] = {}
    for file in FILES:
        for move in (await play(file, interpreter, library)).walked:
            walked.setdefault(move, set()).add(file.name.split(".")[1])
    excused = not_playable(library.script)
    assert len(excused) == len(NOT_PLAYABLE)
    assert not excused & set(walked), "it is played: no excuse is needed"
    missed = unreached(library.script, set(walked) | excused)
    assert not missed, "\n".join(missed)
    heard: dict[str, set[str]] = {name: set() for name in library.script.journeys}
    for move, varieties in walked.items():
        heard[move.journey] |= varieties
    assert not {name: found for name, found in heard.items() if len(found) < VARIETIES_EACH}
