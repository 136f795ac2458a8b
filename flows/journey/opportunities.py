"""The finder of opportunities: what is looked for, how it is shown, and the one message when a programme opens."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flows.draft import Draft
from flows.effects import Effect, GiveConsent, Look, SetTimer
from flows.events import TimerDue

Json = Any
OPENING = "opportunity_opens"
ALTERNATIVES = "risk-alternatives"
ANSWERS = ("wish", "destination", "age", "age_band", "schooling", "tongue")
_HOUR = 9  # UTC: mid-morning in Morocco, whatever its clock of the season
_WAIT = 86_400  # seconds: a reminder does not come in between while somebody is in danger


def find(draft: Draft) -> Effect:
    return Look(query="opportunities", args={name: draft.state.slots.get(name) for name in ANSWERS})


def show(draft: Draft) -> None:
    """What fits and why, what nearly does, and when; nothing is said to fit that does not."""
    slots = draft.state.slots
    fitting, nearly = slots.get("fitting") or [], slots.get("nearly") or []
    draft.record("opportunities_shown", fitting=[f["opportunity"] for f in fitting], nearly=len(nearly))
    if not fitting:
        draft.say("opportunity.none", kind="flow")
    else:
        name = "elsewhere" if slots.get("elsewhere") else "found" if slots.get("open") else "later"
        draft.say(f"opportunity.{name}", kind="flow", fitting=fitting)
    if nearly:
        draft.say("opportunity.nearly", nearly=nearly)
    if fitting:
        draft.say("opportunity.past")
    if draft.state.noticed and _map_is_there(draft):  # beside the notice of a first contact there is no room for it
        draft.say("map.link", page="map")
    _offer_found(draft, [*fitting, *nearly])
    if not fitting or slots.get("elsewhere") or not slots.get("open"):
        _offer_entry(draft, ALTERNATIVES)
    draft.offer("journey:find_opportunity", "choice.find_again")
    draft.offer("say:menu", "choice.menu")
    draft.offer_person()


def on_the_map(draft: Draft) -> None:
    """All programmes on one page, for who would rather look than be asked."""
    draft.change(misunderstood=0)
    if _map_is_there(draft):
        draft.say("map.link", kind="flow", page="map")
    else:
        draft.say("map.none", kind="flow")
    draft.offer("journey:find_opportunity", "choice.find_opportunity")
    draft.offer("say:menu", "choice.menu")
    draft.offer_person()


def _map_is_there(draft: Draft) -> bool:
    """A link to ourselves leads somewhere: from anywhere, or from the browser that reached us."""
    return draft.facts.house.public or draft.facts.channel == "web"


def _offer_found(draft: Draft, found: Sequence[Mapping[str, Json]]) -> None:
    for item in found:
        draft.offer(f"opportunity:{item['opportunity']}", "opportunity.label", opportunity=item["opportunity"])


def _offer_entry(draft: Draft, entry_id: str | None) -> None:
    if entry_id in draft.facts.house.entries:
        draft.offer(f"entry:{entry_id}", "entry.title", entry=entry_id)


def card(draft: Draft, opportunity_id: str) -> None:
    """Everything known of one opportunity, with its sources; how to go about it; to be told when it opens."""
    found = draft.facts.house.opportunities[opportunity_id]
    draft.change(misunderstood=0)
    draft.record("opportunity_card", opportunity=opportunity_id)
    draft.say("opportunity.card", kind="answer", opportunity=opportunity_id)
    _offer_entry(draft, found.entry)
    if found.open_months and draft.facts.now.month not in found.open_months:
        draft.offer(f"remind:{opportunity_id}", "choice.remind")
    draft.offer("journey:find_opportunity", "choice.find_opportunity")
    draft.offer("journey:accompaniment", "choice.accompaniment")
    draft.offer("say:menu", "choice.menu")
    draft.offer_person()


def may_be_reminded(draft: Draft, opportunity_id: str) -> bool:
    """Whether there is anything to ask; if not, why is said here."""
    if draft.state.stopped:
        draft.say("opportunity.needs_start", kind="system")
    elif opportunity_id in draft.state.reminders:
        draft.say("opportunity.already", kind="system")
    else:
        opens = draft.facts.house.opportunities[opportunity_id].open_months[0]
        draft.set_slots({"opportunity": opportunity_id, "opens": opens})
        return True
    draft.offer("say:menu", "choice.menu")
    draft.offer_person()
    return False


def remind(draft: Draft) -> Effect | None:
    """The yes: one timer, and the reminder in the state, so that it is not asked for twice. None when the programme is gone."""
    found = draft.facts.house.opportunities.get(str(draft.state.slots.get("opportunity")))
    if found is None or not found.open_months:
        return None
    at = _next(draft.facts.now, found.open_months[0])
    draft.change(reminders={**draft.state.reminders, found.id: at.isoformat()})
    draft.do(GiveConsent(purpose="reminders"))
    draft.record("reminder_asked", opportunity=found.id)
    return SetTimer(name=OPENING, seconds=int((at - draft.facts.now).total_seconds()), data={"opportunity": found.id})


def _next(now: datetime, month: int) -> datetime:
    """The first day of that month, the next time it comes."""
    now = now.astimezone(UTC)
    year = now.year + (month <= now.month)
    return datetime(year, month, 1, _HOUR, tzinfo=UTC)


def opens(draft: Draft, event: TimerDue) -> None:
    """The month has begun: say it, once a month whatever timers there are. One that came along from another channel is not among
    the reminders of this conversation, and was asked for all the same. STOP has ended the timers themselves (see the ledger)."""
    opportunity_id, month = str(event.data["opportunity"]), f"{draft.facts.now:%Y-%m}"
    planned = draft.state.reminders.get(opportunity_id)
    early = planned is not None and draft.facts.now < datetime.fromisoformat(planned)
    if draft.state.stopped or early or draft.state.reminded.get(opportunity_id) == month:
        return
    if draft.state.safety is not None:
        draft.do(SetTimer(name=OPENING, seconds=_WAIT, data=event.data))
        return
    told = {k: v for k, v in draft.state.reminded.items() if v == month} | {opportunity_id: month}
    draft.change(reminders={k: v for k, v in draft.state.reminders.items() if k != opportunity_id}, reminded=told)
    known = draft.facts.house.opportunities.get(opportunity_id)
    draft.say("opportunity.opens" if known else "opportunity.gone", kind="reminder", opportunity=opportunity_id)
    draft.record("reminder_sent", opportunity=opportunity_id)
    if draft.state.frame is None and draft.state.mode == "bot":  # the choices of a question under way stay the ones that count
        _offer_after(draft, opportunity_id)


def _offer_after(draft: Draft, opportunity_id: str) -> None:
    known = draft.facts.house.opportunities.get(opportunity_id)
    if known:
        draft.offer(f"opportunity:{opportunity_id}", "opportunity.label", opportunity=opportunity_id)
        _offer_entry(draft, known.entry)
    draft.offer("journey:find_opportunity", "choice.find_opportunity")
    draft.offer("say:menu", "choice.menu")
    draft.offer_person()
