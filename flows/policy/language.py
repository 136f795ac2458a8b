"""In which language to answer.

One or two words, names and loans ("ok", "merci", "visa") never switch; a clear message of four words does, or two clear
ones in a row, or the word for it ("bel3arbiya"). Other languages are recognised and told what we speak."""

from dataclasses import replace

from flows.heard import VARIETIES, Heard
from flows.state import State

CLEAR = 0.8
SOME = 0.5  # enough when nothing is known yet
ENOUGH_WORDS = 4
TOO_FEW_WORDS = 2


def follow(state: State, heard: Heard, hint: str | None, default: str) -> State:
    """The state with the language to answer in. `hint` is what the channel's settings say of the person."""
    said = heard.language if heard.language in VARIETIES else None
    if state.language is None or state.assumed:
        return _first(state, heard, said, hint, default)
    if said is None or said == state.language:
        drift = state.drift if said is None else None
        return replace(state, drift=drift)
    if heard.language_confidence < CLEAR or heard.length <= TOO_FEW_WORDS:
        return state
    if heard.length >= ENOUGH_WORDS or state.drift == said:
        return replace(state, language=said, drift=None)
    return replace(state, drift=said)


def _first(state: State, heard: Heard, said: str | None, hint: str | None, default: str) -> State:
    """Until the person's own words tell, the language is assumed: from the channel's settings, a doubtful word, our own."""
    if said and heard.language_confidence >= (CLEAR if heard.length <= TOO_FEW_WORDS else SOME):
        return replace(state, language=said, drift=None, assumed=False)
    return replace(state, language=state.language or (hint if hint in VARIETIES else None) or said or default, assumed=True)


def unspoken(heard: Heard) -> bool:
    """A clear message in a language we do not speak (Tamazight included)."""
    return heard.language in ("zgh", "other") and heard.language_confidence >= CLEAR and heard.length > TOO_FEW_WORDS
