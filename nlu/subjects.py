"""Two subjects in one message ("retraite et aussi la voiture"), and a subject that is denied ("machi l visa, l passport").

Only words that say so count: a mere "and" joins nothing, and a "not" inside a sentence denies no subject.
"""

from __future__ import annotations

import re
from typing import Final

_JOINER: Final = re.compile(
    r"[,;.]?\s*(?<!\w)(?:et aussi|mais aussi|ainsi que|et (?:aussi )?une autre question|et autre chose|"
    r"and also|as well as|and another (?:thing|question)|"
    r"وأيضا|و أيضا|وكذلك|و كذلك|بالإضافة إلى|وحتى|و حتى|وزيد عليها|وسؤال آخر|"
    r"w (?:7ta|hta|7tta|htta)|ou (?:7ta|hta)|w (?:kadalik|kdalik|aydan)|w zid 3liha|w so2al akhor)(?!\w)[\s:,]*",
    re.IGNORECASE,
)


def parts_of(text: str) -> tuple[str, str] | None:
    """What stands before and after the first such joiner, or None."""
    found = _JOINER.search(text)
    if found is None:
        return None
    before, after = text[: found.start()].strip(), text[found.end() :].strip()
    return (before, after) if before and after else None


_DENIED: Final = re.compile(
    r"\s*(?:(?:non|no|la|lla|لا)(?!\w)[\s,،.!]*)?"
    r"(?:(?:mach?i|mashi)\s+(?:3la\s+|3an\s+)?|ماشي\s+(?:على\s+)?|ليس(?:ت)?\s+(?:عن\s+)?|لا\s+أقصد\s+"
    r"|(?:non\s+)?pas\s+(?:(?:pour|sur)\s+)?(?:la\s+|les?\s+|l['’])|je\s+ne\s+parle\s+pas\s+d(?:es?|u|e\s+la)\s+"
    r"|not\s+(?:about\s+)?(?:the|my|a)\s+|i\s+don['’]?t\s+mean\s+)"
    r"(?:l['’\s-])?[\w'’-]+(?:\s[\w'’-]+){0,2}?"
    r"(?:\s*[,،;:.]\s*(?:(?:mais|but|walakin|ولكن|بل)(?!\w))?|\s+(?:mais|but|walakin|ولكن|بل)(?!\w))\s*(?=\w)",
    re.IGNORECASE,
)
_LONGEST: Final = 12  # words; in a longer message much else is said


def meant_in(text: str) -> str:
    """A short message without the subject that it opens by denying; any other message as it is."""
    found = _DENIED.match(text)
    return text[found.end() :] if found and len(text.split()) <= _LONGEST else text
