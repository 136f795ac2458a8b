"""Conversations as documents: YAML that an advisor can read and propose, played by the real house and checked line by line.

```yaml
title: A full session offers another date
now: 2026-12-01T10:00+01:00
given:
  sessions: [{id: agadir-12, city: agadir, region: souss-massa, start: 2026-12-12T15:00, seats: 1}]
  person: {channel: telegram}
lines:
  - person: bghit ntsjjel f l'ijtima3 dyal Agadir
    guess: journey/book_session        # optional: what is understood, whatever the model would say ("maybe …": not surely)
    bot: [booking.ask_session]         # ids of the messages, in order (the notice is left out)
    choices: [s:session=agadir-12]     # optional: beginnings of the choice ids, in order
    does: [TakeSeat agadir-12]         # optional: effects, in order (Say and Record left out)
    bookings: [agadir-12]              # optional: sessions, or with the place in the line: agadir-12 waitlisted 2
    language: ary-Latn                 # optional; likewise kind, case, content, signal, file
    state: {mode: bot}                 # optional: fields of the state
```
A line begins with person, choose (the beginning of a choice id), earlier (the same, of any button the person has seen), begin
(a journey, by a button shown before the transcript begins), start (what a link carried), voice, image, location, advisor (with
do, text); `wait` (seconds) delays it. A line of `wait` alone lets the clock bring what is due until then."""

import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection

from bot.assembly import Library, load_interpreter, new_token
from bot.booking import planning
from bot.booking.planning import Plan
from bot.rehearsal import MovableClock, Rehearsal
from bot.settings import Settings
from flows import effects
from flows.draft import Walked
from flows.effects import Effect
from nlu.interpreter import Interpreter, Parse, Ranked

Json = Any
_PERSON = "person"
UNSEEN = ("notice", "stop.reminder")
_DOINGS = {"person", "choose", "earlier", "begin", "start", "voice", "image", "location", "advisor"}


class Prompted:
    """The real interpreter, but for the messages whose meaning the transcript gives."""

    def __init__(self, engine: Interpreter) -> None:
        self._engine = engine
        self.guesses: dict[str, str] = {}

    def parse(self, text: str) -> Parse:
        parsed = self._engine.parse(text)
        guess = self.guesses.get(text)
        if guess is None:
            return parsed
        bands, name = parsed.thresholds, guess.removeprefix("maybe ")
        sure = 0.97 if name == guess else (bands.suggest + bands.answer) / 2
        ranking = (Ranked(name, sure), *(r for r in parsed.ranking if r.name != name and r.confidence < sure))
        return Parse(
            text=text,
            intent=ranking[0],
            ranking=ranking,
            entities=parsed.entities,
            language=parsed.language,
            safety=None if guess.startswith("nothing") else parsed.safety,
            thresholds=parsed.thresholds,
        )


async def play_file(
    file: Path,
    settings: Settings,
    show: Callable[[Mapping[str, Json]], None] = lambda _: None,
    interpreter: Interpreter | None = None,
    library: Library | None = None,
    walked: set[Walked] | None = None,
) -> list[str]:
    """Play one transcript on a throw-away database. The list of what differs from what it says; empty when it holds. The moves
    made in journeys are added to `walked`."""
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    now = _moment(data["now"])
    engine = Prompted(interpreter or load_interpreter(settings))
    with tempfile.TemporaryDirectory(prefix="dalil-") as folder:
        own = {"database_url": f"sqlite:///{folder}/dalil.db", "data_dir": Path(folder), "encryption_keys": "", "public_url": ""}
        own_settings = settings.model_copy(update=own)
        clock = MovableClock(now)
        rehearsal = await Rehearsal.open(own_settings, now, engine, library or Library(own_settings, clock))
        player = _Player(rehearsal, engine, data, file.name, show)
        player.walked = set() if walked is None else walked
        try:
            return await player.play()
        finally:
            await rehearsal.close()


def moment_of(file: Path) -> datetime:
    """When a transcript takes place."""
    return _moment(yaml.safe_load(file.read_text(encoding="utf-8"))["now"])


def _moment(given: Json) -> datetime:
    moment = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    if moment.tzinfo is None:
        raise ValueError("`now` needs an offset")
    return moment


class _Player:
    def __init__(
        self,
        rehearsal: Rehearsal,
        engine: Prompted,
        data: Mapping[str, Json],
        name: str,
        show: Callable[[Mapping[str, Json]], None],
    ) -> None:
        self._rehearsal, self._engine, self._data, self._name, self._show = rehearsal, engine, data, name, show
        self._given: Mapping[str, Json] = data.get("given") or {}
        self._channel = (self._given.get("person") or {}).get("channel", "telegram")
        self._choices: list[dict[str, str]] = []
        self._seen: dict[str, list[dict[str, str]]] = {}
        self._done: list[str] = []
        self._faults: list[str] = []
        self.walked: set[Walked] = set()

    async def play(self) -> list[str]:
        await self._prepare()
        lines = self._data["lines"]
        for number, line in enumerate(lines, start=1):
            following = lines[number] if number < len(lines) else None
            self._done.clear()
            replies = await self._played(line, following)
            for reply in replies:
                self._show(reply)
                self._seen.setdefault(reply["contact"], []).extend(reply["choices"])
            await self._check(number, line, replies)
            self._choices = next((r["choices"] for r in reversed(replies) if r["choices"]), self._choices)
        return self._faults

    async def _played(self, line: Mapping[str, Json], following: Mapping[str, Json] | None) -> list[dict[str, Json]]:
        if "wait" in line and not _DOINGS & set(line):
            return await self._rehearsal.wait(float(line["wait"]))
        return await self._rehearsal.play(self._event(line), self._soon(following))

    async def _prepare(self) -> None:
        plans = [self._plan(s) for s in self._given.get("sessions") or []]
        now = self._rehearsal.clock.now

        def sow(db: Connection) -> None:
            for plan in plans:
                planning.save(db, now, plan, new_token())

        await self._rehearsal.house.database.write(sow)
        ledger = self._rehearsal.house.study.ledger
        carry_out = ledger.carry_out

        def watched(entry: Any, todo: Any) -> Any:
            self._done.extend(described(e) for e in todo if not isinstance(e, effects.Say | effects.Record))
            self.walked.update(entry.walked)
            return carry_out(entry, todo)

        ledger.carry_out = watched  # type: ignore[method-assign]

    def _plan(self, given: Mapping[str, Json]) -> Plan:
        starts = given["start"] if isinstance(given["start"], str) else given["start"].isoformat(timespec="minutes")
        ends = (datetime.fromisoformat(starts) + timedelta(hours=2)).isoformat(timespec="minutes")
        return Plan(
            id=given["id"],
            title=given.get("title") or {"fr": given["id"]},
            place=given.get("place", "Centre"),
            city=given["city"],
            region=given["region"],
            starts=starts,
            ends=ends,
            capacity=given.get("seats", 30),
            language="fr",
            zone="Africa/Casablanca",
            waitlist=given.get("waitlist", planning.MOST_SEATS),
        )

    def _event(self, line: Mapping[str, Json]) -> dict[str, Json]:
        """The line as an event of the contract."""
        event: dict[str, Json] = {"contact": line.get("contact", _PERSON), "channel": line.get("channel", self._channel)}
        if line.get("wait"):
            event["at"] = (self._rehearsal.clock.now + timedelta(seconds=float(line["wait"]))).isoformat()
        if "advisor" in line:
            return {**event, "advisor": line["advisor"], "do": line["do"], "text": line.get("text")}
        if "person" in line:
            text = str(line["person"])
            if "guess" in line:
                self._engine.guesses[text] = str(line["guess"])
            return {**event, "text": text}
        if "begin" in line:
            return {**event, "choice": f"journey:{line['begin']}"}
        if "choose" in line:
            return {**event, "choice": self._chosen(str(line["choose"]), self._choices)}
        if "earlier" in line:
            return {**event, "choice": self._chosen(str(line["earlier"]), self._seen.get(event["contact"], []))}
        key = next(k for k in ("voice", "image", "location", "start") if k in line)
        return {**event, key: line[key] or {}}

    def _soon(self, line: Mapping[str, Json] | None) -> dict[str, Json] | None:
        if line is None or line.get("wait") is None or "person" not in line:
            return None
        return {"at": (self._rehearsal.clock.now + timedelta(seconds=float(line["wait"]))).isoformat()}

    def _chosen(self, wanted: str, shown: list[dict[str, str]]) -> str:
        found = [c["id"] for c in shown if _target(c["id"]).startswith(wanted)]
        if not found:
            raise ValueError(f"{self._name}: no choice begins with {wanted!r}: {[_target(c['id']) for c in shown]}")
        return found[0]

    async def _check(self, number: int, line: Mapping[str, Json], replies: list[dict[str, Json]]) -> None:
        said = [_message(m) for r in replies for m in r["messages"] if m["id"] not in UNSEEN]
        if "bot" in line:
            self._same(number, "bot", [_wanted(w) for w in line["bot"] or []], said, _fits)
        last = replies[-1] if replies else {}
        if "choices" in line:
            shown = [_target(c["id"]) for c in last.get("choices", [])]
            self._same(number, "choices", line["choices"], shown, lambda w, g: g.startswith(w))
        if "does" in line:
            self._same(number, "does", line["does"] or [], self._done, lambda w, g: w == g)
        for key, name in (
            ("language", "language"),
            ("kind", "kind"),
            ("case", "case"),
            ("content", "content_id"),
            ("signal", "signal"),
            ("file", "file"),
        ):
            if key in line and last.get(name) != line[key]:
                self._fault(number, f"{key}: {last.get(name)!r}, not {line[key]!r}")
        if "bookings" in line:
            booked = [(b["session"], f"{b['session']} {b['status']} {b['position']}") for b in last.get("bookings", [])]
            self._same(number, "bookings", line["bookings"], booked, lambda w, g: w in g)
        if "state" in line:
            await self._check_state(number, line)

    async def _check_state(self, number: int, line: Mapping[str, Json]) -> None:
        state = (await self._rehearsal.state(str(line.get("contact", _PERSON)))).to_json()
        state["journey"] = state["frames"][-1]["journey"] if state["frames"] else None
        for key, wanted in line["state"].items():
            found = state.get(key, state["slots"].get(key))
            if found != wanted:
                self._fault(number, f"state {key}: {found!r}, not {wanted!r}")

    def _same(self, number: int, what: str, wanted: list[Json], got: list[Json], fits: Callable[[Json, Json], bool]) -> None:
        if len(wanted) != len(got) or not all(fits(w, g) for w, g in zip(wanted, got, strict=True)):
            self._fault(number, f"{what}: {got}, not {wanted}")

    def _fault(self, number: int, what: str) -> None:
        self._faults.append(f"{self._name}, line {number}: {what}")


def described(effect: Effect) -> str:
    """An effect as a transcript writes it: its name and what it is about."""
    about = [
        str(getattr(effect, name))
        for name in ("session", "query", "reason", "signal", "name", "note", "minor")
        if hasattr(effect, name)
    ]
    return " ".join([type(effect).__name__, *about])


def _target(choice_id: str) -> str:
    return choice_id.split(".", 1)[1]


def _message(message: Mapping[str, Json]) -> tuple[str, Mapping[str, Json]]:
    return message["id"], message["params"]


def _wanted(given: Json) -> tuple[str, Mapping[str, Json]]:
    """`booking.full`, or `booking.full: {city: agadir}`."""
    if isinstance(given, str):
        return given, {}
    ((name, params),) = given.items()
    return name, params


def _fits(wanted: tuple[str, Mapping[str, Json]], got: tuple[str, Mapping[str, Json]]) -> bool:
    return wanted[0] == got[0] and all(got[1].get(k) == v for k, v in wanted[1].items())
