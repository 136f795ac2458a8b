"""How long the parts of a text may be. Authors count what is seen; the last limit counts every character sent."""

from bot.knowledge.formats import visible

FIRST_LINE, BODY, MORE, SMS, SAFETY, WHOLE = 120, 600, 1200, 300, 700, 1024
_MOST = {"body": BODY, "more": MORE, "sms": SMS}


def lengths(part: str, filled: str) -> list[str]:
    """One part of an answer, filled."""
    found = _over(len(visible(filled)), _MOST.get(part, BODY), "filled")
    if part == "body":
        found += _over(len(visible(filled.splitlines()[0])), FIRST_LINE, "in the first line")
    return found


def safety(filled: str) -> list[str]:
    return _over(len(visible(filled)), SAFETY, "filled")


def whole(rendered: str) -> list[str]:
    return _over(len(rendered), WHOLE, "with source, notice and choices")


def _over(length: int, most: int, where: str) -> list[str]:
    return [f"{length} characters {where}, {most} at most"] if length > most else []
