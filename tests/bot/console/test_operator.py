"""Messages that went nowhere, seen and sent on their way by coordinators."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.storage.tables import Inbox, Outbox, table
from tests.bot.console.given import Console


async def test_advisors_have_no_such_page(console: Console) -> None:
    salma = await console.advisor("salma")
    assert (await salma.get("/console/dead")).status_code == 403
    await salma.get("/console")
    for path in ("/console/dead/inbox/1", "/console/dead/outbox/1"):
        assert (await salma.post(path)).status_code == 403
    assert "/console/dead" not in (await salma.get("/console")).text


@pytest.mark.parametrize("state", ["dead", "unknown"])
async def test_what_went_nowhere_goes_again(console: Console, state: str) -> None:
    await console.case(text="un secret")
    outbox, chief = table(Outbox), await console.advisor("chief", role="coordinator")
    stuck = (await console.inside.outbox_rows())[0].id
    values = {"state": state, "error": "bad_credentials"}
    await console.inside.do(lambda db: db.execute(update(outbox).where(outbox.c.id == stuck).values(values)))
    page = await chief.get("/console/dead")
    assert "Le fournisseur refuse nos clés" in page.text
    assert "un secret" not in page.text
    sent = len(console.inside.telegram.sent)
    await chief.post(f"/console/dead/outbox/{stuck}")
    await chief.post(f"/console/dead/outbox/{stuck}")
    await console.inside.settle()
    assert len(console.inside.telegram.sent) == sent + 1
    assert f"/console/dead/outbox/{stuck}" not in (await chief.get("/console/dead")).text


async def test_what_was_not_handled_is_handled_again(console: Console) -> None:
    chief = await console.advisor("chief", role="administrator")
    received = await console.inside.receive("bonjour", who="zineb")
    inbox = table(Inbox)
    mine = inbox.c.id == received.inbox_id
    await console.inside.do(lambda db: db.execute(update(inbox).where(mine).values(state="dead", error="turn_failed")))
    await console.inside.settle()
    assert console.inside.telegram.sent == []
    assert "trois fois de suite" in (await chief.get("/console/dead")).text
    await chief.post(f"/console/dead/inbox/{received.inbox_id}")
    await console.inside.settle()
    assert console.inside.telegram.sent == []  # an unclear message waits for its sequel first
    console.inside.clock.now += timedelta(seconds=4)
    await console.inside.settle()
    assert len(console.inside.telegram.sent) == 1


async def test_numbers_that_no_row_can_have(console: Console) -> None:
    """Larger than the database counts: not found, rather than an error."""
    chief = await console.advisor("chief", role="coordinator")
    await chief.get("/console")
    for number in (2**63, 2**70, 10**30):
        assert (await chief.get(f"/console/case/{number}")).status_code == 404
        assert (await chief.get(f"/console/case/{number}/live")).status_code == 404
        for path in (f"case/{number}/take", f"case/1/again/{number}", f"dead/inbox/{number}", f"dead/outbox/{number}"):
            assert (await chief.post(f"/console/{path}")).status_code == 404


async def test_a_form_that_no_page_sends(console: Console) -> None:
    """Refused in words, on a page with a way back; never a line of code to read."""
    chief = await console.advisor("chief", role="coordinator")
    await chief.get("/console")
    answer = await chief.post("/console/case/1/say", text="x" * 20_000, once="a")
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")
    assert "trop long" in answer.text


async def test_a_login_that_no_database_can_hold(console: Console) -> None:
    await console.member("salma")
    assert (await console.browser().sign_in("no\x00body")).status_code == 401
    salma = await console.advisor("nora")
    assert (await salma.get("/console/media/%00")).status_code == 404
