"""Answers, suggestions, questions back. Only names of texts: the words, sources and dates are in `content/`."""

from collections.abc import Sequence

from flows.draft import MOST_CHOICES, Draft
from flows.events import AnswerCorrected
from flows.journey import certificate
from flows.policy import choices, needs
from flows.policy.decision import MOST_SUGGESTIONS

ENOUGH_MISSES = 2
MOST_RELATED = 2
# Journeys with a button.
OFFERED_WHEN_UNSURE = (
    "book_session", "my_bookings", "cancel_booking", "change_language", "nearest_office", "check_offer", "checklist",
    "find_opportunity", "profile", "accompaniment", "orientation", "volunteer", "for_someone", "project", "register_association",
)  # fmt: skip
# The main menu: who is young looks for what fits, who is retired for an office; all else is one page further.
FIRST_SERVICES = ("find_opportunity", "nearest_office", "book_session")
# What stands beside the subjects of a part of the menu, and on the second page of the menu.
OF_AREA = {
    "study_work": ("find_opportunity", "checklist"),
    "rights": ("nearest_office", "checklist"),
    "newcomers": ("orientation", "nearest_office"),
    "risks": ("check_offer", "find_opportunity"),
}
SERVICES = ("check_offer", "checklist", "find_opportunity", "nearest_office", "book_session", "my_bookings")
# The journey that takes an answer of this area further.
AFTER_AREA = {
    "study": "find_opportunity",
    "work": "find_opportunity",
    "training": "find_opportunity",
    "volunteering": "volunteer",
    "enterprise": "project",
    "visa": "find_opportunity",
    "risks": "check_offer",
    "return": "checklist",
    "newcomers": "checklist",
}


def answer(draft: Draft, entry_id: str, more: bool = False, rest: Sequence[str] = ()) -> None:
    """Give an entry. `rest` are the next guesses, kept for "no, not that"."""
    card = draft.facts.house.entries[entry_id]
    draft.change(topic=entry_id, candidates=tuple(rest), misunderstood=0, safety=None)
    draft.content_id = entry_id
    if card.withheld:
        draft.say(f"entry.{card.withheld}", kind="answer", entry=entry_id)
        draft.offer_person()
        return
    draft.say("entry.more" if more else "entry", kind="answer", entry=entry_id)
    draft.record("answered", entry=entry_id, more=more)
    if card.has_more and not more:
        draft.offer(f"more:{entry_id}", "choice.more")
    for follow_up in card.follow_ups:
        if follow_up in draft.facts.house.entries:
            draft.offer(f"entry:{follow_up}", "entry.title", entry=follow_up)
        elif follow_up.startswith("journey/"):
            name = follow_up.removeprefix("journey/")
            draft.offer(f"journey:{name}", f"choice.{name}")
    if draft.state.noticed and needs.door_helps(card):  # beside the notice of a first contact there is no room for it
        draft.offer("journey:nearest_office", "choice.nearest_office")
    if draft.state.noticed and card.area in AFTER_AREA:
        draft.offer(f"journey:{AFTER_AREA[card.area]}", f"choice.{AFTER_AREA[card.area]}")
    if entry_id == certificate.ENTRY:
        certificate.offer(draft)
    draft.offer_person()


def corrected(draft: Draft, event: AnswerCorrected) -> None:
    """The answer as it is now, to somebody who was given it as it was. What they are in the midst of stays as it is."""
    card = draft.facts.house.entries.get(event.entry)
    if card is None:
        return
    draft.content_id = event.entry
    draft.say("correction", kind="reminder", start=event.told, entry=event.entry)
    draft.say(f"entry.{card.withheld}" if card.withheld else "entry", kind="reminder", entry=event.entry)
    draft.record("corrected", entry=event.entry)
    draft.offer_person()


def suggest(draft: Draft, candidates: Sequence[str]) -> None:
    """ "Did you mean": up to three entries by name, a person, and a way to say none of them."""
    shown, rest = candidates[:MOST_SUGGESTIONS], candidates[MOST_SUGGESTIONS:]
    draft.change(candidates=tuple(rest), misunderstood=0)
    draft.record("suggested", entries=list(shown))
    draft.say("suggest", kind="suggest")
    for entry_id in shown:
        draft.offer(f"entry:{entry_id}", "entry.title", entry=entry_id)
    draft.offer("say:not_that", "choice.none")
    draft.offer_person()


def not_that(draft: Draft) -> None:
    """ "No, not that": the next two guesses; when there are none left, a person."""
    following, rest = draft.state.candidates[:2], draft.state.candidates[2:]
    draft.record("not_that", topic=draft.state.topic)
    draft.change(candidates=tuple(rest))
    if not following:
        draft.say("clarify.none_left", kind="clarify")
        draft.offer_person()
        draft.offer("say:menu", "choice.menu")
        return
    draft.say("suggest.others", kind="suggest")
    for entry_id in following:
        draft.offer(f"entry:{entry_id}", "entry.title", entry=entry_id)
    draft.offer("say:not_that", "choice.none")
    draft.offer_person()


def clarify(draft: Draft, perhaps: str | None = None) -> None:
    """Ask again; from the second time on a person is offered in so many words. No case is opened by misunderstanding.
    `perhaps` is the intent of a journey that may have been meant. What was too weak to suggest is not kept for later."""
    misses = draft.state.misunderstood + 1
    draft.change(misunderstood=misses, candidates=())
    draft.record("not_understood", times=misses)
    draft.say("clarify.person" if misses >= ENOUGH_MISSES else "clarify", kind="clarify")
    if misses >= ENOUGH_MISSES:
        draft.offer_person()
    if not _suggested_before(draft):
        _of_topic(draft)
    name = (perhaps or "").partition("/")[2]
    if name in OFFERED_WHEN_UNSURE:
        draft.offer(f"journey:{name}", f"choice.{name}")
    _areas(draft)
    draft.offer_person()


def decline(draft: Draft, written: bool, topic: str | None = None) -> None:
    """Outside what we cover (`written` True), or a subject (`topic`) whose answer does not exist yet."""
    draft.change(misunderstood=0)
    draft.record("declined", missing=not written, topic=topic)
    draft.say("decline" if written else "decline.unwritten", kind="clarify")
    _areas(draft)
    draft.offer_person()


def menu(draft: Draft, greeting: str | None = None) -> None:
    """The main menu. `greeting` is a message to open with."""
    if greeting:
        draft.say(greeting, kind="system")
    draft.say("menu", kind="system")
    _areas(draft)
    for name in FIRST_SERVICES:
        draft.offer(f"journey:{name}", f"choice.{name}")
    draft.offer_person()
    draft.offer("journey:change_language", "choice.change_language")
    draft.offer("say:services", "choice.services")


def services(draft: Draft) -> None:
    """The second page of the menu: all that is done in steps."""
    draft.change(misunderstood=0)
    draft.say("menu.services", kind="system")
    for name in SERVICES:
        draft.offer(f"journey:{name}", f"choice.{name}")
    draft.offer("say:map", "choice.map")
    draft.offer_person()
    draft.offer("say:menu", "choice.menu")


def area(draft: Draft, name: str) -> None:
    """The entries of one part of the menu."""
    draft.say("area", kind="system", area=name)
    journeys = OF_AREA.get(name, ())
    room = MOST_CHOICES - len(journeys) - 2  # a person, the menu
    for entry_id in draft.facts.house.topics[name][:room]:
        draft.offer(f"entry:{entry_id}", "entry.title", entry=entry_id)
    for name_of_journey in journeys:
        draft.offer(f"journey:{name_of_journey}", f"choice.{name_of_journey}")
    draft.offer_person()
    draft.offer("say:menu", "choice.menu")


def suggested(draft: Draft) -> list[str] | None:
    """The entries that the last bubble offered as guesses, those of them that still exist; None when it offered none."""
    shown = [choices.split(c.id)[1] for c in draft.facts.shown]
    if "say:not_that" not in shown:
        return None
    named = [target.removeprefix("entry:") for target in shown if target.startswith("entry:")]
    return [name for name in named if name in draft.facts.house.entries]


def _suggested_before(draft: Draft) -> bool:
    """ "Which papers?" to "did you mean one of these?" is about one of them: they stay on offer."""
    entries = suggested(draft) or []
    for name in entries:
        draft.offer(f"entry:{name}", "entry.title", entry=name)
    return bool(entries)


def _of_topic(draft: Draft) -> None:
    """ "Which papers?" after an answer is mostly about that answer: its second part and what follows it come first."""
    card = draft.facts.house.entries.get(draft.state.topic or "")
    if card is None or card.withheld:
        return
    if card.has_more:
        draft.offer(f"more:{card.id}", "choice.more")
    for entry_id in [f for f in card.follow_ups if f in draft.facts.house.entries][:MOST_RELATED]:
        draft.offer(f"entry:{entry_id}", "entry.title", entry=entry_id)


def _areas(draft: Draft) -> None:
    for name in draft.facts.house.menu:
        draft.offer(f"area:{name}", f"area.{name}")
