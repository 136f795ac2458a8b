"""The yearly word about the certificate of life, which keeps a pension paid: asked for, agreed to, sent once a year on the day
of the asking, ended by STOP."""

from datetime import datetime, timedelta

from flows.draft import Draft
from flows.effects import Effect, GiveConsent, SetTimer
from flows.events import TimerDue

YEARLY = "life_certificate"
ENTRY = "certificat-de-vie-france"
YEAR = timedelta(days=365)
_WAIT = timedelta(days=1)  # a reminder does not come in between while somebody is in danger


def offer(draft: Draft) -> None:
    """The button, unless there is nothing to ask. Beside the notice of a first contact there is no room for it."""
    if draft.state.noticed and not draft.state.stopped and YEARLY not in draft.state.reminders:
        draft.offer("journey:remind_certificate", "choice.remind_yearly")


def standing(draft: Draft) -> None:
    """What stands in the way of asking: `found` 1 it is noted already, 2 the person wrote STOP."""
    draft.set_slots({"found": 2 if draft.state.stopped else int(YEARLY in draft.state.reminders)})


def remind(draft: Draft) -> Effect:
    draft.do(GiveConsent(purpose="reminders"))
    draft.record("reminder_asked", certificate=True)
    return _in_a_year(draft)


def _in_a_year(draft: Draft) -> Effect:
    draft.change(reminders={**draft.state.reminders, YEARLY: (draft.facts.now + YEAR).isoformat()})
    return SetTimer(name=YEARLY, seconds=int(YEAR.total_seconds()))


def due(draft: Draft, event: TimerDue) -> None:
    """Say it, once a month whatever timers there are, and set the next year's. STOP has ended the timers themselves."""
    planned, month = draft.state.reminders.get(YEARLY), f"{draft.facts.now:%Y-%m}"
    early = planned is not None and draft.facts.now < datetime.fromisoformat(planned)
    if draft.state.stopped or early or draft.state.reminded.get(YEARLY) == month:
        return
    if draft.state.safety is not None:
        draft.do(SetTimer(name=YEARLY, seconds=int(_WAIT.total_seconds()), data=event.data))
        return
    draft.change(reminded={**draft.state.reminded, YEARLY: month})
    draft.do(_in_a_year(draft))
    draft.say("certificate.due", kind="reminder")
    draft.record("reminder_sent", certificate=True)
    if draft.state.frame is None and draft.state.mode == "bot":  # the choices of a question under way stay the ones that count
        if ENTRY in draft.facts.house.entries:
            draft.offer(f"entry:{ENTRY}", "entry.title", entry=ENTRY)
        draft.offer_person()
        draft.offer("say:menu", "choice.menu")
