"""From a ranking of intents to what the conversation does with it."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Literal

from flows.heard import Heard

Kind = Literal["answer", "suggest", "clarify", "act", "chat", "safety", "decline"]
MOST_SUGGESTIONS = 3
LONGEST_REQUEST = 60  # words; who writes a whole letter tells a story, nothing is begun or dropped because of it
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


def decide(heard: Heard, entries: Container[str]) -> Decision:
    """`entries` are the answers that exist; a recognised subject without an answer is declined, honestly.

    A wrong answer costs more than a question back: an entry is given only in the interpreter's answer band and when
    the second guess stays `margin` behind; in the suggest band up to three are offered by name. A journey is begun only
    in the answer band: below it `clarify` names it in `intent`, to be offered by a button. Where nothing is likely but the
    words of the message stand in some answers, the nearest are offered by name, never given."""
    candidates = tuple(g.intent.removeprefix("faq/") for g in heard.guesses if g.intent.startswith("faq/"))
    candidates = tuple(c for c in candidates if c in entries)
    if heard.signal:
        return Decision(kind="safety", intent=f"safety/{heard.signal.name}", candidates=candidates)
    if heard.word:
        return Decision(kind="chat" if heard.word in _WORDS_OF_TALK else "act", intent=_intent_of(heard.word))
    if not heard.guesses:
        return Decision(kind="clarify")
    best = heard.guesses[0]
    second = heard.guesses[1].confidence if len(heard.guesses) > 1 else 0.0
    sure = best.confidence >= heard.bands.answer and best.confidence - second >= heard.bands.margin
    group = best.intent.partition("/")[0]
    if group in ("journey", "smalltalk"):
        kind: Kind = "act" if group == "journey" else "chat"
        if best.confidence >= heard.bands.answer and heard.length <= LONGEST_REQUEST:
            return Decision(kind=kind, intent=best.intent, candidates=candidates)
    elif group == "faq" and sure:
        known = best.intent.removeprefix("faq/") in entries
        return Decision(kind="answer" if known else "decline", intent=best.intent, candidates=candidates)
    elif group == "out_of_scope" and best.confidence >= heard.bands.answer:
        return Decision(kind="decline", intent=best.intent, candidates=candidates)
    elif group == "safety" and sure:
        return Decision(kind="safety", intent=best.intent, candidates=candidates)
    likely = tuple(
        g.intent.removeprefix("faq/")
        for g in heard.guesses
        if g.confidence >= heard.bands.suggest / 2 and g.intent.removeprefix("faq/") in entries
    )
    if likely and best.confidence >= heard.bands.suggest and group in ("faq", "safety"):
        return Decision(kind="suggest", intent=f"faq/{likely[0]}", candidates=candidates)
    if group == "journey" and best.confidence >= heard.bands.suggest:
        return Decision(kind="clarify", intent=best.intent, candidates=candidates)
    found = tuple(e for e in heard.nearest if e in entries)
    return Decision(kind="suggest" if found else "clarify", candidates=_fused(candidates, found))


def _fused(guessed: Sequence[str], found: Sequence[str]) -> tuple[str, ...]:
    """Guesses and what the search found, in one order (reciprocal ranks; a guess counts twice)."""
    shares: dict[str, float] = {}
    for weight, ranked in ((2.0, guessed), (1.0, found)):
        for at, name in enumerate(ranked):
            shares[name] = shares.get(name, 0.0) + weight / (2 + at)
    return tuple(sorted(shares, key=lambda name: -shares[name]))
