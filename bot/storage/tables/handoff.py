"""Cases, the people who work on them, and who did what."""

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import At, Base, Big, Code, Data, Id, Sealed, Text


class Case(Base):
    """A person's request for a person. `state`: waiting, taken, closed. Taking is a lease: `owner_id` until `lease_until`.
    One open case a person: the partial index says so."""

    __tablename__ = "handoff_case"
    __table_args__ = (
        Index(
            "uq_handoff_case_open",
            "contact_id",
            unique=True,
            postgresql_where=text("state <> 'closed'"),
            sqlite_where=text("state <> 'closed'"),
        ),
        Index(None, "state", "opened_at"),
        Index(None, "owner_id"),
    )

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(Big, ForeignKey("contact.id"))
    state: Mapped[Code]
    stage: Mapped[Code]
    reason: Mapped[Code]
    urgency: Mapped[int]
    topic: Mapped[Code | None]
    region: Mapped[Code | None]
    language: Mapped[Code | None]
    audience: Mapped[Code | None]
    office_kind: Mapped[Code]
    owner_id: Mapped[int | None] = mapped_column(Big, ForeignKey("advisor.id"))
    lease_until: Mapped[At | None]
    unread: Mapped[int] = mapped_column(default=0)
    alarm_at: Mapped[At | None]
    opened_at: Mapped[At]
    taken_at: Mapped[At | None]
    active_at: Mapped[At | None]
    person_at: Mapped[At]
    closed_at: Mapped[At | None]


class CaseNote(Base):
    """A line in a case that the person never sees. `advisor_id` NULL: written by the product (`message_id`)."""

    __tablename__ = "case_note"
    __table_args__ = (Index(None, "case_id"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(Big, ForeignKey("handoff_case.id"))
    advisor_id: Mapped[int | None] = mapped_column(Big, ForeignKey("advisor.id"))
    message_id: Mapped[Code | None]
    body: Mapped[Sealed | None]
    at: Mapped[At]


class Advisor(Base):
    """Somebody of the team. `role`: advisor, coordinator, administrator."""

    __tablename__ = "advisor"

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[Text]
    role: Mapped[Code]
    office: Mapped[Code | None]
    office_kind: Mapped[Code]
    region: Mapped[Code | None]
    languages: Mapped[list[str]] = mapped_column(JSON)
    interface: Mapped[Code]
    password_hash: Mapped[Text]
    totp_secret: Mapped[Sealed | None]
    active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[At | None]
    created_at: Mapped[At]


class SignIn(Base):
    """A signed-in browser. Only the hash of its token is stored."""

    __tablename__ = "sign_in"
    __table_args__ = (Index(None, "advisor_id"),)

    token_hash: Mapped[Code] = mapped_column(primary_key=True)
    advisor_id: Mapped[int] = mapped_column(Big, ForeignKey("advisor.id"))
    created_at: Mapped[At]
    seen_at: Mapped[At]
    expires_at: Mapped[At]


class Audit(Base):
    """Who read or did what in the console."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "at"),)

    id: Mapped[Id]
    advisor_id: Mapped[int | None] = mapped_column(Big)
    action: Mapped[Code]
    object: Mapped[Code | None]
    at: Mapped[At]


class Happening(Base):
    """Append-only log for the figures: no contact, only a pseudonym whose key is thrown away with its period."""

    __tablename__ = "happening"
    __table_args__ = (Index(None, "period", "what"),)

    id: Mapped[Id]
    at: Mapped[At]
    period: Mapped[Code]
    what: Mapped[Code]
    pseudonym: Mapped[Code]
    channel: Mapped[Code | None]
    language: Mapped[Code | None]
    region: Mapped[Code | None]
    data: Mapped[Data]


class Period(Base):
    """The key of one period's pseudonyms; the row is deleted when the period is over."""

    __tablename__ = "period"

    name: Mapped[Code] = mapped_column(primary_key=True)
    key: Mapped[Sealed]
    created_at: Mapped[At]


class Lease(Base):
    """Something only one process may do at a time (polling Telegram, say), until `until`."""

    __tablename__ = "lease"

    name: Mapped[Code] = mapped_column(primary_key=True)
    holder: Mapped[Code]
    until: Mapped[At]


class Mark(Base):
    """How far a source was read (Telegram's offset)."""

    __tablename__ = "mark"
    name: Mapped[Code] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(Big)
