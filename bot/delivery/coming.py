"""Whether a short message says "I am coming" or "I am not", with a word of courtesy before or after: "oui je viens inchallah".
The words stand in `nlu/words.yml`; the longest reading counts, so that "not coming" is not "coming"."""

import re

from nlu.normalise import fold
from nlu.words import Words

PREFIX = "coming:"
_LONGEST_MESSAGE, _LONGEST_PHRASE = 10, 6  # words
_NOT = frozenset(fold("non no nan pas not never ma ما لا ماشي machi jamais لن لم").split())
_NOT_AFTER = frozenset(("pas", "plus", "not"))
_DARIJA_NOT = re.compile(r"m[a-z]+ch|م\w+ش")  # "mangadch", "منقدرش": the verb between the two halves of "not"
_ASKS = frozenset(
    fold("wach wesh واش هل comment quand quel quelle où how when where what شنو chno fin فين متى كيفاش kifach ch7al").split()
)


def told(words: Words, text: str) -> str | None:
    """yes, no or other; None for a longer message, or one that takes back what it says. A question may ask for another date or
    to be let go, but is no yes."""
    tokens = fold(text[:200]).split()
    if not tokens or len(tokens) > _LONGEST_MESSAGE:
        return None
    asks = "?" in text or "؟" in text or bool(_ASKS & set(tokens))
    for size in range(min(_LONGEST_PHRASE, len(tokens)), 0, -1):
        for at in range(len(tokens) - size + 1):
            name = words.find(" ".join(tokens[at : at + size])) or ""
            if name.startswith(PREFIX):
                answer = name.removeprefix(PREFIX)
                return _of_yes(asks, tokens[:at], tokens[at + size :]) if answer == "yes" else answer
    return None


def _of_yes(asks: bool, before: list[str], after: list[str]) -> str | None:
    """What looks like a yes beside a "not" is a no, or says nothing for certain."""
    if any(_DARIJA_NOT.fullmatch(token) for token in before):
        return "no"
    return None if asks or _NOT & set(before[-2:]) or _NOT_AFTER & set(after[:1]) else "yes"


def other(word: str | None) -> str | None:
    """The command, unless it is one of these: they command nothing."""
    return None if word is not None and word.startswith(PREFIX) else word
