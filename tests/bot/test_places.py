"""Places are recognised however they are written, and everyday words are left alone."""

from __future__ import annotations

import math
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.places import Place, Places

ROOT = Path(__file__).parents[2]
PLACES = Places.load(ROOT / "content" / "places.yml")
VARIANTS = yaml.safe_load((Path(__file__).parent / "places_variants.yml").read_text(encoding="utf-8"))
ROWS = yaml.safe_load((ROOT / "content" / "places.yml").read_text(encoding="utf-8"))

EVERYDAY = [
    "safi chokran",
    "safi",
    "صافي شكرا بزاف",
    "wa safi baraka 3lina",
    "صافي",
    "chokran bzaf",
    "sous contrat depuis deux ans",
    "je travaille sous pression",
    "ma tata habite loin",
    "tata m'a dit de demander",
    "j'ai parlé à ma tata",
    "argent sale",
    "c'est sale ici",
    "la salle de réunion",
    "en salle d'attente",
    "تصبحون على خير، بالليل كنخدم",
    "كنخدم بالليل",
    "f lil kanb9a fay9",
    "خلصت مليون للسمسار",
    "tapis oriental",
    "cuisine orientale",
    "mali 3yan lyoum",
    "فلوسي ومالي وحلالي",
    "chno ndir daba",
    "bghit 7aja jdida",
    "طريقة جديدة",
    "الطريقة الجديدة",
    "ما فهمتش الفكرة",
    "hammam sakhoun",
    "الفقراء عندهم الحق",
    "kan9ra bzaf",
    "wach n9der nkhdem",
    "je n'ai pas bien compris",
    "est-ce que je peux garder mon logement",
    "mon ami s'appelle Kader",
    "rendez-vous mardi",
    "بغيت نغادر الخدمة",
    "أغادر غدا",
    "الرسالة وصلت",
    "كليت بطاطا",
    "ترقية فالخدمة",
    "thank you very much",
    "isn't it free?",
    "I want to know my rights",
    "the timeline of my file",
    "how much does it cost",
    "le statut de réfugié",
    "danger de mort en mer",
    "changer de contrat",
    "vous êtes avec qui",
    "le mérite",
    "des tonnes de papiers",
    "👍",
    "",
    "???",
    "1234",
    "bghit nsewel 3la la retraite",
    "3tini chi conseiller",
    "عطيوني شي مستشار",
    "واش كاين شي حد",
    "والدي عاد",
    "توفي والدي رحمه الله",
    "taxe sur les profits",
    "avoir la carte",
    "j'attends depuis janvier",
    "aucun problème",
]


def name(place: Place | None) -> str | None:
    return place.id if place is not None else None


def test_towns_are_recognised_in_almost_every_spelling() -> None:
    pairs = [(str(text), town) for town, texts in VARIANTS.items() for text in texts]
    missed = [f"{text} -> {name(PLACES.find(text))}, not {town}" for text, town in pairs if name(PLACES.find(text)) != town]
    assert len(pairs) >= 300
    assert len(missed) <= 0.02 * len(pairs), missed


def test_every_municipality_of_the_two_regions_has_variants() -> None:
    assert {place.id for place in PLACES if place.kind == "municipality"} == set(VARIANTS)


@pytest.mark.parametrize("text", EVERYDAY)
def test_everyday_words_are_no_places(text: str) -> None:
    assert PLACES.find_all(text) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("f safi", "safi"),
        ("j'habite à Salé", "sale"),
        ("ana mn sale", "sale"),
        ("خدمت عشرين عام ف ليل", "lille"),
        ("je viens de Tata", "tata"),
        ("tata", "tata"),
        ("ana f souss", "region-souss-massa"),
        ("أنا من مالي", "mali"),
        ("je suis de sous massa", "region-souss-massa"),
        ("ساكن ف الجديدة", "el-jadida"),
    ],
)
def test_everyday_words_are_places_when_announced(text: str, place: str) -> None:
    assert name(PLACES.find(text)) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("bghit nmchi l fransa bla visa, ana mn Taliouine", "taliouine"),
        ("je touche une pension de Lille et je vis à Tiznit", "tiznit"),
        ("ana f Agadir, région Souss-Massa, Maroc", "agadir"),
        ("Taliouine, Taroudant", "taliouine"),
        ("province de Taroudant", "province-taroudant"),
        ("Agadir Melloul", "agadir-melloul"),
        ("Oulad Aissa, Khouribga", "oulad-aissa-khouribga"),
        ("اولاد عيسى اقليم تارودانت", "oulad-aissa-taroudant"),
        ("pension de Belgique, de Liège exactement", "liege"),
        ("خدمت ففرنسا", "france"),
    ],
)
def test_the_place_the_message_is_about(text: str, place: str) -> None:
    assert name(PLACES.find(text)) == place


@pytest.mark.parametrize("text", ["Oulad Aissa", "Tabia", "agadir wla tiznit", "بين بني ملال وخنيفرة", "Lille ou Lyon"])
def test_nothing_is_guessed_between_two_places(text: str) -> None:
    assert PLACES.find(text) is None
    assert len(PLACES.find_all(text)) == 2


def test_all_places_come_in_reading_order() -> None:
    found = PLACES.find_all("mn Taliouine l Agadir, mn b3d lfransa")
    assert [place.id for place in found] == ["taliouine", "agadir", "france"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_every_spelling_of_the_list_names_its_place(row: dict[str, Any]) -> None:
    spellings = {row["name"]["fr"], row["name"]["ar"], *row["spellings"], *row.get("wary", ())}
    assert [text for text in spellings if row["id"] not in {one.id for one in PLACES.find_all(f"mn {text}")}] == []


def test_the_list_is_well_formed() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert set(row["name"]) <= {"fr", "ar", "tifinagh"}
        assert ("lat" in row) == ("lon" in row)
        assert "lat" not in row or (abs(row["lat"]) <= 90 and abs(row["lon"]) <= 180)


@pytest.mark.parametrize(
    ("lat", "lon", "place", "km"),
    [
        (30.42, -9.60, "agadir", 2),
        (32.34, -6.36, "beni-mellal", 3),
        (29.70, -9.73, "tiznit", 3),
        (50.63, 3.06, "lille", 3),
    ],
)
def test_the_nearest_place(lat: float, lon: float, place: str, km: float) -> None:
    nearest = PLACES.nearest(lat, lon)
    assert nearest is not None
    assert nearest[0].id == place
    assert nearest[1] <= km


def test_distances_are_true() -> None:
    nearest = PLACES.nearest(28.0, -30.0)  # the open Atlantic
    assert nearest is not None
    assert nearest[1] > 1000


@pytest.mark.parametrize(("lat", "lon"), [(91.0, 0.0), (0.0, 181.0), (math.nan, 0.0), (0.0, math.inf)])
def test_what_is_no_point_on_earth_is_near_nothing(lat: float, lon: float) -> None:
    assert PLACES.nearest(lat, lon) is None


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    PLACES.find(text)


def test_reading_is_fast() -> None:
    messages = [f"salam bghit n3ref wach ymken nkhdem f fransa bla visa w ana saken f taliwin {n}" for n in range(300)]
    start = perf_counter()
    for message in messages:
        PLACES.find(message)
    assert (perf_counter() - start) / len(messages) < 0.001  # 0.2 ms on a laptop; a busy machine gets some slack
