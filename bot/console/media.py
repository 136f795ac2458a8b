"""Voice notes and files, fetched from the provider only when somebody who may opens them, and kept nowhere."""

import re
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from bot.console import reading
from bot.console.entrance import Signed, house_of
from bot.people.identity import box_of

router = APIRouter(prefix="/console/media")
Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})$", re.ASCII)
# What a browser shows without running anything. All else is saved, never opened in the page: the kind is told by the
# sender's own telephone and may be anything.
_SHOWN = re.compile(r"image/(?:jpeg|png|webp|gif)|audio/(?:ogg|opus|mpeg|mp4|aac|amr|flac|webm|3gpp|x-m4a|m4a|wav|x-wav)")
_INERT = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "no-store"}


@router.get("/{token}")
async def fetch(request: Request, member: Signed, token: Token) -> Response:
    """404 for whoever does not hold the case: that there is a file is nobody else's business."""
    house = house_of(request)
    now = house.clock()
    row = await house.database.read(lambda db: reading.media(db, now, member, token))
    if row is None:
        return Response(status_code=404)
    box = await house.database.read(lambda db: box_of(db, house.vault, row.contact_id))
    channel = house.channels.get(row.channel)
    if box is None or channel is None:
        return Response(status_code=404)
    asked = _RANGE.match(request.headers.get("Range", ""))
    if asked is None or asked[1] in ("", "0"):
        await house.database.write(lambda db: reading.write_down(db, now, member, "open_media", f"media/{row.id}"))
    found = await channel.fetch(box.open(row.reference))
    if found is None:
        return Response(status_code=410)
    content, content_type = found
    return _answer(content, row.content_type or content_type, asked)


def _answer(content: bytes, content_type: str, asked: re.Match[str] | None) -> Response:
    """Whole, or the part asked for: Safari plays nothing from a server that gives no parts."""
    kind = content_type.split(";")[0].strip().lower()
    shown = _SHOWN.fullmatch(kind) is not None
    headers = _INERT | {
        "Accept-Ranges": "bytes",
        "Content-Disposition": "inline" if shown else "attachment",
        "Content-Type": kind if shown else "application/octet-stream",
    }
    if asked is None or not content:
        return Response(content, headers=headers)
    first = int(asked[1]) if asked[1] else max(0, len(content) - int(asked[2] or 0))
    last = min(int(asked[2]), len(content) - 1) if asked[1] and asked[2] else len(content) - 1
    if first > last:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return Response(content[first : last + 1], 206, headers)
