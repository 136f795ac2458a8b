"""How many people come, when a message says so: "we are 3", "bghina 3 d blayes", "moi et ma sœur". Read from the folded text."""

import re

from nlu.normalise import fold

MOST = 4  # seats one booking may have: see `bot.booking.seats`
MORE = "more"
_LONGEST = 300  # characters; a longer letter tells a story
_WORDS = {
    2: "deux two jouj zouj tnin اثنان اثنين جوج زوج",
    3: "trois three tlata tleta ثلاثة ثلاث تلاتة تلات",
    4: "quatre four rb3a reb3a arb3a rab3a أربعة أربع ربعة",
    5: "cinq five khmsa khamsa خمسة خمس",
    6: "six setta sitta ستة ست",
    7: "sept seven seb3a sb3a سبعة سبع",
    8: "huit eight tmnya tmenya ثمانية تمنية",
    9: "neuf nine ts3oud tes3oud تسعة تسعود",
    10: "dix ten 3chra عشرة",
}
_NUMBERS = {fold(word): number for number, words in _WORDS.items() for word in words.split()}
_PEOPLE = """personne personnes place places siège sièges people persons seat seats nas nass blays blayes blayess blassa blassat
lblays lblayes wahed أشخاص شخص أفراد أماكن مقاعد مكان ناس الناس بلايص البلايص بلاصة بلاصات"""
_WE = """nous sommes|nous serons|nous venons à|on est|on sera|on vient à|we are|we're|we will be|7na|a7na|rana|ghadi nkouno|نحن|
حنا|احنا|غادي نكونو|سنكون"""
_FOR = "pour|for"


def _any(words: list[str]) -> str:
    return "(?:" + "|".join(sorted({re.escape(fold(w.strip())) for w in words}, key=len, reverse=True)) + ")"


_NUMBER = rf"(?P<n>\d{{1,2}}|{_any(list(_NUMBERS))})"
_OF = r"(?:(?:d|de|dial|dyal|of|د|ديال|من)\s+)?(?:l\s+)?"
_PATTERNS = tuple(
    re.compile(rf"(?<!\w){pattern}(?!\w)")
    for pattern in (
        rf"{_any(_WE.split('|'))}(?:\s+(?:fina|hna|a))?\s+{_NUMBER}",
        rf"{_NUMBER}\s+{_OF}{_any(_PEOPLE.split())}",
        rf"{_any(['bghina', 'بغينا'])}\s+{_NUMBER}$",
        rf"{_any(_FOR.split('|'))}\s+{_NUMBER}$",
    )
)
# "Me and my brother": two, said without a number.
_PAIR = re.compile(
    r"(?<!\w)(?:moi et (?:mon|ma|un|une) \w+|ana (?:u|ou) \w+|انا و\w+|me and (?:my|a) \w+|"
    r"مكانين|مقعدين|شخصين|بلاصتين|blastin)(?!\w)"
)


def group_in(folded: str) -> str | None:
    """ "1" to "4", the person included; "more" for a larger group; None where nothing is said."""
    text = folded[:_LONGEST]
    for pattern in _PATTERNS:
        if found := pattern.search(text):
            said = found["n"]
            number = int(said) if said.isdecimal() else _NUMBERS[said]
            return None if number == 0 else str(number) if number <= MOST else MORE
    return "2" if _PAIR.search(text) else None
