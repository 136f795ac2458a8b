"""What coordinators learnt about offices of the directory, laid over the files until it is in them."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import At, Base, Big, Code, Data, Id, Text


class Amendment(Base):
    """One change of one office, signed and dated; never edited, only followed by a later one. `words` are the fields as they
    were typed (exists, phone, address, hours, notice), checked before they came here."""

    __tablename__ = "amendment"
    __table_args__ = (UniqueConstraint("office", "follows"),)

    id: Mapped[Id]
    office: Mapped[Code]
    follows: Mapped[int] = mapped_column(Big)
    words: Mapped[Data]
    signed_by: Mapped[Text]
    advisor_id: Mapped[int] = mapped_column(Big, ForeignKey("advisor.id"))
    at: Mapped[At]
