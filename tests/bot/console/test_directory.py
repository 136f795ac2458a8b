"""The directory in the console: put right at once, signed, and on its way into the repository."""

import subprocess
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from bot.cli.directory import app
from bot.delivery import amendments, offices
from bot.delivery.amendments import Overtaken
from bot.knowledge import amending
from bot.knowledge.telling import in_variety
from bot.storage.tables import Amendment, Audit, table
from flows.heard import VARIETIES
from tests.bot.console.given import Browser, Console
from tests.conftest import quiet_settings

OFFICE = "/console/directory/maison-mre-tiznit"
FIELDS = ("phone", "address", "hours", "notice", "notice_ar", "notice_en")
ARGS = {"place": "tiznit", "around": None, "need": "mre", "seen": 0, "careful": False, "entry": None}


async def _chief(console: Console, login: str = "chief", **how: str) -> Browser:
    return await console.advisor(login, role="coordinator", **how)


async def _save(browser: Browser, path: str = OFFICE, deed: str = "save", seen: int = 0, **changed: str) -> int:
    page = await browser.get(path)
    fields = {name: _field(page.text, name) for name in FIELDS}
    return (await browser.post(path, deed=deed, seen=str(seen), **{**fields, **changed})).status_code


def _field(html: str, name: str) -> str:
    return html.partition(f'id="{name}" name="{name}" value="')[2].partition('"')[0]


async def _answered(console: Console, args: Mapping[str, object] = ARGS) -> list[dict]:
    """What somebody in Tiznit would be told."""
    library = console.inside.house.library
    every = await console.inside.do(lambda db: amendments.signed(db, library.zone))
    now = amendments.laid_over(library.directory, every)
    return offices.look(now, console.inside.clock.now, args, None)["offices"]["rows"]


async def test_advisors_have_no_such_page(console: Console) -> None:
    salma = await console.advisor("salma")
    assert (await salma.get("/console/directory")).status_code == 403
    assert (await salma.get(OFFICE)).status_code == 403
    await salma.get("/console")
    assert (await salma.post(OFFICE, deed="withdraw", seen="0")).status_code == 403
    assert "/console/directory" not in (await salma.get("/console")).text


async def test_offices_are_found_by_name_kind_and_town(console: Console) -> None:
    chief = await _chief(console)
    every = (await chief.get("/console/directory")).text
    assert every.count('href="/console/directory/') >= 130
    found = (await chief.get("/console/directory", params={"q": "maison tiznit"})).text
    assert 'href="/console/directory/maison-mre-tiznit"' in found
    assert "gadem" not in found
    assert "Aucun bureau" in (await chief.get("/console/directory", params={"q": "xylophone"})).text
    assert (await chief.get("/console/directory", params={"q": "x" * 201})).status_code == 422
    assert (await chief.get("/console/directory/no-such-office")).status_code == 404
    assert (await chief.get("/console/directory/..%2fnumbers")).status_code == 404


async def test_a_number_put_right_is_told_at_once_and_signed(console: Console) -> None:
    chief = await _chief(console)
    before = (await _answered(console))[0]
    assert before["id"] == "maison-mre-tiznit"
    assert before["checked"] is None
    assert await _save(chief, phone="0528 86 99 99", hours="lun-ven 9:00-15:00", notice="Fermé en août", asked="yes") == 303
    after = (await _answered(console))[0]
    assert after["phones"] == [("+212 5 28 86 99 99", "phone")]
    assert after["notice"] == {"fr": "Fermé en août"}
    assert after["checked"] == console.inside.house.library.today().isoformat()
    page = (await chief.get(OFFICE)).text
    assert "vérifié par \u2068Chief" in page
    assert _field(page, "hours") == "lun-ven 09:00-15:00"
    rows = await console.inside.do(lambda db: list(db.execute(select(table(Audit)).where(table(Audit).c.action == "amend"))))
    assert [row.object for row in rows] == ["directory/maison-mre-tiznit"]


async def test_withdrawn_at_once_and_back_when_somebody_asked(console: Console) -> None:
    chief = await _chief(console)
    assert await _save(chief, deed="withdraw") == 303
    assert "maison-mre-tiznit" not in [row["id"] for row in await _answered(console)]
    last = await console.inside.do(lambda db: amendments.last_of(db, "maison-mre-tiznit"))
    assert await _save(chief, seen=last, asked="yes") == 303
    assert (await _answered(console))[0]["id"] == "maison-mre-tiznit"


async def test_nothing_changed_is_nothing_written(console: Console) -> None:
    chief = await _chief(console)
    assert await _save(chief) == 303
    assert await console.inside.do(lambda db: list(db.execute(select(table(Amendment))))) == []


async def test_an_emptied_notice_is_taken_away(console: Console) -> None:
    chief = await _chief(console)
    await _save(chief, notice="Fermé en août")
    last = await console.inside.do(lambda db: amendments.last_of(db, "maison-mre-tiznit"))
    await _save(chief, seen=last, notice="")
    assert (await _answered(console))[0]["notice"] is None


async def test_a_notice_in_three_languages_is_read_by_each_in_the_nearest(console: Console) -> None:
    chief = await _chief(console)
    texts = {"notice": "Fermé en août", "notice_ar": "مغلق في غشت", "notice_en": "Closed in August"}
    await _save(chief, **texts)
    notice = (await _answered(console))[0]["notice"]
    assert {v: in_variety(notice, v) for v in VARIETIES} == {
        "fr": "Fermé en août", "ar": "مغلق في غشت", "ary": "مغلق في غشت", "ary-Latn": "Fermé en août", "en": "Closed in August",
    }  # fmt: skip
    page = (await chief.get(OFFICE)).text
    assert {name: _field(page, name) for name in texts} == texts
    last = await console.inside.do(lambda db: amendments.last_of(db, "maison-mre-tiznit"))
    await _save(chief, seen=last, notice_en="")
    assert (await _answered(console))[0]["notice"] == {"fr": "Fermé en août", "ar": "مغلق في غشت"}


async def test_a_notice_written_before_there_were_languages_still_counts(console: Console) -> None:
    chief = await _chief(console)
    await _save(chief, notice="Fermé en août")
    old = {"notice": "Fermé le lundi"}
    await console.inside.do(lambda db: db.execute(update(table(Amendment)).values(words=old)))
    assert (await _answered(console))[0]["notice"] == {"fr": "Fermé le lundi"}


@pytest.mark.parametrize("wrong", [{"notice_ar": "مغلق"}, {"notice_en": "Call 0528860000"}])
async def test_a_notice_nobody_could_fall_back_to_is_refused(console: Console, wrong: dict[str, str]) -> None:
    chief = await _chief(console)
    await chief.get(OFFICE)
    assert (await chief.post(OFFICE, deed="save", seen="0", **wrong)).status_code == 422
    assert await console.inside.do(lambda db: list(db.execute(select(table(Amendment))))) == []


@pytest.mark.parametrize(
    "wrong", [{"phone": "12345"}, {"hours": "toujours"}, {"notice": "Appelez le 0528860000"}, {"address": "<b>rue</b>"}]
)
async def test_what_cannot_be_read_is_refused_and_kept_in_the_form(console: Console, wrong: dict[str, str]) -> None:
    chief = await _chief(console)
    await chief.get(OFFICE)
    answer = await chief.post(OFFICE, deed="save", seen="0", **wrong)
    assert answer.status_code == 422
    assert "Rien n&#39;est enregistré" in answer.text
    ((name, typed),) = wrong.items()
    assert _field(answer.text, name) == typed.replace("<", "&lt;").replace(">", "&gt;")
    assert await console.inside.do(lambda db: list(db.execute(select(table(Amendment))))) == []


@pytest.mark.parametrize("form", [{"deed": "erase", "seen": "0"}, {"deed": "save", "seen": "-1"}, {"deed": "save"}])
async def test_a_form_that_no_page_sends(console: Console, form: dict[str, str]) -> None:
    chief = await _chief(console)
    await chief.get(OFFICE)
    assert (await chief.post(OFFICE, **form)).status_code == 422


async def test_two_coordinators_cannot_both_change_what_they_saw(console: Console) -> None:
    one, two = await _chief(console, "one"), await _chief(console, "two")
    assert await _save(one, address="1 rue du Souk") == 303
    await two.get(OFFICE)
    late = await two.post(OFFICE, deed="save", seen="0", address="2 rue du Souk")
    assert late.status_code == 409
    assert "1 rue du Souk" in late.text
    assert (await _answered(console))[0]["address"]["text"] == "1 rue du Souk"


async def test_the_database_refuses_the_second_of_two_at_once(console: Console) -> None:
    """Both read before either wrote."""
    inside, zone = console.inside, console.inside.house.library.zone
    member = await console.member("chief", role="coordinator")
    row = {
        "office": "x",
        "follows": 0,
        "words": {"exists": "no"},
        "signed_by": "Chief",
        "advisor_id": member,
        "at": inside.clock.now,
    }

    def both(db) -> None:
        db.execute(table(Amendment).insert().values(row))
        amendments.write(db, inside.clock.now, zone, member, "Chief", "x", {"exists": "no"}, 0)

    with pytest.raises(Overtaken):
        await inside.do(both)


async def test_a_file_that_was_checked_later_knows_better(console: Console) -> None:
    chief, library = await _chief(console), console.inside.house.library
    await _save(chief, address="1 rue du Souk")
    every = await console.inside.do(lambda db: amendments.signed(db, library.zone))
    later = amending.laid_over(
        library.directory.offices["maison-mre-tiznit"],
        amending.Learnt(by="Nora", on=library.today() + timedelta(days=1), exists=True, address="3 rue du Port"),
    )
    directory = library.directory.amended([later])
    assert amendments.laid_over(directory, every).offices["maison-mre-tiznit"].address.text == "3 rue du Port"
    assert amendments.together(directory, every) == {}


async def test_the_patch_brings_the_files_to_what_people_are_told(console: Console, tmp_path: Path) -> None:
    """Two amendments of one office are one patch, which git applies."""
    chief, library = await _chief(console), console.inside.house.library
    await _save(chief, phone="0528 86 99 99", asked="yes")
    last = await console.inside.do(lambda db: amendments.last_of(db, "maison-mre-tiznit"))
    await _save(chief, seen=last, address="1 rue de l'Église")
    every = await console.inside.do(lambda db: amendments.signed(db, library.zone))
    ((office, what),) = amendments.together(library.directory, every).items()
    before, after = amending.file_as(quiet_settings().home, office, what)
    file = tmp_path / "content" / "directory" / f"{office}.yml"
    file.parent.mkdir(parents=True)
    file.write_text(before, encoding="utf-8")
    (tmp_path / "patch").write_text(_patch(before, after, office), encoding="utf-8")
    subprocess.run(["git", "apply", "patch"], cwd=tmp_path, check=True)
    assert file.read_text(encoding="utf-8") == after
    assert "text: '1 rue de l''Église'" in after
    assert "'+212 5 28 86 99 99'" in after
    assert f"checked: {{by: 'Chief', on: {date.fromisoformat(library.today().isoformat())}}}" in after


def _patch(before: str, after: str, office: str) -> str:
    from difflib import unified_diff

    file = f"content/directory/{office}.yml"
    return "".join(unified_diff(before.splitlines(True), after.splitlines(True), f"a/{file}", f"b/{file}"))


async def test_in_arabic_the_page_runs_from_right_to_left(console: Console) -> None:
    chief = await _chief(console, interface="ar")
    page = (await chief.get(OFFICE)).text
    assert '<html lang="ar" dir="rtl">' in page
    assert "دار مغاربة العالم" in page


def test_nothing_amended_is_an_empty_patch(sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DALIL_DATABASE_URL", f"sqlite:///{sqlite_template}")
    done = CliRunner().invoke(app, ["export"])
    assert (done.exit_code, done.stdout) == (0, "")
    assert "0 offices changed" in done.stderr
