"""What people thought of a session. Nothing in it leads back to them: no person, and of the moment only the day."""

from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from bot.storage.tables import Feedback, InfoSession, table
from flows.effects import KeepFeedback

_feedback, _session = table(Feedback), table(InfoSession)


def keep(db: Connection, now: datetime, language: str, said: KeepFeedback) -> None:
    """Nothing is kept of a session that is gone, nor of somebody who skipped every question."""
    told = {"clear": said.clear, "useful": said.useful, "wish": said.wish}
    known = db.execute(select(_session.c.id).where(_session.c.id == said.session)).first()
    if known is None or not any(v is not None for v in told.values()):
        return
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    db.execute(insert(_feedback).values(told | {"session_id": said.session, "language": language, "created_at": day}))
