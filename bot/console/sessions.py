"""Information sessions, for coordinators: the list, one session, and what is done with it besides typing."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, Row

from bot.booking import changing, figures, planning
from bot.booking.changing import Over
from bot.booking.figures import Line
from bot.console import reading
from bot.console.case import NotFound
from bot.console.dead import OPERATORS
from bot.console.entrance import NotAllowed, Ours, Signed, house_of, page
from bot.console.words import Words, interface
from bot.delivery import announcing
from bot.delivery.inbox import INBOX
from bot.handoff.team import Member
from bot.knowledge.telling import in_variety
from flows.heard import VARIETIES
from nlu.normalise import fold


def coordinator(member: Signed) -> Member:
    """Raises NotAllowed for advisors."""
    if member.role not in OPERATORS:
        raise NotAllowed
    return member


PREFIX = "/console/sessions"
SessionId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,35}$")]
router = APIRouter(prefix=PREFIX, dependencies=[Depends(coordinator)])


@router.get("")
async def listed(
    request: Request,
    member: Signed,
    q: Annotated[str, Query(max_length=200)] = "",
    show: Annotated[Literal["ahead", "past"], Query()] = "ahead",
) -> Response:
    """Those ahead, or those past; of these, what holds every word looked for in title, place and town."""
    house, now = house_of(request), house_of(request).clock()
    words = words_of(request, member)
    lines = await house.database.read(lambda db: figures.lines(db, now, show))
    rows = [as_line(words, line, now) for line in lines]
    wanted = fold(q).split()
    found = [row for row in rows if all(word in row["words"] for word in wanted)]
    return page(request, member, "sessions.html", rows=found, q=q, show=show)


@router.get("/{session_id}")
async def shown(
    request: Request,
    member: Signed,
    session_id: SessionId,
    told: Annotated[int | None, Query(ge=0, le=2**31)] = None,
    made: Annotated[int | None, Query(ge=0, le=changing.MOST_WEEKS)] = None,
) -> Response:
    """`told` and `made` are what the deed before this page came to."""
    return await _page(request, member, session_id, "session.html", told=told, made=made)


@router.get("/{session_id}/cancel")
async def ask_cancel(request: Request, member: Signed, session_id: SessionId) -> Response:
    return await _page(request, member, session_id, "session_cancel.html")


@router.post("/{session_id}/cancel")
async def cancel(request: Request, member: Ours, session_id: SessionId) -> Response:
    house, now = house_of(request), house_of(request).clock()

    def write(db: Connection) -> int:
        people = announcing.cancel(db, house.vault, house.bell, now, session_id)
        reading.write_down(db, now, member, "cancel_session", f"session/{session_id}")
        return people

    try:
        people = await house.database.write(write)
    except Over:  # cancelled a moment ago, or begun: the page says which
        return RedirectResponse(f"{PREFIX}/{session_id}", 303)
    house.bell.rung(INBOX)
    return RedirectResponse(f"{PREFIX}/{session_id}?told={people}", 303)


@router.get("/{session_id}/repeat")
async def ask_repeat(request: Request, member: Signed, session_id: SessionId) -> Response:
    return await _page(request, member, session_id, "session_repeat.html", most=changing.MOST_WEEKS)


@router.post("/{session_id}/repeat")
async def repeat(
    request: Request, member: Ours, session_id: SessionId, weeks: Annotated[int, Form(ge=1, le=changing.MOST_WEEKS)]
) -> Response:
    house, now = house_of(request), house_of(request).clock()

    def write(db: Connection) -> list[str]:
        made = changing.repeat(db, now, session_id, weeks, house.token)
        reading.write_down(db, now, member, "repeat_session", f"session/{session_id}")
        return made

    try:
        made = await house.database.write(write)
    except Over as error:
        raise NotFound from error
    return RedirectResponse(f"{PREFIX}/{session_id}?made={len(made)}", 303)


async def _page(request: Request, member: Member, session_id: str, template: str, **more: Any) -> Response:
    house, now = house_of(request), house_of(request).clock()
    words = words_of(request, member)

    def read(db: Connection) -> tuple[Line | None, int, figures.Opinions, list[Row[Any]]]:
        line = figures.line(db, session_id)
        series = changing.in_series(db, line.session) if line else []
        return line, len(changing.concerned(db, session_id)), figures.opinions(db, session_id), series

    line, people, opinions, series = await house.database.read(read)
    if line is None:
        raise NotFound
    session = line.session
    known = house.library.places.get(session.city) is not None
    return page(
        request,
        member,
        template,
        row=as_line(words, line, now),
        s=session,
        people=people,
        spoken=spoken(words, session.language),
        audience=words.known(f"session.audience.{session.audience}", session.audience),
        titles=[(v, session.title[v]) for v in VARIETIES if session.title.get(v)],
        untold=[words.variety(v) for v in VARIETIES if not session.title.get(v)],
        description=in_variety(session.description, words.language) if session.description else "",
        unlimited=session.waitlist >= planning.MOST_SEATS,
        unknown_town=None if known else session.city,
        booking=[(name, words.wall(wall)) for name, wall in _booking_times(session) if wall],
        opinions=opinions,
        least=figures.FEWEST_OPINIONS,
        wishes=[(_wish(words, code), n) for code, n in opinions.wishes],
        series=[(other, words.wall(other.starts)) for other in series],
        **more,
    )


def words_of(request: Request, member: Member) -> Words:
    return Words(house=house_of(request), language=interface(member.interface))


def as_line(words: Words, line: Line, now: datetime) -> dict[str, Any]:
    """What templates show of a session; `words` is what a search looks in."""
    session = line.session
    day = datetime.fromisoformat(session.starts)
    title, town = in_variety(session.title, words.language), words.place(session.city)
    over, one_day = figures.is_over(session, now), session.starts[:10] == session.ends[:10]
    full = line.held >= session.capacity
    state = "cancelled" if session.state != "open" else "over" if over else "full" if full else "open"
    weekday, month = words.leaf(session.starts)
    return {
        "id": session.id,
        "title": title,
        "town": town,
        "place": session.place,
        "day": day.day,
        "month": month,
        "weekday": weekday,
        "hours": f"{session.starts[11:16]}–{session.ends[11:16]}" if one_day else session.starts[11:16],
        "when": words.wall(session.starts),
        "date": words.date(day.date()),
        "until": "" if one_day else words.wall(session.ends),
        "iso": session.starts,
        "held": line.held,
        "capacity": session.capacity,
        "waiting": line.waiting,
        "came": line.came + session.walk_ins,
        "closed": session.attended_at is not None,
        "state": state,
        "ahead": session.state == "open" and not changing.has_begun(session, now),
        "over": over,
        "words": fold(" ".join((*session.title.values(), session.place, town, session.city, session.id))),
    }


def spoken(words: Words, variety: str) -> str:
    """The language of a session: what is spoken has no script."""
    return words.say(f"session.spoken.{variety.partition('-')[0]}")


def _wish(words: Words, code: str) -> str:
    """What was tapped in the chat, in the chat's own words."""
    bot = words.house.library.catalogue
    return bot.text(f"slot.after.{code}", words.language) if bot.has(f"slot.after.{code}") else code


def _booking_times(session: Row[Any]) -> tuple[tuple[str, str | None], ...]:
    return (("from", session.booking_opens), ("until", session.booking_closes))
