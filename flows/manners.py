"""Everyday manners: commands, greetings, things that cannot be read, other languages, moving between channels."""

from flows import answering, emergency
from flows.draft import Draft
from flows.effects import Reachable
from flows.events import (
    BlockedUs,
    Linked,
    LinkFailed,
    SentFile,
    SentOther,
    SentVoice,
    SharedPlace,
    Started,
)
from flows.heard import VARIETIES, Heard
from flows.journey import answer, run

_JOURNEY_WORDS = {
    "stop": "stop",
    "start": "start_again",
    "advisor": "advisor",
    "start_again": "start_again",
    "checklist": "checklist",
    "my_data": "my_data",
    "forget_me": "forget_me",
}
NODS = ("yes", "no", "skip")
_PLAIN_CHAT = ("thanks", "bye", "how_are_you", "who_are_you", "is_free", "is_private", "insult", "laugh")


def command(draft: Draft, word: str) -> bool:
    """A command that was the whole message or the label of a button. False when it means nothing here."""
    if word.startswith("language:") and word.partition(":")[2] in VARIETIES:
        speak(draft, word.partition(":")[2])
    elif word in _JOURNEY_WORDS and _JOURNEY_WORDS[word] in draft.facts.house.script.journeys:
        _start_over_if(draft, word)
        run.begin(draft, _JOURNEY_WORDS[word])
    elif word == "menu":
        draft.change(frames=(), misunderstood=0)
        answering.menu(draft)
    elif word in ("back", "cancel"):
        _back_or_cancel(draft, word)
    elif word == "not_that":
        _not_that(draft)
    elif word == "more" and draft.state.topic in draft.facts.house.entries:
        answering.answer(draft, str(draft.state.topic), more=True)
    else:
        return False
    return True


def _not_that(draft: Draft) -> None:
    """ "No, not that" to a question of a journey: ask in other words. The guesses of before it are not what is meant."""
    if draft.state.frame and answering.suggested(draft) is None:
        run.ask_again(draft)
    else:
        answering.not_that(draft)


def _start_over_if(draft: Draft, word: str) -> None:
    """Stop ends whatever was under way."""
    if word == "stop":
        draft.change(frames=())


def _back_or_cancel(draft: Draft, word: str) -> None:
    if word == "back" and run.back(draft):
        return
    if run.cancel(draft):
        draft.say("cancelled", kind="system")
        if draft.state.frame:
            run.ask(draft)
            return
    answering.menu(draft)


def speak(draft: Draft, language: str) -> None:
    """Change the language, one of ours, by the word for it."""
    draft.change(language=language, drift=None, assumed=False)
    run.let_go(draft)  # "which language?" is answered
    draft.say("language.changed", kind="system")
    if draft.state.frame:
        run.ask(draft)
    else:
        answering.menu(draft)


def chat(draft: Draft, kind: str, heard: Heard) -> bool:
    """Small talk. True when the reply is complete (no question under way should be asked again after it)."""
    under_way = draft.state.frame is not None
    draft.change(misunderstood=0)
    if kind in NODS:
        return _nod(draft, kind, heard)
    if kind == "cancel" and under_way and heard.length <= 2:
        run.ask_again(draft)  # "safi", "baraka" and the like mean too much to give up a booking
        return True
    if kind in ("back", "cancel", "not_that", "more"):
        if not command(draft, kind):
            answering.menu(draft)
        return True
    draft.patient = True
    if draft.state.safety and not under_way and kind not in ("thanks", "bye", "who_are_you", "is_free", "is_private", "insult"):
        emergency.ask_whether(draft)  # "he is fine" reads like small talk
    elif kind == "greeting" and not under_way:
        answering.menu(draft, greeting="hello" if draft.state.noticed else "welcome")
    elif kind in _PLAIN_CHAT:
        draft.say(f"chat.{kind}", kind="system")
        if not under_way and kind != "bye":
            draft.offer("say:menu", "choice.menu")
            draft.offer_person()
    elif not under_way:
        answering.clarify(draft)
    return False


def _nod(draft: Draft, kind: str, heard: Heard) -> bool:
    """A bare yes, no or "skip" that no open question takes: what it means hangs on what was shown last."""
    if draft.state.frame is not None:
        if heard.word != "no" or not run.asks_to_choose(draft):
            run.ask_again(draft)
            return True
        return command(draft, "cancel")
    if draft.state.safety and kind != "skip":
        emergency.nodded(draft, kind == "yes")
    elif (guesses := answering.suggested(draft)) is not None:
        _nod_to_suggestion(draft, kind, guesses)
    elif not draft.state.noticed:
        draft.patient = True
        answering.menu(draft, greeting="welcome")
    else:
        draft.patient = True
        draft.say("chat.ok", kind="system")
        draft.offer("say:menu", "choice.menu")
        draft.offer_person()
    return True


def _nod_to_suggestion(draft: Draft, kind: str, entries: list[str]) -> None:
    if kind != "yes" or not entries:
        answering.not_that(draft)
    elif len(entries) == 1:
        answering.answer(draft, entries[0], rest=draft.state.candidates)
    else:
        answering.suggest(draft, [*entries, *draft.state.candidates])


def start(draft: Draft, event: Started) -> None:
    """First contact by a link. A link may name an entry or a session; anything else opens the menu."""
    if draft.state.language is None:
        draft.change(language=draft.facts.hint or draft.facts.house.default_language, assumed=True)
    kind, _, value = event.payload.partition("_")
    if draft.state.stopped:
        run.begin(draft, "start_again")
    elif kind == "e" and value in draft.facts.house.entries:
        answering.answer(draft, value)
    elif kind == "s" and value:
        draft.set_slots({"session": value})
        run.begin(draft, "book_session")
    else:
        answering.menu(draft, greeting="welcome")


def place(draft: Draft, event: SharedPlace) -> None:
    """A location answers a question about the place, or is kept as the person's town and region; the point itself is gone."""
    found = answer.read(draft, event)
    if found:
        run.fill(draft, found.value)
        return
    if event.place:
        draft.set_slots({"place": event.place})
    if event.region:
        draft.set_slots({"region": event.region})
        draft.say("place.noted", kind="system", place=event.place, region=event.region)
    elif event.place:
        draft.say("place.kept", kind="system", place=event.place)
    else:
        draft.say("place.unknown", kind="system")
    if draft.state.frame:
        run.ask(draft)
        return
    if event.place:
        draft.offer("journey:nearest_office", "choice.nearest_office")
    draft.offer("journey:book_session", "choice.book_session")
    draft.offer_person()


def unreadable(draft: Draft, event: SentVoice | SentFile | SentOther) -> None:
    """A voice note, a picture…: say honestly that nobody has heard or seen it, and what can be done."""
    name = {SentVoice: "voice", SentFile: "file", SentOther: "other"}[type(event)]
    draft.record("unreadable", kind=name)
    if draft.state.safety and not draft.state.frame:
        draft.say(f"unreadable.{name}", kind="safety")
        emergency.repeat(draft)
        return
    draft.say(f"unreadable.{name}", kind="clarify")
    if draft.state.frame:
        run.ask(draft)
        return
    draft.offer_person()
    draft.offer("say:menu", "choice.menu")


def unspoken_language(draft: Draft) -> None:
    """Tamazight, Spanish, Italian…: say what we speak, and offer a person."""
    draft.record("unspoken_language")
    draft.say("language.unspoken", kind="clarify")
    draft.offer_person()
    for code in VARIETIES:
        draft.offer(f"say:language:{code}", f"slot.language.{code}")


def linked(draft: Draft, event: Linked | LinkFailed) -> None:
    if isinstance(event, Linked):
        draft.change(case=draft.state.case or draft.facts.case_open)  # a case may have come along
        draft.say("link.done", kind="system", origin=event.origin)
        run.ask(draft)
    else:
        draft.say("link.failed", kind="system")
        draft.offer("say:menu", "choice.menu")


def blocked(draft: Draft, event: BlockedUs) -> None:
    draft.do(Reachable(ok=event.back))


def not_built(draft: Draft, name: str) -> None:
    """Something the person may rightly ask for and that a person of the team does today."""
    draft.record("not_built", journey=name)
    draft.say("not_built", kind="system")
    draft.offer_person()
    draft.offer("say:menu", "choice.menu")
