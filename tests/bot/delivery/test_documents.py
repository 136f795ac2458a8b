"""A list as a file: ordered once in the turn, made when it is sent or fetched, sealed, gone after seven days."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.assembly import Library
from bot.channels.base import NotSent, Unknown
from bot.delivery import documents, rounds
from bot.people import links
from bot.settings import Settings
from bot.storage.tables import Contact, Document, table
from flows.events import Chose
from tests.helpers.house import ScriptedInterpreter, TestHouse, open_house

_document = table(Document)
LIST = ("ma liste", "1", "oui", "non", "non", "fait 1")


@pytest.fixture
async def house(settings: Settings, library: Library):
    async with open_house(settings, library, ScriptedInterpreter()) as opened:
        yield opened


async def a_list(house: TestHouse, **how: str) -> None:
    for text in LIST:
        await house.say(text, **how)


async def tokens(house: TestHouse) -> list[str]:
    return [row.token for row in await house.rows(_document)]


async def found(house: TestHouse, token: str) -> documents.Found | None:
    return await house.do(lambda db: documents.find(db, house.house.vault, house.clock.now, token))


async def test_a_list_comes_as_a_file_with_its_bubble(house: TestHouse) -> None:
    await a_list(house)
    (text,) = await house.say("PDF")
    bubble = house.telegram.sent[-1][1]
    assert "PDF" in text
    assert len(text) <= 1024, "it is the caption of the file"
    assert bubble.file is not None
    assert bubble.file.name == "dalil-return.pdf"
    assert (await bubble.file.read() or b"").startswith(b"%PDF-")
    (token,) = await tokens(house)
    assert bubble.file.url.endswith(f"/f/{token}")
    assert len(token) >= 22


async def test_it_shows_what_was_ticked_when_it_was_asked_for(house: TestHouse) -> None:
    await a_list(house)
    await house.say("PDF")
    await house.say("fait 2")
    order = (await found(house, (await tokens(house))[0])).order
    assert [s["step"] for s in order.args["steps"] if s["done"]] == ["residence-certificate"]
    assert order.made == (await house.rows(_document))[0].created_at
    assert order.variety == "fr"


async def test_nothing_of_the_list_lies_open_in_the_database(house: TestHouse) -> None:
    await a_list(house)
    await house.say("PDF")
    (row,) = await house.rows(_document)
    assert b"residence-certificate" not in bytes(row.body)
    assert b"checklist" not in bytes(row.body)


async def test_without_a_list_there_is_no_file_and_a_way_to_one(house: TestHouse) -> None:
    await house.say("n9der ntb3o?")
    assert house.telegram.sent[-1][1].file is None
    assert any(b.id.endswith("journey:new_checklist") for b in house.telegram.sent[-1][1].buttons)
    assert await tokens(house) == []


async def test_a_question_under_way_is_asked_on_after_the_file(house: TestHouse) -> None:
    await a_list(house)
    await house.say("ma liste")
    button = next(b.id for b in house.telegram.sent[-1][1].buttons if b.id.endswith("journey:new_checklist"))
    await house.say(Chose(choice=button))
    await house.say("pdf")
    bubble = house.telegram.sent[-1][1]
    assert bubble.file is not None
    assert any(".s:checklist=" in b.id for b in bubble.buttons)


@pytest.mark.parametrize("outcome", [NotSent(code="too_many_requests", retry=True, alert=False, after=5), Unknown()])
async def test_sent_again_it_is_the_same_file(house: TestHouse, outcome: NotSent | Unknown) -> None:
    await a_list(house)
    house.telegram.outcomes.append(outcome)
    await house.say("PDF")
    house.clock.now += timedelta(minutes=5)
    await house.settle()
    first, second = [bubble.file for _, bubble in house.telegram.sent if bubble.file]
    assert first.url == second.url
    assert await first.read() == await second.read()
    assert len(await tokens(house)) == 1


async def test_after_seven_days_it_is_gone(house: TestHouse) -> None:
    await a_list(house)
    await house.say("PDF")
    (row,) = await house.rows(_document)
    token = row.token
    assert row.expires_at - row.created_at == timedelta(days=7)
    house.clock.now = row.expires_at - timedelta(seconds=1)
    await _round(house)
    assert await found(house, token) is not None
    house.clock.now += timedelta(seconds=1)
    assert await found(house, token) is None, "also before the round deletes it"
    await _round(house)
    assert await tokens(house) == []


async def _round(house: TestHouse) -> None:
    inside = house.house
    await house.do(lambda db: rounds.run(db, inside.vault, inside.bell, inside.desk, house.clock.now))


async def test_held_for_longer_than_it_lives_it_is_told_in_words(house: TestHouse) -> None:
    await a_list(house, channel="whatsapp", who="+212600000001")
    await house.receive("PDF", channel="whatsapp", who="+212600000001")
    await house.think()
    house.clock.now += timedelta(days=8)
    await house.post()
    await house.say("menu", channel="whatsapp", who="+212600000001")
    late = next(b for _, b in house.channels["whatsapp"].sent if b.file is not None)
    assert await late.file.read() is None
    assert "PDF" in late.file.gone


async def test_a_file_that_cannot_be_drawn_holds_up_nothing(house: TestHouse, monkeypatch) -> None:
    await a_list(house)

    def broken(order):
        raise RuntimeError("no ink")

    monkeypatch.setattr(house.house.library.press, "make", broken)
    await house.say("PDF")
    assert await house.telegram.sent[-1][1].file.read() is None
    assert [r.state for r in await house.outbox_rows()][-1] == "sent"


async def test_the_erased_have_no_files(house: TestHouse) -> None:
    await a_list(house)
    await house.say("PDF")
    (token,) = await tokens(house)
    await house.do(lambda db: db.execute(update(table(Contact)).values(data_key=None)))
    assert await found(house, token) is None


async def test_lists_and_files_go_along_to_another_channel(house: TestHouse) -> None:
    await a_list(house, channel="web", who="v1")
    await house.say("PDF", channel="web", who="v1")
    (token,) = await tokens(house)
    owner = (await house.receive("bonjour", who="tg")).contact_id
    await house.settle()
    code = await house.do(lambda db: links.issue(db, house.house.vault, house.clock.now, owner))
    await house.say(code, channel="web", who="v1")
    (row,) = await house.rows(_document)
    assert row.contact_id == owner
    assert (await found(house, token)).order.args["checklist"] == "return"
    await house.say("ma liste", who="tg")
    assert "Rentrer au Maroc" in house.telegram.sent[-1][1].text
    assert "✅ 1." in house.telegram.sent[-1][1].text


async def test_a_list_both_have_keeps_the_ticks_of_both(house: TestHouse) -> None:
    await a_list(house, channel="web", who="v1")
    await a_list(house, who="tg")
    await house.say("pas fait 1", who="tg")
    await house.say("fait 2", who="tg")
    owner = await house.do(
        lambda db: db.execute(select(table(Contact).c.id).order_by(table(Contact).c.id.desc())).scalars().first()
    )
    code = await house.do(lambda db: links.issue(db, house.house.vault, house.clock.now, owner))
    await house.say(code, channel="web", who="v1")
    await house.say("ma liste", who="tg")
    assert house.telegram.sent[-1][1].text.count("✅") == 2
