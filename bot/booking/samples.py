"""Three sessions to try the product with, two in Souss-Massa and one in Béni Mellal-Khénifra, in the weeks to come."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.booking.planning import Plan

_TITLES = {
    "study": {
        "fr": "Étudier en France : par où commencer",
        "ar": "الدراسة في فرنسا: كيف نبدأ",
        "ary": "القراية ففرنسا: منين نبداو",
        "ary-Latn": "L9raya f Fransa: mnin nbdaw",
        "en": "Studying in France: where to begin",
    },
    "return": {
        "fr": "Rentrer au pays : pension, soins, école",
        "ar": "العودة إلى الوطن: التقاعد والعلاج والمدرسة",
        "ary": "الرجوع للبلاد: التقاعد، الدوا، المدرسة",
        "ary-Latn": "Rjou3 l lblad: retraite, dwa, mdrasa",
        "en": "Coming home: pension, care, school",
    },
    "work": {
        "fr": "Travailler à l'étranger sans se faire piéger",
        "ar": "العمل في الخارج دون الوقوع في الاحتيال",
        "ary": "الخدمة فالخارج بلا ما يتنصب علينا",
        "ary-Latn": "Lkhdma f lkharij bla ma ytnseb 3lina",
        "en": "Working abroad without being cheated",
    },
}


def plans(now: datetime, zone: str) -> list[Plan]:
    """Dated from `now`, so that there is always something to book."""
    local = now.astimezone(ZoneInfo(zone))
    saturday = local + timedelta(days=(5 - local.weekday()) % 7 or 7)
    return [
        _plan("agadir", "study", "Centre de quartier Talborjt", "agadir", "souss-massa", saturday, 15, zone),
        _plan(
            "taliouine", "return", "Maison du développement", "taliouine", "souss-massa", saturday + timedelta(days=8), 10, zone
        ),
        _plan(
            "beni-mellal",
            "work",
            "Maison des jeunes",
            "beni-mellal",
            "beni-mellal-khenifra",
            saturday + timedelta(days=11),
            16,
            zone,
        ),
    ]


def _plan(name: str, subject: str, place: str, city: str, region: str, day: datetime, hour: int, zone: str) -> Plan:
    starts = f"{day:%Y-%m-%d}T{hour:02}:00"
    return Plan(
        id=f"{name}-{day:%Y-%m-%d}",
        title=_TITLES[subject],
        place=place,
        city=city,
        region=region,
        starts=starts,
        ends=f"{day:%Y-%m-%d}T{hour + 2:02}:00",
        capacity=30,
        language="ary",
        zone=zone,
    )
