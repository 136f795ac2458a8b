"""From a ranking of intents to what the conversation does with it."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Literal

from flows.heard import GO_ON, UNSURE, Heard

Kind = Literal["answer", "suggest", "clarify", "act", "chat", "safety", "decline"]
MOST_SUGGESTIONS = 3
LONGEST_REQUEST = 60  # words; who writes a whole letter tells a story, nothing is begun or dropped because of it
FEW_WORDS, FITS = 4, 0.5
_WORDS_OF_TALK = ("yes", "no", "skip", "more", "not_that", "back", "cancel")
_WORD_INTENTS = {"start": "journey/start_again", "return": "journey/menu"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`intent` is what was understood (for clarify: at most a journey to offer; None for what was only searched for);
    `candidates` are entries, the best first."""

    kind: Kind
    intent: str | None = None
    candidates: tuple[str, ...] = ()


def _intent_of(word: str) -> str:
    """The intent that a command word stands for."""
    if word.startswith("language:"):
        return "journey/change_language"
    return _WORD_INTENTS.get(word) or (f"smalltalk/{word}" if word in _WORDS_OF_TALK else f"journey/{word}")


def decide(heard: Heard, entries: Container[str], topic: str | None = None) -> Decision:
    """`entries` are the answers that exist; a recognised subject without an answer is declined, honestly.

    A wrong answer costs more than a question back: an entry is given only in the interpreter's answer band and when
    the second guess stays `margin` behind; in the suggest band up to three are offered by name. A journey is begun only
    in the answer band: below it `clarify` names it in `intent`, to be offered by a button. Of two subjects in one
    message neither is answered over the other's head: both are offered by name. After an answer (`topic`) a few words that
    fit no subject well ("w ch7al?") are about that answer: `clarify`, which offers the rest of it first. Where nothing is
    likely but the words of the message stand in some answers, the nearest are offered by name, never given."""
    candidates = tuple(g.intent.removeprefix("faq/") for g in heard.guesses if g.intent.startswith("faq/"))
    candidates = tuple(c for c in candidates if c in entries)
    if heard.signal:
        return Decision(kind="safety", intent=f"safety/{heard.signal.name}", candidates=candidates)
    if heard.word and heard.word not in (UNSURE, GO_ON):
        return Decision(kind="chat" if heard.word in _WORDS_OF_TALK else "act", intent=_intent_of(heard.word))
    if not heard.guesses:
        return Decision(kind="clarify")
    both = tuple(s.removeprefix("faq/") for s in heard.subjects if s.removeprefix("faq/") in entries)
    if len(both) > 1:
        return Decision(kind="suggest", intent=heard.subjects[0], candidates=tuple(dict.fromkeys((*both, *candidates))))
    return _surely(heard, candidates, entries) or _perhaps(heard, candidates, entries, topic)


def _surely(heard: Heard, candidates: tuple[str, ...], entries: Container[str]) -> Decision | None:
    """What the best guess means, when it stands in the answer band; None below it."""
    best = heard.guesses[0]
    second = heard.guesses[1].confidence if len(heard.guesses) > 1 else 0.0
    if best.confidence < heard.bands.answer:
        return None
    clear = best.confidence - second >= heard.bands.margin
    group, _, name = best.intent.partition("/")
    kind: Kind | None = None
    if group in ("journey", "smalltalk") and heard.length <= LONGEST_REQUEST:
        kind = "act" if group == "journey" else "chat"
    elif group == "faq" and clear:
        kind = "answer" if name in entries else "decline"
    elif group == "out_of_scope":
        kind = "decline"
    elif group == "safety" and clear:
        kind = "safety"
    return Decision(kind=kind, intent=best.intent, candidates=candidates) if kind else None


def _perhaps(heard: Heard, candidates: tuple[str, ...], entries: Container[str], topic: str | None) -> Decision:
    """Offer what is likely, else what the search found; else ask again."""
    best = heard.guesses[0]
    group, likely = best.intent.partition("/")[0], best.confidence >= heard.bands.suggest
    if group == "journey" and likely and heard.length <= LONGEST_REQUEST:
        return Decision(kind="clarify", intent=best.intent, candidates=candidates)
    if topic in entries and heard.length <= FEW_WORDS and best.confidence < FITS:
        return Decision(kind="clarify", candidates=candidates)
    possible = [g.intent.removeprefix("faq/") for g in heard.guesses if g.confidence >= heard.bands.suggest / 2]
    named = next((name for name in possible if name in entries), None)
    if named and likely and group in ("faq", "safety"):
        return Decision(kind="suggest", intent=f"faq/{named}", candidates=candidates)
    found = tuple(e for e in heard.nearest if e in entries)
    return Decision(kind="suggest" if found else "clarify", candidates=_fused(candidates, found))


def _fused(guessed: Sequence[str], found: Sequence[str]) -> tuple[str, ...]:
    """Guesses and what the search found, in one order (reciprocal ranks; a guess counts twice)."""
    shares: dict[str, float] = {}
    for weight, ranked in ((2.0, guessed), (1.0, found)):
        for at, name in enumerate(ranked):
            shares[name] = shares.get(name, 0.0) + weight / (2 + at)
    return tuple(sorted(shares, key=lambda name: -shares[name]))
