"""An answer as a telephone shows it where no buttons are: the text, its source, the notice, the choices numbered.

Used by the preview and to measure the longest an answer can get. What is sent is written by `bot.knowledge.wording`.
"""

from datetime import date

from bot.knowledge import formats
from bot.knowledge.catalogue import PLACEHOLDER, Catalogue
from bot.knowledge.entries import Knowledge
from bot.knowledge.model import Source

_ANY_STATUS = ("source.unverified", "source.unverified_signed", "source.verified", "source.verified_signed")
A_DAY = date(2026, 12, 22)
LONGEST_NAME = "x" * 25


def worst(knowledge: Knowledge, catalogue: Catalogue, entry_id: str, variety: str) -> str:
    """The first answer a person gets, due for review, whatever has been checked and signed."""
    source = knowledge.sources(entry_id)[0]
    lines = [_status(catalogue, name, source.verified_on or A_DAY, variety) for name in _ANY_STATUS]
    status = [max(lines, key=len), catalogue.text("source.ageing", variety)]
    return _whole(knowledge, catalogue, entry_id, variety, status, LONGEST_NAME)


def today(knowledge: Knowledge, catalogue: Catalogue, entry_id: str, variety: str, day: date, organisation: str) -> str:
    """The same as somebody would get it now."""
    source = knowledge.sources(entry_id)[0]
    name = "source.verified" if source.verified_on else "source.unverified"
    signed = "_signed" if knowledge.entries[entry_id].signed else ""
    status = [_status(catalogue, name + signed, source.verified_on or day, variety)]
    if knowledge.state(entry_id, day) == "ageing":
        status.append(catalogue.text("source.ageing", variety))
    return _whole(knowledge, catalogue, entry_id, variety, status, organisation)


def _whole(knowledge: Knowledge, catalogue: Catalogue, entry_id: str, variety: str, status: list[str], organisation: str) -> str:
    body = knowledge.text(entry_id, variety) or ""
    source = " ".join([_source_line(knowledge, catalogue, knowledge.sources(entry_id)[0], variety), *status])
    notice = _fill(catalogue.text("notice", variety), {"organisation": organisation})
    choices = "\n".join(f"{n}. {title}" for n, title in enumerate(titles(knowledge, catalogue, entry_id, variety), 1))
    return "\n\n".join([body, source, notice, choices])


def titles(knowledge: Knowledge, catalogue: Catalogue, entry_id: str, variety: str) -> list[str]:
    """The choices under an answer: more, what people ask next, a person."""
    entry = knowledge.entries[entry_id]
    found = [catalogue.text("choice.more", variety)] if entry.has_more else []
    for follow_up in entry.follow_ups:
        choice = "choice." + follow_up.removeprefix("journey/")
        if follow_up in knowledge.entries:
            found.append(knowledge.title(follow_up, variety))
        elif catalogue.has(choice):
            found.append(catalogue.text(choice, variety))
    advisor = catalogue.text("choice.advisor", variety)
    return [title for title in found if title != advisor] + [advisor]


def _source_line(knowledge: Knowledge, catalogue: Catalogue, source: Source, variety: str) -> str:
    day = knowledge.source_date(source, variety)
    given = {"name": formats.isolated(source.name, variety), "date": formats.isolated(day, variety)}
    return _fill(catalogue.text("source" if day else "source.undated", variety), given)


def _status(catalogue: Catalogue, name: str, day: date, variety: str) -> str:
    return _fill(catalogue.text(name, variety), {"date": formats.isolated(formats.day(day, variety), variety)})


def _fill(text: str, values: dict[str, str]) -> str:
    return PLACEHOLDER.sub(lambda match: values.get(match.group(1), match.group()), text)
