"""Text: emergencies first, then commands, then the question under way, then what was understood."""

from dataclasses import replace

from flows import answering, emergency, manners, pressed
from flows.draft import Draft
from flows.events import Chose, Said
from flows.heard import VARIETIES, Heard
from flows.journey import answer, checklists, prefill, reminding, resuming, revising, run
from flows.journey.script import ANY
from flows.policy import choices, countries, signs
from flows.policy.decision import Decision, decide
from flows.policy.language import follow, unspoken

ENOUGH_TRIES = 2
ENOUGH_WORDS = 4
ABOUT_BOOKINGS = ("journey:my_bookings", "journey:cancel_booking", "journey:change_booking")
A_COUNT = 3  # words: "nous sommes trois"
NAME_OF_A_PLACE = 4  # words; a longer message is a question that happens to name one


def hear(draft: Draft, event: Said) -> None:
    heard = event.heard
    if heard is None:
        raise ValueError("a text reaches the turn only after understanding")
    house = draft.facts.house
    draft.state = follow(draft.state, heard, draft.facts.hint, house.default_language)
    if heard.signal and _only_a_group(draft, heard):
        calm = tuple(guess for guess in heard.guesses if not guess.intent.startswith("safety/"))
        heard = replace(heard, signal=None, guesses=calm)
        event = replace(event, heard=heard)
    if heard.signal and not (_only_an_age(draft, heard) or _only_ticks(draft, event, heard)):
        emergency.respond(draft, heard.signal)
    elif (
        reminding.said(draft, heard)
        or (heard.word and not _names_ones_language(draft, heard) and manners.command(draft, heard.word))
        or checklists.ticked(draft, event)
        or _chosen(draft, event, heard)
        or _answered(draft, event)
    ):
        return
    else:
        _understand(draft, heard)


def _only_an_age(draft: Draft, heard: Heard) -> bool:
    """ "17" to "are you under 18?" looks like a child in need, and is an answer. Danger to life is never explained away."""
    return heard.signal is not None and heard.signal.level != "critical" and answer.age(draft, heard) is not None


def _only_a_group(draft: Draft, heard: Heard) -> bool:
    """ "We are three" in the middle of a booking, or just after it, is how many come. Anywhere else, or with a word more, it may
    be a boat."""
    frame, script = draft.state.frame, draft.facts.house.script
    asked = frame is not None and "group" in script.collected_by(frame.journey)
    booking = asked or (frame is None and any(c.id.endswith(ABOUT_BOOKINGS) for c in draft.facts.shown))
    return booking and draft.state.safety is None and heard.length <= A_COUNT and heard.naming("group") is not None


def _names_ones_language(draft: Draft, heard: Heard) -> bool:
    """ "English" to "which language do you know?" (or would you rather read?) answers; anywhere else it asks us to speak it."""
    step = run.current(draft)
    slot = draft.facts.house.script.slots[step.collect] if step and step.collect else None
    if slot is None or not slot.skippable or slot.named not in ("tongue", "language"):
        return False
    return heard.naming(slot.named) is not None


def _only_ticks(draft: Draft, event: Said, heard: Heard) -> bool:
    """ "Done 1, 2 and 3" of a list may look like a plan to leave, and is none."""
    return heard.signal is not None and heard.signal.level != "critical" and checklists.ticks(draft, event)


def _chosen(draft: Draft, event: Said, heard: Heard) -> bool:
    choice = choices.meant(heard, event.text, draft.facts, answered=event.reply_to is not None)
    if choice is None or (choices.number_in(heard, event.text) is not None and not emergency.counts_as_choice(draft, choice)):
        return False
    pressed.press(draft, Chose(choice=choice))
    return True


def _answered(draft: Draft, event: Said) -> bool:
    heard = event.heard
    if heard is None:
        return False
    if heard.rethought and not run.asks_to_choose(draft) and revising.second_thought(draft, heard):
        return True
    found = answer.read(draft, event)
    if found is not None:
        prefill.gather(draft, heard)
        run.fill(draft, found.value)
        return True
    return _found_elsewhere(draft, heard) or revising.second_thought(draft, heard)


def _found_elsewhere(draft: Draft, heard: Heard) -> bool:
    """Another place to a list of what was found in one."""
    if heard.length > NAME_OF_A_PLACE and not heard.rethought:
        return False
    named = {n.kind: n.value for n in reversed(heard.named)}
    if heard.word == "anywhere":
        named["region"] = ANY
    return run.look_again(draft, named)


def _understand(draft: Draft, heard: Heard) -> None:
    decision = _decision(draft, heard)
    if unspoken(heard) and decision.kind in ("clarify", "suggest", "decline"):
        manners.unspoken_language(draft)
        return
    if draft.state.safety and not draft.state.frame and _is_about_the_danger(decision, heard):
        emergency.repeat(draft)
        return
    _carry_out(draft, heard, decision)


def _is_about_the_danger(decision: Decision, heard: Heard) -> bool:
    """While an emergency goes on, what is not clearly another question belongs to it: "35 wa7d" is how many they are."""
    if decision.kind in ("clarify", "decline", "suggest"):
        return True
    return decision.kind == "answer" and heard.length < ENOUGH_WORDS


def _decision(draft: Draft, heard: Heard) -> Decision:
    """A word that commands was dealt with, but for yes and no; a number that picks nothing says nothing else."""
    if choices.number_in(heard, heard.text) is not None:
        return Decision(kind="clarify")
    word = heard.word if heard.word in manners.NODS else signs.meaning(heard)
    entries = draft.facts.house.entries
    draft.change(country=countries.spoken_of(heard, draft.state.country))
    return countries.settled(decide(replace(heard, word=word), entries, draft.state.topic), draft.state.country, entries)


def _carry_out(draft: Draft, heard: Heard, decision: Decision) -> None:
    under_way = _under_way(draft)
    name = (decision.intent or "").partition("/")[2]
    match decision.kind:
        case "safety":
            emergency.respond_by_name(draft, name)
        case "act":
            _act(draft, name, heard)
            return
        case "answer":
            answering.answer(draft, name, rest=decision.candidates[1:])
        case "suggest" if not under_way:
            answering.suggest(draft, decision.candidates)
        case "chat":
            if manners.chat(draft, name, heard):
                return
        case "decline" if not under_way:
            written = decision.intent == "out_of_scope"
            answering.decline(draft, written, None if written else name)
        case _:
            _not_understood(draft, decision)
            return
    run.let_go(draft)
    if name != "bye":
        run.return_to(draft)


def _under_way(draft: Draft) -> bool:
    """Whether a question is open that the person still has in mind."""
    return draft.state.frame is not None and not resuming.stale(draft, draft.state.frame)


def _act(draft: Draft, name: str, heard: Heard) -> None:
    """Start a journey, or say honestly that a person must do it. One already under way is asked on, not begun again."""
    draft.change(misunderstood=0)
    journey = draft.facts.house.script.triggered_by(f"journey/{name}")
    if journey is None:
        if not manners.command(draft, name):
            manners.not_built(draft, name)
    elif draft.state.frame and draft.state.frame.journey == journey.name and _under_way(draft):
        run.ask(draft)
    elif name == "change_language" and (wanted := heard.naming("language")) in VARIETIES:
        manners.speak(draft, str(wanted))
    else:
        run.begin(draft, journey.name, heard)


def _not_understood(draft: Draft, decision: Decision) -> None:
    """First ask again; the second time offer a person (never open a case)."""
    draft.patient = True
    frame = draft.state.frame
    if frame is None or not _under_way(draft):
        answering.clarify(draft, decision.intent)
        run.ask(draft)
        return
    run.ask_again(draft)
    if frame.tries + 1 >= ENOUGH_TRIES:
        draft.offer_person()
        draft.offer("say:cancel", "choice.cancel")
