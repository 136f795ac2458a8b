"""What must never be stored, struck out before anything is: numbers of identity cards, passports and bank cards."""

import re

STRUCK = "▇▇▇▇"
# CNIE: one or two letters and 5 to 6 digits; Moroccan passport: two letters and 7;
# residence permit: one letter, 6 digits and a letter.
_PAPER = re.compile(r"(?<![\w/:.-])[A-Za-z]{1,2}[ -]?\d{5,7}[A-Za-z]?(?![\w/-])")
_BANK_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){15}\d(?!\d)")


def strike(text: str) -> str:
    """The text with such numbers replaced. Telephone numbers and amounts stay."""
    return _BANK_CARD.sub(STRUCK, _PAPER.sub(STRUCK, text))
