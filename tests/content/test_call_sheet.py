"""The call sheet goes out, comes back, and changes exactly what was answered."""

import csv
import io
import shutil
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.assembly import Library, system_clock
from bot.cli.directory import app
from bot.cli.doctor import _production
from bot.knowledge import amending
from bot.knowledge.editing import EditError
from bot.knowledge.model import Fault
from bot.knowledge.office import DIALLED, read_office
from bot.settings import Settings
from tests.content.small import Home
from tests.content.test_directory_faults import FILE, OFFICE, ROOT

run = CliRunner()
_ASK_FROM_CONTENT = ("checklists.yml", "offers.yml")  # journeys whose questions the small content lacks
HEAD = "id,exists,phone,address,hours,notice,on\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    small = Home(tmp_path)
    for name in ("locales", "nlu", "organisation.yml", "content/places.yml", "content/wishes.yml"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "flows", tmp_path / "flows", ignore=shutil.ignore_patterns("*.py", *_ASK_FROM_CONTENT))
    small.write(FILE, OFFICE)
    monkeypatch.setenv("DALIL_HOME", str(tmp_path))
    return small


def _import(home: Home, rows: str, by: str = "Salma B.") -> object:
    file = home.folder / "answers.csv"
    file.write_text(HEAD + rows, encoding="utf-8")
    return run.invoke(app, ["import", str(file), "--by", by])


def _read(home: Home) -> object:
    faults: list[Fault] = []
    office = read_office(home.folder / FILE, home.folder, faults)
    assert not faults
    return office


def test_the_sheet_says_whom_to_call(home: Home) -> None:
    sheet = run.invoke(app, ["due", "--format", "csv"])
    (row,) = csv.DictReader(io.StringIO(sheet.stdout))
    assert (row["id"], row["name"], row["town"], row["number"]) == ("small-office", "Agence CNSS", "Agadir", "05 28 86 04 75")
    assert row["question"].endswith("?")
    assert row["exists"] == ""
    assert "05 28 86 04 75" in run.invoke(app, ["due"]).stdout


def test_the_printed_sheet_in_arabic_holds_nothing_from_elsewhere(home: Home) -> None:
    page = run.invoke(app, ["due", "--format", "html", "--language", "ar"]).stdout
    assert '<html lang="ar" dir="rtl">' in page
    assert "05 28 86 04 75" in page
    assert "src=" not in page
    assert "http" not in page


def test_an_answer_is_written_with_who_and_when(home: Home) -> None:
    before = (home.folder / FILE).read_text(encoding="utf-8")
    done = _import(
        home, "small-office,oui,0528 82 00 01 / +33 4 86 51 71 61,12 rue du Souk,lun-ven 9h-15h30,Fermé le vendredi,20/11/2026\n"
    )
    assert done.exit_code == 0, done.stderr
    office = _read(home)
    assert (office.checked.by, office.checked.on) == ("Salma B.", date(2026, 11, 20))
    assert [p.dial for p in office.phones] == ["+212 5 28 82 00 01", "+33 4 86 51 71 61"]
    assert all(p.signed_on == date(2026, 11, 20) for p in office.phones)
    assert (office.address.text, office.notice) == ("12 rue du Souk", {"fr": "Fermé le vendredi"})
    assert [(s.days, f"{s.start:%H:%M}", f"{s.end:%H:%M}") for s in office.hours.spans] == [((0, 1, 2, 3, 4), "09:00", "15:30")]
    untouched = [line for line in before.splitlines() if line.startswith(("id", "kind", "serves", "position", "website"))]
    assert all(line in (home.folder / FILE).read_text(encoding="utf-8").splitlines() for line in untouched)
    assert "0 to be asked" in run.invoke(app, ["due"]).stderr


def test_what_was_only_expected_to_be_there_is_shown_once_somebody_asked(home: Home) -> None:
    for old, new in (
        ("show: true", "show: false"),
        ("status: active", "status: to_confirm"),
        ("confidence: high", "confidence: low"),
    ):
        home.replace(FILE, old, new)
    assert not _read(home).shown
    _import(home, "small-office,yes,,,,,\n")
    assert _read(home).shown


def test_what_has_closed_is_withdrawn(home: Home) -> None:
    _import(home, "small-office,non,,,,,\n")
    assert (_read(home).shown, _read(home).status) == (False, "closing")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("small-office,perhaps,,,,,", "exists: perhaps is neither yes nor no"),
        ("small-office,yes,12345,,,,", "phone: 12345 is not like 0528860475"),
        ("small-office,yes,+212 5 28,,,,", "phone: +212 5 28 is not like"),
        ("small-office,yes,,,toujours,,", "hours: toujours is not like lun-ven 9:00-15:00"),
        ("small-office,yes,,,ven-lun 9:00-15:00,,", "hours: ven-lun"),
        ("small-office,yes,,,lun 15:00-9:00,,", "hours: lun 15:00-9:00"),
        ("small-office,yes,,,lun 9:00-25:00,,", "hours: lun 9:00-25:00"),
        ("small-office,yes,,,,,2999-01-01", "2999-01-01 has not come yet"),
        ("small-office,yes,,,,,yesterday", "on: yesterday is not a day like 2026-12-01"),
        ("small-office,,,,,,2026-11-20", "a date and no answer"),
        (f"small-office,yes,,{'x' * 81},,,", "address: 81 characters, 80 at most"),
        ("small-office,yes,,<b>rue</b>,,,", "address: one line"),
        ("small-office,yes,,,,Appelez le 0528820000,", "notice: one line, without a telephone number"),
        ("lost,yes,,,,,", "lost is no office of the directory"),
        ("../numbers,yes,,,,,", "../numbers is no office of the directory"),
        (",yes,,,,,", "is no office of the directory"),
    ],
)
def test_a_row_that_cannot_be_read_changes_nothing(home: Home, row: str, says: str) -> None:
    done = _import(home, row + "\n")
    assert done.exit_code == 1
    assert says in done.stderr
    assert done.stderr.startswith("row 2: ")
    assert (home.folder / FILE).read_text(encoding="utf-8") == OFFICE


def test_the_good_rows_beside_a_bad_one_are_written(home: Home) -> None:
    done = _import(home, "lost,yes,,,,,\nsmall-office,,,12 rue du Souk,,,\n")
    assert done.exit_code == 1
    assert done.stdout == "1 offices written, 0 without an answer, 1 refused\n"
    assert _read(home).address.text == "12 rue du Souk"


@pytest.mark.parametrize("by", ["", "x", "a: b", "{evil}"])
def test_nobody_is_no_name(home: Home, by: str) -> None:
    assert _import(home, "small-office,yes,,,,,\n", by=by).exit_code == 1
    assert (home.folder / FILE).read_text(encoding="utf-8") == OFFICE


def test_a_file_that_is_no_sheet(home: Home) -> None:
    for name, text in (("a.pdf", "x"), ("b.csv", "")):
        (home.folder / name).write_text(text)
        assert run.invoke(app, ["import", str(home.folder / name), "--by", "Salma"]).exit_code == 1


@given(st.from_regex(r"(?:0|\+212|00212)?[5-8][0-9]{8}", fullmatch=True))
def test_however_a_moroccan_number_is_typed_it_is_written_one_way(text: str) -> None:
    (number,) = amending.phones_of(text)
    assert DIALLED.fullmatch(number)
    assert number.replace(" ", "").endswith(text[-9:])
    assert amending.phones_of(number) == (number,)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (amending.phones_of, amending.hours_of):
        with suppress(EditError):
            assert read(text) is not None


def test_the_doctor_is_red_while_shown_numbers_were_never_dialled(home: Home) -> None:
    def says() -> list[str]:
        library = Library(Settings(), system_clock)
        return [line for line in _production(library) if line.startswith("directory: ")]

    assert says() == ["directory: numbers of 1 offices were never dialled; `dalil directory due`, then `directory import`"]
    _import(home, "small-office,yes,0528 86 04 75,,,,\n")
    assert says() == []
