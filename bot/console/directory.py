"""The directory of offices, for coordinators: found by words, put right or withdrawn at once, signed and dated."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from bot.console import reading
from bot.console.case import NotFound
from bot.console.dead import OPERATORS
from bot.console.entrance import NotAllowed, Ours, Signed, house_of, page
from bot.console.words import Words, interface
from bot.delivery import amendments
from bot.delivery.amendments import Overtaken
from bot.handoff.team import Member
from bot.knowledge import amending
from bot.knowledge.directory import Directory
from bot.knowledge.editing import EditError
from bot.knowledge.office import Office
from bot.knowledge.telling import in_variety
from nlu.normalise import fold


def _coordinator(member: Signed) -> Member:
    if member.role not in OPERATORS:
        raise NotAllowed
    return member


router = APIRouter(prefix="/console/directory", dependencies=[Depends(_coordinator)])
OfficeId = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,60}$")]
Line = Annotated[str, Form(max_length=300)]
_FIELDS = ("phone", "address", "hours")


@router.get("")
async def listed(request: Request, member: Signed, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """All offices, or those whose name, kind, town or id holds every word looked for."""
    directory, words = await _now(request), Words(house=house_of(request), language=interface(member.interface))
    rows = [_line(words, office) for office in directory.offices.values()]
    wanted = fold(q).split()
    found = [row for row in rows if all(word in fold(" ".join((row["name"], row["town"], row["id"]))) for word in wanted)]
    found.sort(key=lambda row: (row["checked"] is not None, not row["shown"], row["town"], row["name"]))
    return page(request, member, "directory.html", rows=found, q=q, total=len(rows))


@router.get("/{office_id}")
async def shown(request: Request, member: Signed, office_id: OfficeId) -> Response:
    return await _form(request, member, office_id)


@router.post("/{office_id}")
async def put_right(
    request: Request,
    member: Ours,
    office_id: OfficeId,
    deed: Annotated[str, Form(pattern=r"^(save|withdraw)$")],
    seen: Annotated[int, Form(ge=0, le=2**53)],
    phone: Line = "",
    address: Line = "",
    hours: Line = "",
    notice: Line = "",
    notice_ar: Line = "",
    notice_en: Line = "",
    asked: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """Only what differs from what is there is an amendment. A fault is told beside the form, which keeps what was typed."""
    given = {"phone": phone, "address": address, "hours": hours, "notice": notice, "notice_ar": notice_ar, "notice_en": notice_en}
    typed = {name: text.strip() for name, text in given.items()}
    office = (await _now(request)).offices.get(office_id)
    if office is None:
        raise NotFound
    words = {"exists": "no"} if deed == "withdraw" else _changed(office, typed) | ({"exists": "yes"} if asked else {})
    if not words:
        return RedirectResponse(f"/console/directory/{office_id}", 303)
    try:
        await _write(request, member, office_id, words, seen)
    except Overtaken:
        return await _form(request, member, office_id, "directory.overtaken", status=409)
    except EditError as error:
        field = str(error).partition(":")[0]  # how to write it stands under the field
        return await _form(request, member, office_id, "directory.refused", field, typed, 422)
    return RedirectResponse(f"/console/directory/{office_id}", 303)


async def _write(request: Request, member: Member, office_id: str, words: dict[str, str], seen: int) -> None:
    house, now = house_of(request), house_of(request).clock()

    def write(db: Any) -> None:
        amendments.write(db, now, house.library.zone, member.id, member.name, office_id, words, seen)
        reading.write_down(db, now, member, "amend", f"directory/{office_id}"[:64])

    await house.database.write(write)


async def _now(request: Request) -> Directory:
    house = house_of(request)
    every = await house.database.read(lambda db: amendments.signed(db, house.library.zone))
    return amendments.laid_over(house.library.directory, every)


async def _form(
    request: Request,
    member: Member,
    office_id: str,
    fault: str | None = None,
    field: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    house = house_of(request)
    office = (await _now(request)).offices.get(office_id)
    if office is None:
        raise NotFound
    words = Words(house=house, language=interface(member.interface))
    seen = await house.database.read(lambda db: amendments.last_of(db, office_id))
    return page(
        request,
        member,
        "directory_office.html",
        status,
        office=office,
        line=_line(words, office),
        fields=typed or _as_typed(office),
        seen=seen,
        fault=fault and words.say(fault, field=words.known(f"sheet.{field}", field)),
    )


def _changed(office: Office, typed: dict[str, str]) -> dict[str, str]:
    """An emptied notice is taken away; other fields are never emptied: what is wrong is put right, or the office withdrawn. A
    notice goes as a whole: a language left as it was was seen beside the others."""
    before = _as_typed(office)
    changed = {name: typed[name] for name in _FIELDS if typed[name] != before[name] and typed[name]}
    notices = {name: typed[name] or "-" for name in amending.NOTICES}
    return changed | (notices if any(typed[name] != before[name] for name in amending.NOTICES) else {})


def _as_typed(office: Office) -> dict[str, str]:
    return {
        "phone": " / ".join(phone.dial for phone in office.phones if phone.dial),
        "address": office.address.text if office.address else "",
        "hours": amending.in_words(office.hours),
        **{name: office.notice.get(variety, "") for name, variety in amending.NOTICES.items()},
    }


def _line(words: Words, office: Office) -> dict[str, Any]:
    kind = words.house.library.catalogue.text(f"office.kind.{office.kind}", words.language)
    name = in_variety(office.name, words.language)
    return {
        "id": office.id,
        "name": f"{name} ({kind})" if name else kind,
        "town": words.place(office.place) if office.place else office.country,
        "shown": office.shown,
        "checked": office.checked,
        "to_try": [phone.dial for phone in office.unconfirmed if phone.dial],
    }
