"""Buttons. Targets: entry:<id>, more:<id>, area:<name>, journey:<name>, say:<command>, safe:<answer>, s:<slot>=<value>,
done:<list>/<step>, todo:<list>/<step>, part:<list>/<part>, opportunity:<id>, remind:<id>, seat:<yes|no>/<session>,
coming:<answer>/<session>."""

from flows import answering, emergency, manners, seats
from flows.draft import Draft
from flows.events import Chose
from flows.journey import answer, checklists, opportunities, reminding, run
from flows.policy import choices


def press(draft: Draft, event: Chose) -> None:
    _, target = choices.split(event.choice)
    kind, _, value = target.partition(":")
    house = draft.facts.house
    if draft.state.language is None:
        draft.change(language=house.default_language, assumed=True)
    match kind:
        case "entry" | "more" if value in house.entries:
            answering.answer(draft, value, more=kind == "more")
        case "area" if value in house.topics:
            answering.area(draft, value)
        case "journey" if house.script.begins(value):
            run.begin(draft, value)
        case "journey":
            if not manners.command(draft, value):
                manners.not_built(draft, value)
        case "opportunity" if value in house.opportunities:
            opportunities.card(draft, value)
        case "remind" if value in house.opportunities and house.opportunities[value].open_months:
            if opportunities.may_be_reminded(draft, value):
                run.begin(draft, "remind_opening")
        case "safe":
            emergency.confirmed(draft, value)
        case "done" | "todo" | "part" if checklists.press(draft, kind, value):
            pass
        case "seat" if value.partition("/")[2]:
            seats.press(draft, value)
        case "coming" if reminding.press(draft, value):
            pass
        case "s":
            _slot(draft, event)
        case "say" if manners.command(draft, value):
            pass
        case _:
            _stale(draft)


def _slot(draft: Draft, event: Chose) -> None:
    found = answer.of_choice(draft, event)
    if found is not None:
        run.fill(draft, found.value)
    elif not run.look_again(draft, answer.of_other(draft, event)):
        _stale(draft)


def _stale(draft: Draft) -> None:
    """A button of an earlier moment gets the current step."""
    if run.current(draft) is not None:
        draft.say("choice.stale", kind="flow")
        run.ask(draft)
    else:
        draft.say("choice.stale", kind="system")
        answering.menu(draft)
