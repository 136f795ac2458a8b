"""How offices are told in one variety: door, numbers, hours, what is not known, from whom we know it. The data come as a turn
carries them (`bot.delivery.offices`): plain values, no words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bot.knowledge import formats
from bot.knowledge.catalogue import PLACEHOLDER, Catalogue
from bot.knowledge.fields import partial_date
from flows.heard import VARIETIES

Json = Any
_MOST_WHOM = 2
_NEAREST = {"ary": ("ary", "ar", "fr"), "ary-Latn": ("ary-Latn", "fr", "ar"), "ar": ("ar", "ary", "fr")}


def in_variety(texts: Json, variety: str) -> str:
    """A text that need not exist in all varieties: in this one, else in the nearest that was written."""
    if isinstance(texts, str):
        return texts
    for code in (*_NEAREST.get(variety, (variety, "fr")), *VARIETIES):
        if texts.get(code):
            return str(texts[code])
    return ""


class Telling:
    def __init__(self, catalogue: Catalogue, city_name: Callable[[str, str], str]) -> None:
        self._catalogue, self._city_name = catalogue, city_name

    def tell(self, found: Mapping[str, Json], variety: str, entry_title: str | None) -> str:
        """Offices one under the other, then telephone lines and what to know before going."""
        blocks = [self._office(row, variety) for row in found["rows"]]
        if found["lines"]:
            blocks.append(self._fill("office.hotlines", variety, lines=self._lines(found["lines"], variety)))
        last = []
        if entry_title and found["rows"]:
            last.append(self._fill("office.bring", variety, title=entry_title))
        if any(not row["checked"] for row in found["rows"]):
            last.append(self._text("office.unchecked", variety))
        return "\n\n".join([*blocks, *(["\n".join(last)] if last else [])])

    def _office(self, row: Mapping[str, Json], variety: str) -> str:
        lines = [self._head(row, variety)]
        if row["address"]:
            sure = "" if row["address"]["sure"] else " " + self._text("office.unsure", variety)
            lines.append(formats.isolated(row["address"]["text"], variety) + sure)
        lines += self._phones(row, variety)
        if row["hours"]:
            lines.append(self._hours(row, variety))
        if row["notice"]:
            lines.append(formats.isolated(in_variety(row["notice"], variety), variety))
        return "\n".join([*lines, " ".join(filter(None, (self._unknown(row, variety), self._source(row, variety))))])

    def _head(self, row: Mapping[str, Json], variety: str) -> str:
        kind = formats.prose(self._text(f"office.kind.{row['kind']}", variety), variety)
        name = in_variety(row["name"], variety)
        head = kind[0].upper() + kind[1:]
        if name:
            head = self._fill("office.named", variety, name=formats.isolated(name, variety), kind=kind)
        parts = [head, *([self._city_name(row["place"], variety)] if row["place"] else [])]
        if row["km"]:
            parts.append(self._fill("office.km", variety, km=formats.isolated(str(row["km"]), variety)))
        unsure = "" if row["sure"] else " " + self._text("office.unsure", variety)
        whom = self._whom(row["serves"], variety) if name else ""
        return "• " + self._comma(variety).join(parts) + unsure + (f"{self._colon(variety)}{whom}" if whom else "")

    def _whom(self, serves: Sequence[str], variety: str) -> str:
        """Whom it is for, where it is not for everybody."""
        known = [self._text(f"office.serves.{s}", variety) for s in serves if self._catalogue.has(f"office.serves.{s}")]
        return self._comma(variety).join(known[:_MOST_WHOM])

    def _phones(self, row: Mapping[str, Json], variety: str) -> list[str]:
        """With the date of an old number. The site only where there is nothing to dial: a telephone shows few lines."""
        lines, known = [], partial_date(row["phones_as_of"])
        dated = f" ({formats.isolated(formats.day(known, variety), variety)})" if known else ""
        for via, name in (("phone", "office.phone"), ("whatsapp", "office.whatsapp")):
            phones = [formats.phone(number, variety) for number, how in row["phones"] if how == via]
            lines += [self._fill(name, variety, phones=self._comma(variety).join(phones)) + dated] if phones else []
        return lines or ([formats.link(row["website"], variety)] if row["website"] else [])

    def _hours(self, row: Mapping[str, Json], variety: str) -> str:
        hours = row["hours"]
        told = self._comma(variety).join(self._span(span, variety) for span in hours["spans"])
        told = self._text("office.always", variety) if hours["always"] else told
        if not hours["sure"]:
            return f"{told} {self._text('office.unsure', variety)}"
        if row["open"] == "open" and not hours["always"]:
            return self._comma(variety).join([told, self._text("office.open", variety)])
        if row["open"] == "closed" and row["next"]:
            at = datetime.fromisoformat(row["next"])
            when = {"weekday": self._text(f"weekday.{at.weekday()}", variety), "time": formats.isolated(f"{at:%H:%M}", variety)}
            return self._comma(variety).join([told, self._fill("office.closed", variety, **when)])
        return told

    def _span(self, span: Mapping[str, Json], variety: str) -> str:
        first, last = (self._text(f"weekday.{span['days'][n]}", variety) for n in (0, -1))
        hours = self._text(f"office.part.{span['part']}", variety) if span["part"] else f"{span['from']}-{span['to']}"
        hours = hours if span["part"] else formats.isolated(hours, variety)
        if first == last:
            return f"{first} {hours}"
        return self._fill("hours.days", variety, **{"from": first, "to": last, "hours": hours})

    def _unknown(self, row: Mapping[str, Json], variety: str) -> str:
        """Said in so many words: nobody should wait for a number that we do not have."""
        lacking = [("address", row["address"] or not row["place"]), ("phone", row["phones"]), ("hours", row["hours"])]
        what = [self._text(f"office.unknown.{name}", variety) for name, known in lacking if not known]
        return self._fill("office.unknown", variety, what=self._comma(variety).join(what)) if what else ""

    def _source(self, row: Mapping[str, Json], variety: str) -> str:
        known, told = partial_date(row["source_date"]), []
        day = formats.isolated(formats.day(known, variety), variety) if known else self._text("office.undated", variety)
        if row["source"]:
            told.append(self._fill("office.source", variety, name=formats.isolated(row["source"], variety), date=day))
        if row["checked"]:
            checked = formats.isolated(formats.day(date.fromisoformat(row["checked"]), variety), variety)
            told.append(self._fill("office.checked", variety, date=checked))
        return self._comma(variety).join(told)

    def _lines(self, lines: Sequence[Mapping[str, Json]], variety: str) -> str:
        told = []
        for line in lines:
            what = in_variety(line["name"], variety) or self._whom(line["serves"], variety)
            number = self._comma(variety).join(formats.phone(number, variety) for number, _ in line["phones"])
            told.append(f"{number} ({what})")
        return self._comma(variety).join(told)

    def _comma(self, variety: str) -> str:
        return self._text("unit.list_comma", variety)

    @staticmethod
    def _colon(variety: str) -> str:
        return f"{formats.NBSP}: " if variety == "fr" else ": "

    def _text(self, name: str, variety: str) -> str:
        return self._catalogue.text(name, variety)

    def _fill(self, name: str, variety: str, /, **values: str) -> str:
        return PLACEHOLDER.sub(lambda match: values[match.group(1)], self._text(name, variety))
