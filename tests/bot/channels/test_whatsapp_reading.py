"""Each webhook of Twilio's, and what it becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Address, MediaRef, Report
from bot.channels.whatsapp import links, read, read_status
from flows.events import Chose, Event, Said, SentFile, SentOther, SentVoice, SharedPlace, Started
from tests.bot.channels.given import locate
from tests.payloads import names, twilio

PHONE = Address(kind="phone", value="+212600000001")
BSUID = Address(kind="bsuid", value="MA.13491208655302741918")


EVENTS: dict[str, Event | None] = {
    "text__arabizi": Said(text="bghit nmchi l fransa bla visa, wach khatar?"),
    "text__arabic": Said(text="كيف أسجّل ابني في المدرسة؟ 🙏\nشكرا"),
    "text__both_addresses": Said(text="Bonjour"),
    "text__no_phone": Said(text="Bonjour"),
    "text__no_phone_old_field": Said(text="salam"),
    "text__identity_card": Said(text="CIN: ▇▇▇▇, tel 0612345678"),
    "text__with_spaces": Said(text="salam"),
    "text__messaging_service": Said(text="salam"),
    "text__from_advert": Said(text="Je veux des infos"),
    "reply": Said(text="2", reply_to="SM" + "a" * 32),
    "button": Chose(choice="c7:yes", title="Oui"),
    "button__no_payload": Said(text="Oui"),
    "list_reply": Chose(choice="c9:mre-retraite", title="Pension de retraite"),
    "list_reply__text_only": Said(text="Pension de retraite"),
    "voice": SentVoice(),
    "voice__codec": SentVoice(),
    "image": SentFile(what="image"),
    "image_with_caption": Said(text="hada 3a9d s7i7?"),
    "document__named_in_body": SentFile(what="document"),
    "video": SentFile(what="video"),
    "sticker": SentFile(what="sticker"),
    "contact": SentOther(what="contact"),
    "location": SharedPlace(place="near 30 -8", region="souss-massa"),
    "location__with_label": SharedPlace(place="near 30 -10", region="souss-massa"),
    "location__broken": SentOther(what="location"),
    "empty": SentOther(what="unsupported"),
    "sms": None,
}
INBOUND = [name for name in names("twilio") if not name.startswith("status__")]


@pytest.mark.parametrize("name", INBOUND)
def test_payload_becomes_its_event(name: str) -> None:
    found = read(twilio(name), locate)
    assert (found and found.event) == EVENTS[name]


@pytest.mark.parametrize("name", [name for name, event in EVENTS.items() if event is not None])
def test_the_message_is_known_by_its_sid(name: str) -> None:
    found = read(twilio(name), locate)
    assert found is not None
    assert (found.channel, found.provider_id) == ("whatsapp", dict(twilio(name))["MessageSid"])


@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        ("text__arabizi", (PHONE,)),
        ("text__both_addresses", (BSUID, PHONE)),
        ("text__no_phone", (BSUID,)),
        ("text__no_phone_old_field", (BSUID,)),
    ],
)
def test_the_business_scoped_id_is_the_key_and_the_phone_an_alias(name: str, addresses: tuple[Address, ...]) -> None:
    found = read(twilio(name), locate)
    assert found is not None
    assert found.addresses == addresses


@pytest.mark.parametrize(
    ("name", "kind", "content_type"),
    [
        ("voice__codec", "voice", "audio/ogg"),
        ("image_with_caption", "image", "image/jpeg"),
        ("document__named_in_body", "document", "application/pdf"),
        ("sticker", "sticker", "image/webp"),
    ],
)
def test_files_are_only_referred_to(name: str, kind: str, content_type: str) -> None:
    found = read(twilio(name), locate)
    assert found is not None
    url = dict(twilio(name))["MediaUrl0"]
    assert found.media == MediaRef(kind=kind, reference=url, content_type=content_type)


@pytest.mark.parametrize("name", ["contact", "location", "text__arabic"])
def test_no_file_is_kept_where_none_is_needed(name: str) -> None:
    found = read(twilio(name), locate)
    assert found is not None
    assert found.media is None


@pytest.mark.parametrize("form", [[], [("Body", "a")], [("MessageSid", "SM1")], [("From", "whatsapp:+2126"), ("To", "x")]])
def test_what_is_no_message_is_a_value_error(form: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError, match="not a message"):
        read(form, locate)


@pytest.mark.parametrize(
    ("name", "status", "code", "number"),
    [
        ("sent", "sent", None, None),
        ("delivered", "delivered", None, None),
        ("read", "read", None, None),
        ("queued", "queued", None, None),
        ("failed_63016", "failed", "window_closed", "63016"),
        ("undelivered_63016", "failed", "window_closed", "63016"),
        ("undelivered_63014", "failed", "person_blocked_us", "63014"),
        ("undelivered_21610", "failed", "person_opted_out", "21610"),
        ("failed_unlisted", "failed", "refused", "63999"),
        ("new_word", "teleported", None, None),
    ],
)
def test_status(name: str, status: str, code: str | None, number: str | None) -> None:
    report = Report(channel="whatsapp", provider_id="SM" + "c" * 32, status=status, code=code, number=number)
    assert read_status(twilio(f"status__{name}")) == report


def test_what_a_database_cannot_hold_is_left_out() -> None:
    form = [("MessageSid", "SM1"), ("From", "whatsapp:+212600000001"), ("ButtonPayload", "c7:\x00yes\ud83d")]
    found = read(form, locate)
    assert found is not None
    assert found.event == Chose(choice="c7:yes")


def test_a_call_without_a_status_is_no_report() -> None:
    assert read_status([("MessageSid", "SM1")]) is None
    assert read_status([]) is None


FIELD = st.sampled_from(sorted({name for payload in names("twilio") for name, _ in twilio(payload)}))


@given(st.lists(st.tuples(FIELD, st.text(max_size=30) | st.sampled_from(["whatsapp:", "whatsapp:+212600000001", "nan"]))))
def test_nothing_raises_anything_but_value_error(form: list[tuple[str, str]]) -> None:
    read_status(form)
    try:
        found = read([("MessageSid", "SM1"), ("From", "whatsapp:+212600000001"), *form], locate)
        read(form, locate)
    except ValueError:
        return
    assert found is not None
    repr(found).encode("utf-8")


def _written(body: str) -> list[tuple[str, str]]:
    return [("MessageSid", "SM1"), ("From", "whatsapp:+212600000001"), ("Body", body)]


@pytest.mark.parametrize("variety", ["fr", "ar", "ary", "ary-Latn", "en"])
def test_a_link_of_ours_opens_what_it_leads_to_in_the_variety_of_its_page(variety: str) -> None:
    found = read(_written(links.written("سلام، بغيت بلاصة", "s_Ab-C_dEfGhIjKlMnOpQrSt", variety)), locate)
    assert found is not None
    assert (found.event, found.hint) == (Started(payload="s_Ab-C_dEfGhIjKlMnOpQrSt"), variety)


@pytest.mark.parametrize(
    "text",
    [
        "bghit blassa (s_abc.fr) f agadir",
        "(s_abc.de)",
        "(x_abc.fr)",
        "(s_.fr)",
        "(s_" + "a" * 63 + ".fr)",
        "s_abc.fr",
        "DALIL-ABCDEFGH",
    ],
)
def test_words_that_only_look_like_a_link_stay_words(text: str) -> None:
    found = read(_written(text), locate)
    assert found is not None
    assert (found.event, found.hint) == (Said(text=text), None)
