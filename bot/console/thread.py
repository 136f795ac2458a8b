"""The thread of a case: what the person wrote, what was said to them, what colleagues noted, in the order it happened."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row

from bot.console import reading
from bot.console.words import Words
from bot.people.identity import box_of
from bot.storage.crypto import Box

Side = Literal["person", "bot", "advisor", "note", "line"]
_LINES = {
    "Started": "line.started",
    "Linked": "line.linked",
    "LinkFailed": "line.link_failed",
    "BlockedUs": "line.blocked",
    "LeaseExpired": "line.expired",
}
_SHOWN_AS_AUDIT = ("AdvisorTook", "AdvisorHandedBack")
_AGAIN = ("unknown", "dead", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One bubble, note or line. `state` is the delivery state's message id; `again` the outbox id that may be sent again."""

    at: datetime
    side: Side
    who: str = ""
    text: str = ""
    choices: tuple[str, ...] = ()
    state: str = ""
    reason: str = ""
    trouble: bool = False
    again: int | None = None
    media: str | None = None
    media_kind: str = ""
    seconds: int | None = None
    order: int = 0
    lang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    name: str
    lines: list[Line] = field(default_factory=list)


def days(db: Connection, words: Words, case: Row[Any], since: datetime) -> list[Day]:
    """Empty when the person was erased."""
    box = box_of(db, words.house.vault, case.contact_id)
    if box is None:
        return []
    bubbles = [(row, box.open_json(row.body)) for row in reading.said(db, case, since)]
    titles = {c["id"]: c["title"] for _, body in reversed(bubbles) for c in body["choices"]}
    lines = [_bubble(words, row, body) for row, body in bubbles]
    files = reading.files(db, case.contact_id)
    for row in reading.received(db, case, since):
        lines.extend(_received(words, box, row, titles, files))
    lines.extend(_note(words, box, row) for row in reading.notes(db, case.id))
    lines.extend(_move(words, row) for row in reading.moves(db, case.id))
    lines.sort(key=lambda line: (line.at, line.order))
    return _by_day(words, lines[-reading.MOST_SHOWN :])


def _by_day(words: Words, lines: list[Line]) -> list[Day]:
    days: list[Day] = []
    for line in lines:
        name = words.day(line.at)
        if not days or days[-1].name != name:
            days.append(Day(name=name))
        days[-1].lines.append(line)
    return days


def _bubble(words: Words, row: Row[Any], body: dict[str, Any]) -> Line:
    by_advisor = row.kind == "advisor"
    trouble = row.state in ("failed", "unknown", "dead", "held")
    return Line(
        at=row.created_at,
        order=row.seq + 1_000_000,
        side="advisor" if by_advisor else "bot",
        who=(row.author or words.say("who.advisor")) if by_advisor else words.say("who.bot"),
        text=body["text"] + (f"\n[{body['file']['name']}]" if "file" in body else ""),
        lang="" if by_advisor else row.language,
        choices=tuple(c["title"] for c in body["choices"]),
        state=f"state.{row.state}",
        reason=words.failure(row.error) if trouble and row.error and row.state != "unknown" else "",
        trouble=trouble,
        again=row.id if by_advisor and row.state in _AGAIN else None,
    )


def _received(words: Words, box: Box, row: Row[Any], titles: dict[str, str], files: dict[str, Row[Any]]) -> Iterator[Line]:
    """Replies of advisors are shown from the outbox; here only while they wait for their turn, or when it failed."""
    if row.kind == "AdvisorSaid":
        if row.state != "handled" and row.event is not None:
            yield _waiting_reply(words, box, row)
    elif row.kind in _LINES:
        yield Line(at=row.received_at, order=row.id, side="line", text=words.say(_LINES[row.kind]))
    elif row.kind not in _SHOWN_AS_AUDIT:
        yield _message(words, row, None if row.body is None else box.open(row.body), titles, files)


def _waiting_reply(words: Words, box: Box, row: Row[Any]) -> Line:
    event = box.open_json(row.event)
    dead = row.state == "dead"
    return Line(
        at=row.received_at,
        order=row.id,
        side="advisor",
        who=event["advisor"],
        text=event["text"],
        state="state.failed" if dead else "state.queued",
        reason=words.failure(row.error) if dead else "",
        trouble=dead,
    )


def _message(words: Words, row: Row[Any], body: str | None, titles: dict[str, str], files: dict[str, Row[Any]]) -> Line:
    common: dict[str, Any] = {"at": row.received_at, "order": row.id, "side": "person", "who": words.say("who.person")}
    if row.state == "dead":
        common |= {"state": "state.unhandled", "trouble": True}
    match row.kind:
        case "SentVoice" | "SentFile":
            file = files.get(body or "")
            kind = "voice" if row.kind == "SentVoice" else file.kind if file else "file"
            gone = "" if file else words.say("media.gone")
            seconds = file.seconds if file else None
            return Line(**common, text=gone, media=file.token if file else None, media_kind=kind, seconds=seconds)
        case "SharedPlace":
            return Line(**common, text=words.say("message.place", place=words.place(body)))
        case "Chose":
            return Line(**common, text=titles.get(body or "", body or ""))
        case "Said":
            return Line(**common, text=body or "")
    return Line(**common, text=words.say("message.other"))


def _note(words: Words, box: Box, row: Row[Any]) -> Line:
    if row.message_id is None:
        return Line(at=row.at, order=3_000_000 + row.id, side="note", who=row.author or "", text=box.open(row.body))
    bot = words.house.library.catalogue
    text = bot.text(row.message_id, words.language) if bot.has(row.message_id) else row.message_id
    if row.body is not None:
        text = f"{text}\n{words.told(box.open_json(row.body).get('told', ()))}"
    return Line(at=row.at, order=3_000_000 + row.id, side="line", text=text)


def _move(words: Words, row: Row[Any]) -> Line:
    return Line(at=row.at, order=2_000_000 + row.id, side="line", text=words.say(f"line.{row.action}", name=row.name))
