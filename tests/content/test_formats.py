"""Amounts, numbers, dates, telephones and links in the manner of each variety."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge import formats
from bot.knowledge.formats import FSI, PDI, visible
from bot.knowledge.model import VARIETIES, PartialDate, Value

DAY = PartialDate(year=2025, month=8, day=1)


@pytest.mark.parametrize(
    ("variety", "written"),
    [
        ("fr", "1\u00a0900\u00a0DH"),
        ("en", "1,900\u00a0DH"),
        ("ar", f"{FSI}1900\u00a0درهم{PDI}"),
        ("ary", f"{FSI}1900\u00a0درهم{PDI}"),
        ("ary-Latn", "1900\u00a0dh"),
    ],
)
def test_dirhams(variety: str, written: str) -> None:
    assert formats.amount(1900, "MAD", variety) == written


@pytest.mark.parametrize(
    ("variety", "written"),
    [
        ("fr", "60\u00a0000\u00a0€"),
        ("en", "€60,000"),
        ("ar", f"{FSI}60.000\u00a0أورو{PDI}"),
        ("ary", f"{FSI}60.000\u00a0أورو{PDI}"),
        ("ary-Latn", "60\u00a0000\u00a0euro"),
    ],
)
def test_euros_from_ten_thousand_on_are_grouped(variety: str, written: str) -> None:
    assert formats.amount(60000, "EUR", variety) == written


def test_cents_are_two_digits() -> None:
    assert formats.amount(1091.5, "EUR", "en") == "€1,091.50"
    assert formats.amount(1091.5, "EUR", "fr") == "1\u00a0091,50\u00a0€"


def test_standard_arabic_counts_dirhams() -> None:
    written = [visible(formats.amount(n, "MAD", "ar")) for n in (5, 36, 500)]
    assert written == ["5\u00a0دراهم", "36\u00a0درهما", "500\u00a0درهم"]


def test_a_currency_we_have_no_word_for_keeps_its_code() -> None:
    assert formats.amount(20, "SEK", "fr") == "20\u00a0SEK"


def test_a_threshold_is_not_rounded() -> None:
    assert [visible(formats.number(9.3264284, v)) for v in ("fr", "en", "ary")] == ["9,3264284", "9.3264284", "9,3264284"]


@pytest.mark.parametrize(
    ("variety", "written"), [("fr", "12,5\u00a0%"), ("en", "12.5%"), ("ar", f"{FSI}12,5%{PDI}"), ("ary-Latn", "12,5%")]
)
def test_percent(variety: str, written: str) -> None:
    assert formats.percent(12.5, variety) == written


@pytest.mark.parametrize(
    ("variety", "full", "month"),
    [
        ("fr", "1er août 2025", "août 2025"),
        ("en", "1 August 2025", "August 2025"),
        ("ar", "1 غشت 2025", "غشت 2025"),
        ("ary", "1 غشت 2025", "غشت 2025"),
        ("ary-Latn", "1 aout 2025", "aout 2025"),
    ],
)
def test_dates_are_as_precise_as_known(variety: str, full: str, month: str) -> None:
    assert formats.day(DAY, variety) == full
    assert formats.day(date(2025, 8, 1), variety) == full
    assert formats.day(PartialDate(year=2025, month=8), variety) == month
    assert formats.day(PartialDate(year=2025), variety) == "2025"


def test_telephones_keep_their_grouping_and_short_codes() -> None:
    assert formats.phone("+212 5 37 54 54 00", "fr") == "+212 5 37 54 54 00"
    assert formats.phone("+212 5 37 54 54 00", "ar") == f"{FSI}+212 5 37 54 54 00{PDI}"
    assert formats.phone("141", "ary") == f"{FSI}141{PDI}"


def test_links_lose_their_scheme() -> None:
    assert formats.link("https://anapec.org/", "fr") == "anapec.org"
    assert formats.link("anapec.org", "ary") == f"{FSI}anapec.org{PDI}"


def test_latin_names_in_arabic_text_are_isolated_as_a_whole() -> None:
    text = formats.prose("في «Études en France» مستوى B2، ثم TCF DAP.", "ar")
    assert text == f"في «{FSI}Études en France{PDI}» مستوى {FSI}B2{PDI}، ثم {FSI}TCF DAP{PDI}."
    assert formats.prose("la CNSS", "ary-Latn") == "la CNSS"


def test_french_marks_stay_with_their_word() -> None:
    assert formats.prose("Où : « ici » ?", "fr") == "Où\u00a0: «\u00a0ici\u00a0»\u00a0?"


KINDS = st.sampled_from(("amount", "number", "percent"))
NUMBERS = st.one_of(st.integers(0, 10**9), st.decimals(0, 10**6, places=2).map(float))


@given(kind=KINDS, data=NUMBERS, currency=st.sampled_from(("MAD", "EUR", "CAD", "XOF")), variety=st.sampled_from(VARIETIES))
def test_isolates_are_balanced_and_digits_western(kind: str, data: float, currency: str, variety: str) -> None:
    text = formats.value(Value(kind=kind, data=data, currency=currency), variety)  # type: ignore[arg-type]
    arabic = variety in ("ar", "ary")
    assert (text.count(FSI), text.count(PDI)) == (arabic, arabic)
    assert not any("٠" <= letter <= "٩" for letter in text)
    assert "\u202f" not in text
    assert " " not in visible(text) or currency == "CAD"
