"""A bubble as the page gets it: its paragraphs, with those set apart that say where it comes from."""

from typing import Any

from bot.delivery.documents import PATH
from bot.web.dress import Dress, tag
from bot.web.reading import Bubble
from flows.heard import VARIETIES

_SOURCE_LINES = ("source", "source.undated")


def to_json(bubble: Bubble, dress: Dress) -> dict[str, Any]:
    """`parts` are [text, role]; a role is "", "source" or "notice". All text, no markup: the page builds the rest. `file`, where
    there is one, has its address on this site and what to call it."""
    if bubble.mine:
        return {"id": f"m{bubble.id}", "mine": True, "parts": [[_own(bubble, dress), ""]]}
    variety = bubble.language if bubble.language in VARIETIES else "fr"
    file = bubble.body.get("file")
    attached = {"file": {"href": f"{PATH}{file['token']}", "title": dress.text("file.open", variety)}} if file else {}
    return attached | {
        "id": bubble.id,
        "kind": bubble.kind,
        "variety": variety,
        "lang": tag(variety),
        "parts": parts(bubble.body["text"], variety, dress),
        "choices": [{"id": c["id"], "title": c["title"]} for c in bubble.body["choices"]],
    }


def parts(text: str, variety: str, dress: Dress) -> list[list[str]]:
    """Paragraphs of one role stay together."""
    starts = tuple(dress.wording_start(name, variety) for name in _SOURCE_LINES)
    notice = dress.text("notice", variety).strip()
    found: list[list[str]] = []
    for paragraph in text.split("\n\n"):
        role = "source" if paragraph.startswith(starts) else "notice" if paragraph.strip() == notice else ""
        if found and found[-1][1] == role:
            found[-1][0] += "\n\n" + paragraph
        else:
            found.append([paragraph, role])
    return found


def _own(bubble: Bubble, dress: Dress) -> str:
    """The person's own words. A shared location is kept as the id of a place, which is told by name."""
    text = str(bubble.body["text"])
    return f"📍 {dress.place(text)}" if bubble.kind == "SharedPlace" else text
