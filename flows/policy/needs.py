"""What an office is looked for, as far as the conversation tells; and when public bodies come last."""

from collections.abc import Mapping

from flows.facts import EntryCard

# The area of the last answer says what for. Areas that are about no office in particular (risks, say) are left to a question.
NEED_OF_AREA: Mapping[str, str] = {
    "retirement": "pension",
    "health": "health",
    "work": "work",
    "training": "work",
    "enterprise": "work",
    "study": "study",
    "visa": "study",
    "volunteering": "study",
    "return": "mre",
    "papers": "mre",
    "family": "mre",
    "justice": "protection",
    "newcomers": "newcomer",
}
# Areas whose next step is a door in one's own region, rather than a site or an embassy.
_A_DOOR_NEARBY = ("retirement", "health", "family", "return", "papers", "justice", "newcomers", "enterprise")
_OFFICES_FIRST = ("newcomer", "protection")


def told(card: EntryCard | None) -> str | None:
    """The need that an answer is about. What is for people from abroad is theirs, whatever its area."""
    if card is None:
        return None
    return "newcomer" if card.audience == "tcn" else NEED_OF_AREA.get(card.area)


def careful(need: str | None, card: EntryCard | None, safety: str | None) -> bool:
    """People from abroad and those in danger get associations and international offices first (DESIGN, "Offices have a kind")."""
    return need in _OFFICES_FIRST or safety is not None or (card is not None and card.audience == "tcn")


def door_helps(card: EntryCard) -> bool:
    """Whether an office near the person is a next step after this answer."""
    return card.area in _A_DOOR_NEARBY and told(card) is not None
