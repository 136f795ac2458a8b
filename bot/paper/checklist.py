"""A person's list on paper: the steps with boxes, ticked as in the chat; then what each answer says, with its papers and sources;
then the offices. Who prints one page only has the list."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.knowledge import formats
from bot.paper.orders import Json, Order
from bot.paper.sheet import Sheet
from flows.effects import Message
from flows.facts import PARTS, StepCard

if TYPE_CHECKING:
    from bot.paper.press import Shop
_SMALL, _BODY = 9, 10.5


def name(args: Mapping[str, Json]) -> str:
    return f"dalil-{args['checklist']}.pdf"


def draw(order: Order, shop: "Shop") -> Sheet:
    """A step that is gone, or whose answer is withheld today, is left out, as in the chat."""
    words = _Words(order, shop)
    list_id = str(order.args["checklist"])
    title = words(f"slot.checklist.{list_id}")
    sheet = Sheet(title, order.variety, order.made, foot=words("paper.foot", date=words.day))
    sheet.title(title)
    done = {str(s["step"]) for s in order.args["steps"] if s["done"]}
    steps = _steps(order, shop, list_id)
    entries = list(dict.fromkeys(s.entry for s in steps))
    sheet.text(words("paper.made", date=words.day, done=sum(s.id in done for s in steps), total=len(steps)), size=_SMALL)
    for part in PARTS:
        _part(sheet, words, list_id, [s for s in steps if s.part == part], done, entries)
    sheet.space(3)
    sheet.text(words("paper.caution"), size=_SMALL, bold=True)
    _answers(sheet, words, entries)
    _offices(sheet, words, order.found.get("offices"))
    return sheet


class _Words:
    """Texts by name, in the order's variety."""

    def __init__(self, order: Order, shop: "Shop") -> None:
        self.variety, self._shop = order.variety, shop
        self.knowledge, self.wording = shop.knowledge, shop.wording
        today = order.made.astimezone(shop.zone).date()
        self.day = formats.isolated(shop.knowledge.day(today, order.variety), order.variety)

    def __call__(self, message_id: str, **params: Json) -> str:
        return self._shop.wording.text(Message(id=message_id, params=params), self.variety)


def _steps(order: Order, shop: "Shop", list_id: str) -> list[StepCard]:
    house = shop.house()
    card = house.checklists.get(list_id)
    known = {s.id: s for s in card.steps} if card else {}
    wanted = [known[str(s["step"])] for s in order.args["steps"] if str(s["step"]) in known]
    return [s for s in wanted if s.entry in house.entries and not house.entries[s.entry].withheld]


def _part(sheet: Sheet, words: _Words, list_id: str, steps: Sequence[StepCard], done: set[str], entries: Sequence[str]) -> None:
    if not steps:
        return
    sheet.heading(words(f"part.{steps[0].part}"))
    for step in steps:
        sheet.item(words.knowledge.step_text(list_id, step.id, words.variety), "done" if step.id in done else "open")
        sheet.text(words("paper.see", number=entries.index(step.entry) + 1, entry=step.entry), size=_SMALL, indent=8)
        sheet.space(1)


def _answers(sheet: Sheet, words: _Words, entries: Sequence[str]) -> None:
    if entries:
        sheet.page()
        sheet.title(words("paper.answers"))
    for number, entry in enumerate(entries, 1):
        sheet.heading(words("paper.answer", number=number, entry=entry))
        for part in ("body", "more"):
            _prose(sheet, words.knowledge.text(entry, words.variety, part) or "")
        for line, url in words.wording.sources(entry, words.variety):
            site = formats.isolated(urlsplit(url).hostname or "", words.variety)
            sheet.text(f"{line} {site}", size=_SMALL, link=url)


def _offices(sheet: Sheet, words: _Words, found: Mapping[str, Json] | None) -> None:
    if not found or not (found["rows"] or found["lines"]):
        return
    sheet.heading(words("paper.offices"))
    told = {**found, "rows": [{**row, "open": "unknown"} for row in found["rows"]]}  # "open now" means nothing on paper
    _prose(sheet, words("paper.office_list", offices=told), hanging=True)


def _prose(sheet: Sheet, text: str, hanging: bool = False) -> None:
    """Paragraphs and points as they are written for the chat. `hanging`: what follows a point belongs to it."""
    indent = 0
    for line in text.split("\n"):
        if not line.strip():
            sheet.space(1.5)
            indent = 0
        elif line.startswith("• "):
            sheet.item(line.removeprefix("• "), size=_BODY)
            indent = 8 if hanging else 0
        else:
            sheet.text(line, size=_BODY, indent=indent)
    if text:
        sheet.space(1.5)
