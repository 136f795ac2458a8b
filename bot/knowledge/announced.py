"""Whether the words before a word announce a place.

Some names are also everyday words: "safi" is "enough", "sous" is "under", "tata" is an aunt. Without this check
"safi chokran" would move a person to Safi.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_ALWAYS: Final = frozenset(
    (
        "f fi fe mn men min au du in from near vers province ville commune region cercle douar prefecture city town "
        "iqlim i9lim mdina mdint madinat jama3a jiha jihat 7da nwa7i ف في من مدينه اقليم عماله جماعه جهه دوار حدا نواحي"
    ).split()
)
_AFTER_A_VERB: Final = frozenset("a de d l la li to at dyal dial dyl ل د ديال".split())
_VERBS: Final = frozenset(
    (
        "suis viens vient venons vais va habite habitons habitent vis vit vivons reside originaire natif native retourne "
        "retourner rentre rentrer arrive arriver ne nee nes ville province region commune session seance reunion "
        "rencontre bureau agence loin pres cote autour environs going go live lives living back come trip office saken "
        "sakna sakn sakin nmchi temchi ymchi mchit mcha ghadi ghada jay jaya rje3t nrje3 nwsel wselt ساكن ساكنه ساكنين "
        "نمشي تمشي مشيت غادي غاديه جاي جايه رجعت نرجع وصلت سافرت"
    ).split()
)


def announces_place(message: Sequence[str], at: int) -> bool:
    """Whether the words of the message before position `at` say that a place comes next.

    "à", "de" and "l" alone do not: "donner à tata", "d safi". After a verb of living or going they do.
    """
    if at == 0:
        return False
    if message[at - 1] in _ALWAYS:
        return True
    return at > 1 and message[at - 1] in _AFTER_A_VERB and message[at - 2] in _VERBS
