"""What goes wrong while sending: slow and lying providers, dead senders, reports that come twice, late or first."""

import asyncio
from collections import deque
from datetime import timedelta

import pytest
from sqlalchemy import Connection, update

from bot.assembly import Library
from bot.channels.base import NotSent, Report, Sent, Unknown
from bot.delivery import gate, outbox, postroom, receipts
from bot.handoff import letters
from bot.settings import Settings
from bot.storage.tables import ContactAddress, table
from tests.helpers.house import ScriptedInterpreter, TestHouse, open_house, outbox_table

TAUGHT = {"mes droits": "faq/amo-tadamon", "la retraite": "faq/retraite-francaise-demander-depuis-maroc"}
SLOW_DOWN = NotSent(code="too_many_requests", retry=True, alert=False, after=30)


@pytest.fixture
async def house(settings: Settings, library: Library):
    async with open_house(settings, library, ScriptedInterpreter(TAUGHT)) as opened:
        yield opened


async def _states(house: TestHouse) -> list[str]:
    return [r.state for r in await house.outbox_rows()]


async def test_a_bubble_that_cannot_be_opened_is_laid_aside_and_holds_nobody_up(house: TestHouse) -> None:
    await house.receive("mes droits")
    await house.receive("mes droits", who="brahim")
    await house.think()
    first = (await house.outbox_rows())[0].id
    damaged = update(outbox_table).where(outbox_table.c.id == first).values(body=b"damaged beyond repair, this is")
    await house.do(lambda db: db.execute(damaged))
    await house.post()
    assert [(r.state, r.error) for r in await house.outbox_rows()] == [("dead", "unreadable"), ("sent", None)]


async def test_a_provider_that_is_slow_with_one_holds_up_nobody_else(house: TestHouse) -> None:
    hangs = asyncio.Event()
    house.telegram.on_send = hangs.wait
    await house.receive("mes droits")
    await house.think()
    room = house.house.postroom
    assert await room.start_due() == 1
    await house.receive("la retraite", who="v", channel="web")
    await house.think()
    await room.start_due()
    for _ in range(100):
        if await _states(house) == ["sending", "sent"]:
            break
        await asyncio.sleep(0.02)
    assert await _states(house) == ["sending", "sent"]
    hangs.set()
    await room.drain()
    assert await _states(house) == ["sent", "sent"]


async def test_a_send_without_end_is_given_up_before_its_claim_runs_out(house: TestHouse, monkeypatch) -> None:
    monkeypatch.setattr(postroom, "LONGEST_SEND", 0.05)
    house.telegram.on_send = asyncio.Event().wait
    await house.receive("mes droits")
    await house.think()
    await asyncio.wait_for(house.house.postroom.send_due(), 10)
    assert [(r.state, r.error) for r in await house.outbox_rows()] == [("queued", "unknown")]


def test_the_claim_outlasts_every_send() -> None:
    assert timedelta(seconds=postroom.LONGEST_SEND) < postroom.CLAIM


async def _swept_while_sending(house: TestHouse) -> None:
    house.clock.now += timedelta(minutes=2)
    assert await house.house.postroom.sweep() == 1


async def test_what_was_sent_after_all_is_not_sent_again_though_the_sweeper_gave_it_up(house: TestHouse) -> None:
    house.telegram.on_send = lambda: _swept_while_sending(house)
    await house.receive("mes droits")
    await house.settle()
    house.telegram.on_send = None
    house.clock.now += timedelta(minutes=1)
    await house.settle()
    assert (len(house.telegram.sent), await _states(house)) == (1, ["sent"])


async def test_a_late_outcome_does_not_touch_another_senders_claim(house: TestHouse) -> None:
    """Swept and claimed anew while the first sender still waited: its refusal is no news of the second's send."""

    async def claimed_anew() -> None:
        await _swept_while_sending(house)
        again = update(outbox_table).values(state="sending", attempts=2, claimed_until=house.clock.now + timedelta(minutes=1))
        await house.do(lambda db: db.execute(again))

    house.telegram.on_send = claimed_anew
    house.telegram.outcomes = deque([SLOW_DOWN])
    await house.receive("mes droits")
    await house.settle()
    assert [(r.state, r.attempts) for r in await house.outbox_rows()] == [("sending", 2)]


async def test_the_sweeper_leaves_what_was_written_down_meanwhile(house: TestHouse, monkeypatch) -> None:
    await house.receive("mes droits")
    await house.think()
    stale = update(outbox_table).values(state="sending", claimed_until=house.clock.now - timedelta(seconds=1))
    await house.do(lambda db: db.execute(stale))
    real = postroom.unknown_values

    def sent_just_now(*args):
        raced.execute(update(outbox_table).values(state="sent", provider_id="tg-9"))
        return real(*args)

    def sweep(db: Connection) -> None:
        nonlocal raced
        raced = db
        house.house.postroom._sweep(db, house.clock.now)

    raced: Connection
    monkeypatch.setattr(postroom, "unknown_values", sent_just_now)
    await house.do(sweep)
    assert await _states(house) == ["sent"]


# --- held, released, sent again -----------------------------------------------------------------------------------------
async def _reported(house: TestHouse, status: str, provider_id: str, code: str | None = None) -> None:
    report = Report(channel="whatsapp", provider_id=provider_id, status=status, code=code)
    await house.do(lambda db: receipts.store(db, house.clock.now, report))


async def test_who_writes_again_after_having_been_unreachable_is_answered(house: TestHouse) -> None:
    """WhatsApp tells nobody when a block is lifted: that the person writes says it."""
    await house.say("mes droits", who="+212600000001", channel="whatsapp")
    await _reported(house, "failed", "whatsapp-1", "person_blocked_us")
    assert [a.reachable for a in await house.rows(table(ContactAddress))] == [False]
    assert len(await house.say("la retraite", who="+212600000001", channel="whatsapp")) >= 1


async def test_a_late_report_of_the_first_sending_does_not_swallow_the_second(house: TestHouse) -> None:
    await house.say("mes droits", who="+212600000001", channel="whatsapp")
    await _reported(house, "failed", "whatsapp-1", "window_closed")
    contact = (await house.outbox_rows())[0].contact_id
    await house.do(lambda db: outbox.release_held(db, house.house.bell, house.clock.now, contact))
    await _reported(house, "sent", "whatsapp-1")
    await house.post()
    assert len(house.channels["whatsapp"].sent) == 2


async def test_what_was_held_for_days_still_gets_its_tries(house: TestHouse) -> None:
    await house.say("mes droits", who="+212600000001", channel="whatsapp")
    await _reported(house, "failed", "whatsapp-1", "window_closed")
    house.clock.now += timedelta(days=3)
    house.channels["whatsapp"].outcomes.append(SLOW_DOWN)
    await house.say("la retraite", who="+212600000001", channel="whatsapp")
    house.clock.now += timedelta(minutes=1)
    await house.settle()
    assert await _states(house) == ["sent", "sent"]


async def test_what_the_operator_sends_again_after_days_still_gets_its_tries(house: TestHouse) -> None:
    house.telegram.outcomes.append(NotSent(code="refused", retry=False, alert=True))
    await house.say("mes droits")
    house.clock.now += timedelta(days=3)
    house.telegram.outcomes.append(SLOW_DOWN)
    (row,) = await house.outbox_rows()
    assert await house.do(lambda db: letters.send_again(db, house.house.bell, house.clock.now, 1, row.id))
    await house.settle()
    house.clock.now += timedelta(minutes=1)
    await house.settle()
    assert await _states(house) == ["sent"]


async def test_the_same_report_twice_is_one(house: TestHouse) -> None:
    await house.say("mes droits", who="+212600000001", channel="whatsapp")
    report = Report(channel="whatsapp", provider_id="whatsapp-1", status="delivered")
    stored = [await house.do(lambda db: receipts.store(db, house.clock.now, report)) for _ in range(2)]
    assert (stored, await _states(house)) == ([True, False], ["delivered"])


async def test_a_report_that_arrives_while_its_sending_is_written_down_is_applied(house: TestHouse) -> None:
    """On PostgreSQL neither transaction sees the other's rows; whichever ends later must still bring them together."""
    await house.receive("mes droits", who="+212600000001", channel="whatsapp")
    await house.think()
    database, (row,) = house.house.database, await house.outbox_rows()
    if database.dialect != "postgresql":
        return  # one writer
    async with database.engine.begin() as sending:  # type: ignore[attr-defined]
        values = {"state": "sent", "provider_id": "SM1"}
        await sending.execute(update(outbox_table).where(outbox_table.c.id == row.id).values(values))
        await sending.run_sync(lambda db: receipts.apply_early(db, "whatsapp", "SM1"))
        reporting = asyncio.create_task(_reported(house, "delivered", "SM1"))
        await asyncio.wait({reporting}, timeout=0.5)
    await reporting
    assert await _states(house) == ["delivered"]


# --- the gate -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["answer", "suggest", "clarify", "flow", "handoff", "safety", "system", "advisor", "reminder"])
@pytest.mark.parametrize(
    ("channel", "hours", "opted_out", "reachable", "asked_for", "not_asked_for"),
    [
        ("telegram", 1, False, True, "pass", "pass"),
        ("telegram", 1, True, True, "pass", "drop"),
        ("telegram", 99, False, True, "pass", "pass"),
        ("telegram", 1, False, False, "hold", "hold"),
        ("whatsapp", 23, False, True, "pass", "pass"),
        ("whatsapp", 25, False, True, "hold", "hold"),
        ("whatsapp", 23, True, True, "pass", "drop"),
        ("whatsapp", 25, True, True, "hold", "drop"),
    ],
)
def test_the_gate_kind_by_rule(
    kind: str, channel: str, hours: int, opted_out: bool, reachable: bool, asked_for: str, not_asked_for: str
) -> None:
    from tests.conftest import NOW

    seen = gate.Circumstances(
        now=NOW,
        channel=channel,
        kind=kind,
        opted_out=opted_out,
        reachable=reachable,
        last_inbound=NOW - timedelta(hours=hours),
    )
    assert gate.rule(seen) == (not_asked_for if kind == "reminder" else asked_for)


async def test_after_unknown_what_was_not_asked_for_is_never_repeated(house: TestHouse) -> None:
    values = postroom.unknown_values("reminder", "telegram", 1, house.clock.now, house.clock.now)
    assert values["state"] == "unknown"
    for kind in sorted(gate.MAY_REPEAT):
        assert postroom.unknown_values(kind, "telegram", 1, house.clock.now, house.clock.now)["state"] == "queued"


async def test_numbers_in_a_persons_outbox_have_no_gap_and_no_double(house: TestHouse) -> None:
    for n in range(6):
        await house.receive("mes droits", provider_id=f"m{n}")
    received = (await house.inbox_rows())[0].contact_id
    for _ in range(12):
        await asyncio.gather(*(house.house.study.handle(received) for _ in range(4)))
    house.telegram.outcomes = deque([Unknown(), Sent(provider_id="x")])
    await house.settle()
    assert [r.seq for r in await house.outbox_rows()] == [1, 2, 3, 4, 5, 6]
