"""When the team answers: lunch, Friday, Ramadan, holidays, each office by its own; and what people are told of it."""

from datetime import date, datetime, time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge import organisation, service
from bot.knowledge.organisation import Organisation, OrganisationFault

HERE = Path(__file__).parents[2] / "organisation.yml"


def _with(tmp_path: Path, **changes: object) -> Organisation:
    data = yaml.safe_load(HERE.read_text(encoding="utf-8"))
    file = tmp_path / "organisation.yml"
    file.write_text(yaml.safe_dump({**data, **changes}, allow_unicode=True), encoding="utf-8")
    return organisation.load(file)


OFFICES = [
    {
        "id": "agadir",
        "name": "A",
        "kind": "ngo",
        "region": "souss-massa",
        "hours": [
            {"days": "mon-fri", "from": "09:00", "to": "12:30"},
            {"days": "mon-thu", "from": "13:30", "to": "16:30"},
            {"days": "fri", "from": "14:30", "to": "16:30"},
        ],
        "ramadan": [{"days": "mon-fri", "from": "09:30", "to": "14:00"}],
    },
    {
        "id": "beni-mellal",
        "name": "B",
        "kind": "public",
        "region": "beni-mellal-khenifra",
        "hours": [{"days": "mon-sat", "from": "08:00", "to": "10:00"}],
    },
]


@pytest.fixture
def team(tmp_path: Path) -> Organisation:
    return _with(
        tmp_path, offices=OFFICES, holidays=["01-11", "2027-03-10"], ramadan=[{"from": "2027-02-08", "to": "2027-03-09"}]
    )


@pytest.mark.parametrize(
    ("moment", "open_now", "opens"),
    [
        ("2026-12-01T09:00", True, "2026-12-01T13:30"),  # a Tuesday, to the minute
        ("2026-12-01T12:29", True, "2026-12-01T13:30"),
        ("2026-12-01T12:30", False, "2026-12-01T13:30"),  # lunch
        ("2026-12-01T16:30", False, "2026-12-02T09:00"),
        ("2026-12-04T13:00", False, "2026-12-04T14:30"),  # Friday prayer
        ("2026-12-04T17:00", False, "2026-12-07T09:00"),  # over the weekend
        ("2027-01-11T10:00", False, "2027-01-12T09:00"),  # every year's holiday
        ("2027-03-10T10:00", False, "2027-03-11T09:00"),  # one by the moon, entered by hand
        ("2027-02-09T09:15", False, "2027-02-09T09:30"),  # Ramadan's hours
        ("2027-02-09T15:00", False, "2027-02-10T09:30"),
    ],
)
def test_the_office_of_the_region(team: Organisation, moment: str, open_now: bool, opens: str) -> None:
    offices = service.answering(team, "souss-massa")
    local = datetime.fromisoformat(moment)
    assert service.is_open(team, offices, local) is open_now
    assert service.opens(team, offices, local) == datetime.fromisoformat(opens)


def test_who_has_no_office_near_is_answered_by_any(team: Organisation) -> None:
    assert [o.id for o in service.answering(team, None)] == ["agadir", "beni-mellal"]
    assert service.is_open(team, service.answering(team, None), datetime(2026, 12, 5, 9, 0)), "Saturday, in Beni Mellal"


def test_what_is_sensitive_never_counts_on_a_public_office(team: Organisation) -> None:
    offices = service.answering(team, "beni-mellal-khenifra", sensitive=True)
    assert [o.id for o in offices] == ["agadir"]


def test_a_team_without_hours_promises_none(tmp_path: Path) -> None:
    closed = _with(tmp_path, offices=[{**OFFICES[0], "hours": [], "ramadan": []}])
    assert service.opens(closed, service.answering(closed), datetime(2026, 12, 1, 9, 0)) is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)))
def test_what_is_told_is_an_opening_and_lies_ahead(moment: datetime) -> None:
    team = organisation.load(HERE)
    offices = service.answering(team)
    opens = service.opens(team, offices, moment)
    assert opens is not None
    assert opens > moment
    assert service.is_open(team, offices, opens)
    assert opens.time() in {time(9, 0), time(13, 30), time(14, 30)}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"holidays": ["13-01"]}, "holidays"),
        ({"holidays": ["soon"]}, "holidays"),
        ({"ramadan": [{"from": "2027-03-09", "to": "2027-02-08"}]}, "before its first"),
        ({"ramadan": [{"from": "2027-03-09"}]}, "ramadan"),
        ({"offices": [{**OFFICES[0], "hours": [{"days": "mon-thu", "from": "12:00", "to": "09:00"}]}]}, "before it begins"),
        ({"offices": [{**OFFICES[0], "hours": [{"days": "lun-jeu", "from": "09:00", "to": "12:00"}]}]}, "write {days"),
        ({"retention": {"messages": 0}}, "retention.messages"),
        ({"retention": {"photos": 3}}, "retention.photos"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, changes: dict[str, object], says: str) -> None:
    with pytest.raises(OrganisationFault, match=says):
        _with(tmp_path, **changes)


def test_leap_days_may_be_holidays(tmp_path: Path) -> None:
    assert (2, 29) in _with(tmp_path, holidays=["02-29"]).closed_every_year
    assert _with(tmp_path, holidays=[date(2027, 3, 10)]).closed == {date(2027, 3, 10)}
