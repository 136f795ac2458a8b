"""Puts values in the place of placeholders, each in the manner of the variety."""

import re
from collections.abc import Mapping, Sequence

from bot.knowledge import formats
from bot.knowledge.model import Fact, Number, Value
from bot.knowledge.texts import PLACEHOLDER, Placeholder, read_placeholder

_PIECES = re.compile(r"(\{[^{}\n]*\})")


class UnfillableError(KeyError):
    """A placeholder without a value; the text says why."""


class Filler:
    """Knows all facts and numbers. A telephone number that is not to be shown cannot get into a text through here."""

    def __init__(self, facts: Mapping[str, Fact], numbers: Mapping[str, Number]) -> None:
        self._facts, self._numbers = facts, numbers

    def fill(self, text: str, variety: str, facts: Sequence[str]) -> str:
        """Words between placeholders get the variety's own marks too (isolated Latin names, French spaces)."""
        pieces = [
            self._write(piece[1:-1], variety, facts) if PLACEHOLDER.fullmatch(piece) else formats.prose(piece, variety)
            for piece in _PIECES.split(text)
        ]
        return "".join(pieces)

    def faults(self, text: str, facts: Sequence[str]) -> list[str]:
        """Why the text could not be filled, one line a placeholder."""
        found = []
        for inside in dict.fromkeys(PLACEHOLDER.findall(text)):
            try:
                self._write(inside, "fr", facts)
            except UnfillableError as error:
                found.append(str(error.args[0]))
        if any(brace in PLACEHOLDER.sub("", text) for brace in "{}"):
            found.append("a brace without its partner")
        return found

    def owner(self, inside: str, facts: Sequence[str]) -> Fact | None:
        """The fact a placeholder takes its value from, if it takes it from one."""
        placeholder = read_placeholder(inside)
        if placeholder is None or placeholder.owner == "phone":
            return None
        return next(iter(self._owners(placeholder, facts)), None)

    def _write(self, inside: str, variety: str, facts: Sequence[str]) -> str:
        placeholder = read_placeholder(inside)
        if placeholder is None:
            raise UnfillableError(f"{{{inside}}} is not written as a placeholder is")
        if placeholder.owner == "phone":
            return self._phone(placeholder.name, variety)
        value = self._value(inside, placeholder, facts)
        return self._phone(str(value.data), variety) if value.kind == "phone" else formats.value(value, variety)

    def _value(self, inside: str, placeholder: Placeholder, facts: Sequence[str]) -> Value:
        owners = self._owners(placeholder, facts)
        if not owners:
            raise UnfillableError(f"{{{inside}}} is in none of the entry's facts")
        if len(owners) > 1:
            named = " or ".join(f"{{{fact.id}:{placeholder.name}}}" for fact in owners)
            raise UnfillableError(f"{{{inside}}} is in several facts: write {named}")
        return owners[0].values[placeholder.name]

    def _owners(self, placeholder: Placeholder, facts: Sequence[str]) -> list[Fact]:
        among = [self._facts[fact] for fact in facts if placeholder.owner in (None, fact)]
        return [fact for fact in among if placeholder.name in fact.values]

    def _phone(self, number_id: str, variety: str) -> str:
        number = self._numbers.get(number_id)
        if number is None:
            raise UnfillableError(f"{number_id} is no number of numbers.yml")
        if not number.show:
            raise UnfillableError(f"the number {number_id} must not be shown (show: false)")
        return formats.phone(number.number, variety)
