"""What the conversation remembers of one person between two turns. Goes through JSON between any two of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from flows.events import Option
from flows.facts import Part

Json = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One journey under way. `waiting` names the action whose result it awaits, `tries` counts failed answers to the
    current question, `asked` is the state version at which it was asked, `asked_at` the moment (ISO 8601), `filled` the steps
    answered, in order; the first `settled` of them were acted upon and are not taken back by words. `passed`: slots gone on
    without. `paused`: the person was asked whether to go on at all. `called` by the journey beneath, which goes on after it.
    `held`: its slots as they were when another journey came in between."""

    journey: str
    step: str
    waiting: str | None = None
    tries: int = 0
    asked: int = 0
    filled: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    asked_at: str | None = None
    paused: bool = False
    passed: tuple[str, ...] = ()
    settled: int = 0
    called: bool = False
    held: Mapping[str, Json] = field(default_factory=dict)

    def at(self, step: str) -> "Frame":
        """The same journey at another step, which is not asked yet."""
        return replace(self, step=step, waiting=None, tries=0, asked_at=None, paused=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptList:
    """A checklist of the person: the answers it was made from, the ids of the steps done, the part looked at last."""

    id: str
    answers: Mapping[str, Json] = field(default_factory=dict)
    done: tuple[str, ...] = ()
    part: Part = "before"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`version` rises with every turn. `drift` is the language of the last clear message, when it was not `language`.
    `assumed`: no words of the person told the language yet, so the first clear ones decide.
    `country` is the one abroad the person spoke of last.
    `candidates` are the next best guesses, for "no, not that". `safety` is an emergency still going on, `safety_at` the
    version at which help was last sent for it, `safety_since` the moment, `safety_asked` the version at which nothing but "is
    anybody in danger?" was asked. `reminders`: what the person is to be told of (opportunities by id), each with the moment;
    `reminded`: those told of, each with the month. `invited`: sessions whose reminder may still be answered, by id, with what
    texts say of them; the last reminded of comes last. `checklists`: the one looked at last comes first."""

    version: int = 0
    language: str | None = None
    drift: str | None = None
    assumed: bool = False
    noticed: bool = False
    mode: Literal["bot", "advisor"] = "bot"
    case: bool = False
    frames: tuple[Frame, ...] = ()
    slots: Mapping[str, Json] = field(default_factory=dict)
    topic: str | None = None
    country: str | None = None
    candidates: tuple[str, ...] = ()
    misunderstood: int = 0
    stopped: bool = False
    safety: str | None = None
    safety_since: str | None = None
    safety_at: int = 0
    safety_asked: int = 0
    checklists: tuple[KeptList, ...] = ()
    reminders: Mapping[str, str] = field(default_factory=dict)
    reminded: Mapping[str, str] = field(default_factory=dict)
    invited: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Json]:
        return asdict(self)

    @staticmethod
    def from_json(data: Mapping[str, Json]) -> "State":
        """Unknown keys (a newer version's) are dropped, missing ones take their default."""
        known = {k: v for k, v in data.items() if k in State.__dataclass_fields__}
        known["frames"] = tuple(_frame(f) for f in known.get("frames", ()))
        known["candidates"] = tuple(known.get("candidates", ()))
        known["checklists"] = tuple(_kept(k) for k in known.get("checklists", ()))
        return State(**known)

    def with_lists(self, brought: Sequence[KeptList]) -> "State":
        """With the lists of another conversation of the same person: of a list that both have, ours, with the ticks of either."""
        more = {k.id: k for k in brought}
        ours = tuple(
            replace(k, done=tuple(dict.fromkeys((*k.done, *more[k.id].done)))) if k.id in more else k for k in self.checklists
        )
        mine = {k.id for k in ours}
        return replace(self, checklists=(*ours, *(k for k in brought if k.id not in mine)))

    @property
    def frame(self) -> Frame | None:
        """The journey that speaks now."""
        return self.frames[-1] if self.frames else None

    def with_frame(self, frame: Frame) -> "State":
        return replace(self, frames=(*self.frames[:-1], frame))


def _kept(data: Mapping[str, Json]) -> KeptList:
    known = {k: v for k, v in data.items() if k in KeptList.__dataclass_fields__}
    return KeptList(**{**known, "done": tuple(known.get("done", ()))})


def _frame(data: Mapping[str, Json]) -> Frame:
    known = {k: v for k, v in data.items() if k in Frame.__dataclass_fields__}
    known |= {name: tuple(known.get(name, ())) for name in ("filled", "passed")}
    known["options"] = tuple(Option(**o) for o in known.get("options", ()))
    return Frame(**known)
