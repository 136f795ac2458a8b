"""Where an advisor's reply would go, and the state the conversation is in."""

from typing import Any

from sqlalchemy import Connection, Row, select

from bot.storage.tables import ContactAddress, Conversation, table

_address, _conversation = table(ContactAddress), table(Conversation)


def address_of(db: Connection, contact_id: int) -> Row[Any] | None:
    """The address on the channel last written from: the study answers there too."""
    query = select(_address).where(_address.c.contact_id == contact_id, _address.c.reply_to)
    return db.execute(query.order_by(_address.c.last_inbound_at.desc()).limit(1)).first()


def state_of(db: Connection, contact_id: int) -> bytes | None:
    """Sealed."""
    sealed: bytes | None = db.execute(
        select(_conversation.c.state).where(_conversation.c.contact_id == contact_id)
    ).scalar_one_or_none()
    return sealed
