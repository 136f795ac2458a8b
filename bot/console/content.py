"""The answers, for those who answer for them: found by words, read in all varieties as a telephone shows them; who was given
which version; and the correction to those who were given an earlier one."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from bot.console import reading
from bot.console.case import NotFound
from bot.console.entrance import NotAllowed, Ours, Signed, house_of, page
from bot.console.words import Words, interface
from bot.delivery import corrections
from bot.delivery.inbox import INBOX
from bot.handoff.team import Member
from bot.knowledge import rendering
from bot.knowledge.model import VARIETIES, Entry

router = APIRouter(prefix="/console/content")
EntryId = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,60}$")]
Version = Annotated[str, Form(pattern=r"^[0-9a-f]{12}$")]
MAY_CORRECT = ("coordinator", "administrator")
_MOST_FOUND = 30


@router.get("")
async def listed(request: Request, member: Signed, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """All answers by area, or those that hold the words looked for, the nearest first."""
    house = house_of(request)
    knowledge, today = house.library.knowledge, house.library.today()
    words = Words(house=house, language=interface(member.interface))
    names = _found(request, q) if q.strip() else sorted(knowledge.entries, key=lambda e: (knowledge.entries[e].area, e))
    rows = [_line(words, knowledge.entries[name], knowledge.state(name, today)) for name in names]
    return page(request, member, "content.html", rows=rows, q=q, total=len(knowledge.entries))


@router.get("/{entry_id}")
async def shown(request: Request, member: Signed, entry_id: EntryId) -> Response:
    house = house_of(request)
    knowledge, today = house.library.knowledge, house.library.today()
    if entry_id not in knowledge.entries:
        raise NotFound
    version = knowledge.version(entry_id)
    told, waiting = await house.database.read(
        lambda db: (corrections.told(db, entry_id), corrections.waiting(db, entry_id, version))
    )
    words = Words(house=house, language=interface(member.interface))
    return page(
        request,
        member,
        "content_entry.html",
        entry=knowledge.entries[entry_id],
        line=_line(words, knowledge.entries[entry_id], knowledge.state(entry_id, today)),
        version=version,
        due=knowledge.review_due(entry_id),
        texts=[_text(request, entry_id, variety) for variety in VARIETIES],
        told=told,
        waiting=waiting,
        may_correct=member.role in MAY_CORRECT,
    )


@router.post("/{entry_id}/correct")
async def correct(request: Request, member: Ours, entry_id: EntryId, version: Version) -> Response:
    """`version` is the one the coordinator has read: after a change in between nothing is sent."""
    house = house_of(request)
    if member.role not in MAY_CORRECT:
        raise NotAllowed
    if entry_id not in house.library.knowledge.entries:
        raise NotFound
    if version == house.library.knowledge.version(entry_id):
        await _send(request, member, entry_id, version)
    return RedirectResponse(f"/console/content/{entry_id}", 303)


async def _send(request: Request, member: Member, entry_id: str, version: str) -> None:
    house, now = house_of(request), house_of(request).clock()
    await house.database.write(lambda db: reading.write_down(db, now, member, "correct", f"content/{entry_id}@{version}"))
    after: int | None = 0
    while after is not None:
        here = after

        def some(db: Any, here: int = here) -> tuple[int, int | None]:
            return corrections.send(db, house.vault, house.bell, house.library.zone, now, entry_id, version, here)

        _, after = await house.database.write(some)
    house.bell.rung(INBOX)


def _found(request: Request, q: str) -> list[str]:
    """By the words of the answers, or by a piece of the id or the title."""
    library = house_of(request).library
    piece = q.strip().casefold()
    titles = {
        name
        for name, entry in library.knowledge.entries.items()
        if piece in name or any(piece in title.casefold() for title in entry.short_title.values())
    }
    return list(dict.fromkeys([*sorted(titles), *library.search.nearest(q, _MOST_FOUND)]))[:_MOST_FOUND]


def _line(words: Words, entry: Entry, state: str) -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": words.topic(entry.id),
        "area": words.say(f"area.{entry.area}"),
        "state": state,
        "state_words": words.say(f"content.state.{state}"),
        "signed": [signature.role for signature in entry.signed],
        "reviewed": entry.reviewed,
    }


def _text(request: Request, entry_id: str, variety: str) -> dict[str, Any]:
    library = house_of(request).library
    organisation = library.organisation.name[variety]
    return {
        "variety": variety,
        "direction": "rtl" if variety in ("ar", "ary") else "ltr",
        "text": rendering.today(library.knowledge, library.catalogue, entry_id, variety, library.today(), organisation),
        "more": library.knowledge.text(entry_id, variety, "more"),
        "read": library.knowledge.entries[entry_id].native_read.get(variety),
    }
