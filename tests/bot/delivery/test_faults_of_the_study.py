"""What goes wrong around a turn: unreadable rows, clocks, floods, several messages at once. Nobody else is held up."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, update

from bot.assembly import Library
from bot.delivery import codec, happenings, inbox
from bot.people.identity import box_of
from bot.settings import Settings
from bot.storage.tables import Conversation, Happening, Period, table
from flows.effects import Look
from flows.events import AdvisorSaid, Chose
from flows.heard import Signal
from flows.turn import Turn
from tests.helpers.house import ScriptedInterpreter, TestHouse, inbox_table, open_house, outbox_table

TAUGHT = {"mes droits": "faq/amo-tadamon", "la retraite": "faq/retraite-francaise-demander-depuis-maroc"}


@pytest.fixture
async def house(settings: Settings, library: Library):
    async with open_house(settings, library, ScriptedInterpreter(TAUGHT)) as opened:
        yield opened


async def _of_a_newer_version(house: TestHouse, who: str = "aicha") -> None:
    received = await house.receive("mes droits", who=who)

    def change(db: Connection) -> None:
        box = box_of(db, house.house.vault, received.contact_id)
        assert box
        event = box.seal_json({"event": "SentHologram", "colour": "blue"})
        db.execute(update(inbox_table).where(inbox_table.c.id == received.inbox_id).values(event=event))

    await house.do(change)


async def _patiently(house: TestHouse) -> None:
    for _ in range(4):
        await house.settle()
        house.clock.now += timedelta(minutes=1)
    await house.settle()


async def test_an_event_of_a_newer_version_is_tried_again_then_laid_aside_with_an_apology(house: TestHouse) -> None:
    await _of_a_newer_version(house)
    await _patiently(house)
    (row,) = await house.inbox_rows()
    assert (row.state, row.attempts, row.event is not None) == ("dead", 3, True)
    assert [b["messages"][0]["id"] for b in await house.bodies()] == ["error"]


async def test_an_unreadable_row_holds_up_neither_others_nor_what_stands_before_it(house: TestHouse) -> None:
    await house.receive("mes droits")
    await _of_a_newer_version(house)
    await house.receive("la retraite", who="brahim")
    await house.settle()
    assert {to for to, _ in house.telegram.sent} == {"aicha", "brahim"}
    await _patiently(house)
    assert [r.state for r in await house.inbox_rows()] == ["handled", "dead", "handled"]


async def test_a_state_that_cannot_be_read_is_laid_aside_though_even_the_apology_fails(house: TestHouse) -> None:
    await house.say("mes droits")
    await house.do(lambda db: db.execute(update(table(Conversation)).values(state=b"damaged beyond repair, this is")))
    await house.receive("la retraite")
    await _patiently(house)
    assert [r.state for r in await house.inbox_rows()] == ["handled", "dead"]


async def test_a_failure_after_the_commit_undoes_nothing(house: TestHouse) -> None:
    """The connection may break before the commit is confirmed: the rows are handled, whatever was heard of it."""
    received = await house.receive("mes droits")
    batch = await house.house.study._prepare(received.contact_id)
    assert batch
    await house.settle()
    rows = tuple(replace_attempts(r) for r in batch.rows)
    await house.do(lambda db: house.house.study._failed(db, received.contact_id, rows))
    assert [r.state for r in await house.inbox_rows()] == ["handled"]
    assert len(await house.outbox_rows()) == 1


def replace_attempts(row):
    from types import SimpleNamespace

    return SimpleNamespace(**{**row._mapping, "attempts": 2})


async def test_one_persons_flood_does_not_hide_the_others(house: TestHouse) -> None:
    for n in range(150):
        await house.receive("mes droits", who="aicha", provider_id=f"flood{n}")
    await house.receive("la retraite", who="brahim")
    assert len(await house.house.study.waiting()) == 2


async def test_a_clock_set_back_does_not_make_an_unclear_message_wait_for_an_hour(house: TestHouse) -> None:
    await house.receive("blabla")
    house.clock.now -= timedelta(hours=1)
    await house.do(lambda db: db.execute(update(inbox_table).values(due_at=house.clock.now)))
    await house.settle()
    assert len(house.telegram.sent) == 1


async def test_a_turn_that_asks_and_asks_is_ended_after_five_runs(house: TestHouse, monkeypatch) -> None:
    runs = []

    def asks(state, events, facts):
        runs.append(events)
        return Turn(state=state, effects=(Look(query="bookings"),))

    monkeypatch.setattr("bot.delivery.study.turn", asks)
    await house.receive("mes droits")
    await house.think()
    assert len(runs) == 5
    (row,) = await house.inbox_rows()
    assert (row.state, row.error) == ("waiting", "turn_failed")


async def test_nothing_of_a_failed_turn_exists(house: TestHouse, monkeypatch) -> None:
    """The last statement of the unit fails: no bubble, no case, no state, and the row still waits."""

    def full_disk(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("bot.delivery.ledger._save_state", full_disk)
    await house.receive("mes droits")
    await house.think()
    assert await house.outbox_rows() == []
    assert [r.state for r in await house.inbox_rows()] == ["waiting"]
    monkeypatch.undo()
    house.clock.now += timedelta(minutes=1)
    await house.settle()
    assert len(house.telegram.sent) == 1


async def test_who_writes_after_stop_is_answered_and_told_how_to_start_again(house: TestHouse, monkeypatch) -> None:
    _Words(house, monkeypatch, stop={"word": "stop"})
    await house.say("mes droits")
    await house.say("stop")
    await house.say("la retraite")
    said = [[m["id"] for m in b["messages"]] for b in await house.bodies()]
    assert (said[-2], said[-1][-1]) == (["stop.done"], "stop.reminder")
    assert [b["state"] for b in await house.bodies()] == ["sent"] * 3


@pytest.mark.parametrize("text", ["\U0001f600" * 300, "x" * 4096, "ا" * 4096, "\u202e\u200f\u200d", "a\n" * 2000])
async def test_whatever_is_written_is_answered(house: TestHouse, text: str) -> None:
    assert len(await house.say(text)) == 1


# --- several messages at once -------------------------------------------------------------------------------------------
class _Words:
    """The interpreter stays; some texts are heard as commands or emergencies."""

    def __init__(self, house: TestHouse, monkeypatch, **heard: object) -> None:
        real = house.house.hearing.hear

        def hear(text: str):
            found = real(text)
            return replace(found, **heard[text]) if text in heard else found  # type: ignore[arg-type]

        monkeypatch.setattr(house.house.hearing, "hear", hear)


async def test_stop_right_behind_an_unclear_message_is_obeyed(house: TestHouse, monkeypatch) -> None:
    _Words(house, monkeypatch, stop={"word": "stop"})
    await house.receive("blabla")
    await house.receive("stop")
    await house.settle()
    assert [b["messages"][0]["id"] for b in await house.bodies()] == ["clarify", "stop.done"]


async def test_what_was_understood_is_answered_though_the_whole_reads_like_nothing(house: TestHouse) -> None:
    await house.receive("blabla")
    await house.receive("mes droits")
    await house.settle()
    (row,) = await house.outbox_rows()
    assert (row.content_id, len(row.answers)) == ("amo-tadamon", 2)


async def test_the_gravest_emergency_of_a_burst_counts(house: TestHouse, monkeypatch) -> None:
    mild = Signal(name="fraud", level="urgent", score=0.9)
    grave = Signal(name="sea_distress_now", level="critical", score=0.9)
    _Words(house, monkeypatch, **{"zodiac": {"signal": grave}, "blabla\nzodiac": {"signal": mild}})
    await house.receive("blabla")
    await house.receive("zodiac")
    await house.settle()
    assert [r.signal for r in await house.outbox_rows()] == ["sea_distress_now"]


async def test_a_button_right_behind_an_unclear_message_is_not_kept_waiting(house: TestHouse) -> None:
    await house.receive("blabla")
    await house.receive(Chose(choice="say:menu"))
    await house.settle()
    assert len(house.telegram.sent) == 2


# --- locks, doors and figures ---------------------------------------------------------------------------------------------
async def test_the_front_door_does_not_wait_for_a_turn(house: TestHouse) -> None:
    """Else an advisor's reply and a turn of the same person could wait for each other for ever."""
    database = house.house.database
    if database.dialect != "postgresql":
        return  # one writer
    received = await house.receive("mes droits")
    async with database.engine.begin() as turn:  # type: ignore[attr-defined]
        assert await turn.run_sync(lambda db: inbox.lock(db, received.contact_id))
        await asyncio.wait_for(house.receive("la retraite"), 5)
        assert not await house.do(lambda db: inbox.lock(db, received.contact_id))


async def test_only_the_persons_own_message_releases_what_was_held(house: TestHouse) -> None:
    await house.say("mes droits")
    await house.do(lambda db: db.execute(update(outbox_table).values(state="held", error="window_closed")))
    contact = (await house.inbox_rows())[0].contact_id

    def advisor_says(db: Connection) -> None:
        box = box_of(db, house.house.vault, contact)
        assert box
        inbox.put(db, house.house.bell, box, house.clock.now, contact, "console", "c1", AdvisorSaid(advisor="S", text="x"), "t")

    await house.do(advisor_says)
    await house.settle()
    assert [r.state for r in await house.outbox_rows()] == ["held", "sent"]


async def test_a_pseudonyms_key_counts_only_once_it_is_committed(house: TestHouse) -> None:
    """Else two processes would give one person two pseudonyms for a month."""
    pseudonyms = happenings.Pseudonyms()

    def undone(db: Connection) -> None:
        pseudonyms.of(db, house.clock.now, 1)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await house.do(undone)
    first = await house.do(lambda db: happenings.Pseudonyms().of(db, house.clock.now, 1))
    assert await house.do(lambda db: pseudonyms.of(db, house.clock.now, 1)) == first


async def test_happenings_name_nobody_and_their_key_goes_with_the_month(house: TestHouse) -> None:
    await house.say("mes droits")
    assert "contact_id" not in table(Happening).c
    assert len(await house.house.database.read(lambda db: list(db.execute(table(Period).select())))) == 1
    await house.do(lambda db: happenings.forget_past(db, house.clock.now + timedelta(days=31)))
    assert await house.house.database.read(lambda db: list(db.execute(table(Period).select()))) == []


def test_every_event_that_may_wait_goes_through_json_and_back() -> None:
    from flows import events

    kinds = {n for n, c in vars(events).items() if isinstance(c, type) and issubclass(c, events.Event)}
    assert set(codec._STORED) == kinds - {"Event", "Result", "AboutSession"}
    event = AdvisorSaid(advisor="Salma", text="\U0001f600 ١٢٣")
    assert codec.from_json(codec.to_json(event)) == event
