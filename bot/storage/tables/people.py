"""People: as little as can be, names and addresses sealed with the person's own key."""

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import At, Base, Big, Code, Id, Sealed


class Contact(Base):
    """One person. `data_key` NULL: erased, nothing of theirs can be read any more. `out_seq` numbers their outbox."""

    __tablename__ = "contact"

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
    """That somebody was erased, so that it can be done again after a restore. No name, only the numbers it concerned."""

    __tablename__ = "erasure"

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(Big)
    receipt: Mapped[Code]
    at: Mapped[At]
