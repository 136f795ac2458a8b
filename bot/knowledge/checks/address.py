"""Whom a text speaks to: tu or vous in French, and in Arabic and Darija nobody who is a man or a woman."""

import re

_TU = re.compile(r"(?<![\w-])(?:tu|te|toi|ton|ta|tes)(?!\w)|(?<!\w)[tT]['’](?=[aeiouyhéèê])|-toi(?!\w)", re.I)
_VOUS = re.compile(r"(?<!rendez-)(?<!\w)(?:vous|votre|vos)(?!\w)|(?<!\w)\w{2,}ez(?!\w)", re.I)
_VOUS_NOT = ("chez", "assez", "nez", "rez", "fez", "rendez")
_ARABIC_TEXT = (
    "أنتَ أنتِ أنت إنت انت انتي أنتي نتا نتي نتيا بغيتي خويا ختي أختي أخي عزيزي عزيزتي صديقي صديقتي "
    "تقدري خاصكي ديري سيري شوفي كتبي عيطي سولي قولي گولي تبعي حطي بقاي ردي جيبي ديالكي عندكي راكي كنتي درتي مشيتي "
    "قم اذهب احذر انتبه"
)
_LATIN_TEXT = (
    "nta nti ntaya ntiya ntina bghiti khoya khouya khti okhti a5oya t9dri tqedri te9dri khasski siri chofi choufi ktebi "
    "3eyti 3ayti swli golli diri kenti kounti mchiti drti sa7bi sa7ebti 3zizi"
)
_ARABIC, _LATIN = frozenset(_ARABIC_TEXT.split()), frozenset(_LATIN_TEXT.split())
_VOWELLED = re.compile(r"\w+[كت][\u064e\u0650](?![\w\u064b-\u0652])")
_ARABIC_WORD = re.compile(r"[\u0621-\u0652]+")
_LATIN_WORD = re.compile(r"[a-z0-9]+", re.I)


def french(text: str, familiar: bool) -> list[str]:
    """tu where the audience is young, vous for everybody else; never both."""
    tu = _hits(_TU, text)
    vous = [hit for hit in _hits(_VOUS, text) if hit.lower() not in _VOUS_NOT]
    if tu and vous:
        return [f"mixes tu (“{tu[0]}”) and vous (“{vous[0]}”)"]
    wrong = vous if familiar else tu
    said, wanted = ("vous", "tu") if familiar else ("tu", "vous")
    return [f"says {said} (“{wrong[0]}”) where this audience is {wanted}"] if wrong else []


def gendered(text: str, variety: str) -> list[str]:
    """Words that make the reader a man or a woman. A short list: it catches slips, it does not prove their absence."""
    if variety == "ary-Latn":
        hits = [word for word in _LATIN_WORD.findall(text) if word.lower() in _LATIN]
    else:
        hits = [word for word in _ARABIC_WORD.findall(text) if word in _ARABIC] + _hits(_VOWELLED, text)
    return [f"“{hit}” makes the reader a man or a woman: use the plural or a verbal noun" for hit in dict.fromkeys(hits)]


def _hits(pattern: re.Pattern[str], text: str) -> list[str]:
    return [match.group() for match in pattern.finditer(text)]
