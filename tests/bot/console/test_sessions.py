"""Information sessions in the console: planned, changed, called off, repeated; who may; who is told."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.booking import changing, planning, samples
from bot.booking.changing import Overtaken
from bot.people import identity
from bot.people.identity import box_of
from bot.storage.tables import Audit, Booking, Feedback, Inbox, InfoSession, table
from tests.bot.console.given import Browser, Console

ID = "agadir-12"
PAGE = f"/console/sessions/{ID}"
_session, _booking, _inbox = table(InfoSession), table(Booking), table(Inbox)
FORM = {
    "title_fr": "Étudier en France",
    "title_ar": "الدراسة في فرنسا",
    "start": "2026-12-12T15:00",
    "end": "2026-12-12T17:00",
    "place": "Centre de quartier Talborjt",
    "city": "Agadir",
    "region": "souss-massa",
    "capacity": "20",
    "language": "ary",
    "audience": "youth",
}


def plan(**other: Any) -> planning.Plan:
    fields: dict[str, Any] = {
        "id": ID,
        "title": {"fr": "Étudier en France"},
        "place": "Centre de quartier",
        "city": "agadir",
        "region": "souss-massa",
        "starts": "2026-12-12T15:00",
        "ends": "2026-12-12T17:00",
        "capacity": 3,
        "language": "fr",
        "zone": "Africa/Casablanca",
    }
    return planning.Plan(**{**fields, **other})


async def chief(console: Console, login: str = "chief", **how: str) -> Browser:
    return await console.advisor(login, role="coordinator", **how)


async def planned(console: Console, *bookings: tuple[str, int], **other: Any) -> list[int]:
    """A session and who holds or awaits seats: (status, seats). Returns the ids of the bookings."""
    house, now = console.inside.house, console.inside.clock.now

    def sow(db: Connection) -> list[int]:
        planning.save(db, now, plan(**other), "page-of-agadir")
        made = []
        for number, (status, seats) in enumerate(bookings):
            person, _ = identity.create(db, house.vault, now)
            values = {"session_id": ID, "contact_id": person, "status": status, "seats": seats, "code": f"AB{number}C"}
            statement = insert(_booking).values(values | {"created_at": now, "changed_at": now, "reminded": 48})
            made.append(int(db.execute(statement.returning(_booking.c.id)).scalar_one()))
        return made

    return list(await console.inside.do(sow))


async def events(console: Console) -> list[tuple[str, str, dict[str, Any]]]:
    """What waits in people's inboxes: kind, name, and the event itself."""

    def read(db: Connection) -> list[tuple[str, str, dict[str, Any]]]:
        rows = db.execute(select(_inbox).where(_inbox.c.channel == "clock").order_by(_inbox.c.id))
        return [(r.kind, r.provider_id, box_of(db, console.inside.house.vault, r.contact_id).open_json(r.event)) for r in rows]  # type: ignore[union-attr]

    return list(await console.inside.do(read))


async def the_session(console: Console, session_id: str = ID) -> Any:
    return await console.inside.do(lambda db: changing.find(db, session_id))


async def statuses(console: Console) -> list[str]:
    return list(await console.inside.do(lambda db: list(db.execute(select(_booking.c.status).order_by(_booking.c.id)).scalars())))


async def save(browser: Browser, **changed: str) -> Any:
    """Open the form, change what is named, press save."""
    seen = (await browser.get(f"{PAGE}/edit")).text.partition('name="seen" value="')[2].partition('"')[0]
    was = FORM | {"place": "Centre de quartier", "capacity": "3", "language": "fr", "audience": "all", "title_ar": ""}
    return await browser.post(f"{PAGE}/edit", **{"seen": seen, **was, **changed})


async def test_advisors_have_no_such_pages(console: Console) -> None:
    await planned(console, ("confirmed", 1))
    salma = await console.advisor("salma")
    for path in (
        "/console/sessions",
        "/console/new-session",
        "/console/import-sessions",
        "/console/sessions.xlsx",
        *(f"{PAGE}{p}" for p in ("", "/edit", "/cancel", "/repeat", "/attendance", "/poster", "/poster.pdf", "/list.pdf")),
        *(f"{PAGE}{p}" for p in ("/attendance.csv", "/feedback.csv", "/certificate/1")),
    ):
        assert (await salma.get(path)).status_code == 403, path
    assert "/console/sessions" not in (await salma.get("/console")).text
    for path in (f"{PAGE}/cancel", f"{PAGE}/repeat", f"{PAGE}/edit", f"{PAGE}/close", "/console/new-session"):
        assert (await salma.post(path, weeks="2", **FORM)).status_code == 403, path
    assert (await the_session(console)).state == "open"


async def test_a_form_from_elsewhere_changes_nothing(console: Console) -> None:
    await planned(console)
    browser = await chief(console)
    for path in (
        f"{PAGE}/cancel",
        f"{PAGE}/repeat",
        f"{PAGE}/edit",
        f"{PAGE}/close",
        "/console/new-session",
        "/console/import-sessions",
    ):
        assert (await browser.post(path, {"Origin": "https://evil.example"}, weeks="2", **FORM)).status_code == 403, path
    browser.csrf = "made up"
    assert (await browser.post(f"{PAGE}/cancel")).status_code == 403
    assert (await the_session(console)).state == "open"


async def test_an_empty_list_teaches(console: Console) -> None:
    browser = await chief(console)
    page = (await browser.get("/console/sessions")).text
    assert "proposée aussitôt dans le chat" in page
    assert "/console/new-session" in page
    assert "Aucune séance passée" in (await browser.get("/console/sessions?show=past")).text


async def test_a_session_is_planned_and_people_can_book_it(console: Console) -> None:
    browser = await chief(console)
    await browser.get("/console/new-session")
    done = await browser.post("/console/new-session", **FORM)
    assert done.status_code == 303
    page = (await browser.get(done.headers["location"])).text
    assert "Étudier en France" in page
    row = await the_session(console, "agadir-2026-12-12-1500")
    assert (row.city, row.capacity, row.waitlist, row.audience) == ("agadir", 20, planning.MOST_SEATS, "youth")
    assert "Étudier en France" in (await browser.get("/console/sessions?q=talborjt")).text
    assert "Aucune séance ne porte" in (await browser.get("/console/sessions?q=ouarzazate")).text
    audit = table(Audit)
    assert "plan_session" in await console.inside.do(lambda db: list(db.execute(select(audit.c.action)).scalars()))


async def test_a_second_session_at_the_same_hour_does_not_overwrite_the_first(console: Console) -> None:
    browser = await chief(console)
    await browser.get("/console/new-session")
    await browser.post("/console/new-session", **FORM)
    done = await browser.post("/console/new-session", **FORM | {"place": "Maison des jeunes"})
    assert done.headers["location"].startswith("/console/sessions/agadir-2026-12-12-1500-2")
    assert (await the_session(console, "agadir-2026-12-12-1500")).place == "Centre de quartier Talborjt"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title_fr": "", "title_ar": ""}, "un titre est nécessaire"),
        ({"start": "samedi"}, "Début"),
        ({"start": "2026-11-12T15:00", "end": "2026-11-12T16:00"}, "ce moment est passé"),
        ({"end": "2026-12-12T14:00"}, "la fin vient après"),
        ({"region": "paris"}, "choisissez une région"),
        ({"capacity": "0"}, "de 1 à 5000"),
        ({"capacity": "beaucoup"}, "un nombre est attendu"),
        ({"place": ""}, "à remplir"),
        ({"place": "x" * 501}, "trop long"),
        ({"link": "javascript:alert(1)"}, "https://"),
        ({"language": "de"}, "fr, ar, ary"),
        ({"place": "\x00"}, "à remplir"),
    ],
)
async def test_what_is_wrong_is_said_by_its_label_and_what_was_typed_is_kept(
    console: Console, change: dict[str, str], words: str
) -> None:
    browser = await chief(console)
    await browser.get("/console/new-session")
    answer = await browser.post("/console/new-session", **FORM | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="Agadir"' in answer.text
    assert not await console.inside.do(planning.count)


async def test_a_new_title_tells_nobody_and_leaves_reminders_alone(console: Console) -> None:
    await planned(console, ("confirmed", 1))
    browser = await chief(console)
    assert (await save(browser, title_fr="Partir étudier")).status_code == 303
    row = await the_session(console)
    assert (row.title, row.revision) == ({"fr": "Partir étudier"}, 0)
    assert await events(console) == []
    assert await console.inside.do(lambda db: db.execute(select(_booking.c.reminded)).scalar_one()) == 48


async def test_another_hour_is_told_to_whoever_holds_or_awaits_a_seat_after_the_coordinator_has_confirmed(
    console: Console,
) -> None:
    first, second, third, _ = await planned(console, ("confirmed", 2), ("waitlisted", 1), ("offered", 1), ("cancelled", 1))
    browser = await chief(console)
    asked = await save(browser, start="2026-12-12T16:00")
    assert asked.status_code == 200
    assert "Personnes à prévenir" in asked.text
    assert 'name="sure"' in asked.text
    assert (await the_session(console)).starts == "2026-12-12T15:00"
    assert (await save(browser, start="2026-12-12T16:00", sure="yes")).headers["location"] == f"{PAGE}?told=3"
    row = await the_session(console)
    assert (row.starts, row.revision) == ("2026-12-12T16:00", 1)
    told = await events(console)
    assert [(kind, name) for kind, name, _ in told] == [("SessionMoved", f"moved:{n}:1") for n in (first, second, third)]
    assert told[0][2]["about"]["start"] == "2026-12-12T16:00"
    assert await console.inside.do(lambda db: list(db.execute(select(_booking.c.reminded).order_by("id")).scalars())) == [
        *(None, None, None),
        48,
    ]
    assert (await save(browser, start="2026-12-12T18:00", end="2026-12-12T19:00", sure="yes")).status_code == 303
    assert len(await events(console)) == 6


async def test_fewer_seats_than_are_held_are_refused_with_the_number(console: Console) -> None:
    await planned(console, ("confirmed", 2), ("offered", 1), ("waitlisted", 1), capacity=4)
    browser = await chief(console)
    answer = await save(browser, capacity="2")
    assert answer.status_code == 422
    assert "\u20683\u2069 places sont déjà prises" in answer.text
    assert (await the_session(console)).capacity == 4
    assert (await save(browser, capacity="3")).status_code == 303


async def test_who_was_overtaken_sees_the_present_state_and_changes_nothing(console: Console) -> None:
    await planned(console)
    browser, other = await chief(console), await chief(console, "other")
    seen = (await browser.get(f"{PAGE}/edit")).text.partition('name="seen" value="')[2].partition('"')[0]
    await save(other, place="Maison des jeunes")
    answer = await browser.post(f"{PAGE}/edit", **FORM | {"seen": seen, "place": "Gare"})
    assert answer.status_code == 409
    assert 'value="Maison des jeunes"' in answer.text
    assert (await the_session(console)).place == "Maison des jeunes"


async def test_a_session_that_has_begun_or_is_cancelled_is_not_changed(console: Console) -> None:
    await planned(console)
    browser = await chief(console)
    seen = (await browser.get(f"{PAGE}/edit")).text.partition('name="seen" value="')[2].partition('"')[0]
    await browser.get(f"{PAGE}/cancel")
    assert (await browser.post(f"{PAGE}/cancel")).status_code == 303
    assert (await browser.get(f"{PAGE}/edit")).status_code == 303
    assert (await browser.post(f"{PAGE}/edit", **FORM | {"seen": seen})).status_code == 409
    assert (await the_session(console)).place == "Centre de quartier"


async def test_calling_off_gives_up_every_seat_and_tells_each_person_once(console: Console) -> None:
    bookings = await planned(console, ("confirmed", 2), ("waitlisted", 1), ("offered", 1), ("cancelled", 1))
    browser = await chief(console)
    asked = (await browser.get(f"{PAGE}/cancel")).text
    assert "\u20683\u2069" in asked
    done = await browser.post(f"{PAGE}/cancel")
    assert done.headers["location"] == f"{PAGE}?told=3"
    assert "prévenus" in (await browser.get(done.headers["location"])).text
    assert await statuses(console) == ["cancelled"] * 4
    told = await events(console)
    assert [(kind, name) for kind, name, _ in told] == [("SessionCancelled", f"cancelled:{n}") for n in bookings[:3]]
    assert told[0][2]["about"]["title"] == {"fr": "Étudier en France"}
    assert (await browser.post(f"{PAGE}/cancel")).headers["location"] == PAGE
    assert len(await events(console)) == 3


async def test_whoever_was_erased_is_not_told_and_holds_up_nobody(console: Console) -> None:
    await planned(console, ("confirmed", 1), ("confirmed", 1))
    from bot.storage.tables import Contact

    contact = table(Contact)
    first = await console.inside.do(lambda db: db.execute(select(_booking.c.contact_id).order_by("id")).scalars().first())
    await console.inside.do(lambda db: db.execute(update(contact).where(contact.c.id == first).values(data_key=None)))
    browser = await chief(console)
    await browser.get(f"{PAGE}/cancel")
    assert (await browser.post(f"{PAGE}/cancel")).status_code == 303
    assert len(await events(console)) == 1
    assert await statuses(console) == ["cancelled", "cancelled"]


async def test_repeating_keeps_the_hour_on_the_wall_through_ramadan_and_twice_makes_nothing_twice(console: Console) -> None:
    await planned(console, ("confirmed", 1), starts="2027-01-30T15:00", ends="2027-01-30T17:00", closes="2027-01-29T12:00")
    browser = await chief(console)
    await browser.get(f"{PAGE}/repeat")
    assert (await browser.post(f"{PAGE}/repeat", weeks="3")).headers["location"] == f"{PAGE}?made=3"
    assert (await browser.post(f"{PAGE}/repeat", weeks="4")).headers["location"] == f"{PAGE}?made=1"
    rows = await console.inside.do(lambda db: list(db.execute(select(_session).order_by(_session.c.starts))))
    assert [r.starts for r in rows] == [
        f"{day}T15:00" for day in ("2027-01-30", "2027-02-06", "2027-02-13", "2027-02-20", "2027-02-27")
    ]
    assert [r.booking_closes for r in rows][2] == "2027-02-12T12:00"
    assert {r.series for r in rows} == {ID}
    assert len({r.token for r in rows}) == 5
    assert "agadir-2027-02-06-1500" in (await browser.get(PAGE)).text


async def test_opinions_are_shown_only_when_no_one_can_be_recognised(console: Console) -> None:
    await planned(console)
    feedback, now = table(Feedback), console.inside.clock.now

    def say(db: Connection) -> None:
        values = {"session_id": ID, "language": "fr", "clear": 3, "useful": 2, "wish": "visa", "created_at": now}
        db.execute(insert(feedback).values(values))

    browser = await chief(console)
    for _ in range(2):
        await console.inside.do(say)
    assert "Trop peu d" in (await browser.get(PAGE)).text
    assert (await browser.get(f"{PAGE}/feedback.csv")).text.strip("\ufeff").split() == ["language,clear,useful,wish"]
    await console.inside.do(say)
    assert "un peu" in (await browser.get(PAGE)).text
    assert "Trop peu d" not in (await browser.get(PAGE)).text
    assert (await browser.get(f"{PAGE}/feedback.csv")).text.count("fr,3,2,visa") == 3


@pytest.mark.parametrize(
    "path", ["", "/edit", "/cancel", "/repeat", "/attendance", "/poster", "/poster.png", "/list.pdf", "/attendance.csv"]
)
async def test_an_unknown_session_is_not_found(console: Console, path: str) -> None:
    browser = await chief(console)
    assert (await browser.get(f"/console/sessions/nothing{path}")).status_code == 404
    assert (await browser.get(f"/console/sessions/NOT'AN-ID{path}")).status_code == 404


async def test_what_an_organiser_typed_is_text(console: Console) -> None:
    await planned(console, title={"fr": "<script>alert(1)</script>"}, place='"><img src=x>', city="<b>x</b>")
    browser = await chief(console)
    for path in ("/console/sessions", PAGE, f"{PAGE}/edit", f"{PAGE}/attendance", f"{PAGE}/poster", f"{PAGE}/cancel"):
        page = (await browser.get(path)).text
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert "<b>x</b>" not in page, path


async def test_past_sessions_stand_apart(console: Console) -> None:
    browser = await chief(console)
    await console.inside.do(
        lambda db: [
            planning.save(db, console.inside.clock.now, p, f"t{i}")
            for i, p in enumerate(samples.plans(console.inside.clock.now, "Africa/Casablanca"))
        ]
    )
    assert (await browser.get("/console/sessions")).text.count('class="leaf"') == 3
    console.inside.clock.now += timedelta(days=60)
    browser = await chief(console, "later")
    assert (await browser.get("/console/sessions")).text.count('class="leaf"') == 0
    assert (await browser.get("/console/sessions?show=past")).text.count('class="leaf"') == 3


async def test_two_coordinators_who_save_at_once_do_not_overwrite_each_other(console: Console) -> None:
    await planned(console)
    row = await the_session(console)
    seen, now = changing.mark(row), console.inside.clock.now
    await console.inside.do(lambda db: changing.change(db, now, ID, plan(capacity=9), seen))
    with pytest.raises(Overtaken):
        await console.inside.do(lambda db: changing.change(db, now, ID, plan(capacity=5), seen))
    assert (await the_session(console)).capacity == 9
