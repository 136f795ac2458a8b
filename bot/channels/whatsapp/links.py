"""Links that open WhatsApp at one thing. WhatsApp hands over nothing but the words it proposes to send: what the link leads to
stands at their end, "(s_<token>.<variety>)", and is read off them again when they arrive."""

import re

from flows.heard import VARIETIES

_AT_THE_END = re.compile(rf"\(([es]_[A-Za-z0-9_-]{{1,62}})\.({'|'.join(sorted(VARIETIES, key=len, reverse=True))})\)\s*$")


def written(text: str, payload: str, variety: str) -> str:
    """`payload` is what Telegram's link would carry: e_<entry> or s_<token of a session>."""
    return f"{text} ({payload}.{variety})"


def read(text: str) -> tuple[str, str] | None:
    """(payload, variety); None for words that come from no link of ours."""
    found = _AT_THE_END.search(text)
    return (found[1], found[2]) if found else None
