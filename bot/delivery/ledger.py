"""Carries out a turn's effects inside the one transaction: bookings, cases, bubbles, state, and the inbox rows handled."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import insert, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.booking import seats, sessions
from bot.delivery import farewell, happenings, looks, outbox
from bot.delivery.gaps import Gaps
from bot.delivery.gathering import Person
from bot.delivery.writing import Entry
from bot.handoff import cases
from bot.knowledge.wording import Wording
from bot.people import consent
from bot.storage.bell import Bell
from bot.storage.crypto import Vault
from bot.storage.tables import Contact, ContactAddress, Conversation, Inbox, Timer, table
from flows import effects
from flows.effects import Effect, Say
from flows.events import (
    AdvisorHandedBack,
    AdvisorSaid,
    AdvisorTook,
    AnswerCorrected,
    Event,
    LeaseExpired,
    Result,
    TimerDue,
)
from flows.timers import REMINDERS

_contact, _address, _conversation = table(Contact), table(ContactAddress), table(Conversation)
_inbox, _timer = table(Inbox), table(Timer)
_NOT_THE_PERSON = (AdvisorTook, AdvisorSaid, AdvisorHandedBack, LeaseExpired, AnswerCorrected, TimerDue)


class Ledger:
    def __init__(self, vault: Vault, bell: Bell, wording: Wording, shelf: looks.Shelf, gaps: Gaps) -> None:
        self._vault, self._bell, self._wording, self._shelf, self._gaps = vault, bell, wording, shelf, gaps
        self._knowledge = shelf.knowledge
        self._pseudonyms = happenings.Pseudonyms()

    def carry_out(self, entry: Entry, todo: Iterable[Effect]) -> list[Event]:
        """Do each effect, in order; what fallible ones came to is returned as events for the next run of the turn."""
        results: list[Event] = []
        for effect in todo:
            result = self._one(entry, effect)
            if result is not None:
                results.append(result)
        return results

    def _one(self, entry: Entry, effect: Effect) -> Result | None:
        db, now, who = entry.db, entry.now, entry.contact_id
        match effect:
            case Say():
                entry.said.append(effect)
            case effects.Look():
                return looks.answer(db, now, who, effect, self._shelf)
            case effects.TakeSeat(session=session):
                return _take_seat(entry, session)
            case effects.CancelSeat(session=session):
                seats.give_up(db, now, session, who)
                return Result(of=effect.key)
            case effects.Erase():
                return farewell.erase(entry, self._vault)
            case effects.OpenCase():
                self._open_case(entry, effect)
            case effects.TellCase(note=note):
                if (case := cases.of_contact(db, who)) is not None:
                    cases.write_note(db, now, case.id, None, note, None)
                    if note == "case.person_returned":
                        cases.release(db, who)
            case effects.MarkMinor(minor=minor):
                db.execute(update(_contact).where(_contact.c.id == who).values(minor=minor))
            case effects.ShowToAdvisor():
                entry.touched = True
            case effects.RaiseAlarm(signal=signal):
                cases.alarm(db, now, who, f"safety/{signal}")
            case effects.SetTimer():
                _set_timer(entry, effect)
            case effects.GiveConsent(purpose=purpose):
                consent.give(db, now, who, purpose)
            case effects.OptOut() | effects.OptIn():
                at = now if isinstance(effect, effects.OptOut) else None
                db.execute(update(_contact).where(_contact.c.id == who).values(opted_out_at=at))
                if at is not None:
                    _end_reminders(entry)
            case effects.Reachable(ok=ok):
                theirs = (_address.c.contact_id == who) & (_address.c.channel == _channel(entry.person))
                db.execute(update(_address).where(theirs).values(reachable=ok))
            case effects.Record():
                entry.happened.append(effect)
            case _:
                raise TypeError(f"no rule for {type(effect).__name__}")
        return None

    def _open_case(self, entry: Entry, effect: effects.OpenCase) -> None:
        card = self._knowledge.entries.get(effect.topic or "")
        region = effect.region or entry.person.row.region
        audience = card.audience if card else None
        entry.opened = entry.opened or cases.of_contact(entry.db, entry.contact_id) is None
        cases.open_case(
            entry.db,
            entry.now,
            entry.contact_id,
            effect.reason,
            effect.urgency,
            effect.topic,
            region,
            entry.state.language,
            audience,
        )
        entry.touched = True

    def close(self, entry: Entry, inbox_ids: list[int], trace: str, events: tuple[Event, ...]) -> None:
        """Write the bubble, the state and the handled rows. Nothing of the turn exists before this commits."""
        db, now = entry.db, entry.now
        author = next((e.advisor for e in events if isinstance(e, AdvisorSaid)), None)
        by_person = not any(isinstance(e, _NOT_THE_PERSON) for e in events)
        say = merge(entry.said)
        language = entry.state.language or "fr"
        if say is not None:
            version = self._knowledge.version(say.content_id) if say.content_id else None
            rendered = self._wording.bubble(say, language)
            outbox.write(db, self._bell, now, entry.person, say, rendered, language, version, inbox_ids, trace, author)
        whose = self._record(entry, by_person)
        if by_person and entry.state.safety is None and not entry.erased:
            self._gaps.note(db, now, entry.happened, events, entry.state.language, whose)
        if by_person and not entry.opened and (entry.touched or entry.state.case):
            cases.person_wrote(db, now, entry.contact_id)
        if not entry.erased:
            _save_state(entry)
        handled = {"state": "handled", "handled_at": now, "event": None, "error": None}
        db.execute(update(_inbox).where(_inbox.c.id.in_(inbox_ids)).values(handled))

    def _record(self, entry: Entry, by_person: bool) -> tuple[str, str]:
        """Returns the period and the pseudonym under which it was written."""
        period, pseudonym = self._pseudonyms.of(entry.db, entry.now, entry.contact_id)
        region = entry.state.slots.get("region")
        common = {
            "at": entry.now,
            "period": period,
            "pseudonym": pseudonym,
            "channel": _channel(entry.person) or None,
            "language": entry.state.language,
            "region": None if region == "any" else region,
        }
        turn = [effects.Record(what="turn")] if by_person else []
        rows = [{**common, "what": r.what, "data": dict(r.data)} for r in (*turn, *entry.happened)]
        happenings.write(entry.db, rows)
        return period, pseudonym


def merge(said: list[Say]) -> Say | None:
    """One bubble a turn: texts one under the other, the last choices offered, the first kind that is more than "system"."""
    if not said:
        return None
    kind = next((s.kind for s in said if s.kind != "system"), said[0].kind)
    messages = [m for s in said for m in s.messages]
    # the notice stands last, whichever run of the turn said it
    messages.sort(key=lambda m: m.id in ("notice", "stop.reminder"))
    last = next((s.choices for s in reversed(said) if s.choices), ())
    return replace(
        said[0],
        kind=kind,
        messages=tuple(messages),
        choices=last,
        content_id=next((s.content_id for s in said if s.content_id), None),
        journey=next((s.journey for s in reversed(said) if s.journey), None),
        signal=next((s.signal for s in said if s.signal), None),
    )


def _take_seat(entry: Entry, session_id: str) -> Result:
    taken = seats.take(entry.db, entry.now, session_id, entry.contact_id)
    found = sessions.find(entry.db, session_id)
    if taken == "taken":
        entry.happened.append(effects.Record(what="booked", data={"session": found.id if found else session_id}))
    return Result(of="take_seat", slots={"seat": taken, "chosen": found.params if found else None})


def _set_timer(entry: Entry, effect: effects.SetTimer) -> None:
    values = {
        "contact_id": entry.contact_id,
        "name": effect.name,
        "data": entry.person.box.seal_json(dict(effect.data)),
        "due_at": entry.now + timedelta(seconds=effect.seconds),
    }
    entry.db.execute(insert(_timer).values(values))


def _end_reminders(entry: Entry) -> None:
    """STOP takes back every yes for messages; a timer that was set on one is over, also if START follows."""
    consent.withdraw_all(entry.db, entry.now, entry.contact_id)
    standing = (_timer.c.contact_id == entry.contact_id) & _timer.c.name.in_(REMINDERS) & _timer.c.done_at.is_(None)
    entry.db.execute(update(_timer).where(standing).values(done_at=entry.now))


def _save_state(entry: Entry) -> None:
    db, state = entry.db, entry.state
    values = {
        "contact_id": entry.contact_id,
        "state": entry.person.box.seal_json(state.to_json()),
        "mode": state.mode,
        "updated_at": entry.now,
    }
    dialect = postgresql if db.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(_conversation).values(values)
    changed = {k: v for k, v in values.items() if k != "contact_id"}
    db.execute(statement.on_conflict_do_update(index_elements=["contact_id"], set_=changed))
    region = state.slots.get("region")
    seen = {"seen_at": entry.now, "language": state.language} | ({"region": region} if region not in (None, "any") else {})
    db.execute(update(_contact).where(_contact.c.id == entry.contact_id).values(seen))


def _channel(person: Person) -> str:
    return str(person.address.channel) if person.address else ""
