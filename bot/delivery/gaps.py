"""What was asked and not answered well, kept for those who write answers, without a trace of who asked.

Numbers, telephones, addresses are masked. Of the words only those remain that are common property (`bot.knowledge.familiar`);
any other may be a name and becomes "…" until several people have used it in one month (k-anonymity: L. Sweeney, 2002)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.knowledge.familiar import Familiar
from bot.storage.crypto import Vault
from bot.storage.tables import Gap, GapWord, table
from flows.effects import Record
from flows.events import Event, Said
from nlu.normalise import MAIL, PHONE, URL, words

UNKNOWN, NUMBER = "…", "#"
KEPT: Final = timedelta(days=180)
_ENOUGH_PEOPLE: Final = 3
_LONGEST: Final = 400  # characters kept
_MOST_WORDS: Final = 60  # words looked at: a pasted letter must not hold the ledger with a look-up for each of hundreds
_gap, _word = table(Gap), table(GapWord)


class Gaps:
    def __init__(self, vault: Vault, familiar: Familiar) -> None:
        self._vault, self._familiar = vault, familiar

    def note(
        self,
        db: Connection,
        now: datetime,
        happened: Iterable[Record],
        events: Sequence[Event],
        language: str | None,
        whose: tuple[str, str],
    ) -> None:
        """One row at most for a turn; none where nothing was amiss. `whose` is (period, pseudonym). What belongs to an
        emergency is never kept here."""
        found = next((gap for record in happened if (gap := _outcome(record)) is not None), None)
        if found is None or any(isinstance(e, Said) and e.heard and e.heard.signal for e in events):
            return
        outcome, topic = found
        text = " ".join(e.text for e in events if isinstance(e, Said)) if outcome != "unhelpful" else ""
        written = self._masked(db, text, whose)
        if written.replace(UNKNOWN, "").replace(NUMBER, "").strip() or topic:
            values = {"day": now.date(), "outcome": outcome, "language": language, "topic": topic, "words": written}
            db.execute(insert(_gap).values(values))

    def _masked(self, db: Connection, text: str, whose: tuple[str, str]) -> str:
        said: list[str] = []
        for word in words(text)[:_MOST_WORDS]:
            shown = self._shown(db, word, whose)
            if shown != UNKNOWN or said[-1:] != [UNKNOWN]:
                said.append(shown)
        return " ".join(said)[:_LONGEST]

    def _shown(self, db: Connection, word: str, whose: tuple[str, str]) -> str:
        if word in (URL, MAIL, PHONE) or word.isdecimal():
            return NUMBER
        if self._familiar.knows(word):
            return word
        return word if self._people(db, word, whose) >= _ENOUGH_PEOPLE else UNKNOWN

    def _people(self, db: Connection, word: str, whose: tuple[str, str]) -> int:
        """How many have used the word this month, this one included."""
        period, pseudonym = whose
        hidden = self._vault.lookup("gap", period, word)
        dialect = postgresql if db.dialect.name == "postgresql" else sqlite
        values = {"word": hidden, "pseudonym": pseudonym, "period": period}
        db.execute(dialect.insert(_word).values(values).on_conflict_do_nothing(index_elements=["word", "pseudonym"]))
        return int(db.execute(select(func.count()).where(_word.c.word == hidden)).scalar_one())


def forget_past(db: Connection, now: datetime) -> None:
    """Who used which word goes with its month, a gap after half a year."""
    db.execute(delete(_word).where(_word.c.period < f"{now:%Y-%m}"))
    db.execute(delete(_gap).where(_gap.c.day < (now - KEPT).date()))


def _outcome(record: Record) -> tuple[str, str | None] | None:
    """(outcome, topic) of a record that tells of a gap."""
    match record.what:
        case "not_understood":
            return "not_understood", None
        case "declined":
            return ("unwritten" if record.data.get("missing") else "out_of_scope"), record.data.get("topic")
        case "not_that" if record.data.get("topic"):
            return "unhelpful", str(record.data["topic"])
    return None
