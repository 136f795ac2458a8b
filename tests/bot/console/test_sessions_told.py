"""From a coordinator's button to the words a person reads, and back: called off, moved, one seat more."""

import re

from flows.events import Started
from tests.bot.console.given import Console
from tests.bot.console.test_sessions import PAGE, chief, planned, save, statuses

BOOK = Started(payload="s_page-of-agadir")


async def told(console: Console) -> list[str]:
    """What goes out once everything that is due is done, without the isolates."""
    before = len(console.inside.telegram.sent)
    await console.inside.settle()
    return [re.sub("[\u2066-\u2069]", "", b.text) for _, b in console.inside.telegram.sent[before:]]


async def test_who_has_a_seat_and_who_waits_are_told_that_it_is_off_and_each_once(console: Console) -> None:
    await planned(console, capacity=1)
    for who in ("aicha", "brahim"):
        await console.inside.say(BOOK, who=who)
    assert await statuses(console) == ["confirmed", "waitlisted"]
    browser = await chief(console)
    await browser.get(f"{PAGE}/cancel")
    await browser.post(f"{PAGE}/cancel")
    await browser.post(f"{PAGE}/cancel")
    words = await told(console)
    assert len(words) == 2
    assert all("Étudier en France" in text for text in words)
    assert {to for to, _ in console.inside.telegram.sent[-2:]} == {"aicha", "brahim"}
    assert await told(console) == []


async def test_another_hour_and_place_are_told_with_the_new_ones(console: Console) -> None:
    await planned(console)
    await console.inside.say(BOOK, who="aicha")
    browser = await chief(console)
    await save(browser, start="2026-12-13T10:30", end="2026-12-13T12:00", place="Maison des jeunes", sure="yes")
    (words,) = await told(console)
    assert "10:30" in words
    assert "Maison des jeunes" in words
    await save(browser, title_fr="Autre titre", start="2026-12-13T10:30", end="2026-12-13T12:00", place="Maison des jeunes")
    assert await told(console) == []


async def test_who_is_with_an_advisor_is_told_as_well(console: Console) -> None:
    await planned(console)
    await console.inside.say(BOOK, who="aicha")
    case_id = await console.case(who="aicha", text="un conseiller svp")
    salma = await console.advisor("salma")
    await salma.get(f"/console/case/{case_id}")
    await salma.post(f"/console/case/{case_id}/take")
    await told(console)
    browser = await chief(console)
    await browser.get(f"{PAGE}/cancel")
    await browser.post(f"{PAGE}/cancel")
    assert any("Étudier en France" in text for text in await told(console))
