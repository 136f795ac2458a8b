"""Words that take an earlier answer back: "la, machi Agadir, Tiznit", "non, plutôt Tiznit", "not Agadir but Tiznit"."""

import re

LONGEST = 12  # words; a longer message tells something besides
_SHORT = 4  # words of a thing and what it is not: "Tiznit machi Agadir"
_NO = r"non|nan|nn|no|nope|nah|lala|la(?=\s*[,،.:;])|la(?=\s+machi|\s+mashi)|لا|لالا|كلا"
_NOT = r"c'est pas|ce n'est pas|pas|machi|mashi|ماشي|مشي|ليس|ليست|not|it's not|it isn't"
_BUT = r"mais|plutôt|plutot|c'est|but|rather|instead|walakin|walkin|ولكن|لكن|بل|it's"
_SLIP = (
    r"en fait|finalement|je me suis tromp[ée]e?|je me trompe|erreur|pardon|désolée?|je voulais dire|je veux dire|plutôt|plutot|"
    r"actually|i meant|i mean|sorry|my mistake|wait|oops|rather|"
    r"ghle[tṭ]+|ghlatt?|ghalat|sme7 ?l?iy?a|smeh ?l?iy?a|sme7 li|kont baghi ngoul|bghit ngoul|ngsed|n9sed|"
    r"غلطت|غلط|سمح ليا|سمحو ليا|سمحولي|كنت باغي نقول|بغيت نقول|نقصد|أقصد|قصدت|عفوا|عفوًا|آسف|معذرة|أخطأت|في الحقيقة|بالأحرى"
)
_GAP = r"[\s,،.:;!…-]+"
_LEAD = rf"^\W*(?:(?:{_NO}|{_SLIP})(?![^\W_])\W*)*"
_INSTEAD = re.compile(
    rf"{_LEAD}(?:{_NOT})\s+[^,،.;]+?(?:\s*[,،.;]+\s*(?:(?:{_BUT})\s+)?|\s+(?:{_BUT})\s+)(?P<meant>\S.*)$", re.IGNORECASE
)
_BARE = re.compile(rf"{_LEAD}(?:{_NOT})\s+[^\s,،.;]+\s+(?P<meant>\S.*)$", re.IGNORECASE)  # "la machi agadir tiznit"
_NOT_THAT = re.compile(rf"^(?P<meant>[^,،]+?)[\s,،]+(?:et |w |و)?(?:{_NOT})\s+(?P<other>\S.*)$", re.IGNORECASE)
_AFTER = re.compile(rf"^\W*(?:(?:{_NO}|{_SLIP})(?:{_GAP}|$))+(?P<meant>\S.*)$", re.IGNORECASE)


def meant(text: str) -> tuple[int, int] | None:
    """Where in the text stands what is meant instead of something said before; None when nothing is taken back."""
    if len(text.split()) > LONGEST:
        return None
    found = _INSTEAD.search(text) or _BARE.search(text) or _turned_round(text) or _AFTER.search(text)
    return found.span("meant") if found else None


def _turned_round(text: str) -> re.Match[str] | None:
    found = _NOT_THAT.search(text)
    brief = found is not None and max(len(found[part].split()) for part in ("meant", "other")) <= _SHORT
    return found if brief else None
