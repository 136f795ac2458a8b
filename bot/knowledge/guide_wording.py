"""The words of offers and checklists: what `bot.knowledge.wording` asks for by names that begin with "offer." or "checklist."."""

from collections.abc import Mapping
from typing import Any

from bot.knowledge.catalogue import Catalogue
from bot.knowledge.entries import Knowledge

Json = Any
_TITLE, _ASK_OFFER, _ASK_LIST, _AGAIN = "slot.checklist.", "offer.ask.", "checklist.ask.", ".again"
_DONE, _TO_DO = "✅", "▫️"
RENDERED = ("findings", "to_find_out", "checklist", "part", "steps")  # placeholders whose words come from here


class GuideWording:
    def __init__(self, catalogue: Catalogue, knowledge: Knowledge) -> None:
        self._catalogue, self._knowledge, self._guides = catalogue, knowledge, knowledge.guides

    def names(self) -> set[str]:
        """All questions and titles that stand in `content/`."""
        asked = {f"{_ASK_OFFER}{sign}" for sign in self._guides.signs}
        asked |= {f"{_ASK_LIST}{c.id}.{code}" for c in self._guides.checklists.values() for code in c.questions}
        return asked | {f"{name}{_AGAIN}" for name in asked} | {f"{_TITLE}{c}" for c in self._guides.checklists}

    def text(self, message_id: str, variety: str) -> str | None:
        """A question or a title that stands in `content/`; None for any other message. Raises KeyError for one it lacks."""
        if message_id.startswith(_TITLE):
            return self._guides.checklists[message_id.removeprefix(_TITLE)].short_title[variety]
        if not message_id.startswith((_ASK_OFFER, _ASK_LIST)):
            return None
        question = self._question(message_id.removesuffix(_AGAIN), variety)
        return f"{self._catalogue.text('ask.again', variety)}\n{question}" if message_id.endswith(_AGAIN) else question

    def _question(self, message_id: str, variety: str) -> str:
        if message_id.startswith(_ASK_OFFER):
            words = self._guides.signs[message_id.removeprefix(_ASK_OFFER)].question
        else:
            list_id, _, code = message_id.removeprefix(_ASK_LIST).partition(".")
            words = self._guides.checklists[list_id].questions[code]
        return self._knowledge.guide_text(words, variety)

    def value(self, name: str, params: Mapping[str, Json], variety: str) -> str:
        """The words of one of `RENDERED`."""
        match name:
            case "findings":
                return self._lines([self._guides.signs[s].finding for s in params[name]], variety)
            case "to_find_out":
                return self._lines([self._guides.signs[s].to_find_out for s in params[name]], variety)
            case "checklist":
                return self._guides.checklists[str(params[name])].short_title[variety]
            case "part":
                return self._catalogue.text(f"part.{params[name]}", variety)
        return "\n".join(self._step(number, str(params["checklist"]), s, variety) for number, s in enumerate(params[name], 1))

    def _lines(self, found: list[Mapping[str, str]], variety: str) -> str:
        return "\n".join(f"• {self._knowledge.guide_text(words, variety)}" for words in found)

    def _step(self, number: int, checklist: str, step: Mapping[str, Json], variety: str) -> str:
        mark = _DONE if step["done"] else _TO_DO
        return f"{mark} {number}. {self._knowledge.step_text(checklist, str(step['step']), variety)}"
