"""The menu beside the input line. Its languages are two-letter codes, which Darija has not: there the language of
the app decides (core.telegram.org/bots/api#determining-list-of-commands)."""

from collections.abc import Mapping

COMMANDS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "start": "Commencer",
        "menu": "Voir ce que je peux faire",
        "advisor": "Parler à une personne",
        "language": "Changer de langue",
        "stop": "Ne plus recevoir de messages",
        "help": "Aide",
    },
    "ar": {
        "start": "البداية",
        "menu": "عرض القائمة",
        "advisor": "التحدث مع شخص",
        "language": "تغيير اللغة",
        "stop": "إيقاف الرسائل",
        "help": "مساعدة",
    },
    "en": {
        "start": "Start",
        "menu": "See what I can do",
        "advisor": "Talk to a person",
        "language": "Change language",
        "stop": "Stop receiving messages",
        "help": "Help",
    },
}
