"""Voice notes: fetched on opening, for the one who holds the case, and written down."""

from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.people.identity import box_of
from bot.storage.tables import Audit, Media, table
from flows.events import SentVoice
from tests.bot.console.given import Console

OGG = b"OggS" + bytes(range(200))


class Shelf:
    """Gives files, and remembers for which references it was asked."""

    def __init__(self, content_type: str = "audio/ogg; codecs=opus") -> None:
        self.asked: list[str] = []
        self.content_type = content_type

    async def fetch(self, reference: str) -> tuple[bytes, str] | None:
        self.asked.append(reference)
        return OGG, self.content_type


async def voice(console: Console, monkeypatch: Any, case_id: int, content_type: str | None = "audio/ogg") -> Shelf:
    contact_id, house = (await console.row(case_id)).contact_id, console.inside.house

    def keep(db: Any) -> None:
        box = box_of(db, house.vault, contact_id)
        assert box
        values = {"token": "tok-en", "contact_id": contact_id, "channel": "telegram", "kind": "voice", "stored": False}
        values |= {"content_type": content_type, "seconds": 7, "reference": box.seal("file-1"), "created_at": house.clock()}
        db.execute(insert(table(Media)).values(values))

    await console.inside.do(keep)
    await console.inside.say(SentVoice(seconds=7, media="tok-en"), who="aicha")
    shelf = Shelf()
    monkeypatch.setattr(console.inside.telegram, "fetch", shelf.fetch)
    return shelf


async def test_only_the_owner_or_a_coordinator_hears_it(console: Console, monkeypatch: Any) -> None:
    case_id = await console.case()
    shelf = await voice(console, monkeypatch, case_id)
    salma, youssef = await console.advisor("salma"), await console.advisor("youssef")
    chief, admin = await console.advisor("chief", role="coordinator"), await console.advisor("admin", role="administrator")
    assert (await salma.get("/console/media/tok-en")).status_code == 404
    await salma.post(f"/console/case/{case_id}/take")
    assert '<audio id="m-tok-en"' in (await salma.get(f"/console/case/{case_id}")).text
    assert "<audio" not in (await youssef.get(f"/console/case/{case_id}")).text
    for browser in (youssef, admin, console.browser()):
        assert (await browser.get("/console/media/tok-en")).status_code in (303, 404)
    assert shelf.asked == []
    heard = await salma.get("/console/media/tok-en")
    assert (heard.status_code, heard.content) == (200, OGG)
    assert heard.headers["Content-Type"] == "audio/ogg"
    assert heard.headers["Cache-Control"] == "no-store"
    assert (await chief.get("/console/media/tok-en")).status_code == 200
    audit = table(Audit)
    opened = await console.inside.do(
        lambda db: list(db.execute(select(audit.c.advisor_id).where(audit.c.action == "open_media")).scalars())
    )
    assert len(opened) == 2
    await salma.post(f"/console/case/{case_id}/hand-back")
    assert (await salma.get("/console/media/tok-en")).status_code == 404


async def test_parts_for_players_that_ask_for_parts(console: Console, monkeypatch: Any) -> None:
    case_id = await console.case()
    await voice(console, monkeypatch, case_id)
    salma = await console.advisor("salma")
    await salma.post(f"/console/case/{case_id}/take")
    for asked, content, told in (
        ("bytes=0-1", OGG[:2], "bytes 0-1/204"),
        ("bytes=200-", OGG[200:], "bytes 200-203/204"),
        ("bytes=-4", OGG[-4:], "bytes 200-203/204"),
    ):
        part = await salma.get("/console/media/tok-en", headers={"Range": asked})
        assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, content, told)
    assert (await salma.get("/console/media/tok-en", headers={"Range": "bytes=900-"})).status_code == 416


async def test_what_could_run_is_saved_not_shown(console: Console, monkeypatch: Any) -> None:
    case_id = await console.case()
    await voice(console, monkeypatch, case_id, content_type="text/html")
    salma = await console.advisor("salma")
    await salma.post(f"/console/case/{case_id}/take")
    page = await salma.get("/console/media/tok-en")
    assert page.headers["Content-Type"] == "application/octet-stream"
    assert page.headers["Content-Disposition"] == "attachment"
    assert "sandbox" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "claimed", ["audio/ogg\u0631", "audio/ogg\r\nX-Evil: 1", "audio/x;<script>", "audio/svg+xml", "image/svg+xml", "AUDIO/"]
)
async def test_a_kind_that_the_sender_made_up_does_no_harm(console: Console, monkeypatch: Any, claimed: str) -> None:
    """The kind comes from the sender's own telephone."""
    case_id = await console.case()
    await voice(console, monkeypatch, case_id, content_type=claimed)
    salma = await console.advisor("salma")
    await salma.post(f"/console/case/{case_id}/take")
    heard = await salma.get("/console/media/tok-en")
    assert heard.status_code == 200
    assert heard.headers["Content-Type"] == "application/octet-stream"
    assert heard.headers["Content-Disposition"] == "attachment"
    assert "X-Evil" not in heard.headers


async def test_numbers_no_file_has(console: Console, monkeypatch: Any) -> None:
    case_id = await console.case()
    await voice(console, monkeypatch, case_id)
    salma = await console.advisor("salma")
    await salma.post(f"/console/case/{case_id}/take")
    huge = await salma.get("/console/media/tok-en", headers={"Range": f"bytes={'9' * 5000}-"})
    assert huge.status_code == 200  # as if nothing had been asked for
