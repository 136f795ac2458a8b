"""How many come, said in each variety; and messages that say nothing of the kind."""

import pytest

from bot.booking.seats import MOST_IN_A_GROUP
from bot.knowledge.company import MOST, group_in
from nlu.normalise import fold

SAID = {
    "1": ["1 place pour Agadir", "bghit 1 blassa"],
    "2": [
        "je veux réserver pour 2", "moi et ma sœur voulons venir", "ana w khouya bghina njiw", "me and my brother", "book for two",
        "بغينا جوج بلايص", "أنا وأخي نريد الحضور", "أريد مكانين", "bghit jouj blays f session", "٢ أماكن",
    ],
    "3": [
        "we are 3", "we're three", "nous sommes trois", "on est 3", "bghina 3 d nass f ijtima3 dyal Agadir", "bghina 3 blays",
        "bghina 3", "7na tlata", "7na fina 3", "حنا تلاتة", "بغينا 3 د البلايص", "نحن ثلاثة", "نريد 3 أماكن في لقاء أكادير",
    ],
    "4": ["7na rb3a d nass", "on est quatre personnes", "نحن أربعة", "حنا ربعة", "4 seats in Agadir"],
    "more": ["we are six people", "nous serons 12", "25 personnes", "bghina 7 d lblayess", "حنا خمسة", "we are nine"],
}  # fmt: skip
UNSAID = (
    "3", "bghit nsjel f ijtima3 dyal Agadir", "je veux une place", "on est à Agadir", "hna f agadir", "for 12 months I worked",
    "بغيت بلاصة", "0 place", "3ndi 17 3am", "ana bghit nmchi l fransa", "il y a 3 ans", "pour 3 mois en France", "moi et vous",
)  # fmt: skip


@pytest.mark.parametrize(("group", "text"), [(g, t) for g, texts in SAID.items() for t in texts])
def test_said(group: str, text: str) -> None:
    assert group_in(fold(text)) == group


@pytest.mark.parametrize("text", UNSAID)
def test_unsaid(text: str) -> None:
    assert group_in(fold(text)) is None


def test_what_is_read_is_what_can_be_booked() -> None:
    assert MOST == MOST_IN_A_GROUP
