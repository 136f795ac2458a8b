"""What becomes of a journey's slots when another comes in between, and when it ends."""

from collections.abc import Sequence
from dataclasses import replace

from flows.draft import Draft
from flows.state import Frame

# Slots that results fill, gone with the journey that asked.
RESULTS = frozenset(
    "found elsewhere seat waiting near lines further fitting nearly open kept full waits instead offered session "
    "held erased receipt staffed start ahead".split()
)
LISTS = ("list", "offices")  # what was found, for the text that shows it


def put_by(draft: Draft, frames: tuple[Frame, ...]) -> Frame:
    """What the journey on top has collected so far is put by, and what those that called it have: the one that comes in between
    may use the same slots."""
    chain = [frames[-1]]
    while chain[-1].called and len(chain) < len(frames):
        chain.append(frames[-1 - len(chain)])
    passing = _passing(draft, chain)
    return replace(frames[-1], held={name: value for name, value in draft.state.slots.items() if name in passing})


def _passing(draft: Draft, frames: Sequence[Frame]) -> set[str]:
    """The slots that go with these journeys."""
    script = draft.facts.house.script
    used = RESULTS.union(*(script.collected_by(f.journey) for f in frames))
    return {name for name in used if not script.slots[name].persist} | {"chosen", *LISTS}


def end(draft: Draft, frame: Frame) -> None:
    """Leave a journey. What it collected goes with it, but for what is kept of a person; a called one leaves it to its caller.
    The journey beneath, if any, finds its slots as it left them."""
    frames = draft.state.frames[:-1]
    if frame.called and frames:
        draft.change(frames=frames)
        return
    back = dict(frames[-1].held) if frames else {}
    draft.set_slots(dict.fromkeys(_passing(draft, (frame,))) | back)
    draft.change(frames=(*frames[:-1], replace(frames[-1], held={})) if frames else ())
