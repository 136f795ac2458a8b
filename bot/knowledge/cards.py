"""An opportunity in words: the line of a list, the card in the chat, the parts of the card on the public page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.knowledge import formats
from bot.knowledge.catalogue import PLACEHOLDER, Catalogue
from bot.knowledge.model import Source
from bot.knowledge.opportunities import SOME_LEVEL, Item, Opportunities, Opportunity, Tongue

Json = Any
MOST_SOURCES_IN_CHAT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One line of a card: `name` is that of its label, card.<name>."""

    name: str
    label: str
    text: str


class Cards:
    """`months` in a card are those of past campaigns: whoever shows one says so."""

    def __init__(self, catalogue: Catalogue, opportunities: Opportunities) -> None:
        self._catalogue, self.opportunities = catalogue, opportunities

    def title(self, opportunity_id: str, variety: str) -> str:
        """Empty for one that is no longer shown: who says its name then says nothing false."""
        row = self.opportunities.get(opportunity_id)
        return "" if row is None else formats.prose(row.title[variety], variety)

    def label(self, opportunity_id: str, variety: str) -> str:
        row = self.opportunities.get(opportunity_id)
        return "" if row is None else row.label[variety]

    def site(self, opportunity_id: str, variety: str) -> str:
        row = self.opportunities.get(opportunity_id)
        return "" if row is None else formats.link(row.link, variety)

    def lines(self, found: Iterable[Mapping[str, Json]], variety: str) -> str:
        """What was found, a line each: `opportunity`, `reasons` and `checks`, or `missing`."""
        return "\n".join(self._line(item, variety) for item in found if self.opportunities.get(item["opportunity"]))

    def card(self, opportunity_id: str, variety: str) -> str:
        """The whole card as one text, for the chat."""
        row = self.opportunities[opportunity_id]
        parts = (*self.parts(row, variety), self.sources(row, variety, MOST_SOURCES_IN_CHAT))
        lines = [self._fill("card.line", variety, name=part.label, text=part.text) for part in parts]
        return "\n".join(
            [self.title(row.id, variety), *lines, self.site(row.id, variety), self._catalogue.text("source.unverified", variety)]
        )

    def parts(self, row: Opportunity, variety: str) -> tuple[Part, ...]:
        """For whom, when, what it costs, what one gets, what we could not confirm."""
        texts = {
            "who": self._who(row, variety),
            "when": self.when(row, variety),
            "cost": self._cost(row, variety),
            "gives": self._items(row.gives, "gives", variety),
            "unsure": self._terms("unsure", row.unsure, variety),
        }
        return tuple(self._part(name, text, variety) for name, text in texts.items() if text)

    def sources(self, row: Opportunity, variety: str, most: int = 3) -> Part:
        named = (self._source(source, variety) for source in row.sources[:most])
        return self._part("source", self._comma(variety).join(named), variety)

    def organiser(self, row: Opportunity, variety: str) -> Part | None:
        return self._part("by", formats.prose(row.organiser, variety), variety) if row.organiser else None

    def country(self, row: Opportunity, variety: str) -> str:
        return self._catalogue.text(f"slot.destination.{row.country}", variety)

    def when(self, row: Opportunity, variety: str) -> str:
        if row.status in ("closed", "not_open"):
            return self._catalogue.text(f"status.{row.status}", variety)
        if row.calendar != "dated":
            return self._catalogue.text(f"when.{row.calendar}", variety)
        name = "when.opens" if row.opens and row.closes else "when.opens_only" if row.opens else "when.closes"
        opens = self._month(row.opens[0], variety) if row.opens else ""
        closes = self._month(row.closes[-1], variety) if row.closes else ""
        seen = formats.isolated(row.campaign or "", variety)
        text = self._fill(name, variety, opens=opens, closes=closes)
        return text + (self._fill("when.campaign", variety, campaign=seen) if row.campaign else "")

    def _line(self, item: Mapping[str, Json], variety: str) -> str:
        row = self.opportunities[item["opportunity"]]
        label = formats.prose(row.label[variety], variety)
        comma = self._comma(variety)
        if item.get("missing"):
            missing = comma.join(self._asked(row, name, variety) for name in item["missing"])
            return self._fill("opportunity.line_nearly", variety, label=label, missing=missing)
        reasons = comma.join(self._reason(row, name, variety) for name in _shown(item["reasons"]))
        line = self._fill("opportunity.line", variety, label=label, reasons=reasons, when=self.when(row, variety))
        checks = comma.join(self._catalogue.text(f"check.{name}", variety) for name in item["checks"] if name != "conditions")
        return line + (self._fill("opportunity.line_checks", variety, checks=checks) if checks else "")

    def _reason(self, row: Opportunity, name: str, variety: str) -> str:
        return self._asked(row, name, variety) if name in _ASKED else self._catalogue.text(f"fit.{name}", variety)

    def _asked(self, row: Opportunity, name: str, variety: str) -> str:
        """What a row asks for: an age, a level, a language."""
        asked = row.eligibility
        if name == "age":
            return self._age(row, variety)
        if name == "level":
            return self._catalogue.text(f"level.{asked.level or 'none'}", variety)
        return self._catalogue.text("tongue.or", variety).join(self._tongue(t, variety) for t in asked.languages)

    def _age(self, row: Opportunity, variety: str) -> str:
        least, most = row.eligibility.age_min, row.eligibility.age_max
        name = "age.between" if least and most else "age.from" if least else "age.to"
        given = {"least": str(least), "most": str(most)}
        return self._fill(name, variety, **given)

    def _tongue(self, tongue: Tongue, variety: str) -> str:
        name = self._catalogue.text(f"tongue.{tongue.code}", variety)
        level = formats.isolated(tongue.level or "", variety)
        return self._fill("tongue.level", variety, tongue=name, level=level) if tongue.level else name

    def _who(self, row: Opportunity, variety: str) -> str:
        asked = row.eligibility
        found = [self._age(row, variety)] if asked.age_min or asked.age_max else []
        told = asked.level and not (asked.level == SOME_LEVEL and asked.conditions)  # the conditions then say which
        found += [self._asked(row, "level", variety)] if told else []
        found += [self._asked(row, "language", variety)] if asked.languages else []
        conditions = self._terms("conditions", asked.conditions, variety)
        found += [conditions] if conditions else []
        return self._comma(variety).join(found) or self._catalogue.text("card.anybody", variety)

    def _cost(self, row: Opportunity, variety: str) -> str:
        if isinstance(row.cost, str):
            return self._catalogue.text(f"cost.{row.cost}", variety)
        return self._items(row.cost, "costs", variety)

    def _items(self, items: Iterable[Item], part: str, variety: str) -> str:
        return self._comma(variety).join(self._item(item, part, variety) for item in items)

    def _item(self, item: Item, part: str, variety: str) -> str:
        around = self.opportunities.terms[part][item.what][variety].split("{amount}")
        amount = "" if item.amount is None else formats.amount(item.amount, item.currency or "", variety)
        return amount.join(formats.prose(words, variety) for words in around)

    def _terms(self, part: str, codes: Iterable[str], variety: str) -> str:
        texts = (formats.prose(self.opportunities.terms[part][code][variety], variety) for code in codes)
        return self._comma(variety).join(texts)

    def _source(self, source: Source, variety: str) -> str:
        name = formats.isolated(source.name, variety)
        if source.source_date is None:
            return self._fill("card.undated", variety, name=name)
        return self._fill(
            "card.dated", variety, name=name, date=formats.isolated(formats.day(source.source_date, variety), variety)
        )

    def _part(self, name: str, text: str, variety: str) -> Part:
        return Part(name=name, label=self._catalogue.text(f"card.{name}", variety), text=text)

    def _month(self, month: int, variety: str) -> str:
        return self._catalogue.text(f"month.{month}", variety)

    def _comma(self, variety: str) -> str:
        return self._catalogue.text("unit.list_comma", variety)

    def _fill(self, message: str, variety: str, /, **values: str) -> str:
        return PLACEHOLDER.sub(lambda match: values[match.group(1)], self._catalogue.text(message, variety))


_ASKED = ("age", "level", "language")


def _shown(reasons: Iterable[str]) -> list[str]:
    """What a row itself says (age, level, language) tells more than "the country asked for"; at most what fits a line."""
    telling = [name for name in reasons if name in _ASKED]
    return telling or list(reasons)
