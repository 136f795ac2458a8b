"""Writes into `content/` for its authors: a new entry's skeleton, a signature. Comments and layout of a file stay."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bot.knowledge.model import VARIETIES

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ROLE = re.compile(r"[^\W\d_][\w -]{1,39}")
_SIGNED = re.compile(r"^signed:[ \t]*(?P<inline>\[[^\]\n]*\]|null|~)?[ \t]*(?P<comment>#.*)?$", re.MULTILINE)

_ENTRY = """\
id: {id}
area: work             # see docs/content.md
audience: youth        # youth (tu) | mre | returnee | tcn | all | public_agent | journalist (vous)
kind: procedure        # amounts (6 months) | procedure (18) | law (24)
short_title:           # at most 20 characters each
  fr:
  ar:
  ary:
  ary-Latn:
  en:
facts: [{id}]
sources:               # one to three, the one to open first on top
  - name:
    url: https://
    source_date: undated
    verified_on: null
written_on: {day}
signed: []
native_read: {{ary: null, ary-Latn: null, ar: null}}
follow_ups: []
office: null
"""
_FACT = """\
id: {id}
confidence: medium     # high | medium | low
sources:
  - name:
    url: https://
    source_date: undated
    seen: secondary    # official | secondary
values: {{}}
unsure: []
"""


class EditError(ValueError):
    """What was asked cannot be done; the text says why."""


def new(home: Path, entry_id: str, on: date) -> list[Path]:
    """The files of a new entry, its texts still empty: until they are written it is a draft and is not served."""
    if not _ID.fullmatch(entry_id):
        raise EditError(f"{entry_id}: an id has lower-case letters, digits and hyphens")
    folder = home / "content" / "entries" / entry_id
    if folder.exists():
        raise EditError(f"{entry_id} exists already")
    folder.mkdir(parents=True)
    written = {folder / "entry.yml": _ENTRY.format(id=entry_id, day=on.isoformat())}
    written |= {folder / f"{variety}.md": "" for variety in VARIETIES}
    fact = home / "content" / "facts" / f"{entry_id}.yml"
    if not fact.exists():
        written[fact] = _FACT.format(id=entry_id)
    for file, text in written.items():
        file.write_text(text, encoding="utf-8")
    return list(written)


def sign(home: Path, entry_id: str, role: str, on: date) -> Path:
    """Append a signature to an entry (or an emergency). One role signs once; a second review brings a newer date."""
    folders = (home / "content" / "entries" / entry_id, home / "content" / "safety" / entry_id)
    file = next((folder / "entry.yml" for folder in folders if (folder / "entry.yml").is_file()), None)
    if file is None or not re.fullmatch(r"[\w-]+", entry_id):
        raise EditError(f"{entry_id} is no entry")
    if not _ROLE.fullmatch(role):
        raise EditError(f"{role}: a role is a word or two, like lawyer")
    text = file.read_text(encoding="utf-8")
    file.write_text(_with_signature(text, f"{{role: {role}, on: {on.isoformat()}}}"), encoding="utf-8")
    return file


def sign_number(home: Path, number_id: str, by: str, on: date) -> Path:
    """Note that somebody dialled the number: `signed: {on, by}` in its own item, the rest of the file untouched."""
    if not _ROLE.fullmatch(by):
        raise EditError(f"{by}: who dialled it is a word or two, like coordinator")
    file = home / "content" / "numbers.yml"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    inside = _item_lines(lines, number_id)
    places = [n for n in inside if re.match(r"\s+signed:", lines[n])]
    if not places:
        raise EditError(f"{number_id} is no number of content/numbers.yml" if not inside else f"{number_id} has no line signed:")
    indent, ending = re.match(r"\s+", lines[places[0]]), "\n" if lines[places[0]].endswith("\n") else ""
    assert indent
    lines[places[0]] = f"{indent.group()}signed: {{on: {on.isoformat()}, by: {by}}}{ending}"
    file.write_text("".join(lines), encoding="utf-8")
    return file


def _with_signature(text: str, signature: str) -> str:
    found = _SIGNED.search(text)
    if found is None:
        return text.rstrip("\n") + f"\nsigned:\n  - {signature}\n"
    before, after = text[: found.end()], text[found.end() :]
    kept = re.findall(r"\{[^}]*\}", found["inline"] or "")
    comment = f"  {found['comment']}" if found["comment"] else ""
    head = text[: found.start()] + "signed:" + comment
    if kept or found["inline"]:
        return head + "".join(f"\n  - {item}" for item in [*kept, signature]) + after
    block = re.match(r"(?:\n[ \t]*(?:- |#|[ \t]+\S).*)*", after)
    assert block
    dash = re.search(r"\n([ \t]*)- ", block.group())
    return before + block.group() + f"\n{dash.group(1) if dash else '  '}- {signature}" + after[block.end() :]


def _item_lines(lines: list[str], number_id: str) -> list[int]:
    def inside() -> Iterator[int]:
        mine = False
        for n, line in enumerate(lines):
            if line.startswith("- "):
                mine = bool(re.match(rf"- id:\s*['\"]?{re.escape(number_id)}['\"]?\s*(?:#.*)?$", line))
            if mine:
                yield n

    return list(inside())
