"""The rules of a message's way, each by name, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, update

from bot.assembly import Library
from bot.channels.base import NotSent, Report, Sent, Unknown
from bot.delivery import inbox, receipts
from bot.people.identity import box_of
from bot.settings import Settings
from flows.events import AdvisorSaid, Chose
from flows.heard import Signal
from tests.helpers.house import ScriptedInterpreter, TestHouse, inbox_table, open_house, outbox_table

TAUGHT = {
    "mes droits": "faq/amo-tadamon",
    "la retraite": "faq/retraite-francaise-demander-depuis-maroc",
    "salut": "smalltalk/greeting",
    "bonjour la question": "faq/amo-tadamon",
    "bonjour\nla question": "faq/amo-tadamon",
}


@pytest.fixture
async def house(settings: Settings, library: Library):
    async with open_house(settings, library, ScriptedInterpreter(TAUGHT)) as opened:
        yield opened


async def test_the_same_delivery_twice_is_stored_once_and_answered_once(house: TestHouse) -> None:
    first = await house.receive("mes droits", provider_id="u7")
    second = await house.receive("mes droits", provider_id="u7")
    await house.settle()
    assert (first.inbox_id is not None, second.inbox_id) == (True, None)
    assert len(house.telegram.sent) == 1


async def test_a_row_leaves_the_inbox_only_with_its_turn(house: TestHouse) -> None:
    await house.receive("mes droits")
    (row,) = await house.inbox_rows()
    assert (row.state, row.event is not None) == ("waiting", True)
    await house.think()
    (row,) = await house.inbox_rows()
    assert (row.state, row.event) == ("handled", None)


async def test_a_persons_messages_are_handled_in_the_order_they_were_acknowledged(house: TestHouse) -> None:
    for text in ("mes droits", "la retraite"):
        await house.receive(text)
    await house.settle()
    entries = [b["messages"][0]["params"].get("entry") for b in await house.bodies()]
    assert entries == ["amo-tadamon", "retraite-francaise-demander-depuis-maroc"]


async def test_telegrams_updates_are_put_back_into_their_order(house: TestHouse) -> None:
    await house.receive("la retraite", sort_key=12)
    await house.receive("mes droits", sort_key=11)
    await house.settle()
    entries = [b["messages"][0]["params"].get("entry") for b in await house.bodies()]
    assert entries == ["amo-tadamon", "retraite-francaise-demander-depuis-maroc"]


async def test_an_unclear_message_waits_for_its_sequel_and_is_read_with_it(house: TestHouse) -> None:
    await house.receive("bonjour")
    await house.settle()
    assert house.telegram.sent == []
    house.clock.now += timedelta(seconds=1)
    await house.receive("la question")
    await house.settle()
    assert len(house.telegram.sent) == 1
    (row,) = await house.outbox_rows()
    assert (row.content_id, len(row.answers)) == ("amo-tadamon", 2)


async def test_an_unclear_message_alone_is_answered_after_three_seconds(house: TestHouse) -> None:
    await house.receive("blabla")
    await house.settle()
    assert house.telegram.sent == []
    house.clock.now += timedelta(seconds=2.9)
    await house.settle()
    assert house.telegram.sent == []
    house.clock.now += timedelta(seconds=0.2)
    await house.settle()
    assert len(house.telegram.sent) == 1


async def test_an_understood_message_is_answered_at_once(house: TestHouse) -> None:
    await house.receive("mes droits")
    await house.settle()
    assert len(house.telegram.sent) == 1


async def test_one_person_is_handled_by_one_worker_at_a_time(house: TestHouse) -> None:
    """The second worker finds the person locked, or the rows gone: never a second answer."""
    import asyncio

    received = await house.receive("mes droits")
    await asyncio.gather(*(house.house.study.handle(received.contact_id) for _ in range(8)))
    await house.settle()
    assert len(house.telegram.sent) == 1


async def test_a_turn_that_fails_is_tried_again_then_laid_aside_with_an_apology(house: TestHouse, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("bot.delivery.study.turn", broken)
    await house.receive("mes droits")
    for _ in range(3):
        await house.settle()
        house.clock.now += timedelta(minutes=1)
    await house.settle()
    (row,) = await house.inbox_rows()
    assert (row.state, row.attempts, row.error) == ("dead", 3, "turn_failed")
    assert [b["messages"][0]["id"] for b in await house.bodies()] == ["error"]
    assert row.event is not None, "what was received stays, so that it can be handled again"


async def test_a_failing_turn_of_one_person_leaves_the_others_unharmed(house: TestHouse, monkeypatch) -> None:
    from bot.delivery import study

    real = study.turn

    def broken_for_one(state, events, facts):
        if any(getattr(e, "text", "") == "mes droits" for e in events):
            raise RuntimeError("a fault of ours")
        return real(state, events, facts)

    monkeypatch.setattr("bot.delivery.study.turn", broken_for_one)
    await house.receive("mes droits", who="aicha")
    await house.receive("la retraite", who="brahim")
    await house.settle()
    assert [to for to, _ in house.telegram.sent] == ["brahim"]


# --- the post room -----------------------------------------------------------------------------------------------------
async def test_retry_after_is_honoured_and_followers_wait_behind_the_head(house: TestHouse) -> None:
    house.telegram.outcomes.append(NotSent(code="too_many_requests", retry=True, alert=False, after=40))
    await house.receive("mes droits")
    await house.receive("la retraite")
    await house.settle()
    assert len(house.telegram.sent) == 1
    house.clock.now += timedelta(seconds=39)
    await house.post()
    assert len(house.telegram.sent) == 1
    house.clock.now += timedelta(seconds=2)
    await house.post()
    assert [r.state for r in await house.outbox_rows()] == ["sent", "sent"]
    assert house.telegram.sent[0][1].text == house.telegram.sent[1][1].text != house.telegram.sent[2][1].text


async def test_after_unknown_a_direct_answer_may_go_again(house: TestHouse) -> None:
    house.telegram.outcomes.append(Unknown())
    await house.receive("mes droits")
    await house.settle()
    house.clock.now += timedelta(seconds=5)
    await house.settle()
    assert len(house.telegram.sent) == 2
    assert [r.state for r in await house.outbox_rows()] == ["sent"]


async def test_after_unknown_an_advisors_reply_is_shown_and_not_repeated(house: TestHouse) -> None:
    await house.receive("mes droits")
    await house.settle()
    house.telegram.outcomes.append(Unknown())
    await house.say(AdvisorSaid(advisor="Salma", text="Bonjour, je lis votre dossier."), provider_id="console-1")
    house.clock.now += timedelta(hours=1)
    await house.settle()
    assert [r.state for r in await house.outbox_rows()][-1] == "unknown"
    assert len(house.telegram.sent) == 2


async def _advisor_says_on_whatsapp(house: TestHouse) -> None:
    await house.say("mes droits", channel="whatsapp", who="+212600000001")
    house.channels["whatsapp"].outcomes.append(Unknown())
    contact = (await house.inbox_rows())[0].contact_id

    def put(db: Connection) -> None:
        box = box_of(db, house.house.vault, contact)
        assert box
        event = AdvisorSaid(advisor="Salma", text="Je vous lis.")
        inbox.put(db, house.house.bell, box, house.clock.now, contact, "console", "c1", event, "t")

    await house.do(put)
    await house.settle()
    house.clock.now += timedelta(minutes=10)
    await house.settle()


async def test_after_unknown_the_providers_list_is_looked_at_and_what_stands_there_was_sent(house: TestHouse) -> None:
    async def find(to: object, body: object, since: object) -> str:
        return "SM77"

    house.channels["whatsapp"].find = find  # type: ignore[attr-defined]
    await _advisor_says_on_whatsapp(house)
    row = (await house.outbox_rows())[-1]
    assert (row.kind, row.state, row.provider_id) == ("advisor", "sent", "SM77")
    assert len(house.channels["whatsapp"].sent) == 2, "one answer, one reply: nothing was sent twice"


async def test_an_advisors_reply_that_the_list_does_not_have_is_shown_as_unknown_not_sent_again(house: TestHouse) -> None:
    async def find(to: object, body: object, since: object) -> None:
        return None

    house.channels["whatsapp"].find = find  # type: ignore[attr-defined]
    await _advisor_says_on_whatsapp(house)
    assert [r.state for r in await house.outbox_rows()] == ["sent", "unknown"]
    assert len(house.channels["whatsapp"].sent) == 2


async def test_an_adapter_that_raises_is_an_unknown_outcome_not_a_lost_message(house: TestHouse) -> None:
    house.telegram.outcomes.append(RuntimeError("adapter fault"))
    await house.receive("mes droits")
    await house.settle()
    house.clock.now += timedelta(seconds=5)
    await house.settle()
    assert [r.state for r in await house.outbox_rows()] == ["sent"]


async def test_a_refused_message_fails_at_once_and_lets_its_followers_pass(house: TestHouse) -> None:
    house.telegram.outcomes.append(NotSent(code="refused", retry=False, alert=True))
    await house.receive("mes droits")
    await house.receive("la retraite")
    await house.settle()
    assert [(r.state, r.error) for r in await house.outbox_rows()] == [("failed", "refused"), ("sent", None)]


async def test_a_head_that_cannot_be_sent_for_hours_is_laid_aside_and_shown(house: TestHouse) -> None:
    house.telegram.outcomes.extend([NotSent(code="provider_unreachable", retry=True, alert=False)] * 200)
    await house.receive("mes droits")
    await house.settle()
    for _ in range(100):
        house.clock.now += timedelta(minutes=5)
        await house.post()
    assert [(r.state, r.error) for r in await house.outbox_rows()] == [("dead", "provider_unreachable")]


async def test_the_sweeper_returns_what_a_dead_sender_left(house: TestHouse) -> None:
    await house.receive("mes droits")
    await house.think()
    await house.do(lambda db: db.execute(update(outbox_table).values(state="sending", claimed_until=house.clock.now)))
    house.clock.now += timedelta(seconds=1)
    assert await house.house.postroom.sweep() == 1
    house.clock.now += timedelta(seconds=10)
    await house.post()
    assert [r.state for r in await house.outbox_rows()] == ["sent"]


async def test_no_database_connection_is_held_while_sending(house: TestHouse) -> None:
    """The channel itself writes to the database: on SQLite that would hang if the claim were still open."""

    async def use_the_database() -> None:
        await house.do(lambda db: db.execute(update(inbox_table).values(trace="seen while sending")))

    house.telegram.on_send = use_the_database
    await house.receive("mes droits")
    await house.settle()
    assert [r.trace for r in await house.inbox_rows()] == ["seen while sending"]


async def test_outside_the_window_free_text_is_held_and_released_when_the_person_writes(house: TestHouse) -> None:
    await house.say("mes droits", channel="whatsapp", who="+212600000001")
    house.clock.now += timedelta(hours=25)
    contact = (await house.inbox_rows())[0].contact_id

    def advisor_says(db):
        box = box_of(db, house.house.vault, contact)
        event = AdvisorSaid(advisor="Salma", text="Votre dossier est prêt.")
        return inbox.put(db, house.house.bell, box, house.clock.now, contact, "console", "c1", event, "t")

    await house.do(advisor_says)
    await house.settle()
    assert [(r.state, r.error) for r in await house.outbox_rows()][-1] == ("held", "window_closed")
    assert len(house.channels["whatsapp"].sent) == 1
    await house.say("la retraite", channel="whatsapp", who="+212600000001")
    texts = [b.text for _, b in house.channels["whatsapp"].sent]
    assert any("Votre dossier est prêt." in t for t in texts)


# --- receipts ----------------------------------------------------------------------------------------------------------
async def _report(house: TestHouse, status: str, code: str | None = None, provider_id: str = "telegram-1") -> None:
    report = Report(channel="telegram", provider_id=provider_id, status=status, code=code)
    await house.do(lambda db: receipts.store(db, house.clock.now, report))


async def test_a_receipt_runs_no_turn_and_never_goes_backwards(house: TestHouse) -> None:
    await house.receive("mes droits")
    await house.settle()
    for status in ("delivered", "sent", "read", "delivered"):
        await _report(house, status)
    (row,) = await house.outbox_rows()
    assert (row.state, row.read_at is not None, row.delivered_at is not None) == ("read", True, True)
    assert len(await house.inbox_rows()) == 1


async def test_a_receipt_that_overtakes_our_own_commit_is_applied_afterwards(house: TestHouse) -> None:
    await _report(house, "delivered", provider_id="SM1")
    house.telegram.outcomes.append(Sent(provider_id="SM1"))
    await house.receive("mes droits")
    await house.settle()
    assert [r.state for r in await house.outbox_rows()] == ["delivered"]


@pytest.mark.parametrize(
    ("code", "state", "reachable"),
    [("window_closed", "held", True), ("person_blocked_us", "failed", False), ("refused", "failed", True)],
)
async def test_a_reported_failure_acts_by_its_rule(house: TestHouse, code: str, state: str, reachable: bool) -> None:
    from bot.storage.tables import ContactAddress, table

    await house.receive("mes droits")
    await house.settle()
    await _report(house, "failed", code)
    (row,) = await house.outbox_rows()
    (address,) = await house.rows(table(ContactAddress))
    assert (row.state, row.error, address.reachable) == (state, code, reachable)


# --- emergencies and buttons -------------------------------------------------------------------------------------------
async def test_an_emergency_is_answered_at_once_and_goes_first(house: TestHouse, monkeypatch) -> None:
    hear = house.house.hearing.hear
    from dataclasses import replace

    def alarmed(text: str):
        heard = hear(text)
        signal = Signal(name="sea_distress_now", level="critical", score=0.95)
        return replace(heard, signal=signal) if "zodiac" in text else heard

    monkeypatch.setattr(house.house.hearing, "hear", alarmed)
    house.telegram.outcomes.append(NotSent(code="too_many_requests", retry=True, alert=False, after=60))
    await house.receive("mes droits")
    await house.settle()
    await house.receive("le zodiac prend l'eau")
    await house.settle()
    assert [b.kind for _, b in house.telegram.sent] == ["answer", "safety"]
    cases = await house.do(lambda db: list(db.exec_driver_sql("SELECT reason, urgency, office_kind FROM handoff_case")))
    assert [tuple(c) for c in cases] == [("safety/sea_distress_now", 0, "ngo")]


async def test_a_stale_button_gets_the_current_step(house: TestHouse) -> None:
    await house.say(Chose(choice="1.s:session=gone"))
    assert [b["messages"][0]["id"] for b in await house.bodies()] == ["choice.stale"]
