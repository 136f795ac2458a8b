"""Each payload of Telegram's, and what it becomes."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import Address, MediaRef
from bot.channels.telegram import callback_id, read, secret_ok
from flows.events import BlockedUs, Chose, Event, Said, SentFile, SentOther, SentVoice, SharedPlace, Started
from tests.bot.channels.given import locate
from tests.payloads import names, telegram

EVENTS: dict[str, Event | None] = {
    "text__arabizi": Said(text="bghit nmchi l fransa bla visa, wach khatar?"),
    "text__arabic": Said(text="كيف أحصل على معاش التقاعد من فرنسا بعد عودتي إلى المغرب؟"),
    "text__darija": Said(text="السلام، فين نقدر نسجل ولدي فالمدرسة؟"),
    "text__french": Said(text="Bonjour, j'ai travaillé 18 ans à Lille. Comment toucher ma retraite ici ?"),
    "text__spanish_app": Said(text="hola"),
    "text__identity_card": Said(text="ma carte est ▇▇▇▇ et mon numéro 0612345678"),
    "text__emoji_and_lines": Said(text="🙏 aidez-moi\n\nsvp 😢"),
    "text__no_language": Said(text="salam"),
    "start": Started(),
    "start_with_payload": Started(payload="seance-agadir_12"),
    "start_with_question": Said(text="je cherche une formation"),
    "command__help": Said(text="/help"),
    "command__stop_at_bot": Said(text="/stop"),
    "reply_to_ours": Said(text="2", reply_to="512"),
    "reply_to_own": Said(text="wakha"),
    "voice": SentVoice(seconds=14),
    "audio_with_caption": Said(text="sme3 hadi 3afak"),
    "photo": SentFile(what="image"),
    "photo_with_caption": Said(text="Est-ce que ce contrat est vrai ?"),
    "document": SentFile(what="document"),
    "video": SentFile(what="video"),
    "video_note": SentFile(what="video"),
    "animation": SentFile(what="video"),
    "sticker": SentFile(what="sticker"),
    "location": SharedPlace(place="near 30 -8", region="souss-massa"),
    "venue": SharedPlace(place="near 30 -10", region="souss-massa"),
    "contact": SentOther(what="contact"),
    "poll": SentOther(what="poll"),
    "dice": SentOther(what="dice"),
    "unknown_kind": SentOther(),
    "service__pinned": None,
    "service__auto_delete": None,
    "edited": None,
    "group": None,
    "channel_post": None,
    "callback": Chose(choice="c7:advisor", title="Parler à une personne"),
    "callback__too_old": Chose(choice="c7:no"),
    "callback__group": None,
    "blocked": BlockedUs(),
    "unblocked": BlockedUs(back=True),
    "group__added": None,
    "group__removed": None,
    "reaction": SentOther(what="reaction"),
    "inline_query": None,
}


@pytest.mark.parametrize("name", names("telegram"))
def test_payload_becomes_its_event(name: str) -> None:
    found = read(telegram(name), locate)
    assert (found and found.event) == EVENTS[name]


@pytest.mark.parametrize("name", [name for name, event in EVENTS.items() if event is not None])
def test_sender_and_number_are_the_same_in_every_kind(name: str) -> None:
    payload = telegram(name)
    found = read(payload, locate)
    assert found is not None
    assert found.channel == "telegram"
    assert found.addresses == (Address(kind="chat", value="700000001"),)
    assert (found.provider_id, found.sort_key) == (str(payload["update_id"]), payload["update_id"])


@pytest.mark.parametrize(
    ("name", "hint"),
    [("text__french", "fr"), ("text__arabic", "ar"), ("text__spanish_app", None), ("text__no_language", None)],
)
def test_language_of_the_app_is_a_hint(name: str, hint: str | None) -> None:
    found = read(telegram(name), locate)
    assert found is not None
    assert found.hint == hint


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("voice", MediaRef(kind="voice", reference="AwACAgQAAxkBAAIB-voice", content_type="audio/ogg", seconds=14)),
        ("audio_with_caption", MediaRef(kind="voice", reference="CQACAgQ-audio", content_type="audio/mpeg", seconds=61)),
        ("photo", MediaRef(kind="image", reference="AgACAgQ-large")),
        ("photo_with_caption", MediaRef(kind="image", reference="AgACAgQ-large2")),
        ("document", MediaRef(kind="document", reference="BQACAgQ-doc", content_type="application/pdf")),
        ("sticker", MediaRef(kind="sticker", reference="CAACAgQ-sticker")),
        ("contact", None),
        ("text__french", None),
    ],
)
def test_files_are_only_referred_to(name: str, media: MediaRef | None) -> None:
    found = read(telegram(name), locate)
    assert found is not None
    assert found.media == media


def with_text(text: str) -> dict[str, Any]:
    payload = copy.deepcopy(telegram("text__french"))
    payload["message"]["text"] = text
    return payload


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("a" * 5000, Said(text="a" * 4096)),
        ("a\x00b", Said(text="ab")),
        ("half \ud83d", Said(text="half")),
        ("   ", SentOther()),
        ("/start " + "x" * 65, Said(text="x" * 65)),
        ("/START", Said(text="/START")),
        ("/startup", Said(text="/startup")),
        ("/start@dalil_test_bot abc", Started(payload="abc")),
        ("voir /help@dalil_test_bot", Said(text="voir /help@dalil_test_bot")),
    ],
)
def test_odd_texts(text: str, event: Event) -> None:
    found = read(with_text(text), locate)
    assert found is not None
    assert found.event == event


@pytest.mark.parametrize("latitude", [float("nan"), float("inf"), 91.0, -90.5])
def test_a_point_off_the_earth_is_no_place(latitude: float) -> None:
    payload = telegram("location")
    payload["message"]["location"]["latitude"] = latitude
    found = read(payload, locate)
    assert found is not None
    assert found.event == SentOther(what="location")


def test_a_failing_gazetteer_is_not_taken_for_a_bad_payload() -> None:
    def broken(latitude: float, longitude: float) -> SharedPlace:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        read(telegram("location"), broken)


def test_the_point_is_nowhere_in_what_is_read() -> None:
    found = repr(read(telegram("location"), lambda latitude, longitude: SharedPlace(place="taliouine")))
    assert "30.07" not in found
    assert "8.47" not in found


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"update_id": "1"},
        {"update_id": True},
        {"update_id": -1},
        {"update_id": 2**63},
        {"update_id": 1, "message": []},
        {"update_id": 1, "message": {"message_id": 1}},
        {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": "x", "type": "private"}, "text": "a"}},
        {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": 5}},
        {"update_id": 1, "message": {"message_id": 1, "date": 10**30, "chat": {"id": 1, "type": "private"}}},
        [],
        None,
    ],
)
def test_what_is_no_update_is_a_value_error(payload: Any) -> None:
    with pytest.raises(ValueError, match="not an update"):
        read(payload, locate)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here] * bool(here) + [path for key, inner in items for path in paths(inner, (*here, key))]


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_no_mutation_of_a_payload_raises_anything_but_value_error(data: st.DataObject) -> None:
    payload = telegram(data.draw(st.sampled_from(names("telegram"))))
    for path in data.draw(st.lists(st.sampled_from(paths(payload)), min_size=1, max_size=3)):
        holder: Any = payload
        try:
            for key in path[:-1]:
                holder = holder[key]
            if data.draw(st.booleans()):
                del holder[path[-1]]
            else:
                holder[path[-1]] = data.draw(JSON)
        except (KeyError, IndexError, TypeError):
            continue
    try:
        found = read(payload, locate)
    except ValueError:
        return
    if found is not None:
        assert found.addresses[0].value.lstrip("-").isdecimal()
        if isinstance(found.event, Said | Chose):
            repr(found.event).encode("utf-8")


def test_callback_id() -> None:
    assert callback_id(telegram("callback")) == "3006477060000000001"
    assert callback_id(telegram("text__arabic")) is None
    assert callback_id({"callback_query": {"id": 7}}) is None


@pytest.mark.parametrize(
    ("header", "secret", "ok"),
    [("s3cret", "s3cret", True), ("s3cre", "s3cret", False), (None, "s3cret", False), ("", "", False), ("é", "e", False)],
)
def test_secret(header: str | None, secret: str, ok: bool) -> None:
    assert secret_ok(header, secret) is ok
