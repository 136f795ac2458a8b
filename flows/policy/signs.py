"""A message of pictures alone: a thumb up is a yes, whatever the language; most others say nothing that can be acted on."""

from flows.heard import Heard

_YES, _NO = "👍👌🙏✅🆗💯❤♥😊🙂", "👎❌🚫"


def meaning(heard: Heard) -> str | None:
    """ "yes" or "no" when every picture says the same, else None."""
    signs = {c for c in heard.text if c.isprintable() and not c.isspace() and not _modifies(c)}
    if heard.folded or not signs:
        return None
    if signs <= set(_YES):
        return "yes"
    return "no" if signs <= set(_NO) else None


def _modifies(character: str) -> bool:
    """Skin tones, and the mark that asks for the coloured form."""
    return "\U0001f3fb" <= character <= "\U0001f3ff" or character in "\ufe0f\u200d"
