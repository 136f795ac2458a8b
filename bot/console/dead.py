"""The operator's view: messages that went nowhere. Codes and times, no contents."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from bot.console.entrance import NotAllowed, Ours, RowId, Signed, house_of, page
from bot.console.words import Words, interface
from bot.delivery.inbox import INBOX
from bot.delivery.outbox import OUTBOX
from bot.handoff import letters
from bot.handoff.team import Member

OPERATORS = ("coordinator", "administrator")


def _operator(member: Signed) -> Member:
    if member.role not in OPERATORS:
        raise NotAllowed
    return member


Operator = Annotated[Member, Depends(_operator)]
router = APIRouter(prefix="/console/dead", dependencies=[Depends(_operator)])


@router.get("")
async def shown(request: Request, member: Operator) -> Response:
    house = house_of(request)
    received, said = await house.database.read(lambda db: (letters.dead_inbox(db), letters.dead_outbox(db)))
    words = Words(house=house, language=interface(member.interface))
    return page(
        request,
        member,
        "dead.html",
        received=[(row, words.known(f"kind.{row.kind}", row.kind), words.failure(row.error)) for row in received],
        said=[(row, words.known(f"kind.{row.kind}", row.kind), words.failure(row.error)) for row in said],
    )


@router.post("/inbox/{inbox_id}")
async def handle_again(request: Request, member: Ours, inbox_id: RowId) -> Response:
    house, now = house_of(request), house_of(request).clock()
    return await _do(request, lambda db: letters.handle_again(db, house.bell, now, member.id, inbox_id), INBOX)


@router.post("/outbox/{outbox_id}")
async def send_again(request: Request, member: Ours, outbox_id: RowId) -> Response:
    house, now = house_of(request), house_of(request).clock()
    return await _do(request, lambda db: letters.send_again(db, house.bell, now, member.id, outbox_id), OUTBOX)


async def _do(request: Request, deed: Callable[[Connection], bool], topic: str) -> Response:
    house = house_of(request)
    await house.database.write(deed)
    house.bell.rung(topic)
    return RedirectResponse("/console/dead", 303)
