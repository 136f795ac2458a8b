"""What is stored, made from the tables themselves: the heart of `docs/privacy.md`, which a test compares with this."""

from dataclasses import dataclass

from sqlalchemy import LargeBinary, Table

from bot.storage.tables import Base

BEGIN, END = "<!-- data map: dalil privacy map -->", "<!-- end of the data map -->"


@dataclass(frozen=True, slots=True)
class Purpose:
    """`kept` names the rule of `bot.people.retention`, or says what else ends it; `about`: a person can be found in it."""

    why: str
    kept: str
    about: bool = True


PURPOSES: dict[str, Purpose] = {
    "contact": Purpose("one person: key, language, region, under 18 or not, stopped or not", "messages; erased on request"),
    "contact_address": Purpose("where replies go", "messages; erased on request"),
    "conversation": Purpose(
        "what was said so far, so that nothing is asked twice", "messages; lists and reminders as long as wanted"
    ),
    "consent": Purpose("proof of a yes, and of its withdrawal", "as long as what it covers"),
    "link_code": Purpose("carrying a conversation to another channel", "fifteen minutes"),
    "erasure": Purpose("that a number was erased, to do it again after a restore", "no person can be found in it", False),
    "provider_copy": Purpose("what a provider must still delete", "until it is deleted there", False),
    "hold": Purpose("what the law wants kept for now, and why", "until released"),
    "authority_request": Purpose("register of requests by authorities", "for ever; no personal data", False),
    "inbox": Purpose("what people write, stored before it is acknowledged", "messages"),
    "outbox": Purpose("what they are answered, with the version of the answer", "messages"),
    "receipt": Purpose("what became of a message we sent", "receipts", False),
    "timer": Purpose("a reminder somebody asked for", "until it is sent"),
    "media": Purpose("where a voice note or file lies at the provider", "messages"),
    "document": Purpose("a file made for one person", "seven days"),
    "info_session": Purpose("meetings that can be booked", "for ever; no personal data", False),
    "booking": Purpose("a seat, and whether it was used", "bookings, then a count"),
    "feedback": Purpose("what somebody thought of a session", "for ever; no person in it", False),
    "handoff_case": Purpose("a request for a person", "case, sensitive_case, then a count"),
    "case_note": Purpose("what the team notes of a request", "case, sensitive_case"),
    "advisor": Purpose("accounts of the team", "as long as the account", False),
    "sign_in": Purpose("a signed-in browser of the team", "two idle hours", False),
    "audit": Purpose("who of the team read or did what", "for ever; numbers of cases only", False),
    "happening": Purpose(
        "figures: what happened, where, in which language", "for ever; pseudonyms without a key after the month", False
    ),
    "period": Purpose("the key of one month's pseudonyms", "thrown away with the month", False),
    "lease": Purpose("which process does what only one may do", "minutes", False),
    "mark": Purpose("how far a source was read", "for ever; numbers only", False),
    "amendment": Purpose("what coordinators learnt about offices", "for ever; public offices only", False),
    "gap": Purpose("what was asked and not answered well, in common words", "for ever; no person in it", False),
    "gap_word": Purpose("whether a word is used by several people", "thrown away with the month", False),
}


def render() -> str:
    """The table, as Markdown."""
    head = "| table | what for | sealed with the person's own key | in the clear | kept |\n|---|---|---|---|---|\n"
    return head + "\n".join(
        _row(of) for of in sorted(Base.metadata.sorted_tables, key=lambda t: (not PURPOSES[t.name].about, t.name))
    )


def _row(of: Table) -> str:
    purpose = PURPOSES[of.name]
    sealed = [c.name for c in of.c if isinstance(c.type, LargeBinary) and purpose.about and c.name not in _NOT_SEALED]
    clear = [c.name for c in of.c if c.name not in sealed and c.name != "id"]
    return f"| `{of.name}` | {purpose.why} | {', '.join(sealed) or '–'} | {', '.join(clear) or '–'} | {purpose.kept} |"


_NOT_SEALED = ("lookup_hash", "code_hash", "data_key")  # digests with a key apart; the key itself, under the operator's
