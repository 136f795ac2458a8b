"""The console's own words and the look of moments, in the advisor's language. Templates get nothing else to speak with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta, get_day_names, get_month_names
from jinja2 import Environment, FileSystemLoader

from bot.assembly import Assembly
from bot.delivery import failures
from bot.knowledge.catalogue import PLACEHOLDER, Catalogue

INTERFACES = ("fr", "ar", "en")
_LOCALES = {"fr": "fr_MA", "ar": "ar_MA", "en": "en_GB"}
_HERE = Path(__file__).parent
STATIC = _HERE / "static"


@lru_cache(2)
def catalogue(home: Path) -> Catalogue:
    return Catalogue.load(home / "locales", domain="console", varieties=INTERFACES)


@lru_cache(1)
def pages() -> Environment:
    environment = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.globals["static"] = static
    return environment


@lru_cache(32)
def static(name: str) -> str:
    """A file's address, which changes with its bytes: browsers may keep it for ever."""
    return f"/console/static/{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:10]}"


def interface(wanted: str | None) -> str:
    return wanted if wanted in INTERFACES else "fr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One advisor's language: `say` for texts, the rest for names, moments and spans of time."""

    house: Assembly
    language: str

    @property
    def direction(self) -> str:
        return "rtl" if self.language == "ar" else "ltr"

    @property
    def organisation(self) -> str:
        return self.house.library.organisation.name[self.language]

    def say(self, message_id: str, params: Mapping[str, Any] | None = None, **more: Any) -> str:
        """Raises KeyError for a text that does not exist. Inserted values are isolated: names keep their own direction."""
        values = {**(params or {}), **more}
        text = catalogue(self.house.settings.home).text(message_id, self.language)
        return PLACEHOLDER.sub(lambda m: f"\u2068{values[m.group(1)]}\u2069", text)

    def known(self, message_id: str, fallback: str) -> str:
        return self.say(message_id) if catalogue(self.house.settings.home).has(message_id) else fallback

    def topic(self, topic: str | None) -> str:
        """An answer's title, an emergency's name, or that nothing is known."""
        if not topic:
            return self.say("topic.none")
        if topic in self.house.library.knowledge.entries:
            return self.house.library.knowledge.title(topic, self.language)
        return self.known(f"signal.{topic}", topic)

    def reason(self, reason: str, topic: str | None = None) -> str:
        """Why the case is as urgent as it is; an emergency that the topic names already is not named twice."""
        if reason.startswith("safety/"):
            signal = reason.removeprefix("safety/")
            if signal == topic:
                return self.say("reason.danger")
            return self.say("reason.safety", signal=self.known(f"signal.{signal}", signal))
        return self.known(f"reason.{reason}", reason)

    def region(self, region: str | None) -> str:
        bot = self.house.library.catalogue
        if not region:
            return self.say("unknown")
        return bot.text(f"region.{region}", self.language) if bot.has(f"region.{region}") else region

    def place(self, place: str | None) -> str:
        """A town or a region that somebody shared."""
        if not place:
            return self.say("unknown")
        bot = self.house.library.catalogue
        return self.region(place) if bot.has(f"region.{place}") else self.house.library.city_name(place, self.language)

    def told(self, told: Iterable[tuple[str, str]]) -> str:
        """What a journey collected for the case, one line an answer; a value of a newer version stands as it is."""
        return "\n".join(f"{self.known(f'told.{slot}', slot)}: {self._value(slot, value)}" for slot, value in told)

    def _value(self, slot: str, value: str) -> str:
        bot, known = self.house.library.catalogue, self.house.library.script.slots.get(slot)
        label = known.label(value) if known else ""
        return bot.text(label, self.language) if bot.has(label) else self.place(value)

    def variety(self, variety: str | None) -> str:
        return self.known(f"variety.{variety}", variety or "") if variety else self.say("unknown")

    def failure(self, code: str | None) -> str:
        """What a code means for an advisor, in words. Providers' own numbers are shown beside the general sentence."""
        if code in failures.FAILURES or code is None:
            return self.say(failures.of(code).message)
        text = self.known(f"failure.{code}", "")
        return text or f"{self.say('failure.refused')} ({code})"

    def journey(self, journey: str | None) -> str:
        return self.known(f"journey.{journey}", journey or "") if journey else self.say("unknown")

    def time(self, moment: datetime) -> str:
        return f"{self.local(moment):%H:%M}"

    def day(self, moment: datetime) -> str:
        """Today, yesterday, or the date."""
        day, today = self.local(moment).date(), self.house.library.today()
        if day == today:
            return self.say("day.today")
        return self.say("day.yesterday") if day == today - timedelta(days=1) else self.date(day)

    def date(self, day: date) -> str:
        style = "full" if self.language != "en" else "d MMMM y"
        return format_date(day, style, locale=_LOCALES[self.language])

    def wall(self, wall: str) -> str:
        """A local wall time (ISO 8601) as a day and an hour."""
        at = datetime.fromisoformat(wall)
        return f"{format_date(at, 'full', locale=_LOCALES[self.language])} · {at:%H:%M}"

    def leaf(self, wall: str) -> tuple[str, str]:
        """Weekday and month of a local wall time in a few letters, as a calendar's leaf has them."""
        at, locale = datetime.fromisoformat(wall), _LOCALES[self.language]
        days, months = get_day_names("abbreviated", locale=locale), get_month_names("abbreviated", locale=locale)
        return days[at.weekday()], months[at.month]

    def moment(self, moment: datetime) -> str:
        return f"{self.day(moment)} {self.time(moment)}"

    def span(self, since: datetime, now: datetime) -> str:
        """How long it has been, in the largest unit."""
        seconds = max(0.0, (now - since).total_seconds())
        if seconds < 60:
            return self.say("span.now")
        return format_timedelta(timedelta(seconds=seconds), threshold=1, locale=_LOCALES[self.language], format="long")

    def left(self, time: timedelta) -> str:
        """Time that remains, never rounded up: whole hours, in the last two of them minutes."""
        minutes = int(time.total_seconds() // 60)
        whole = timedelta(hours=minutes // 60) if minutes >= 120 else timedelta(minutes=minutes)
        granularity: Literal["hour", "minute"] = "hour" if minutes >= 120 else "minute"
        return format_timedelta(whole, granularity=granularity, threshold=99, locale=_LOCALES[self.language], format="long")

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.house.settings.timezone))
