"""Every conversation in tests/transcripts, played by the real house; and every text rendered in every variety."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.assembly import Library
from flows import effects
from flows.effects import Message
from flows.heard import VARIETIES
from nlu.interpreter import Interpreter
from tests.conftest import quiet_settings
from tests.helpers import playing, transcribing
from tests.helpers.playing import FILES, FOLDER

_NO_LINE_CAUSES = {"Reachable"}  # it comes of a provider's notice, see tests/flows/test_turn.py
_UNSEEN = {"Effect", "Fallible", "Say", "Record"}


def _name(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


def _variety(file: Path) -> str:
    return file.name.split(".")[1]


@pytest.mark.parametrize("file", FILES, ids=_name)
async def test_conversation(file: Path, request: pytest.FixtureRequest, interpreter: Interpreter, library: Library) -> None:
    if request.config.getoption("--update-transcripts"):
        await asyncio.to_thread(transcribing.rewrite, file, quiet_settings(), interpreter=interpreter, library=library)
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert data, "the file is empty"
    assert data.get("title"), "it says what it is about"
    assert data.get("lines"), "somebody speaks"
    faults = (await playing.play(file, interpreter, library)).faults
    assert not faults, "\n".join(faults)


def test_files_are_where_they_belong() -> None:
    strays = [f for f in FOLDER.rglob("*") if f.is_file() and f not in FILES]
    assert not strays
    assert not [f.name for f in FILES if len(f.name.split(".")) != 3 or _variety(f) not in VARIETIES]


def test_enough_are_written() -> None:
    assert len(FILES) >= 30
    counts = {v: sum(_variety(f) == v for f in FILES) for v in VARIETIES}
    assert all(n >= 5 for n in counts.values()), counts


def _lines() -> list[dict[str, Any]]:
    return [line for f in FILES for line in yaml.safe_load(f.read_text(encoding="utf-8"))["lines"]]


def test_every_effect_is_seen() -> None:
    kinds = {n for n, c in vars(effects).items() if isinstance(c, type) and issubclass(c, effects.Effect)} - _UNSEEN
    seen = {text.split()[0] for line in _lines() for text in line.get("does") or []}
    assert kinds - seen == _NO_LINE_CAUSES


def _ids(home: Path) -> set[str]:
    text = (home / "locales" / "bot.pot").read_text(encoding="utf-8")
    return set(re.findall(r'^msgid "(.+)"$', text, re.MULTILINE))


def _named_in_flows(home: Path) -> set[str]:
    """Every text that the rules of the conversation name outright."""
    sources = "\n".join(f.read_text(encoding="utf-8") for f in (home / "flows").rglob("*.py"))
    found = re.findall(r'\.say\(\s*"([a-z_.]+)"|\.offer\([^,]+, "([a-z_.]+)"', sources)
    return {name for pair in found for name in pair if name}


SESSION = {
    "session": "agadir-12",
    "title": {"fr": "Étudier en France", "ar": "الدراسة في فرنسا"},
    "start": "2026-12-12T15:00",
    "place": "Centre",
    "city": "agadir",
}
OFFICE = {
    "kind": "ngo",
    "name": {"fr": "GADEM"},
    "place": "rabat",
    "km": 12,
    "serves": ["newcomers"],
    "address": {"text": "rue X", "sure": False},
    "phones": [("+212 5 37 77 03 32", "phone"), ("+212 6 66 04 56 06", "whatsapp")],
    "phones_as_of": "2021-06",
    "website": None,
    "hours": {"always": False, "sure": True, "spans": [{"days": [0, 4], "from": "09:00", "to": "15:00", "part": None}]},
    "open": "closed",
    "next": "2026-12-02T09:00",
    "sure": False,
    "source": "GADEM",
    "source_date": None,
    "checked": "2026-11-30",
    "notice": {"fr": "Fermé en août."},
}
LINE = {"name": {}, "serves": ["violence"], "phones": [("8350", "phone")]}
ANY_PARAMS = {
    **SESSION,
    **{"page": "page-of-agadir", "link": "https://meet.example/x"},
    "offices": {"rows": [OFFICE], "lines": [LINE], "entry": "amo-tadamon"},
    **dict.fromkeys(("kind", "km", "phones", "lines", "what"), "1"),
    "list": [SESSION],
    "region": "souss-massa",
    "journey": "book_session",
    "text": "Bonjour",
    "origin": "WhatsApp",
    "name": "CNSS",
    "date": "1 / 2 / 2026",
    "from": "1",
    "to": "2",
    "hours": "9:00-16:00",
    "entry": "amo-tadamon",
    "findings": ["money", "contract"],
    "to_find_out": ["employer"],
    "sign": "money",
    "checklist": "return",
    "part": "before",
    "steps": [{"step": "career", "done": True}, {"step": "diploma", "done": False}],
    "number": 2,
    "url": "https://dalil.example/f/token",
    "done": 1,
    "total": 8,
    "signal": "held_exploited_trafficked",
    "until": "2026-12-11T18:00",
    "code": "K7QX",
    **dict.fromkeys(("seats", "position"), 3),
    "opportunity": "us-fulbright",
    "receipt": "K7QD-9XPA",
    "held": [{"what": name, "count": 3, "start": "2026-12-01T10:00"} for name in ("messages", "seats", "channels")],
    **dict.fromkeys(("ahead", "count", "group"), 2),
    "opens": 2,
    "fitting": [{"opportunity": "us-fulbright", "reasons": ["level"], "checks": ["language"]}],
    "nearly": [{"opportunity": "us-fulbright", "reasons": ["open"], "checks": [], "missing": ["level"]}],
    **dict.fromkeys(
        ("least", "most", "tongue", "level", "label", "reasons", "when", "checks", "missing", "closes", "campaign"), "1"
    ),
    **dict.fromkeys(("weekday", "day", "month", "month_short", "time"), "1"),
}
_LEFT = re.compile(r"\{[a-z_]*\}")
_PATTERNS = ("format.", "source", "hours.days")  # filled by the rooms that write dates and sources


@pytest.mark.parametrize("variety", VARIETIES)
def test_every_text_renders(library: Library, variety: str) -> None:
    home = quiet_settings().home
    for name in sorted(_ids(home) | _named_in_flows(home) | set(library.script.messages())):
        if name.startswith(_PATTERNS):
            assert library.catalogue.text(name, variety)
            continue
        text = library.wording.text(Message(id=name, params=ANY_PARAMS), variety, signal="held_exploited_trafficked")
        assert text.strip(), name
        assert not _LEFT.search(text), (name, text)


@pytest.mark.parametrize("variety", VARIETIES)
def test_buttons_are_short(library: Library, variety: str) -> None:
    """WhatsApp's buttons take 20 characters, its lists 24: https://www.twilio.com/docs/content/twiliolist-picker"""
    ids = {n for n in _ids(quiet_settings().home) if n.startswith(("choice.", "area.", "slot.")) and n != "choice.stale"}
    long = {n: t for n in ids if len(t := library.wording.text(Message(id=n, params={}), variety)) > 20}
    assert not long


@pytest.mark.parametrize("variety", VARIETIES)
def test_every_emergency_renders(library: Library, variety: str) -> None:
    for name, card in library.house().signals.items():
        parts = ("safety.first", "safety.safe", "safety.not_safe") if card.private_first else ("safety.body",)
        for part in (*parts, f"safety.handoff_{card.handoff}", "safety.confirm", "handoff.staffed"):
            assert library.wording.text(Message(id=part, params={"signal": name}), variety, signal=name).strip(), (name, part)
