"""Whether a text is in the language its file claims. Scripts first, then the commonest words: simple, and rarely wrong."""

import re

from bot.knowledge.model import ARABIC_SCRIPT
from bot.knowledge.texts import without_placeholders

_COMMON = {
    "fr": "le la les des du est et pour dans vous tu ou une un sur pas qui que avec en au aux par se ne à plus ce si",
    "en": "the of and to is in for you it your not or on with are from that this by if can ask at a be when as an no",
    "ary-Latn": "dyal dial w wla li lli f fi mn men had hadi hadchi 3la ila bach 7ta ghir kayn kayna machi khass m3a "
    "chi wa7d 3nd 3end daba fin chno kifach bla 9bel ma kol bzaf hna dak",
    "ar": "في إلى أو هذا هذه التي الذي مع لا عن أن إذا قد لم لن ليس ثم هناك لدى دون حسب أي كما أما بين ذلك أين عبر لكن تكون",
    "ary": "ديال اللي ولا هاد باش كاين كاينة ماشي خاص واش شي فين شنو كيفاش دابا بلا بزاف د ف إلا راه هادشي ديالهم ديالكم "
    "ديالو ديالها غادي ما حتى إيه حيت معاكم عاد داك بحال لول اللول كثر",
}  # fmt: skip
_WORDS = {variety: frozenset(words.split()) for variety, words in _COMMON.items()}
# "fal-" is Darija's "in the", "kay-" and "kat-" its present tense; standard Arabic has few words that begin so.
_DARIJA = re.compile(r"(?:فال|كي|كت)\w{3,}")
_WORD = re.compile(r"[^\W_]+")
_ENOUGH = 15
_CLEARLY = 1.5


def language(text: str, variety: str) -> list[str]:
    """Nothing when the text is what it claims or too short to tell."""
    bare = without_placeholders(text)
    arabic = len(re.findall(r"[\u0600-\u06ff]", bare))
    latin = len(re.findall(r"[A-Za-zÀ-ÿ]", bare))
    if arabic + latin == 0:
        return []
    share = arabic / (arabic + latin)
    if variety in ARABIC_SCRIPT and share < 0.5:
        return ["is not in Arabic letters"]
    if variety not in ARABIC_SCRIPT and share > 0.05:
        return ["has Arabic letters in it"]
    return _by_words([word.lower() for word in _WORD.findall(bare)], variety)


def _by_words(words: list[str], variety: str) -> list[str]:
    if len(words) < _ENOUGH:
        return []
    rivals = [v for v in _WORDS if (v in ARABIC_SCRIPT) == (variety in ARABIC_SCRIPT)]
    score = {v: sum(word in _WORDS[v] for word in words) for v in rivals}
    if "ary" in score:
        score["ary"] += sum(bool(_DARIJA.match(word)) for word in words)
    best = max(rivals, key=lambda v: score[v])
    if best != variety and score[best] >= 3 and score[best] > _CLEARLY * score[variety]:
        return [f"reads like {best}, not {variety}"]
    return []
