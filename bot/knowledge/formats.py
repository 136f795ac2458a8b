"""One place that writes amounts, numbers, dates, telephones and links in the manner of each variety.

Decisions: digits are Western everywhere. Arabic and Darija follow `ar_MA` (30.000, months as in Morocco: غشت). Below
ten thousand neither Arabic nor Darija groups digits: "1.900" could be read as one point nine, "1900" cannot. Darija in
Latin letters groups as French does, with the months as young people say and type them: in French, without accents
("3 decembre 2025"); never 3/12, which people back from elsewhere may read the other way round. French spaces are
U+00A0, not the narrow U+202F that old telephones draw as a box. In Arabic script what is written from left to right
stands between isolates (U+2068, U+2069), so that "+212 5 37 54 54 00" is not turned round by the words beside it.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from bot.knowledge.model import ARABIC_SCRIPT, PartialDate, Value

FSI, PDI, NBSP = "\u2068", "\u2069", "\u00a0"
LOCALES = {"fr": "fr", "ar": "ar_MA", "ary": "ar_MA", "ary-Latn": "fr", "en": "en_GB"}
_LATN_MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin",
    "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
)  # fmt: skip
_UNGROUPED_BELOW = {"ar": 10_000, "ary": 10_000, "ary-Latn": 10_000}
_CURRENCIES = {
    "fr": {"MAD": "DH", "EUR": "€", "CAD": "$ CA", "USD": "$", "GBP": "£"},
    "en": {"MAD": "DH", "EUR": "€", "CAD": "CA$", "USD": "US$", "GBP": "£"},
    "ar": {"MAD": "درهم", "EUR": "أورو", "CAD": "دولار كندي", "USD": "دولار", "GBP": "جنيه إسترليني"},
    "ary": {"MAD": "درهم", "EUR": "أورو", "CAD": "دولار كندي", "USD": "دولار", "GBP": "جنيه إسترليني"},
    "ary-Latn": {"MAD": "dh", "EUR": "euro", "CAD": "dollar canadi", "USD": "dollar", "GBP": "pound"},
}
_SYMBOL_FIRST = ("€", "CA$", "US$", "£")
_LATIN = "A-Za-zÀ-ÖØ-öø-ÿŒœ"
_REST = f"[{_LATIN}0-9'’.&/+-]*"
_LATIN_NAME = re.compile(rf"[{_LATIN}]{_REST}(?:[ \u00a0]+[{_LATIN}0-9]{_REST})*(?<![.'’-])")
_BEFORE_MARK = re.compile(r" (?=[:;?!»%])")
_AFTER_QUOTE = re.compile(r"(?<=«) ")


def isolated(text: str, variety: str) -> str:
    """Between isolates where the script runs from right to left; as it is elsewhere."""
    return f"{FSI}{text}{PDI}" if variety in ARABIC_SCRIPT else text


def visible(text: str) -> str:
    """Without the marks that nobody sees: what counts when an author counts characters."""
    return text.replace(FSI, "").replace(PDI, "")


def prose(text: str, variety: str) -> str:
    """The words between placeholders: Latin names isolated in Arabic script, French marks kept beside their word."""
    if variety in ARABIC_SCRIPT:
        return _LATIN_NAME.sub(lambda match: isolated(match.group(), variety), text)
    if variety == "fr":
        return _AFTER_QUOTE.sub(NBSP, _BEFORE_MARK.sub(NBSP, text))
    return text


def number(value: int | float, variety: str) -> str:
    return isolated(_digits(value, variety), variety)


def percent(value: int | float, variety: str) -> str:
    text = _digits(value, variety) + {"fr": f"{NBSP}%"}.get(variety, "%")
    return isolated(text, variety)


def amount(value: int | float, currency: str, variety: str) -> str:
    """1 900 DH, 1,900 DH, 1900 درهم, 1900 dh; €36 in English only."""
    unit = _unit(value, currency, variety)
    digits = _digits(value, variety, decimals=0 if value == int(value) else 2)
    if variety == "en" and unit in _SYMBOL_FIRST:
        return f"{unit}{digits}"
    return isolated(f"{digits}{NBSP}{unit}", variety)


def day(value: PartialDate | date, variety: str) -> str:
    """As precise as it is known: 2025, mars 2025, 14 mars 2025. Years are never grouped."""
    month, of_month = value.month, value.day
    if month is None:
        return str(value.year)
    when = date(value.year, month, of_month or 1)
    if variety == "ary-Latn":
        name = f"{_LATN_MONTHS[month - 1]} {value.year}"
        return f"{of_month} {name}" if of_month else name
    text = format_date(when, "d MMMM y" if of_month else "MMMM y", locale=LOCALES[variety])
    return re.sub(r"^1(?= )", "1er", text) if variety == "fr" and of_month == 1 else text


def phone(value: str, variety: str) -> str:
    """As the numbers file groups it: people read it aloud, telephones recognise it."""
    return isolated(value, variety)


def link(value: str, variety: str) -> str:
    """Without the scheme: shorter, and telephones open it all the same."""
    return isolated(re.sub(r"^https?://", "", value).rstrip("/"), variety)


def value(item: Value, variety: str) -> str:
    """A fact's value, in words. A phone is not written here: it belongs to the numbers file."""
    data = item.data
    if isinstance(data, PartialDate):
        return day(data, variety)
    if isinstance(data, str):
        return link(data, variety)
    if item.kind == "amount":
        return amount(data, item.currency or "", variety)
    if item.kind == "year":
        return str(data)
    write: Callable[[int | float, str], str] = percent if item.kind == "percent" else number
    return write(data, variety)


def _digits(value: int | float, variety: str, decimals: int | None = None) -> str:
    """No rounding of numbers: a threshold of 9.3264284 shown as 9.326 would send people away."""
    text = format_decimal(
        value,
        format=None if decimals is None else "#,##0" + ".00" * (decimals > 0),
        locale=LOCALES[variety],
        decimal_quantization=decimals is not None,
        group_separator=abs(value) >= _UNGROUPED_BELOW.get(variety, 0),
    )
    return text.replace("\u202f", NBSP).replace("\u200f", "").replace("\u200e", "")


def _unit(value: int | float, currency: str, variety: str) -> str:
    """Standard Arabic counts: ten dirhams and eleven dirhams are not the same word."""
    unit = _CURRENCIES[variety].get(currency, currency)
    if variety == "ar" and currency == "MAD":
        return {"few": "دراهم", "many": "درهما"}.get(_arabic().plural_form(value), unit)
    return unit


@lru_cache(maxsize=1)
def _arabic() -> Locale:
    return Locale.parse("ar")
