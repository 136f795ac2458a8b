"""Every branch of every journey is reached by a conversation in tests/transcripts, and each journey begins in three varieties."""

from bot.assembly import Library
from flows.draft import Walked
from flows.journey.graph import edges, unreached
from nlu.interpreter import Interpreter
from tests.helpers.playing import FILES, play

VARIETIES_EACH = 3
# What no conversation can lead to while the content stays as it is, and where it is tested instead.
NOT_PLAYABLE = {
    ("check_offer", "ready", "withheld"),  # no warning sign may be shown any more: tests/flows/test_guides.py
    ("check_offer", "withheld", "END"),
    ("remind_opening", "keep", "gone"),  # withdrawn between question and answer: tests/flows/test_opportunities.py
    ("remind_opening", "gone", "END"),
}


async def test_every_branch_is_reached_and_each_journey_in_several_varieties(interpreter: Interpreter, library: Library) -> None:
    walked: dict[Walked, set[str]] = {}
    for file in FILES:
        for move in (await play(file, interpreter, library)).walked:
            walked.setdefault(move, set()).add(file.name.split(".")[1])
    excused = {
        Walked(journey=journey.name, step=edge.step, branch=edge.branch)
        for journey in library.script.journeys.values()
        for edge in edges(journey)
        if (journey.name, edge.step, edge.target) in NOT_PLAYABLE
    }
    assert len(excused) == len(NOT_PLAYABLE)
    assert not excused & set(walked), "it is played: no excuse is needed"
    missed = unreached(library.script, set(walked) | excused)
    assert not missed, "\n".join(missed)
    heard: dict[str, set[str]] = {name: set() for name in library.script.journeys}
    for move, varieties in walked.items():
        heard[move.journey] |= varieties
    assert not {name: found for name, found in heard.items() if len(found) < VARIETIES_EACH}
