"""The inbox, the outbox and what providers report: the rows that are the truth of delivery."""

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import NEVER_AGAIN, At, Base, Big, Code, Id, Sealed, Text


class Inbox(Base):
    """One thing received, stored before it is acknowledged. `event` is blanked once handled; `body` stays for the thread.

    `state`: waiting, handled, dead. `sort_key` is Telegram's update_id. `due_at` lies ahead while a sequel is awaited or
    after a failure. `kind` is the event's class name."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "provider_id"),
        Index(
            "ix_inbox_waiting",
            "due_at",
            postgresql_where=text("state = 'waiting'"),
            sqlite_where=text("state = 'waiting'"),
        ),
        Index(None, "contact_id", "id"),
        NEVER_AGAIN,
    )

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(Big, ForeignKey("contact.id"))
    channel: Mapped[Code]
    provider_id: Mapped[str] = mapped_column(String(200))
    sort_key: Mapped[int | None] = mapped_column(Big)
    kind: Mapped[Code]
    state: Mapped[Code]
    event: Mapped[Sealed | None]
    body: Mapped[Sealed | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[Code | None]
    trace: Mapped[Code]
    received_at: Mapped[At]
    due_at: Mapped[At]
    handled_at: Mapped[At | None]


class Outbox(Base):
    """One bubble to one person. `seq` is the order; only the head of a person's queue is sent; a smaller `priority` goes first.

    `state`: queued, sending, sent, delivered, read, failed, unknown, held (until the person writes), dead. `body` is the
    rendered bubble as sealed JSON: text, choices, message ids. `answers` lists inbox ids."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("contact_id", "seq"),
        Index(
            "ix_outbox_open",
            "next_at",
            postgresql_where=text("state IN ('queued', 'sending')"),
            sqlite_where=text("state IN ('queued', 'sending')"),
        ),
        Index(
            "ix_outbox_head",
            "contact_id",
            "priority",
            "seq",
            postgresql_where=text("state IN ('queued', 'sending')"),
            sqlite_where=text("state IN ('queued', 'sending')"),
        ),
        Index(None, "channel", "provider_id"),
        NEVER_AGAIN,
    )

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(Big, ForeignKey("contact.id"))
    address_id: Mapped[int] = mapped_column(Big, ForeignKey("contact_address.id"))
    seq: Mapped[int] = mapped_column(Big)
    priority: Mapped[int]
    channel: Mapped[Code]
    kind: Mapped[Code]
    language: Mapped[Code]
    content_id: Mapped[Code | None]
    content_version: Mapped[Code | None]
    journey: Mapped[Code | None]
    signal: Mapped[Code | None]
    author: Mapped[Code | None]
    body: Mapped[Sealed]
    answers: Mapped[list[int]] = mapped_column(JSON)
    state: Mapped[Code]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[Code | None]
    trace: Mapped[Code]
    provider_id: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[At]
    next_at: Mapped[At]
    claimed_until: Mapped[At | None]
    sent_at: Mapped[At | None]
    delivered_at: Mapped[At | None]
    read_at: Mapped[At | None]


class Receipt(Base):
    """What a provider reported of a message we sent. Kept until it can be applied: it may overtake our own commit."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("channel", "provider_id", "status"),)

    id: Mapped[Id]
    channel: Mapped[Code]
    provider_id: Mapped[str] = mapped_column(String(200))
    status: Mapped[Code]
    code: Mapped[Code | None]
    received_at: Mapped[At]
    applied_at: Mapped[At | None]


class Timer(Base):
    """Come back to a person at a moment. Becomes an inbox event once, whatever is restarted or doubled."""

    __tablename__ = "timer"
    __table_args__ = (
        Index("ix_timer_due", "due_at", postgresql_where=text("done_at IS NULL"), sqlite_where=text("done_at IS NULL")),
        NEVER_AGAIN,
    )

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(Big, ForeignKey("contact.id"))
    name: Mapped[Code]
    data: Mapped[Sealed]
    due_at: Mapped[At]
    done_at: Mapped[At | None]


class Media(Base):
    """A voice note or file somebody sent: fetched from the provider only when a person of the team opens it."""

    __tablename__ = "media"
    __table_args__ = (Index(None, "contact_id"), NEVER_AGAIN)

    id: Mapped[Id]
    token: Mapped[Code] = mapped_column(unique=True)
    contact_id: Mapped[int] = mapped_column(Big, ForeignKey("contact.id"))
    channel: Mapped[Code]
    kind: Mapped[Code]
    content_type: Mapped[Code | None]
    seconds: Mapped[int | None]
    reference: Mapped[Sealed]
    stored: Mapped[bool]
    created_at: Mapped[At]


class Document(Base):
    """A file made for one person (a checklist, a calendar entry), sealed with their key. Whoever has the token may fetch it until
    it expires."""

    __tablename__ = "document"
    __table_args__ = (Index(None, "contact_id"), Index(None, "expires_at"), NEVER_AGAIN)

    id: Mapped[Id]
    token: Mapped[Code] = mapped_column(unique=True)
    contact_id: Mapped[int] = mapped_column(Big, ForeignKey("contact.id"))
    name: Mapped[Text]
    content_type: Mapped[Code]
    body: Mapped[Sealed]
    created_at: Mapped[At]
    expires_at: Mapped[At]
