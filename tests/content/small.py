"""A small house with one answer, one fact, two numbers and two emergencies, all in order: tests break one thing at a time."""

from pathlib import Path

ENTRY = """\
id: small-answer
area: work
audience: youth
kind: procedure
short_title: {fr: Une réponse, ar: جواب, ary: جواب صغير, ary-Latn: Jawab sghir, en: An answer}
facts: [small-fact]
sources:
  - {name: Un site, url: "https://example.org/page", source_date: 2025-03, verified_on: null}
written_on: 2026-01-31
signed: []   # nobody yet
native_read: {ary: null, ary-Latn: null, ar: null}
follow_ups: [other-answer, journey/book_session]
office: null
"""
FACT = """\
id: small-fact
confidence: high
sources:
  - {name: Un site, url: "https://example.org/page", source_date: undated, seen: official}
values:
  fee: {amount: 1900, currency: MAD, as_of: 2025}
  site: {link: example.org}
  helpline: {phone: ma-open}
  opens: {date: 2025-10-01}
unsure: []
"""
NUMBERS = """\
# Numbers.
- id: ma-open
  number: '+212 5 37 54 54 00'
  show: true
  confidence: high
  country: MA
  what: 'a line that is shown'
  sources:
    - {name: 'A page', url: 'https://example.org', source_date: undated, seen: official}
  signed: null

- id: ma-hidden
  number: '+212 5 00 00 00 00'
  show: false
  confidence: low
  country: MA
  what: 'a line that is not'
  sources:
  signed: null
"""
TEXTS = {
    "fr": "Oui, tu peux demander la carte au bureau de ta province, avec les papiers de la liste.\n\n"
    "• Frais : {fee}, vus sur une page ancienne.\n• La demande se fait sur {site} avant le {opens}.\n\n"
    "Prochaine étape : appelle le {helpline}.\n\n## more\nLes papiers sont sur la liste du site officiel.",
    "en": "Yes, you can ask for the card at the office of your province, with the papers on the list.\n\n"
    "• Fee: {fee}, seen on an old page.\n• You ask on {site} before {opens}.\n\n"
    "Next step: call {helpline}.\n\n## more\nThe papers are on the list of the official site.",
    "ar": "نعم، يمكن طلب البطاقة في مكتب الإقليم، مع الوثائق التي في اللائحة، قبل نهاية السنة.\n\n"
    "• الرسوم: {fee} حسب صفحة قديمة.\n• الطلب يكون في {site} قبل {opens}.\n\n"
    "الخطوة التالية: الاتصال بالرقم {helpline}.\n\n## more\nالوثائق في لائحة الموقع الرسمي.",
    "ary": "إيه، ممكن تطلبو لاكارط فالبيرو ديال الإقليم، بالوراق اللي كاينين فاللائحة، قبل ما يسالي العام.\n\n"
    "• الفلوس: {fee}، شفناهم فصفحة قديمة.\n• الطلب كيكون ف {site} قبل {opens}.\n\n"
    "دابا: عيطو ل {helpline}.\n\n## more\nالوراق كاينين فاللائحة ديال السيت الرسمي.",
    "ary-Latn": "Ah, ymken ttelbo la carte f lbiro dyal l i9lim, b lwra9 li kaynin f la liste, 9bel ma ysali l3am.\n\n"
    "• Lflous: {fee}, chefnahom f page 9dima.\n• Talab kaykoun f {site} 9bel {opens}.\n\n"
    "Daba: 3ayto l {helpline}.\n\n## more\nLwra9 kaynin f la liste dyal site officiel.",
}
SIGNAL = """\
id: small_danger
level: critical
address: vous
numbers: [ma-open]
handoff: critical
sources:
  - {name: Un site, url: "https://example.org", source_date: undated, verified_on: null}
written_on: 2026-01-31
signed: []
native_read: {ary: null, ary-Latn: null, ar: null}
"""
DANGER = {
    "fr": "Appelez le {phone:ma-open}.", "en": "Call {phone:ma-open}.", "ar": "اتصلوا بالرقم {phone:ma-open}.",
    "ary": "عيطو ل {phone:ma-open}.", "ary-Latn": "3ayto l {phone:ma-open}.",
}  # fmt: skip
LINES = {
    "fr": "confirm: Êtes-vous en danger ?\nconfirm_tu: Es-tu en danger ?\n",
    "en": "confirm: Are you in danger?\n", "ar": "confirm: هل هناك خطر؟\n",
    "ary": "confirm: واش كاين خطر؟\n", "ary-Latn": "confirm: Wach kayn khatar?\n",
}  # fmt: skip


class Home:
    """The small house in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for entry in ("small-answer", "other-answer"):
            self.write(f"content/entries/{entry}/entry.yml", _other(ENTRY) if entry == "other-answer" else ENTRY)
            for variety, text in TEXTS.items():
                self.write(f"content/entries/{entry}/{variety}.md", text)
        self.write("content/facts/small-fact.yml", FACT)
        self.write("content/numbers.yml", NUMBERS)
        for signal, texts in (("small_danger", DANGER), ("private_danger", {v: _private(v) for v in DANGER})):
            self.write(f"content/safety/{signal}/entry.yml", SIGNAL.replace("small_danger", signal))
            for variety, text in texts.items():
                self.write(f"content/safety/{signal}/{variety}.md", text)
        for variety, text in LINES.items():
            self.write(f"content/safety/lines/{variety}.yml", text)

    def path(self, name: str) -> Path:
        return self.folder / "content" / name if not name.startswith("content") else self.folder / name

    def write(self, name: str, text: str) -> None:
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        text = self.path(name).read_text(encoding="utf-8")
        assert old in text, f"{old} is not in {name}"
        self.write(name, text.replace(old, new))


def _other(entry: str) -> str:
    return entry.replace("small-answer", "other-answer").replace("[other-answer, ", "[small-answer, ")


def _private(variety: str) -> str:
    """Before the person says nobody is watching, the first part tells nothing."""
    return f"## first\n{LINES[variety].split(': ', 1)[1].splitlines()[0]}\n\n## safe\n{DANGER[variety]}\n\n## not_safe\n...\n"
