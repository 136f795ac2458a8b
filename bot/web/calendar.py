"""A session as a file for a telephone's calendar (RFC 5545). Telephones are shared and calendars ring: the title says that there
is a session and not what about; that stands inside."""

from datetime import datetime
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from bot.web.reading import PublicSession

TYPE = "text/calendar; charset=utf-8"
_MAP = "https://www.google.com/maps/search/?api=1&query="  # https://developers.google.com/maps/documentation/urls/get-started


def file(session: PublicSession, base_url: str, now: datetime, kind: str, place: str, title: str) -> bytes:
    """`kind`, `place` and `title` are words of the reader's variety. Wall time with its zone: a clock decreed later moves the
    appointment along. A later file of the same session takes the place of this one in the calendar."""
    address = f"{base_url}/s/{session.token}"
    event = Event()
    event.add("uid", f"{session.token}@{urlsplit(base_url).hostname}")
    event.add("sequence", session.revision * 2 + (session.state == "cancelled"))
    event.add("dtstamp", now)
    event.add("dtstart", _wall(session.starts, session.zone))
    event.add("dtend", _wall(session.ends, session.zone))
    event.add("status", "CANCELLED" if session.state == "cancelled" else "CONFIRMED")
    event.add("summary", kind)
    event.add("location", place)
    event.add("description", f"{title}\n{address}")
    event.add("url", address)
    calendar = Calendar()
    calendar.add("prodid", "-//Dalil//Sessions//")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def map_address(place: str) -> str:
    """Where the telephone's own map opens at a place named in words; nobody has to measure it."""
    return _MAP + quote(place, safe="")


def _wall(wall: str, zone: str) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone))
