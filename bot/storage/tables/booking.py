"""Information sessions and seats. Lock the session row before counting: https://docs.pretix.eu/dev/development/implementation/locking.html"""

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import At, Base, Big, Code, Id, Text

ACTIVE_STATES = ("confirmed", "waitlisted", "offered")
ACTIVE = f"status IN {ACTIVE_STATES}"


class InfoSession(Base):
    """A meeting. `starts` and `ends` are local wall time as ISO text: the clock of Ramadan is decreed late, so instants are
    derived when needed. `title` and `description` are by variety. `state`: open, cancelled. `token` names the public page."""

    __tablename__ = "info_session"
    __table_args__ = (CheckConstraint("capacity >= 0", name="capacity"), Index(None, "state", "starts"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    token: Mapped[Code] = mapped_column(unique=True)
    title: Mapped[dict[str, str]] = mapped_column(JSON)
    description: Mapped[dict[str, str]] = mapped_column(JSON)
    place: Mapped[Text]
    city: Mapped[Code]
    region: Mapped[Code]
    link: Mapped[Text | None]
    audience: Mapped[Code]
    language: Mapped[Code]
    capacity: Mapped[int]
    waitlist: Mapped[int] = mapped_column(default=0)
    starts: Mapped[Code]
    ends: Mapped[Code]
    zone: Mapped[Code]
    booking_opens: Mapped[Code | None]
    booking_closes: Mapped[Code | None]
    state: Mapped[Code]
    created_at: Mapped[At]


class Booking(Base):
    """One person's seat at one session. `status`: confirmed, waitlisted, offered, cancelled, attended, no_show."""

    __tablename__ = "booking"
    __table_args__ = (
        Index(
            "uq_booking_active",
            "session_id",
            "contact_id",
            unique=True,
            postgresql_where=text(ACTIVE),
            sqlite_where=text(ACTIVE),
        ),
        Index(None, "contact_id"),
        CheckConstraint("seats >= 1", name="seats"),
    )

    id: Mapped[Id]
    session_id: Mapped[str] = mapped_column(String(36), ForeignKey("info_session.id"))
    contact_id: Mapped[int] = mapped_column(Big, ForeignKey("contact.id"))
    status: Mapped[Code]
    seats: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[At]
    changed_at: Mapped[At]
