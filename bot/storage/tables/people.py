"""People: as little as can be, names and addresses sealed with the person's own key."""

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import At, Base, Big, Code, Id, Sealed, Text


class Contact(Base):
    """One person. `data_key` NULL: erased, nothing of theirs can be read any more. `out_seq` numbers their outbox. `moved_to`:
    turned out to be another person known already; what was said before stays here until it expires or they are erased."""

    __tablename__ = "contact"
    __table_args__ = (Index(None, "moved_to"),)

    id: Mapped[Id]
    data_key: Mapped[Sealed | None]
    created_at: Mapped[At]
    seen_at: Mapped[At]
    language: Mapped[Code | None]
    region: Mapped[Code | None]
    minor: Mapped[bool | None]
    opted_out_at: Mapped[At | None]
    out_seq: Mapped[int] = mapped_column(default=0)
    erased_at: Mapped[At | None]
    moved_to: Mapped[int | None] = mapped_column(Big)


class ContactAddress(Base):
    """One way to reach a person. `kind`: chat, bsuid, phone, visitor. WhatsApp's business-scoped id is the key and the
    phone an alias that may be absent. `reply_to` marks the address replies go to (one per channel).

    Merging rule: two addresses of one inbound message belong to one person; if they were known as two people, the one
    with the business-scoped id keeps its id and receives the alias. Across channels only a one-time code links."""

    __tablename__ = "contact_address"
    __table_args__ = (
        UniqueConstraint("channel", "kind", "lookup_hash"),
        Index(None, "contact_id"),
    )

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(Big, ForeignKey("contact.id"))
    channel: Mapped[Code]
    kind: Mapped[Code]
    lookup_hash: Mapped[bytes] = mapped_column(LargeBinary)
    value: Mapped[Sealed]
    reply_to: Mapped[bool]
    reachable: Mapped[bool] = mapped_column(default=True)
    hint: Mapped[Code | None]
    last_inbound_at: Mapped[At | None]
    created_at: Mapped[At]


class Conversation(Base):
    """The state of a person's conversation, sealed; `mode` in the clear for the console and the figures."""

    __tablename__ = "conversation"

    contact_id: Mapped[int] = mapped_column(Big, ForeignKey("contact.id"), primary_key=True)
    state: Mapped[Sealed]
    mode: Mapped[Code]
    updated_at: Mapped[At]


class Consent(Base):
    """A yes for one purpose, and its withdrawal. `version` is that of the notice shown."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("contact_id", "purpose"),)

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(Big, ForeignKey("contact.id"))
    purpose: Mapped[Code]
    version: Mapped[Code]
    given_at: Mapped[At]
    withdrawn_at: Mapped[At | None]


class LinkCode(Base):
    """A one-time code by which a conversation is carried on in another channel. Only its look-up value is stored."""

    __tablename__ = "link_code"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    contact_id: Mapped[int] = mapped_column(Big, ForeignKey("contact.id"))
    expires_at: Mapped[At]
    used_at: Mapped[At | None]


class Erasure(Base):
    """That somebody was erased, so that it can be done again after a restore. No name, only the numbers it concerned.

    `state`: asked (a case about danger is open, or something is held: a person decides), done. `envelope_id` is a contact that
    holds nothing but the address to which the receipt still goes; NULL once it went."""

    __tablename__ = "erasure"
    __table_args__ = (Index(None, "contact_id"), Index(None, "state", "at"))

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(Big)
    receipt: Mapped[Code]
    state: Mapped[Code] = mapped_column(server_default="done")
    envelope_id: Mapped[int | None] = mapped_column(Big)
    at: Mapped[At]


class ProviderCopy(Base):
    """Something a provider still keeps of a person who was erased: deleted there, then here. `kind`: message, media. The
    reference is the provider's own; who it was about is gone already."""

    __tablename__ = "provider_copy"
    __table_args__ = (Index(None, "next_at"), UniqueConstraint("channel", "reference"))

    id: Mapped[Id]
    channel: Mapped[Code]
    kind: Mapped[Code]
    reference: Mapped[Text]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[At]
    next_at: Mapped[At]


class Hold(Base):
    """What must not be erased for now, and why: a procedure under way, a search for somebody missing. It stands until it is
    released, stops the clock of retention, and leaves an erasure to a person."""

    __tablename__ = "hold"
    __table_args__ = (Index(None, "contact_id"),)

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(Big, ForeignKey("contact.id"))
    reason: Mapped[Text]
    by: Mapped[Text]
    at: Mapped[At]
    released_at: Mapped[At | None]


class AuthorityRequest(Base):
    """An authority asked for data. Kept for the legal adviser and for the public count; no personal data in it."""

    __tablename__ = "authority_request"

    id: Mapped[Id]
    at: Mapped[At]
    authority: Mapped[Text]
    basis: Mapped[Text]
    answer: Mapped[Text]
    by: Mapped[Text]
