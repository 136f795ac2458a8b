"""One conversation in the console: taken by one, answered once, noted in private, handed back."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.channels.base import NotSent, Unknown
from bot.delivery import gate
from bot.handoff import cases
from bot.storage.tables import Audit, Case, CaseNote, Outbox, table
from flows.events import Chose, SharedPlace
from tests.bot.console.given import Browser, Console

HX = {"Origin": "http://127.0.0.1:8000", "HX-Request": "true"}


def plain(html: str) -> str:
    """Without the marks that isolate names, and with plain blanks."""
    return re.sub("[\u2068\u2069]", "", html).replace("\u00a0", " ")


def once_of(html: str) -> str:
    found = re.search(r'name="once" value="([^"]+)"', html)
    assert found
    return found[1]


async def reply(browser: Browser, case_id: int, text: str, once: str = "") -> Any:
    page = await browser.get(f"/console/case/{case_id}")
    return await browser.post(f"/console/case/{case_id}/say", text=text, once=once or once_of(page.text))


async def test_two_take_at_once_and_one_wins(console: Console) -> None:
    case_id = await console.case()
    salma, youssef = await console.advisor("salma"), await console.advisor("youssef")
    answers = await asyncio.gather(*(b.post(f"/console/case/{case_id}/take", HX) for b in (salma, youssef)))
    won = [('id="reply"' in a.text) for a in answers]
    assert sorted(won) == [False, True]
    lost = answers[won.index(False)]
    assert lost.status_code == 200
    assert "Rien n'a été envoyé" in plain(lost.text).replace("&#39;", "'")
    owner = (await console.row(case_id)).owner_id
    assert owner in (1, 2)


async def test_a_reply_goes_to_the_person_and_only_once(console: Console) -> None:
    case_id = await console.case()
    salma = await console.advisor("salma")
    await salma.post(f"/console/case/{case_id}/take")
    await console.inside.settle()
    before = len(console.inside.telegram.sent)
    page = await salma.get(f"/console/case/{case_id}")
    once = once_of(page.text)
    for _ in range(2):
        assert (await salma.post(f"/console/case/{case_id}/say", text="Bonjour Aïcha", once=once)).status_code == 303
    waiting = await salma.get(f"/console/case/{case_id}")
    assert waiting.text.count("Bonjour Aïcha") == 1  # shown at once, before its turn has come
    await console.inside.settle()
    sent = [bubble.text for _, bubble in console.inside.telegram.sent[before:]]
    assert sum("Bonjour Aïcha" in text for text in sent) == 1
    shown = await salma.get(f"/console/case/{case_id}")
    assert shown.text.count("Bonjour Aïcha") == 1
    assert "envoyé" in shown.text


async def test_the_bot_is_silent_and_the_message_is_shown(console: Console) -> None:
    case_id = await console.case()
    salma = await console.advisor("salma")
    await salma.post(f"/console/case/{case_id}/take")
    await console.inside.settle()
    said = await console.inside.say("واش نقدر نمشي بلا فيزا؟", who="aicha")
    assert said == []
    page = await salma.get(f"/console/case/{case_id}")
    assert '<p class="text" dir="auto">واش نقدر نمشي بلا فيزا؟</p>' in page.text
    assert (await console.row(case_id)).unread == 0


async def test_a_note_never_reaches_the_person(console: Console) -> None:
    case_id = await console.case()
    salma, youssef = await console.advisor("salma"), await console.advisor("youssef")
    await salma.post(f"/console/case/{case_id}/take")
    await salma.post(f"/console/case/{case_id}/note", text="rappeler lundi")
    await console.inside.settle()
    assert all("rappeler lundi" not in body.get("text", "") for body in await console.inside.bodies())
    assert "rappeler lundi" in (await youssef.get(f"/console/case/{case_id}")).text
    [note] = await console.inside.do(lambda db: list(db.execute(select(table(CaseNote)))))
    assert b"rappeler" not in note.body


async def test_only_the_owner_acts(console: Console) -> None:
    case_id = await console.case()
    salma, youssef = await console.advisor("salma"), await console.advisor("youssef")
    await salma.post(f"/console/case/{case_id}/take")
    await console.inside.settle()
    said = len(await console.inside.outbox_rows())
    page = await youssef.get(f"/console/case/{case_id}")
    assert 'id="reply"' not in page.text
    for deed in ("say", "note", "hand-back", "take"):
        answer = await youssef.post(f"/console/case/{case_id}/{deed}", HX, text="moi aussi", once="x")
        assert "n&#39;est pas (ou plus) la vôtre" in answer.text
        if deed in ("say", "note"):
            assert "moi aussi" in answer.text  # what was typed is kept
    await console.inside.settle()
    assert len(await console.inside.outbox_rows()) == said
    assert (await console.row(case_id)).owner_id == 1


async def test_handing_back_closes_and_tells(console: Console) -> None:
    case_id = await console.case()
    salma = await console.advisor("salma")
    await salma.post(f"/console/case/{case_id}/take")
    await console.inside.settle()
    await salma.post(f"/console/case/{case_id}/hand-back")
    before = len(console.inside.telegram.sent)
    await console.inside.settle()
    assert len(console.inside.telegram.sent) == before + 1
    assert (await console.row(case_id)).state == "closed"
    page = plain((await salma.get(f"/console/case/{case_id}")).text)
    assert "Salma a pris la conversation" in page
    assert "Salma a rendu la conversation à Dalil" in page
    assert "Dossier fermé" in page


async def test_an_empty_or_endless_reply_is_not_sent(console: Console) -> None:
    case_id = await console.case()
    salma = await console.advisor("salma")
    await salma.post(f"/console/case/{case_id}/take")
    for text in ("   ", "x" * 4001):
        answer = await salma.post(f"/console/case/{case_id}/say", HX, text=text, once="1")
        assert "trop long (4 000 caractères au plus)" in answer.text


async def test_reading_is_written_down(console: Console) -> None:
    case_id = await console.case()
    salma = await console.advisor("salma")
    await salma.get(f"/console/case/{case_id}")
    await salma.get(f"/console/case/{case_id}/thread", headers={"HX-Request": "true"})
    audit = table(Audit)
    rows = await console.inside.do(lambda db: list(db.execute(select(audit.c.action, audit.c.object))))
    assert [tuple(r) for r in rows] == [("read", f"case/{case_id}")]


@pytest.mark.parametrize("deed", ["", "/thread", "/head", "/facts", "/composer", "/live"])
async def test_public_offices_see_no_case_of_ngos(console: Console, deed: str) -> None:
    kept = await console.case("aicha", reason="safety/needs_asylum", urgency="critical")
    open_to_all = await console.case("brahim")
    clerk = await console.advisor("clerk", office_kind="public")
    queue = (await clerk.get("/console")).text
    assert f"/console/case/{open_to_all}" in queue
    assert f"/console/case/{kept}" not in queue
    if deed == "/live":
        stream = await clerk.get(f"/console/case/{kept}/live")
        assert [line for line in stream.text.splitlines() if line.startswith("event")] == ["event: owner"]
        return
    assert (await clerk.get(f"/console/case/{kept}{deed}")).status_code == 404
    for post in ("take", "say", "note", "hand-back", "again/1"):
        assert (await clerk.post(f"/console/case/{kept}/{post}", text="x", once="1")).status_code == 404
    assert (await console.row(kept)).state == "waiting"


async def test_a_case_that_becomes_an_emergency_leaves_the_public_queue(console: Console) -> None:
    case_id = await console.case()
    clerk = await console.advisor("clerk", office_kind="public")
    assert f"/console/case/{case_id}" in (await clerk.get("/console")).text
    await console.case(reason="safety/violence_women_children", urgency="critical")
    assert f"/console/case/{case_id}" not in (await clerk.get("/console")).text


async def test_an_alarm_in_a_held_case_stays_with_its_holder(console: Console) -> None:
    case_id = await console.case()
    clerk = await console.advisor("clerk", office_kind="public")
    await clerk.post(f"/console/case/{case_id}/take")
    row = await console.row(case_id)
    await console.inside.do(lambda db: cases.alarm(db, console.inside.clock.now, row.contact_id, "safety/sea_distress_now"))
    page = await clerk.get(f"/console/case/{case_id}")
    assert "Nouvelle alerte dans cette conversation." in page.text
    await clerk.post(f"/console/case/{case_id}/take")
    assert "Nouvelle alerte dans cette conversation." not in (await clerk.get(f"/console/case/{case_id}")).text
    assert (await clerk.get(f"/console/case/{case_id}")).status_code == 200
    console.inside.clock.now += cases.LEASE
    assert (await clerk.post(f"/console/case/{case_id}/take")).status_code == 404
    lease = (await console.row(case_id)).lease_until
    await console.inside.do(lambda db: cases.expire(db, case_id, lease))
    assert (await clerk.get(f"/console/case/{case_id}")).status_code == 404


async def test_the_queue_serves_the_most_urgent_and_oldest_first(console: Console) -> None:
    old = await console.case("a")
    console.inside.clock.now += timedelta(minutes=5)
    young = await console.case("b")
    urgent = await console.case("c", reason="safety/fraud_victim", urgency="urgent")
    critical = await console.case("d", reason="safety/sea_distress_now", urgency="critical")
    salma = await console.advisor("salma")
    listed = re.findall(r"/console/case/(\d+)", (await salma.get("/console")).text)
    assert [int(i) for i in listed] == [critical, urgent, old, young]


async def test_an_empty_queue_teaches(console: Console) -> None:
    salma = await console.advisor("salma", interface="en")
    assert "the person is told, and Dalil is silent" in (await salma.get("/console")).text


async def test_the_closed_window_is_said_and_the_reply_is_held(console: Console) -> None:
    case_id = await console.case(channel="whatsapp")
    salma = await console.advisor("salma")
    page = plain((await salma.get(f"/console/case/{case_id}")).text)
    assert "WhatsApp : vous pouvez écrire encore 23 heures" in page
    console.inside.clock.now += gate.WINDOW
    await salma.sign_in("salma")
    await salma.get("/console")
    await salma.post(f"/console/case/{case_id}/take")
    page = plain((await salma.get(f"/console/case/{case_id}")).text)
    assert "délai de 24 heures dépassé" in page
    await reply(salma, case_id, "Toujours là ?")
    await console.inside.settle()
    page = plain((await salma.get(f"/console/case/{case_id}")).text)
    assert "gardé jusqu&#39;à ce que la personne écrive" in page
    assert "WhatsApp ne laisse pas passer un texte libre" in page


async def test_failure_and_unknown_are_told_in_words(console: Console) -> None:
    case_id = await console.case()
    salma = await console.advisor("salma", interface="en")
    await salma.post(f"/console/case/{case_id}/take")
    await console.inside.settle()
    console.inside.telegram.outcomes.append(NotSent(code="too_long", retry=False, alert=True))
    await reply(salma, case_id, "first")
    await console.inside.settle()
    console.inside.telegram.outcomes.append(Unknown())
    await reply(salma, case_id, "second")
    await console.inside.settle()
    page = (await salma.get(f"/console/case/{case_id}")).text
    assert "too long for this channel" in page
    assert "may not have arrived" in page
    outbox = table(Outbox)
    stuck = await console.inside.do(lambda db: db.execute(select(outbox.c.id).where(outbox.c.state == "unknown")).scalar_one())
    assert f"/again/{stuck}" in page
    await salma.post(f"/console/case/{case_id}/again/{stuck}")
    await console.inside.settle()
    assert [text for _, b in console.inside.telegram.sent if (text := b.text) and "second" in text].__len__() == 2
    states = [r.state for r in await console.inside.outbox_rows() if r.id == stuck]
    assert states == ["sent"]


async def test_sending_again_is_bound_to_one_s_own_thread(console: Console) -> None:
    mine, other = await console.case("aicha"), await console.case("brahim")
    salma = await console.advisor("salma")
    await salma.post(f"/console/case/{mine}/take")
    contact = (await console.row(other)).contact_id
    outbox = table(Outbox)
    theirs = await console.inside.do(
        lambda db: db.execute(select(outbox.c.id).where(outbox.c.contact_id == contact).limit(1)).scalar_one()
    )
    await console.inside.do(lambda db: db.execute(update(outbox).where(outbox.c.id == theirs).values(state="dead")))
    await salma.post(f"/console/case/{mine}/again/{theirs}")
    assert [r.state for r in await console.inside.outbox_rows() if r.id == theirs] == ["dead"]


async def test_a_shared_place_is_a_town(console: Console) -> None:
    case_id = await console.case()
    await console.inside.say(SharedPlace(place="agadir", region="souss-massa"), who="aicha")
    salma = await console.advisor("salma", interface="ar")
    assert "مكان مرسل" in plain((await salma.get(f"/console/case/{case_id}")).text)


async def test_a_closed_case_shows_nothing_of_what_came_after(console: Console) -> None:
    case_id = await console.case()
    salma = await console.advisor("salma")
    await salma.post(f"/console/case/{case_id}/take")
    await salma.post(f"/console/case/{case_id}/hand-back")
    await console.inside.settle()
    console.inside.clock.now += timedelta(minutes=5)
    await console.inside.say("autre chose, pour Dalil seul", who="aicha")
    page = await salma.get(f"/console/case/{case_id}")
    assert "salam" in page.text
    assert "autre chose" not in page.text


async def test_a_public_office_does_not_read_what_was_for_others_only(console: Console) -> None:
    """An emergency was handled by an association. Months later the person asks something everyday, and a public office takes
    that: of what came before it sees nothing."""
    first = await console.case(text="khouya kayhdedni", reason="safety/trafficking", urgency="critical")
    nora = await console.advisor("nora")
    await nora.post(f"/console/case/{first}/take")
    await nora.post(f"/console/case/{first}/say", text="on est avec toi", once="one")
    await console.inside.settle()
    await nora.post(f"/console/case/{first}/hand-back")
    await console.inside.settle()
    console.inside.clock.now += timedelta(days=60)
    second = await console.case(text="bghit l equivalence")
    clerk = await console.advisor("clerk", office_kind="public")
    page = (await clerk.get(f"/console/case/{second}")).text
    assert "bghit l equivalence" in page
    assert "kayhdedni" not in page
    assert "on est avec toi" not in page
    await nora.sign_in("nora")
    assert "kayhdedni" in (await nora.get(f"/console/case/{second}")).text
    assert (await clerk.get(f"/console/case/{first}")).status_code == 404


async def test_what_was_told_on_the_way_stands_in_the_case_in_words(console: Console) -> None:
    await console.inside.say(Chose(choice="journey:accompaniment"))
    for slot in ("wish=study", "destination=DE", "schooling=bac", "home_region=souss-massa", "minor=no"):
        await console.inside.say(Chose(choice=f"s:{slot}"))
    [case] = await console.inside.do(lambda db: list(db.execute(select(table(Case)))))
    assert case.reason == "accompaniment"
    salma = await console.advisor("salma")
    await salma.post(f"/console/case/{case.id}/take")
    page = plain((await salma.get(f"/console/case/{case.id}")).text).replace("&#39;", "'")
    assert "demande à être accompagnée" in page
    for line in ("Projet: Études, bourses", "Pays: Allemagne", "Diplôme: Bac", "Région: Souss-Massa"):
        assert line in page
    [note] = await console.inside.do(lambda db: list(db.execute(select(table(CaseNote)))))
    assert b"study" not in note.body


async def test_a_newcomers_case_is_for_offices_that_are_not_public(console: Console) -> None:
    for target in ("journey:orientation", "s:newcomer_need=", "s:wanted=yes"):
        await console.inside.say(Chose(choice=target))
    [case] = await console.inside.do(lambda db: list(db.execute(select(table(Case)))))
    assert (case.reason, case.audience, case.office_kind) == ("newcomer", "tcn", "ngo")
