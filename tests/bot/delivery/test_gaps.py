"""What was not answered well is kept for those who write answers: never who asked, never a name."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.assembly import Library
from bot.delivery import rounds
from bot.knowledge.familiar import Familiar
from bot.settings import Settings
from bot.storage.tables import Gap, GapWord, table
from tests.helpers.house import ScriptedInterpreter, TestHouse, open_house

_gap, _word = table(Gap), table(GapWord)
OURS = {
    "mes droits": "faq/amo-tadamon",
    "pas ça": "smalltalk/not_that",
    "le foot": "out_of_scope",
    "loyer": "faq/logement-expulsion",
}


@pytest.fixture
async def house(settings: Settings, library: Library):
    async with open_house(settings, library, ScriptedInterpreter(OURS)) as opened:
        yield opened


async def _rows(house: TestHouse) -> list[tuple[str, str | None, str]]:
    rows = await house.do(lambda db: list(db.execute(select(_gap).order_by(_gap.c.id))))
    return [(row.outcome, row.topic, row.words) for row in rows]


async def test_what_is_not_understood_is_kept_without_names_and_numbers(house: TestHouse) -> None:
    await house.say("je suis Zoubida Aitlahcen 0612345678 et je veux une carte a@b.ma")
    ((outcome, topic, words),) = await _rows(house)
    assert (outcome, topic) == ("not_understood", None)
    assert "carte" in words
    assert "zoubida" not in words
    assert "aitlahcen" not in words
    assert "0612345678" not in words
    assert "#" in words
    assert "a@b" not in words


async def test_a_pasted_letter_is_read_from_its_beginning_only(house: TestHouse) -> None:
    strange = " ".join("щ" + "ж" * (n % 20) + "ы" * (n // 20) for n in range(400))
    await house.say(f"la carte {strange}")
    assert (await _rows(house))[0][2].startswith("la carte")
    assert len(await house.do(lambda db: list(db.execute(select(_word))))) <= 60


async def test_a_word_that_three_people_used_is_nobodys_name(house: TestHouse) -> None:
    for who in ("aicha", "aicha", "aicha", "brahim"):
        await house.say("je veux le zwoufri", who=who)
    assert all("zwoufri" not in words for _, _, words in await _rows(house))
    await house.say("je veux le zwoufri", who="zineb")
    assert "zwoufri" in (await _rows(house))[-1][2]


async def test_next_month_the_counting_starts_anew(house: TestHouse) -> None:
    for who in ("aicha", "brahim"):
        await house.say("je veux le zwoufri", who=who)
    house.clock.now += timedelta(days=31)
    inside = house.house
    await house.do(lambda db: rounds.run(db, inside.vault, inside.bell, inside.desk, house.clock.now))
    assert await house.do(lambda db: list(db.execute(select(_word)))) == []
    await house.say("je veux le zwoufri", who="zineb")
    assert "zwoufri" not in (await _rows(house))[-1][2]


async def test_a_gap_is_forgotten_after_half_a_year(house: TestHouse) -> None:
    await house.say("je veux une carte")
    inside = house.house
    for days, left in ((179, 1), (2, 0)):
        house.clock.now += timedelta(days=days)
        await house.do(lambda db: rounds.run(db, inside.vault, inside.bell, inside.desk, house.clock.now))
        assert len(await _rows(house)) == left


async def test_each_kind_of_gap(house: TestHouse) -> None:
    await house.say("le foot")
    await house.say("loyer")
    await house.say("mes droits")
    await house.say("pas ça")
    assert await _rows(house) == [
        ("out_of_scope", None, "le foot"),
        ("unwritten", "logement-expulsion", "loyer"),
        ("unhelpful", "amo-tadamon", ""),
    ]


async def test_an_answer_a_greeting_and_noise_leave_nothing(house: TestHouse) -> None:
    await house.say("mes droits")
    await house.say("Zzqwx Kkjhg 123")
    assert await _rows(house) == []


async def test_the_tables_hold_no_person_and_no_hour() -> None:
    assert {column.name for column in _gap.columns} == {"id", "day", "outcome", "language", "topic", "words"}
    assert {column.name for column in _word.columns} == {"word", "pseudonym", "period"}


async def test_what_is_said_in_an_emergency_is_not_kept(house: TestHouse, library: Library) -> None:
    taught = {**OURS, "au secours": "safety/sea_distress_now"}
    house.house.hearing._interpreter.taught.update(taught)
    await house.say("au secours")
    await house.say("la carte est perdue")
    assert await _rows(house) == []


@given(st.text(max_size=200))
def test_only_common_words_are_familiar(text: str) -> None:
    familiar = Familiar(["carte visa", "format*"])
    assert familiar.knows("carte")
    assert familiar.knows("formation")
    if not set(text) & set("cvf"):
        assert not familiar.knows(text)
