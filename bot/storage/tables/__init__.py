"""All tables. Clear columns are those the console sorts by; names, bodies and addresses are sealed."""

from bot.storage.tables.base import Base, Moment, table
from bot.storage.tables.booking import Booking, Feedback, InfoSession
from bot.storage.tables.directory import Amendment
from bot.storage.tables.handoff import Advisor, Audit, Case, CaseNote, Happening, Lease, Mark, Period, SignIn
from bot.storage.tables.messages import Document, Inbox, Media, Outbox, Receipt, Timer
from bot.storage.tables.people import (
    AuthorityRequest,
    Consent,
    Contact,
    ContactAddress,
    Conversation,
    Erasure,
    Hold,
    LinkCode,
    ProviderCopy,
)
from bot.storage.tables.reports import Gap, GapWord

__all__ = [
    "Advisor",
    "Amendment",
    "Audit",
    "AuthorityRequest",
    "Base",
    "Booking",
    "Case",
    "CaseNote",
    "Consent",
    "Contact",
    "ContactAddress",
    "Conversation",
    "Document",
    "Erasure",
    "Feedback",
    "Gap",
    "GapWord",
    "Happening",
    "Hold",
    "Inbox",
    "InfoSession",
    "Lease",
    "LinkCode",
    "Mark",
    "Media",
    "Moment",
    "Outbox",
    "Period",
    "ProviderCopy",
    "Receipt",
    "SignIn",
    "Timer",
    "table",
]
