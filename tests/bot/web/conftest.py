"""A served house whose interpreter understands a few sentences."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.assembly import Library
from bot.settings import Settings
from nlu.interpreter import Parse
from tests.bot.web.serving import Served, served
from tests.conftest import fresh_database, quiet_settings
from tests.helpers.house import ScriptedInterpreter

STUDY_FR, STUDY_ARY = "comment étudier en france", "بغيت نقرا ففرنسا شنو خاصني"
TAUGHT = {STUDY_FR: "faq/fr-etudes-campus-france", STUDY_ARY: "faq/fr-etudes-campus-france"}


class TwoTongues(ScriptedInterpreter):
    """Arabic letters are Darija, everything else is French."""

    def parse(self, text: str) -> Parse:
        self.language = "ary" if any("\u0600" <= c <= "\u06ff" for c in text) else "fr"
        return super().parse(text)


@pytest.fixture
def house_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    url = fresh_database(request, "sqlite", tmp_path)
    return quiet_settings().model_copy(update={"database_url": url, "data_dir": tmp_path})


@pytest.fixture
def site(house_settings: Settings, library: Library) -> Iterator[Served]:
    with served(house_settings, TwoTongues(TAUGHT), library) as running:
        yield running
