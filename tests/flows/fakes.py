"""A small house, and a ledger that carries nothing out: what the pure room needs to be played with."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flows
from flows.effects import CancelSeat, Effect, Erase, Fallible, Look, Say, TakeSeat
from flows.events import Event, Option, Result, Said
from flows.facts import ChecklistCard, EntryCard, Facts, House, OpportunityCard, ShownChoice, SignalCard, SignCard, StepCard
from flows.heard import Bands, Guess, Heard, Named, Signal
from flows.journey.actions import ACTIONS
from flows.journey.load import load_script
from flows.state import State
from flows.turn import turn

ROOM = Path(flows.__file__).parent
NOW = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
SCRIPT = load_script(ROOM, ACTIONS)
ENTRIES = ("visa", "school", "pension", "old")
SIGNALS = ("at_sea", "held", "missing")
MOST_RUNS = 5

HOUSE = House(
    script=SCRIPT,
    entries={
        "visa": EntryCard(
            id="visa", area="study_work", audience="youth", follow_ups=("school", "journey/book_session"), has_more=True
        ),
        "school": EntryCard(id="school", area="newcomers", audience="newcomer", follow_ups=("gone",)),
        "pension": EntryCard(id="pension", area="rights", audience="mre", has_more=True),
        "old": EntryCard(id="old", area="risks", audience="youth", withheld="withdrawn"),
    },
    signals={
        "at_sea": SignalCard(name="at_sea", level="critical", handoff="critical"),
        "held": SignalCard(name="held", level="critical", handoff="critical", private_first=True),
        "missing": SignalCard(name="missing", level="urgent", handoff="other"),
    },
    offer_signs=(SignCard(id="money", sign_if="yes"), SignCard(id="contract", sign_if="no")),
    checklists={
        "return": ChecklistCard(
            id="return",
            questions=("pension", "children"),
            steps=(
                StepCard(id="gone", part="before", entry="old"),
                StepCard(id="certificate", part="before", entry="visa"),
                StepCard(id="papers", part="before", entry="pension", needs=("pension",)),
                StepCard(id="school", part="arrival", entry="school", needs=("children",), unless=("pension",)),
            ),
        ),
        **{name: ChecklistCard(id=name) for name in ("study-fr", "work-abroad", "residence", "school")},
    },
    topics={"study_work": ("visa",), "rights": ("pension",), "newcomers": ("school",), "risks": ("old",)},
    opportunities={
        "grant": OpportunityCard(id="grant", entry="visa", open_months=(2, 3, 4)),
        "harvest": OpportunityCard(id="harvest", open_months=(12, 1)),
        "always": OpportunityCard(id="always", entry="gone"),
    },
)
TARGETS = (
    *(f"entry:{e}" for e in (*ENTRIES, "unknown")),
    *(f"more:{e}" for e in ENTRIES),
    *(f"area:{a}" for a in (*HOUSE.menu, "nowhere")),
    *(f"journey:{j}" for j in (*SCRIPT.journeys, "unbuilt", "my_data")),
    *(f"say:{c}" for c in ("menu", "back", "cancel", "not_that", "more", "language:ar", "language:xx", "nonsense")),
    *(f"{k}:return/{s}" for k in ("done", "todo") for s in ("certificate", "school", "unknown")),
    *("part:return/arrival", "part:return/never", "part:nothing/before", "done:", "s:checklist=return", "s:list_pension=unsure"),
    *(f"{what}:{o}" for what in ("opportunity", "remind") for o in (*HOUSE.opportunities, "unknown")),
    *(
        "s:wish=study",
        "s:destination=FR",
        "s:destination=QC",
        "s:destination=",
        "s:age_band=18_22",
        "s:agreed=yes",
        "s:agreed=no",
    ),
    *(f"safe:{a}" for a in ("alone", "not_alone", "danger", "none", "what")),
    *(
        "s:region=any",
        "s:region=souss-massa",
        "s:session=s1",
        "s:session=s9",
        "s:sure=yes",
        "s:minor=",
        "s:subject=",
        "s:place=",
        "s:need=health",
        "s:x=y",
    ),
    "",
    "junk",
)


def heard(
    text: str,
    *guesses: tuple[str, float],
    word: str | None = None,
    language: str | None = "fr",
    sure: float = 0.95,
    signal: str | None = None,
    named: Mapping[str, str] | None = None,
) -> Heard:
    card = HOUSE.signals.get(signal or "")
    return Heard(
        text=text,
        folded=text.lower(),
        guesses=tuple(Guess(intent=i, confidence=c) for i, c in guesses),
        bands=Bands(answer=0.6, suggest=0.2, margin=0.1),
        language=language,
        language_confidence=sure if language else 0.0,
        signal=Signal(name=card.name, level=card.level, score=0.9) if card else None,
        named=tuple(Named(kind=k, value=v) for k, v in (named or {}).items()),
        word=word,
    )


def said(text: str, *guesses: tuple[str, float], **more: Any) -> Said:
    return Said(text=text, heard=heard(text, *guesses, **more))


@dataclass
class Talk:
    """Plays turns one after the other; the state goes through JSON between any two."""

    state: State = field(default_factory=State)
    free: int = 2
    seat: str = "taken"
    hint: str | None = None
    shown: tuple[ShownChoice, ...] = ()
    advisor_active: datetime | None = None

    def facts(self) -> Facts:
        return Facts(
            now=NOW, house=HOUSE, channel="telegram", hint=self.hint, shown=self.shown, advisor_active=self.advisor_active
        )

    def play(self, *events: Event) -> tuple[list[Say], list[Effect]]:
        """What was said and what was done, over all runs of one turn."""
        says: list[Say] = []
        done: list[Effect] = []
        todo: Sequence[Event] = events
        for _ in range(MOST_RUNS):
            result = turn(self.state, todo, self.facts())
            spoken = [e for e in result.effects if isinstance(e, Say)]
            assert len(spoken) <= 1, "one bubble a run"
            says += spoken
            done += [e for e in result.effects if not isinstance(e, Say)]
            self.state = State.from_json(json.loads(json.dumps(result.state.to_json())))
            assert self.state == result.state, "the state survives JSON"
            todo = [self._result(e) for e in result.effects if isinstance(e, Fallible)]
            if not todo:
                break
        else:
            raise AssertionError("the turn asks and asks")
        choices = next((s.choices for s in reversed(says) if s.choices), ())
        if choices:
            self.shown = tuple(ShownChoice(id=c.id, names=(c.label.id,)) for c in choices)
        return says, done

    def texts(self, *events: Event) -> list[str]:
        return [m.id for s in self.play(*events)[0] for m in s.messages]

    def _result(self, effect: Effect) -> Result:
        params = {"session": "s1", "title": {"fr": "x"}, "start": "2026-12-12T15:00", "place": "x", "city": "agadir"}
        options = tuple(Option(value=f"s{n}", label="session.choice", params=params) for n in range(1, self.free + 1))
        match effect:
            case Look(query="sessions"):
                return Result(of="sessions", slots={"found": self.free, "elsewhere": None}, options=options)
            case Look(query="opportunities"):
                fitting = [{"opportunity": o, "reasons": ["open"], "checks": []} for o in list(HOUSE.opportunities)[: self.free]]
                nearly = [{"opportunity": "grant", "reasons": ["open"], "checks": [], "missing": ["age"]}][: self.free]
                return Result(of="opportunities", slots={"fitting": fitting, "nearly": nearly, "elsewhere": None, "open": True})
            case Look(query="bookings"):
                return Result(of="bookings", slots={"found": self.free, "list": [params], "session": None}, options=options)
            case Look(query="offices"):
                further = effect.args["seen"] < self.free or None
                slots = {"found": self.free, "lines": self.free // 2, "further": further, "seen": 3, "near": effect.args["place"]}
                return Result(of="offices", slots={**slots, "offices": {"rows": [], "lines": [], "entry": effect.args["entry"]}})
            case TakeSeat():
                return Result(of="take_seat", slots={"seat": self.seat, "chosen": params})
            case CancelSeat():
                return Result(of="cancel_seat", slots={"seat": "cancelled"})
            case Look(query="my_data"):
                return Result(of="my_data", slots={"held": {"messages": 3, "since": "2026-11-01T10:00", "seats": self.free}})
            case Look(query="service"):
                staffed = self.free > 0 or None
                return Result(of="service", slots={"staffed": staffed, "start": "2026-12-14T09:00", "ahead": self.free or None})
            case Erase():
                erased = "asked" if self.state.case else "done"
                return Result(of="erase", slots={"erased": erased, "receipt": "K7QD-9XPA"})
        raise AssertionError(effect)
