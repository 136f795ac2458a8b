"""The queue: who waits, whom I hold, whom colleagues hold."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Row

from bot.console import reading
from bot.console.entrance import Signed, house_of, page
from bot.console.words import Words, interface
from bot.handoff.team import Member

router = APIRouter(prefix="/console")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A case as one line of the queue, in words."""

    id: int
    level: int
    urgency: str
    reason: str
    topic: str
    language: str
    region: str
    waits: str
    unread: int
    alarm: bool
    owner: str


@router.get("")
async def queue(request: Request, member: Signed) -> Response:
    return await _show(request, member, "queue.html")


@router.get("/queue")
async def part(request: Request, member: Signed) -> Response:
    """The lists alone, for the page that is open already."""
    return await _show(request, member, "_queue.html")


async def _show(request: Request, member: Member, template: str) -> Response:
    house = house_of(request)
    now = house.clock()
    found, mark = await house.database.read(lambda db: (reading.lists(db, now, member), reading.queue_mark(db, now, member)))
    words = Words(house=house, language=interface(member.interface))

    def listed(rows: list[Row[Any]]) -> list[Listed]:
        return [_listed(words, row, now) for row in rows]

    return page(
        request,
        member,
        template,
        waiting=listed(found.waiting),
        mine=listed(found.mine),
        others=listed(found.others),
        mark=mark,
    )


def _listed(words: Words, row: Row[Any], now: Any) -> Listed:
    return Listed(
        id=row.id,
        level=row.urgency,
        urgency=words.say(f"urgency.{row.urgency}"),
        reason=words.reason(row.reason, row.topic),
        topic=words.topic(row.topic),
        language=words.variety(row.language),
        region=words.region(row.region),
        waits=words.span(row.opened_at if row.state == "waiting" else row.person_at, now),
        unread=row.unread,
        alarm=row.alarm_at is not None,
        owner=row.owner or "",
    )
