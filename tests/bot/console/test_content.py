"""The answers in the console: found, read, and corrected for those who were given an earlier one."""

from sqlalchemy import select, update

from bot.storage.tables import Audit, Outbox, table
from tests.bot.console.given import Console


async def test_answers_are_found_by_words_in_any_language(console: Console) -> None:
    salma = await console.advisor("salma")
    every = (await salma.get("/console/content")).text
    assert every.count("/console/content/") >= 100
    found = (await salma.get("/console/content", params={"q": "التعويض عن فقدان الشغل chancenkarte"})).text
    assert "/console/content/de-chancenkarte" in found
    assert "Aucune réponse" in (await salma.get("/console/content", params={"q": "zzzzqq"})).text
    assert (await salma.get("/console/content", params={"q": "x" * 201})).status_code == 422
    assert (await salma.get("/console/content/no-such-answer")).status_code == 404
    assert (await salma.get("/console/content/..%2f..")).status_code == 404


async def test_an_answer_is_shown_as_a_telephone_shows_it(console: Console) -> None:
    salma = await console.advisor("salma")
    shown = (await salma.get("/console/content/amo-tadamon")).text
    for variety in ("fr", "ar", "ary", "ary-Latn", "en"):
        assert f'lang="{variety}"' in shown
    assert 'lang="ary" dir="rtl"' in shown
    assert "pas encore lu par une personne dont c" in shown
    assert "Personne pour l" in shown


async def test_only_a_coordinator_sends_a_correction_and_it_is_written_down(console: Console) -> None:
    inside = console.inside
    inside.house.hearing._interpreter.taught["mes droits"] = "faq/amo-tadamon"
    await inside.say("mes droits", who="aicha")
    await inside.do(lambda db: db.execute(update(table(Outbox)).values(content_version="0" * 12)))
    version = inside.house.library.knowledge.version("amo-tadamon")
    salma = await console.advisor("salma")
    hers = (await salma.get("/console/content/amo-tadamon")).text
    assert "Seule la coordination" in hers
    assert '<form method="post" action="/console/content' not in hers
    assert (await salma.post("/console/content/amo-tadamon/correct", version=version)).status_code == 403
    chief = await console.advisor("chief", role="coordinator")
    page = (await chief.get("/console/content/amo-tadamon")).text
    assert "Envoyer une correction à" in page
    before = len(inside.telegram.sent)
    assert (await chief.post("/console/content/amo-tadamon/correct", version="f" * 12)).status_code == 303  # changed since
    await inside.settle()
    assert len(inside.telegram.sent) == before
    assert (await chief.post("/console/content/amo-tadamon/correct", version=version)).status_code == 303
    await inside.settle()
    assert len(inside.telegram.sent) == before + 1
    assert "Personne n" in (await chief.get("/console/content/amo-tadamon")).text
    audit = table(Audit)
    rows = await inside.do(lambda db: list(db.execute(select(audit).where(audit.c.action == "correct"))))
    assert [row.object for row in rows] == [f"content/amo-tadamon@{version}"]
