"""Puts the house together from the settings: the one place where every room is made and handed what it needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.channels.base import Channel
from bot.delivery.gaps import Gaps
from bot.delivery.gathering import Gathering
from bot.delivery.ledger import Ledger
from bot.delivery.looks import Shelf
from bot.delivery.postroom import PostRoom
from bot.delivery.shredder import Shredder
from bot.delivery.study import Study
from bot.delivery.understanding import Hearing
from bot.handoff.desk import Desk
from bot.knowledge import house, organisation
from bot.knowledge.cards import Cards
from bot.knowledge.catalogue import Catalogue
from bot.knowledge.directory import Directory
from bot.knowledge.entries import Knowledge
from bot.knowledge.familiar import Familiar
from bot.knowledge.opportunities import Opportunities
from bot.knowledge.organisation import Organisation
from bot.knowledge.places import Places
from bot.knowledge.search import Search
from bot.knowledge.wishes import Wishes
from bot.knowledge.wording import Wording
from bot.people import erasing, retention
from bot.people.retention import Lengths, Report
from bot.settings import Settings
from bot.storage.bell import Bell, open_bell
from bot.storage.crypto import Vault, open_vault
from bot.storage.database import Database, open_database
from flows.events import SharedPlace
from flows.facts import House
from flows.journey.actions import ACTIONS
from flows.journey.load import load_script
from nlu.embedded.engine import EmbeddedInterpreter
from nlu.embedded.key import key_of
from nlu.interpreter import Interpreter
from nlu.normalise import fold
from nlu.words import Words

if TYPE_CHECKING:
    from nlu.remote import RasaInterpreter

Clock = Callable[[], datetime]
_NEAR_KM = 60  # farther from any known place we do not guess the region


class NoModel(RuntimeError):
    """Nothing is trained yet. One line for the operator."""


def system_clock() -> datetime:
    return datetime.now(UTC)


class Library:
    """What is read from the checkout and does not change until the next start: content, words, journeys, places."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        home = settings.home
        self.zone, self._clock = ZoneInfo(settings.timezone), clock
        self._on_loopback = settings.on_loopback
        self.knowledge = Knowledge.load(home)
        self.catalogue = Catalogue.load(home / "locales")
        self.organisation: Organisation = organisation.load(home / "organisation.yml")
        self.places = Places.load(home / "content" / "places.yml")
        self.directory = Directory.load(home, self.knowledge.numbers, self.places)
        self.search = Search.of(self.knowledge)
        self.familiar = Familiar.load(home / "nlu" / "data", self.knowledge, self.places)
        self.words = Words.load(home / "nlu" / "words.yml")
        self.wishes = Wishes.load(home / "content" / "wishes.yml")
        self.opportunities = Opportunities.load(home)
        self.cards = Cards(self.catalogue, self.opportunities)
        self.script = load_script(home / "flows", ACTIONS)
        self.wording = Wording(self.catalogue, self.knowledge, self.organisation, self.city_name, self.today, self.cards)
        self._house: tuple[date, House] | None = None

    def today(self) -> date:
        """The local date: answers age by it."""
        return self._clock().astimezone(self.zone).date()

    def house(self) -> House:
        """The index of answers, made anew each day, since answers are withdrawn by date."""
        today = self.today()
        if self._house is None or self._house[0] != today:
            unsigned = None if self._on_loopback else self.organisation.unsigned_areas
            built = house.build(self.knowledge, self.script, self.opportunities, today, unsigned)
            self._house = (today, built)
        return self._house[1]

    def city_name(self, place_id: str, variety: str) -> str:
        """A town's name in the script of the variety; what is not in the gazetteer stays as it was written."""
        place = self.places.get(place_id)
        return place_id if place is None else place.name["ar" if variety in ("ar", "ary") else "fr"]

    def locate(self, lat: float, lon: float) -> SharedPlace:
        """The nearest known place. The point goes no further than this function."""
        found = self.places.nearest(lat, lon)
        if found is None or found[1] > _NEAR_KM:
            return SharedPlace()
        region = found[0].region if found[0].is_ours else None
        return SharedPlace(place=found[0].id, region=region)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """A running house. `close` lets go of everything it holds."""

    settings: Settings
    library: Library
    database: Database
    bell: Bell
    vault: Vault
    hearing: Hearing
    study: Study
    postroom: PostRoom
    shredder: Shredder
    desk: Desk
    channels: Mapping[str, Channel]
    clock: Clock
    token: Callable[[], str]

    async def forget(self) -> int:
        """Open the envelopes of people erased; then nothing of them is left in the files either. How many."""
        now = self.clock()
        count = await self.database.write(lambda db: erasing.run(db, self.vault, now))
        if count:
            await self.database.tidy()
        return count

    async def expire(self) -> Report:
        """Once a day: what was kept long enough goes. Batch by batch, so that nobody's message waits for it."""
        now, today, total = self.clock(), self.library.today(), Report()
        if not await self.database.write(lambda db: retention.is_due(db, today)):
            return total
        lengths = Lengths(**self.library.organisation.retention)
        while not (done := await self.database.write(lambda db: retention.run(db, self.vault, now, lengths))).nothing:
            total += done
        await self.database.tidy()
        return total

    async def close(self) -> None:
        for channel in self.channels.values():
            await channel.close()
        self.hearing.close()
        await self.bell.close()
        await self.database.close()


def new_token() -> str:
    """An unguessable name, 22 characters."""
    return token_urlsafe(16)


def model_folder(settings: Settings) -> Path:
    """Where the model for this data and this code stands: another key is another folder, so an old one never serves."""
    return settings.model_dir / key_of(settings.home / "nlu" / "data")


def load_interpreter(settings: Settings, folder: Path | None = None) -> Interpreter:
    """The engine this deployment understands with: Rasa's where RASA_URL is set, ours standing by. Raises NoModel."""
    ours = load_embedded(settings, folder)
    return remote_interpreter(settings, ours) if settings.rasa_url else ours


def remote_interpreter(settings: Settings, ours: Interpreter) -> "RasaInterpreter":
    """Rasa's engine over ours."""
    from nlu.remote import RasaInterpreter  # brings the web client, which only a remote engine needs

    return RasaInterpreter(settings.rasa_url, ours)


def load_embedded(settings: Settings, folder: Path | None = None) -> EmbeddedInterpreter:
    """The trained model. Raises NoModel when there is none."""
    folder = folder or model_folder(settings)
    if not folder.is_dir():
        raise NoModel("there is no language model for this data yet: run `dalil train`")
    return EmbeddedInterpreter.load(folder, settings.home / "nlu" / "safety" / "patterns")


def assemble(
    settings: Settings,
    channels: Mapping[str, Channel],
    clock: Clock = system_clock,
    interpreter: Interpreter | None = None,
    library: Library | None = None,
    vault: Vault | None = None,
) -> Assembly:
    """Raises what a wrong setting, file or key raises, each with one line for the operator."""
    library = library or Library(settings, clock)
    vault = vault or open_vault(settings)
    database, bell = open_database(settings.database), open_bell(settings.database)
    understands = interpreter or load_interpreter(settings)
    hearing = Hearing(understands, library.words, library.places, library.search, library.wishes)
    gathering = Gathering(library.house, library.wording, fold)
    shelf = Shelf(
        knowledge=library.knowledge,
        directory=library.directory,
        opportunities=library.opportunities,
        organisation=library.organisation,
        zone=library.zone,
    )
    ledger = Ledger(vault, bell, library.wording, shelf, Gaps(vault, library.familiar))
    study = Study(database, vault, bell, hearing, gathering, ledger, library.wording, clock)
    return Assembly(
        settings=settings,
        library=library,
        database=database,
        bell=bell,
        vault=vault,
        hearing=hearing,
        study=study,
        postroom=PostRoom(database, vault, bell, channels, clock),
        shredder=Shredder(database, channels, clock),
        desk=Desk(vault=vault, bell=bell, token=new_token),
        channels=channels,
        clock=clock,
        token=new_token,
    )
