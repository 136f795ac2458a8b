"""Which of the choices on the person's screen was meant: by number in any digits, by the words themselves."""

import re
import unicodedata
from collections.abc import Sequence

from flows.facts import Facts, ShownChoice
from flows.heard import Heard

_NUMBER = re.compile(
    r"^(?:le|la|num|numero|option|choix|number|no|n|raqm|ra9m|nemra|nmra|رقم|الرقم|نمرة|النمرة)?[\W_]{0,3}(\d{1,2})[\W_]{0,3}$",
    re.IGNORECASE,
)
_ORDINAL = "choice:"
_LONGEST_VERSION = 9
_LONGEST_NAME = 6  # a longer message is a sentence, not the name of a button


def meant(heard: Heard, text: str, facts: Facts, answered: bool) -> str | None:
    """The id of the choice that the whole message names, or None.

    A number binds to the bubble the person explicitly replied to, else to the last delivered one with choices.
    `answered` says that the message was a reply to a particular bubble."""
    shown: Sequence[ShownChoice] = facts.replied_to if answered and facts.replied_to else facts.shown
    if not shown:
        return None
    at = number_in(heard, text)
    if at is not None:
        return shown[at - 1].id if 1 <= at <= len(shown) else None
    if not heard.folded or heard.length > _LONGEST_NAME:
        return None
    named = [c.id for c in shown if heard.folded in c.names]
    return named[0] if len(set(named)) == 1 else None


def number_in(heard: Heard, text: str) -> int | None:
    """The number that is the whole message, in any digits or as "the second"."""
    if heard.word and heard.word.startswith(_ORDINAL):
        return int(heard.word.removeprefix(_ORDINAL))
    number = _NUMBER.match(western(text.strip()))
    return int(number.group(1)) if number else None


def western(text: str) -> str:
    """Arabic-Indic and Persian digits, keycaps and full-width digits as 0-9."""
    return "".join(str(unicodedata.digit(c)) if unicodedata.digit(c, None) is not None else c for c in text)


def split(choice_id: str) -> tuple[int, str]:
    """(state version it was shown at, target). A choice without a version is always fresh: version -1."""
    version, dot, target = choice_id.partition(".")
    if dot and version.isdecimal() and len(version) <= _LONGEST_VERSION:
        return int(version), target
    return -1, choice_id
