"""What was asked and not answered well, without a trace of who asked."""

from datetime import date

from sqlalchemy import Date, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import Base, Code, Id, Text


class Gap(Base):
    """One message that was not understood, or a subject without a good answer. No person, no hour.

    `outcome`: not_understood, out_of_scope, unwritten (a subject of ours without an answer), unhelpful ("no, not that" after
    an answer; `words` is empty then). `words` holds common words only, see `bot.delivery.gaps`. `topic` is an entry's id."""

    __tablename__ = "gap"
    __table_args__ = (Index(None, "day"),)

    id: Mapped[Id]
    day: Mapped[date] = mapped_column(Date)
    outcome: Mapped[Code]
    language: Mapped[Code | None]
    topic: Mapped[Code | None]
    words: Mapped[Text]


class GapWord(Base):
    """That somebody (a pseudonym of this month) used a word that no list of ours knows; the word itself is not here. What
    several people use is nobody's name, and may be written down from then on. Deleted with the month."""

    __tablename__ = "gap_word"

    word: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    pseudonym: Mapped[Code] = mapped_column(primary_key=True)
    period: Mapped[Code]
