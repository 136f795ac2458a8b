"""From the name of a text to its words, in one variety. The only place where a bubble becomes a string."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from bot.knowledge import review, service
from bot.knowledge.cards import Cards
from bot.knowledge.catalogue import PLACEHOLDER, Catalogue
from bot.knowledge.entries import Knowledge, Source
from bot.knowledge.guide_wording import RENDERED, GuideWording
from bot.knowledge.organisation import Organisation, Period
from bot.knowledge.telling import Telling, in_variety
from flows.effects import Message, Say

Json = Any
RTL = ("ar", "ary")
_ISOLATED = ("name", "url", "source_url", "source_name", "start", "city", "place", "opening_hours", "origin", "receipt")
_SAFETY_PARTS = {"safety.body": "body", "safety.first": "first", "safety.safe": "safe", "safety.not_safe": "not_safe"}
_SAFETY_LINES = {
    "safety.handoff_critical": "handoff_unstaffed_critical",
    "safety.handoff_other": "handoff_unstaffed_other",
    "safety.confirm": "confirm",
    "handoff.staffed": "handoff_staffed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A rendered choice, with the message it came from: the words of all varieties are needed to recognise it again."""

    id: str
    title: str
    label: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A bubble in words."""

    text: str
    choices: tuple[Shown, ...]


class Wording:
    """`today` gives the local date: an answer says when it is due for checking."""

    def __init__(
        self,
        catalogue: Catalogue,
        knowledge: Knowledge,
        organisation: Organisation,
        city_name: Callable[[str, str], str],
        today: Callable[[], date],
        cards: Cards,
    ) -> None:
        self._catalogue, self._knowledge, self._organisation = catalogue, knowledge, organisation
        self._cards = cards
        self._city_name, self._today = city_name, today
        self._guides = GuideWording(catalogue, knowledge)
        self._hours = lru_cache(16)(self._write_hours)
        self._telling = Telling(catalogue, city_name)

    def bubble(self, say: Say, variety: str) -> Rendered:
        texts = [self.text(m, variety, say.signal) for m in say.messages]
        choices = tuple(Shown(id=c.id, title=self.text(c.label, variety), label=c.label) for c in say.choices)
        return Rendered(text="\n\n".join(t for t in texts if t), choices=choices)

    def text(self, message: Message, variety: str, signal: str | None = None) -> str:
        """Raises KeyError for a name that exists nowhere (a test renders every name in every variety)."""
        if message.id in ("entry", "entry.more"):
            return self._entry(message, variety)
        if message.id == "entry.title":
            return self._knowledge.title(str(message.params["entry"]), variety)
        if message.id in ("opportunity.card", "opportunity.label"):
            written = self._cards.card if message.id == "opportunity.card" else self._cards.label
            return written(str(message.params["opportunity"]), variety)
        if message.id in ("entry.withdrawn", "entry.unsigned"):
            first = self._knowledge.sources(str(message.params["entry"]))[0]
            return self._fill(message.id, variety, {"source_name": first.name, "source_url": first.url})
        if message.id in _SAFETY_PARTS:
            return self._knowledge.safety_text(str(message.params["signal"]), variety, _SAFETY_PARTS[message.id])
        if message.id in _SAFETY_LINES:
            return self._safety_line(message.id, variety, signal)
        if message.id == "offer.source":
            return self._sign_source(str(message.params["sign"]), variety)
        if (question := self._guides.text(message.id, variety)) is not None:
            return question
        return self._fill(message.id, variety, message.params)

    def _safety_line(self, message_id: str, variety: str, signal: str | None) -> str:
        card = self._knowledge.signals.get(signal or "")
        familiar = card is not None and card.address == "tu"
        line = self._knowledge.safety_line(_SAFETY_LINES[message_id], variety, familiar)
        return line.replace("{opening_hours}", self._isolate("opening_hours", self._opening_hours(variety), variety))

    def _entry(self, message: Message, variety: str) -> str:
        entry_id = str(message.params["entry"])
        part = "more" if message.id == "entry.more" else "body"
        text = self._knowledge.text(entry_id, variety, part) or self._knowledge.text(entry_id, variety, "body") or ""
        return f"{text}\n\n{self._source_line(entry_id, variety)}"

    def _source_line(self, entry_id: str, variety: str) -> str:
        first = self._knowledge.sources(entry_id)[0]
        ageing = self._knowledge.state(entry_id, self._today()) == "ageing"
        return self._dated(first, variety, self._knowledge.entries[entry_id].reviewed, ageing)

    def _sign_source(self, sign_id: str, variety: str) -> str:
        sign = self._knowledge.guides.signs[sign_id]
        return self._dated(sign.sources[0], variety, False, review.state_of(sign, self._today()) == "ageing")

    def _dated(self, source: Source, variety: str, reviewed: bool, ageing: bool) -> str:
        dated = source.source_date is not None
        given = {"name": source.name, "date": self._knowledge.source_date(source, variety) if dated else ""}
        line = self._fill("source" if dated else "source.undated", variety, given)
        signed = "_signed" if reviewed else ""
        if source.verified_on:
            seen = {"date": self._knowledge.day(source.verified_on, variety)}
            status = self._fill(f"source.verified{signed}", variety, seen)
        else:
            status = self._fill(f"source.unverified{signed}", variety, {})
        due = [self._fill("source.ageing", variety, {})] if ageing else []
        return " ".join([line, status, *due])

    def _fill(self, message_id: str, variety: str, params: Mapping[str, Json]) -> str:
        text = self._catalogue.text(message_id, variety)
        names = PLACEHOLDER.findall(text)
        if not names:
            return text
        values = {name: self._isolate(name, self._value(name, variety, params), variety) for name in names}
        return PLACEHOLDER.sub(lambda m: values[m.group(1)], text)

    def _value(self, name: str, variety: str, params: Mapping[str, Json]) -> str:
        """One placeholder's words. Some the product knows by itself, some are formed from the parameters."""
        match name:
            case "organisation":
                return self._organisation.name[variety]
            case "opening_hours":
                return self._opening_hours(variety)
            case "start":
                return self._when("format.start", str(params["start"]), variety)
            case "day":
                return self._when("format.day", str(params["start"]), variety)
            case "subject":
                return self._knowledge.title(str(params["entry"]), variety)
            case "title":
                return in_variety(params["title"], variety)
            case "city":
                return self._city_name(str(params["city"]), variety)
            case "place" if "session" not in params:
                return self._city_name(str(params["place"]), variety)
            case "region":
                return self._catalogue.text(f"region.{params['region']}", variety)
            case name if name in RENDERED:
                return self._guides.value(name, params, variety)
            case "offices":
                return self._offices(params["offices"], variety)
            case "opportunity":
                return self._cards.title(str(params["opportunity"]), variety)
            case "site":
                return self._cards.site(str(params["opportunity"]), variety)
            case "opens":
                return self._catalogue.text(f"month.{params['opens']}", variety)
            case "fitting" | "nearly":
                return self._cards.lines(params[name], variety)
            case "held":
                return "\n".join("• " + self._fill(f"my_data.{item['what']}", variety, item) for item in params["held"])
            case "list":
                return "\n".join("• " + self._fill("bookings.line", variety, item) for item in params["list"])
        return str(params[name])

    def _offices(self, found: Mapping[str, Json], variety: str) -> str:
        entry = found.get("entry")
        known = entry is not None and entry in self._knowledge.entries
        return self._telling.tell(found, variety, self._knowledge.title(str(entry), variety) if known else None)

    def _when(self, pattern: str, moment: str, variety: str) -> str:
        """Local wall time in the language's own words: Babel knows no Darija, so the names stand in the catalogue."""
        at = datetime.fromisoformat(moment)
        parts = {
            "weekday": self._catalogue.text(f"weekday.{at.weekday()}", variety),
            "day": str(at.day),
            "month": self._catalogue.text(f"month.{at.month}", variety),
            "month_short": self._catalogue.text(f"month_short.{at.month}", variety),
            "time": f"{at:%H:%M}",
        }
        return PLACEHOLDER.sub(lambda m: parts[m.group(1)], self._catalogue.text(pattern, variety))

    def _opening_hours(self, variety: str) -> str:
        organisation = self._organisation
        return self._hours(variety, service.week(organisation, organisation.offices[0], self._today()))

    def _write_hours(self, variety: str, periods: tuple[Period, ...]) -> str:
        """The first office's stand for the team: "Monday to Thursday 09:00-12:30 / 13:30-16:30, Friday …"."""
        days: dict[tuple[int, ...], list[str]] = {}
        for period in sorted(periods, key=lambda p: (p.days, p.start)):
            days.setdefault(period.days, []).append(f"{period.start:%H:%M}-{period.end:%H:%M}")
        comma = self._catalogue.text("unit.list_comma", variety)
        return comma.join(self._on_days(d, " / ".join(h), variety) for d, h in days.items()) or self._catalogue.text(
            "hours.none", variety
        )

    def _on_days(self, days: tuple[int, ...], hours: str, variety: str) -> str:
        first, last = (self._catalogue.text(f"weekday.{d}", variety) for d in (days[0], days[-1]))
        if first == last:
            return f"{first} {hours}"
        values = {"from": first, "to": last, "hours": hours}
        return PLACEHOLDER.sub(lambda m: values[m.group(1)], self._catalogue.text("hours.days", variety))

    @staticmethod
    def _isolate(name: str, value: str, variety: str) -> str:
        """A Latin name or a date inside right-to-left text is isolated (https://www.w3.org/International/articles/inline-bidi-markup/)."""
        return f"\u2068{value}\u2069" if variety in RTL and name in _ISOLATED else value
