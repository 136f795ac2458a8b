"""The closed table of files the house makes for people."""

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from bot.knowledge.catalogue import Catalogue
from bot.knowledge.entries import Knowledge
from bot.knowledge.organisation import Organisation
from bot.knowledge.wording import Wording
from bot.paper import checklist
from bot.paper.orders import PDF, Json, Order
from bot.paper.sheet import Sheet
from flows.facts import House

__all__ = ["PDF", "Order", "Press", "Shop"]


class Shop:
    """What every kind of file is made with. `zone`: where a day begins."""

    def __init__(
        self,
        catalogue: Catalogue,
        knowledge: Knowledge,
        wording: Wording,
        organisation: Organisation,
        house: Callable[[], House],
        zone: ZoneInfo,
    ) -> None:
        self.catalogue, self.knowledge, self.wording = catalogue, knowledge, wording
        self.organisation, self.house, self.zone = organisation, house, zone


class Press:
    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def name(self, what: str, args: Mapping[str, Json]) -> str:
        """The file's name: ASCII, so that every telephone and every mail keeps it. Raises KeyError outside the table."""
        return _TABLE[what][1](args)

    def make(self, order: Order) -> bytes:
        """Takes some tenths of a second: not for the event loop. Raises KeyError outside the table."""
        return _TABLE[order.what][0](order, self._shop).finish()


_TABLE: Mapping[str, tuple[Callable[[Order, Shop], Sheet], Callable[[Mapping[str, Json]], str]]] = {
    "checklist": (checklist.draw, checklist.name),
}
