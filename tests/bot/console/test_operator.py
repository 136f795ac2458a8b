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
