"""Two subjects in one message: "retraite et aussi la voiture". Only joiners that say so; a mere "and" tells nothing."""

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
