"""Groups lines that ask for the same thing, whatever their script: by the ideas they share, then by the sound of their words."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from nlu.concepts import Concepts
from nlu.normalise import bones_of_word

_ALIKE: Final = 0.34  # of what two lines say, by weight, must be common to both
_IDEA: Final = 2.0  # an idea of the lexicon counts as two words
_SHORTEST: Final = 2  # consonants of a word that tells something


def groups(lines: Sequence[Sequence[str]], concepts: Concepts) -> list[list[int]]:
    """Lines given as their words -> row numbers by group, the largest first. Deterministic; some thousands take seconds."""
    told = [_told(line, concepts) for line in lines]
    seen = Counter(feature for features in told for feature in features)
    weight = {f: (_IDEA if f[0] == "c" else 1.0) * (1 + math.log(len(lines) / times)) for f, times in seen.items()}
    sizes = [sum(weight[f] for f in features) for features in told]
    holders: dict[str, list[int]] = defaultdict(list)
    leader: list[int] = []
    for at, features in enumerate(told):
        shared: dict[int, float] = defaultdict(float)
        for feature in features:
            for other in holders[feature]:
                shared[other] += weight[feature]
        alike = ((common / (sizes[at] + sizes[other] - common), -other) for other, common in shared.items())
        likeness, nearest = max(alike, default=(0.0, 0))
        leader.append(leader[-nearest] if likeness >= _ALIKE else at)
        for feature in features:
            holders[feature].append(at)
    found: dict[int, list[int]] = defaultdict(list)
    for at, first in enumerate(leader):
        found[first].append(at)
    return sorted(found.values(), key=lambda group: (-len(group), group[0]))


def _told(line: Sequence[str], concepts: Concepts) -> frozenset[str]:
    ideas = {f"c{name}" for opened in concepts.found_in(line) for name in opened}
    sounds = {f"w{bones}" for word in line if len(bones := bones_of_word(word)) >= _SHORTEST}
    return frozenset(ideas | sounds)
