"""Who comes in, and who does not."""

import asyncio
import base64
from datetime import timedelta

from bot.assembly import Library
from bot.handoff import team
from bot.settings import Settings
from bot.storage.crypto import new_key
from tests.bot.console.given import Console, open_console


async def test_a_page_leads_to_the_sign_in_form(console: Console) -> None:
    browser = console.browser()
    answer = await browser.get("/console/case/7")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/sign-in?next=/console/case/7")
    part = await browser.get("/console/queue", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (401, "/console/sign-in")


async def test_signing_in_leads_on_and_out_again(console: Console) -> None:
    await console.member("salma")
    browser = console.browser()
    await browser.get("/console/sign-in?next=/console/case/7")
    entered = await browser.post("/console/sign-in", login=" Salma ", password="a long enough password", next="/console/case/7")
    assert entered.headers["Location"] == "/console/case/7"
    cookie = next(c for c in entered.headers.get_list("Set-Cookie") if c.startswith("dalil_console="))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert (await browser.get("/console")).status_code == 200
    assert (await browser.post("/console/sign-out")).status_code == 303
    assert (await browser.get("/console")).status_code == 303


async def test_a_sign_in_link_never_leads_elsewhere(console: Console) -> None:
    await console.member("salma")
    for elsewhere in ("https://example.org/", "//example.org", "/console//example.org", "/console\\example.org", "/chat"):
        browser = console.browser()
        await browser.get("/console/sign-in")
        entered = await browser.post("/console/sign-in", login="salma", password="a long enough password", next=elsewhere)
        assert entered.headers["Location"] == "/console"


async def test_wrong_password_wrong_login_and_locked_account_read_the_same(console: Console) -> None:
    await console.member("salma")
    browser = console.browser()
    texts = set()
    for login, password in (
        ("salma", "wrong"),
        ("nobody", "wrong"),
        *[("salma", "wrong")] * 4,
        ("salma", "a long enough password"),
    ):
        answer = await browser.sign_in(login, password)
        assert answer.status_code == 401
        texts.add(answer.text.split('role="alert">')[1].split("<")[0])
    assert len(texts) == 1
    console.inside.clock.now += team.LOCKED + timedelta(seconds=1)
    assert (await browser.sign_in("salma")).status_code == 303


async def test_a_hundred_guesses_at_once_are_five(console: Console) -> None:
    """The try is counted before the slow check, so tries side by side do not slip past the lock."""
    await console.member("salma")
    browsers = [console.browser() for _ in range(8)]
    answers = await asyncio.gather(*(b.sign_in("salma", "wrong") for b in browsers[:7]))
    assert {a.status_code for a in answers} == {401}
    assert (await browsers[7].sign_in("salma")).status_code == 401


async def test_a_session_ends_by_itself(console: Console) -> None:
    browser = await console.advisor("salma")
    console.inside.clock.now += team.IDLE - timedelta(minutes=1)
    assert (await browser.get("/console")).status_code == 200
    console.inside.clock.now += team.IDLE - timedelta(minutes=1)
    # what the page fetches by itself is no sign of life
    assert (await browser.get("/console/queue", headers={"HX-Request": "true"})).status_code == 200
    console.inside.clock.now += timedelta(minutes=2)
    assert (await browser.get("/console")).status_code == 303


async def test_a_closed_account_is_out_at_once(console: Console) -> None:
    browser = await console.advisor("salma")
    await console.inside.do(lambda db: team.set_password(db, "salma", "another long password"))
    assert (await browser.get("/console")).status_code == 303


async def test_demo_accounts_open_nothing_once_the_world_can_reach_us(settings: Settings, library: Library) -> None:
    """The demo's database may become the real one; its printed password must not."""
    async with open_console(settings, library) as here:
        assert (await here.advisor("salma@demo")).csrf
        session = (await here.advisor("youssef@demo")).http.cookies["dalil_console"]
    for update in ({"public_url": "http://dalil.example"}, {"host": "0.0.0.0"}):
        keys = {"encryption_keys": new_key(), "lookup_key": new_key()}
        async with open_console(settings.model_copy(update=update | keys), library) as outside:
            assert (await outside.browser().sign_in("salma@demo")).status_code == 401
            old = outside.browser()
            old.http.cookies.set("dalil_console", session)
            assert (await old.get("/console")).status_code == 303


async def test_forms_of_others_are_refused(console: Console) -> None:
    case_id = await console.case()
    browser = await console.advisor("salma")
    path, mine = f"/console/case/{case_id}/take", {"Origin": "http://127.0.0.1:8000"}
    other = (await console.advisor("youssef")).csrf
    for headers, fields in (
        ({"Origin": "https://evil.example"}, {}),
        ({}, {}),
        ({"Origin": "null"}, {}),
        (mine, {"csrf": ""}),
        (mine, {"csrf": browser.csrf[:-3] + "abc"}),
        (mine, {"csrf": other}),
    ):
        assert (await browser.post(path, headers=headers, **fields)).status_code == 403
    assert (await console.row(case_id)).state == "waiting"
    assert (await browser.post(path)).status_code == 303
    assert (await console.row(case_id)).state == "taken"


async def test_a_page_does_not_give_the_session_away(console: Console) -> None:
    """The cookie is out of every script's reach; what a form carries must not hold it in another dress."""
    browser = await console.advisor("salma")
    session = browser.http.cookies["dalil_console"]
    carried = browser.csrf.split(".")[0]
    assert session not in base64.urlsafe_b64decode(carried + "=" * (-len(carried) % 4)).decode("utf-8", "replace")
    assert session not in (await browser.get("/console")).text


async def test_a_malformed_origin_is_somebody_elses(console: Console) -> None:
    browser = await console.advisor("salma")
    assert (await browser.post("/console/sign-out", {"Origin": "http://["})).status_code == 403


async def test_signing_in_is_protected_too(console: Console) -> None:
    await console.member("salma")
    browser = console.browser()
    await browser.get("/console/sign-in")
    refused = await browser.post("/console/sign-in", {"Origin": "https://evil.example"}, login="salma", password="x")
    assert refused.status_code == 403


async def test_no_page_runs_foreign_or_inline_scripts(console: Console) -> None:
    case_id = await console.case(text="<script>alert(1)</script>")
    browser = await console.advisor("salma", role="coordinator")
    for path in ("/console/sign-in", "/console", f"/console/case/{case_id}", "/console/dead"):
        answer = await browser.get(path)
        assert answer.status_code == 200
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert "<script>" not in answer.text
        assert " style=" not in answer.text
        assert " onclick=" not in answer.text


async def test_the_language_is_kept_with_the_account(console: Console) -> None:
    browser = await console.advisor("salma")
    assert 'lang="fr" dir="ltr"' in (await browser.get("/console")).text
    await browser.post("/console/interface", language="ar")
    assert 'lang="ar" dir="rtl"' in (await browser.get("/console")).text
    await browser.post("/console/sign-out")
    assert 'lang="ar" dir="rtl"' in (await browser.get("/console/sign-in")).text
    again = console.browser()
    await again.sign_in("salma")
    assert 'dir="rtl"' in (await again.get("/console")).text
