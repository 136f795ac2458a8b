"""What must not stand in a text: bare figures, links, currencies after a placeholder, headings and markup."""

import re

from bot.knowledge.texts import without_placeholders

_LETTER = r"[^\W\d_]"
_FIGURES = re.compile(r"\d{2,}|\d[.,:/]\d")
# In Darija typed in Latin letters digits are letters: "t3awen", "9r3" and "39el" are words, "50dh" is an amount.
_UNIT = r"(?:dhs?|drhm?|euros?|eur|mad|ans?|j|h|km|%|€)"
_FIGURES_LATN = re.compile(
    rf"(?<!{_LETTER})(?<!{_LETTER}['’])(?:\d{{2,}}|\d[.,:/]\d+)(?!{_LETTER}|\d)|(?<!{_LETTER})\d{{2,}}{_UNIT}\b", re.I
)
_OTHER_DIGITS = re.compile(r"[٠-٩۰-۹]")
_MONEY_WORDS = r"(?:DHS?|MAD|euros?|EUR|€|\$|%|٪|dirhams?|درهما?|دراهم|أورو|يورو)"
_MONEY = re.compile(rf"(?<![\w{{}}])\d\s*{_MONEY_WORDS}(?!\w)", re.I)
_AFTER = re.compile(rf"\}}[\s\u00a0]*{_MONEY_WORDS}(?!\w)", re.I)
_LINK = re.compile(
    r"https?://\S+|\bwww\.\S+|[\w.+-]+@[\w-]+\.\w+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:ma|org|com|net|fr|eu|es|de|be|it|nl|int|info|gov|uk)\b",
    re.I,
)
_HEADING = re.compile(r"^\s{0,3}#+.*$", re.MULTILINE)
_HTML = r"<[a-zA-Z/!][^>\n]*>|&[a-z]+;"
_EMPHASIS = r"\*\*|\*\w[^*\n]*\*|(?<!\w)__?\w[^_\n]*_(?!\w)|`|\[[^\]\n]*\]\([^)\n]*\)"
_MARKUP = re.compile(rf"{_HTML}|{_EMPHASIS}|^\s*\|.*\|\s*$|^\s*[-*] ", re.MULTILINE)


def marks(text: str, variety: str) -> list[str]:
    """Everything of this kind that is wrong in one part of a text."""
    bare = without_placeholders(text, " \u2026 ")
    figures = _FIGURES_LATN if variety == "ary-Latn" else _FIGURES
    found = [f"“{hit}” is a bare number: put it in a fact" for hit in _all(figures, _LINK.sub(" ", bare))]
    found += [f"“{hit}” is not a Western digit" for hit in _all(_OTHER_DIGITS, bare)]
    found += [f"“{hit}” is a bare amount: put it in a fact" for hit in _all(_MONEY, bare)]
    found += [f"“{hit[1:].strip()}” after a placeholder: it belongs to the value" for hit in _all(_AFTER, text)]
    found += [f"“{hit}” is a bare link: put it in a fact" for hit in _all(_LINK, bare)]
    found += [f"heading “{hit.strip()}”: only ## more and ## sms are read" for hit in _all(_HEADING, bare)]
    found += [f"“{hit.strip()}” is markup: write plain text, lists with •" for hit in _all(_MARKUP, bare)]
    return found


def _all(pattern: re.Pattern[str], text: str) -> list[str]:
    return list(dict.fromkeys(match.group() for match in pattern.finditer(text)))
