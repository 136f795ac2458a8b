"""Telephone numbers stand in numbers.yml and in the directory, nowhere else: there they can be dialled, signed and corrected."""

import re
from pathlib import Path

from bot.knowledge.fields import relative
from bot.knowledge.model import Fault

_URL = re.compile(r"https?://\S+")
_INTERNATIONAL = r"\+\d{1,3}(?:[ .\u00a0-]?\(?\d{1,4}\)?){3,6}"
_MOROCCAN = r"(?<![\d.])0[5-8]\d{2}?(?:[ .\u00a0-]?\d{2}){4}(?!\d)|(?<![\d.])0[5-8](?:[ .\u00a0-]?\d{2}){4}(?!\d)"
_TELEPHONE = re.compile(rf"{_INTERNATIONAL}|{_MOROCCAN}|(?<!\d)0?80\d[ .\u00a0-]\d\d[ .\u00a0-]\d\d[ .\u00a0-]\d\d(?!\d)")
_DIALLED = re.compile(r"^\s*- \{(?:dial|number): .*$")  # a line of a directory file that lists a number


def telephones(home: Path) -> list[Fault]:
    """Every number that stands in a text, a fact, an address, a catalogue…"""
    content = home / "content"
    files = [*content.rglob("*.yml"), *content.rglob("*.md"), *(home / "locales").rglob("*.po")]
    return [fault for file in sorted(files) if file != content / "numbers.yml" for fault in _in(file, home)]


def _in(file: Path, home: Path) -> list[Fault]:
    listed = file.parent.name == "directory"
    found = []
    for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not (listed and _DIALLED.match(text)):
            what = [hit.group() for hit in _TELEPHONE.finditer(_URL.sub(" ", text))]
            found += [_fault(file, home, number, hit) for hit in what]
    return found


def _fault(file: Path, home: Path, number: int, hit: str) -> Fault:
    what = f"“{hit.strip()}” is a telephone number: it belongs into numbers.yml or the directory"
    return Fault(file=relative(file, home), field=f"line {number}", what=what)
