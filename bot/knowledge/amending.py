"""What somebody learnt about an office, by telephone or on the spot: read from what they wrote down, laid over the office, and
written into its file. The same for the call sheet and for the console."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.knowledge.editing import EditError
from bot.knowledge.model import Fault, PartialDate
from bot.knowledge.office import DIALLED, LONGEST_ADDRESS, LONGEST_NOTICE, Address, Checked, Office, Phone, read_office
from bot.knowledge.opening import Hours, Span, days_of, time_of
from bot.knowledge.organisation import DAYS

MOST_PHONES = 4
NOTICES = {"notice": "fr", "notice_ar": "ar", "notice_en": "en"}  # column by column; other varieties fall back to these
_YES, _NO = ("yes", "y", "oui", "o", "نعم"), ("no", "n", "non", "لا")
_OTHER_DAYS = {"lun": "mon", "mar": "tue", "mer": "wed", "jeu": "thu", "ven": "fri", "sam": "sat", "dim": "sun"}
_ALWAYS = re.compile(r"always|24 ?h? ?/ ?24(?: ?h)?|24 ?/ ?7", re.IGNORECASE)
_SPAN = re.compile(
    r"(?P<days>[a-z]{3}(?:-[a-z]{3})?)\s+(?P<from>\d{1,2}(?::\d\d|h\d{0,2}))\s*-\s*(?P<to>\d{1,2}(?::\d\d|h\d{0,2}))"
)
_WHO = re.compile(r"[^\W_][\w .'’-]{1,39}")
_MOROCCAN = re.compile(r"(?:\+|00)?(?:212)?0?(?P<rest>[5-8]\d{8})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """None: nothing was said about it. `exists` False withdraws the office. `notice` by variety is the whole of it from then on;
    an empty one takes the notice away."""

    by: str
    on: date
    exists: bool | None = None
    phones: tuple[str, ...] | None = None
    address: str | None = None
    hours: Hours | None = None
    notice: Mapping[str, str] | None = None

    @property
    def says_something(self) -> bool:
        return any(v is not None for v in (self.exists, self.phones, self.address, self.hours, self.notice))


def learnt(given: Mapping[str, str], by: str, on: date, today: date) -> Learnt:
    """From words: columns exists, phone, address, hours and those of `NOTICES`; a notice of "-" is none. Raises EditError with
    what is wrong and how to write it."""
    if not _WHO.fullmatch(by):
        raise EditError(f"{by or 'nobody'}: who asked is a name of 2 to 40 letters and digits")
    if on > today:
        raise EditError(f"{on} has not come yet")
    said = {name: str(given.get(name) or "").strip() for name in ("exists", "phone", "address", "hours", *NOTICES)}
    for name, most in (("address", LONGEST_ADDRESS), *((name, LONGEST_NOTICE) for name in NOTICES)):
        if len(said[name]) > most:
            raise EditError(f"{name}: {len(said[name])} characters, {most} at most")
        if re.search(r"[\x00-\x1f{}<>]", said[name]) or re.search(r"\d(?:[ .-]?\d){7,}", said[name]):
            raise EditError(f"{name}: one line, without a telephone number: that has a column of its own")
    return Learnt(
        by=by,
        on=on,
        exists=_yes_or_no(said["exists"]),
        phones=phones_of(said["phone"]) if said["phone"] else None,
        address=said["address"] or None,
        hours=hours_of(said["hours"]) if said["hours"] else None,
        notice=_notice(said),
    )


def _notice(said: Mapping[str, str]) -> dict[str, str] | None:
    given = {variety: said[name] for name, variety in NOTICES.items() if said[name]}
    notice = {variety: text for variety, text in given.items() if text != "-"}
    if notice and "fr" not in notice:
        raise EditError("notice: in French at least, which others fall back to")
    return notice if given else None


def _yes_or_no(text: str) -> bool | None:
    if not text:
        return None
    if text.lower() in (*_YES, *_NO):
        return text.lower() in _YES
    raise EditError(f"exists: {text} is neither yes nor no")


def phones_of(text: str) -> tuple[str, ...]:
    """ "0528860475 / +33 4 86 51 71 61" as we group them. Raises EditError."""
    found = tuple(_phone(part.strip()) for part in re.split(r"[/;,]", text) if part.strip())
    if len(found) > MOST_PHONES:
        raise EditError(f"phone: {len(found)} numbers, {MOST_PHONES} at most")
    return found


def _phone(text: str) -> str:
    digits = re.sub(r"[ .\u00a0()-]", "", text)
    moroccan = _MOROCCAN.fullmatch(digits)
    if moroccan:
        rest = moroccan["rest"]
        return f"+212 {rest[0]} " + " ".join(rest[n : n + 2] for n in range(1, 9, 2))
    spaced = re.sub(r"[ .\u00a0-]+", " ", text)
    if DIALLED.fullmatch(spaced) and not digits.startswith("+212"):
        return spaced
    raise EditError(f"phone: {text} is not like 0528860475, +212 5 28 86 04 75 or +33 4 86 51 71 61")


def hours_of(text: str) -> Hours:
    """ "lun-ven 9:00-15:00, sam 9h-12h" or "24/24". Raises EditError."""
    if _ALWAYS.fullmatch(text.strip()):
        return Hours(always=True)
    return Hours(spans=tuple(_span(part.strip().lower()) for part in re.split(r"[,;]", text) if part.strip()))


def in_words(hours: Hours | None) -> str:
    """As `hours_of` reads it again; empty where only a part of a day is known."""
    if hours is None or any(span.start is None for span in hours.spans):
        return ""
    days = {ours: theirs for theirs, ours in _OTHER_DAYS.items()}
    spans = [
        f"{'-'.join(days[DAYS[day]] for day in dict.fromkeys((s.days[0], s.days[-1])))} {s.start:%H:%M}-{s.end:%H:%M}"
        for s in hours.spans
    ]
    return "24/24" if hours.always else ", ".join(spans)


def _span(text: str) -> Span:
    found = _SPAN.fullmatch(text)
    days = days_of("-".join(_OTHER_DAYS.get(day, day) for day in found["days"].split("-"))) if found else None
    start, end = (time_of(found[name]) if found else None for name in ("from", "to"))
    if days is None or start is None or end is None or start >= end:
        raise EditError(f"hours: {text} is not like lun-ven 9:00-15:00 (mon-fri 9:00-15:00), or 24/24")
    return Span(days=days, start=start, end=end)


def laid_over(office: Office, what: Learnt) -> Office:
    """The office as it now is. Whoever asked the office itself outweighs an old page: it is shown from then on."""
    done = Checked(by=what.by, on=what.on)
    if what.exists is False:
        return replace(office, show=False, status="closing", checked=done)
    day = PartialDate(year=what.on.year, month=what.on.month, day=what.on.day)
    changed = replace(office, checked=done)
    if what.exists:
        changed = replace(changed, show=_to_be_shown(office, what), status="active", confidence="high")
    if what.phones is not None:
        kept = tuple(phone for phone in office.phones if phone.number is not None)
        dialled = tuple(Phone(dial=number, as_of=day, signed_on=what.on) for number in what.phones)
        changed = replace(changed, phones=(*kept, *dialled), unconfirmed=_still_open(office, what.phones))
    if what.address is not None:
        changed = replace(changed, address=Address(text=what.address, as_of=day))
    if what.hours is not None:
        changed = replace(changed, hours=what.hours)
    if what.notice is not None:
        changed = replace(changed, notice=dict(what.notice))
    return changed


def _to_be_shown(office: Office, what: Learnt) -> bool:
    """What was kept back for another reason than doubt (it receives nobody, say) stays so until a number was got for it."""
    return office.show or what.phones is not None or (office.status != "active" and not office.is_line)


def _still_open(office: Office, confirmed: tuple[str, ...]) -> tuple[Phone, ...]:
    return tuple(phone for phone in office.unconfirmed if phone.dial not in confirmed)


def write(home: Path, office_id: str, what: Learnt) -> Path:
    """Into its file, the rest of it untouched. Raises EditError; the file then stays as it was."""
    file = home / "content" / "directory" / f"{office_id}.yml"
    before, now = file_as(home, office_id, what)
    try:
        file.write_text(now, encoding="utf-8")
        faults: list[Fault] = []
        if read_office(file, home, faults) is None:
            raise EditError(str(faults[0]))
    except EditError:
        file.write_text(before, encoding="utf-8")
        raise
    return file


def file_as(home: Path, office_id: str, what: Learnt) -> tuple[str, str]:
    """The file's text before and after. Raises EditError."""
    file = home / "content" / "directory" / f"{office_id}.yml"
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", office_id) or not file.is_file():
        raise EditError(f"{office_id} is no office of the directory")
    faults: list[Fault] = []
    office = read_office(file, home, faults)
    if office is None:
        raise EditError(str(faults[0]))
    before = file.read_text(encoding="utf-8")
    after, changed = before, laid_over(office, what)
    for field, value in _fields(office, changed, what).items():
        after = _with_field(after, field, value)
    return before, after


def _fields(was: Office, now: Office, what: Learnt) -> dict[str, str]:
    """The changed fields in YAML."""
    found = {"checked": f"{{by: {_quoted(what.by)}, on: {what.on}}}"}
    if (was.show, was.status, was.confidence) != (now.show, now.status, now.confidence):
        found |= {"show": str(now.show).lower(), "status": now.status, "confidence": now.confidence}
    if now.phones != was.phones or now.unconfirmed != was.unconfirmed:
        found |= {"phones": _phones(now.phones, what), "unconfirmed": _phones(now.unconfirmed, what)}
    if now.address and now.address != was.address:
        found["address"] = f"{{text: {_quoted(now.address.text)}, as_of: {what.on}, sure: true}}"
    if now.hours and now.hours != was.hours:
        found["hours"] = _hours(now.hours)
    if now.notice != was.notice:
        texts = ", ".join(f"{variety}: {_quoted(text)}" for variety, text in now.notice.items())
        found["notice"] = f"{{{texts}}}" if texts else "null"
    return found


def _phones(phones: tuple[Phone, ...], what: Learnt) -> str:
    return "".join(f"\n  - {_phone_line(phone, what)}" for phone in phones) or "[]"


def _phone_line(phone: Phone, what: Learnt) -> str:
    via = ", via: whatsapp" if phone.via == "whatsapp" else ""
    place = f", place: {phone.place}" if phone.place else ""
    if phone.number is not None:
        return f"{{number: {phone.number}{via}{place}}}"
    signed = f"{{on: {phone.signed_on}, by: {_quoted(what.by)}}}" if phone.signed_on else "null"
    return f"{{dial: {_quoted(phone.dial or '')}, as_of: {phone.as_of or 'undated'}, signed: {signed}{via}{place}}}"


def _hours(hours: Hours) -> str:
    if hours.always:
        return "{always: true, sure: true}"
    spans = [f"{{days: {_days(s.days)}, from: '{s.start:%H:%M}', to: '{s.end:%H:%M}'}}" for s in hours.spans]
    return f"{{periods: [{', '.join(spans)}], sure: true}}"


def _days(days: tuple[int, ...]) -> str:
    return DAYS[days[0]] if len(days) == 1 else f"{DAYS[days[0]]}-{DAYS[days[-1]]}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _with_field(text: str, field: str, value: str) -> str:
    """Replaces a field that begins a line, with the indented lines under it."""
    pattern = re.compile(rf"^{field}:.*(?:\n[ \t]+.*)*$", re.MULTILINE)
    written = f"{field}:{value}" if value.startswith("\n") else f"{field}: {value}"
    return pattern.sub(lambda _: written, text, count=1) if pattern.search(text) else f"{text.rstrip()}\n{written}\n"
