"""What the product itself says: gettext catalogues under `locales/<variety>/LC_MESSAGES/`, one text a name and variety."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import read_po

from flows.heard import VARIETIES

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class CatalogueFault(ValueError):
    """A text is missing, or its placeholders differ between varieties. Names catalogue and message."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`texts[variety][message id]`."""

    texts: Mapping[str, Mapping[str, str]]

    @classmethod
    def load(cls, folder: Path, domain: str = "bot", varieties: tuple[str, ...] = VARIETIES) -> "Catalogue":
        """Raises CatalogueFault unless every variety has every message of the template, with the same placeholders."""
        wanted = {m for m in _read(folder / f"{domain}.pot") if m}
        texts = {v: _read(folder / v / "LC_MESSAGES" / f"{domain}.po") for v in varieties}
        for variety, messages in texts.items():
            missing = sorted(m for m in wanted if not messages.get(m))
            if missing:
                raise CatalogueFault(
                    f"locales/{variety}/LC_MESSAGES/{domain}.po: {missing[0]} has no text ({len(missing)} missing)"
                )
        for message in wanted:
            _same_placeholders(message, {v: texts[v][message] for v in varieties})
        return cls(texts)

    def has(self, message_id: str) -> bool:
        return message_id in self.texts["fr"]

    def text(self, message_id: str, variety: str) -> str:
        return self.texts[variety][message_id]


def _read(file: Path) -> dict[str, str]:
    with file.open("rb") as stream:
        catalogue = read_po(stream)
    return {str(m.id): str(m.string) for m in catalogue if m.id}


def _same_placeholders(message: str, texts: Mapping[str, str]) -> None:
    found = {v: frozenset(PLACEHOLDER.findall(t)) for v, t in texts.items()}
    if len(set(found.values())) > 1:
        raise CatalogueFault(f"{message}: the placeholders differ between varieties: {found}")
