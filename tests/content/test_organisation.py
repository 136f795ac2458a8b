"""What `organisation.yml` says of reminders, and what it may not say."""

from pathlib import Path

import pytest

from bot.knowledge import organisation
from tests.conftest import quiet_settings

TEXT = (quiet_settings().home / "organisation.yml").read_text(encoding="utf-8")


def written(folder: Path, given: str | None) -> Path:
    kept = [line for line in TEXT.splitlines() if not line.startswith("reminders:")]
    assert len(kept) == len(TEXT.splitlines()) - 1
    file = folder / "organisation.yml"
    file.write_text("\n".join([*kept, *([f"reminders: {given}"] if given is not None else [])]), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("given", "hours"), [(None, (48, 24, 2)), ("[2, 24]", (24, 2)), ("[]", ()), ("[6, 6]", (6,)), ("[336]", (336,))]
)
def test_hours_before_a_session(tmp_path: Path, given: str | None, hours: tuple[int, ...]) -> None:
    assert organisation.load(written(tmp_path, given)).reminders == hours


@pytest.mark.parametrize("given", ["24", "[0]", "[-2]", "[1.5]", '["24"]', "[337]", "[true]", "none"])
def test_anything_else_is_named(tmp_path: Path, given: str) -> None:
    with pytest.raises(organisation.OrganisationFault, match="reminders"):
        organisation.load(written(tmp_path, given))
