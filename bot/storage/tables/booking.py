"""Information sessions and seats. Lock the session row before counting: https://docs.pretix.eu/dev/development/implementation/locking.html"""

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.base import At, Base, Big, Code, Id, Text

ACTIVE_STATES = ("confirmed", "waitlisted", "offered")
ACTIVE = f"status IN {ACTIVE_STATES}"


class InfoSession(Base):
    """A meeting. `starts` and `ends` are local wall time as ISO text: the clock of Ramadan is decreed late, so instants are
    derived when needed. `title` and `description` are by variety. `state`: open, cancelled. `token` names the public page.
    `waitlist` is how many may wait. `series` names sessions repeated from one. `revision` rises when time or place change (a
    calendar file needs it). `walk_ins` came without a seat; `attended_at`: attendance was noted to its end."""

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
    series: Mapped[Code | None]
    revision: Mapped[int] = mapped_column(default=0)
    walk_ins: Mapped[int] = mapped_column(default=0)
    attended_at: Mapped[At | None]


class Booking(Base):
    """The seats of one person at one session, for a group of up to four. `status`: confirmed, waitlisted, offered (a freed seat
    is kept until `offered_until`), cancelled, attended, no_show, past (long over, nobody noted whether they came). The order of
    ids is the order of the line. `code` is what the person shows at the door. `reminded`: hours before the start of the last
    reminder due; `coming`: what was answered to it. `feedback_at`: feedback was asked for."""

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
    code: Mapped[Code | None]
    offered_until: Mapped[At | None]
    reminded: Mapped[int | None]
    coming: Mapped[bool | None]
    feedback_at: Mapped[At | None]


class Feedback(Base):
    """What somebody thought of a session, in taps: no person in it. `clear` and `useful` are 1 (no) to 3 (yes), `wish` a code."""

    __tablename__ = "feedback"
    __table_args__ = (Index(None, "session_id"),)

    id: Mapped[Id]
    session_id: Mapped[str] = mapped_column(String(36), ForeignKey("info_session.id"))
    language: Mapped[Code]
    clear: Mapped[int | None]
    useful: Mapped[int | None]
    wish: Mapped[Code | None]
    created_at: Mapped[At]
