"""Reads the places that a message names: every word is explained once, by the strictest reading that can.

Three readings, each looser than the one before and confined to words still unexplained: as spelled, as heard, with
one slip. All of them look up tables made once, so that the length of the list costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bot.knowledge.announced import announces_place
from bot.knowledge.spelling import bears_slips, is_slip, left_out, loose, unglued
from nlu.normalise import bones_of_word, fold_word, words

OURS: Final = frozenset({"souss-massa", "beni-mellal-khenifra"})
SIZE: Final = {"city": 0, "municipality": 0, "commune": 1, "prefecture": 2, "province": 2, "region": 3, "country": 4}
_LONGEST_MESSAGE: Final = 400
_HEARD: Final = 5  # shorter names count as spelled only
_JOINED: Final = 7  # written together or apart, if the name is this long
_WIDEST_SLIP: Final = 3
_SHORTEST_WORD: Final = 3
_NONE: Final[frozenset[str]] = frozenset()
Table: TypeAlias = dict[str, frozenset[str]]
_Reader: TypeAlias = Callable[[int, int], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """The places that one stretch of a message may name."""

    at: int
    words: int
    ids: frozenset[str]


class Spellings:
    """The tables, from the strictest to the loosest; a wary spelling is only in its own."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self.exact: Table = {}
        self.heard: Table = {}
        self.joined: Table = {}
        self.near: Table = {}  # what a slip leaves of a key -> keys, which are looked up in `whole`
        self.whole: Table = {}
        self.parts: dict[str, frozenset[tuple[str, ...]]] = {}  # the words of such a key
        self.several: set[str] = set()  # words of names of several words
        self.first: dict[str, int] = {}  # a word that opens a name -> how many words that name has at most
        self.wary: Table = {}
        self.never: set[str] = set()
        self.size: dict[str, int] = {}
        self.ours: set[str] = set()
        self.asked: set[str] = set()  # what a person may answer when asked for a town: "Tata"
        for row in rows:
            self._learn(row)

    def _learn(self, row: Mapping[str, Any]) -> None:
        self.size[row["id"]] = SIZE[row["kind"]]
        if row.get("region") in OURS:
            self.ours.add(row["id"])
            if row["kind"] != "commune":
                self.asked.add(row["id"])
        wary = {" ".join(words(spelling)) for spelling in row.get("wary", ())}
        for spelling in wary:
            _add(self.wary, spelling, row["id"])
            self._opens(fold_word(spelling.split()[0]), spelling.count(" ") + 1)
        self.never.update(word for spelling in row.get("not", ()) for word in words(spelling))
        for spelling in {" ".join(words(text)) for text in (row["name"]["fr"], row["name"]["ar"], *row["spellings"])}:
            if spelling not in wary:
                self._add_everywhere(spelling.split(), row)

    def _add_everywhere(self, spelling: Sequence[str], row: Mapping[str, Any]) -> None:
        folded = [fold_word(word) for word in spelling]
        sounds = [loose(word) for word in folded]
        together = "".join(sounds)
        for opening in (folded[0], sounds[0]):
            self._opens(opening, len(spelling))
        if len(spelling) > 1:
            self.several.update(sound for sound in sounds if len(sound) > 1)
        _add(self.exact, " ".join(folded), row["id"])
        if len(together) >= _HEARD:
            _add(self.heard, " ".join(sounds), row["id"])
        if len(together) >= _JOINED:
            _add(self.joined, together, row["id"])
        if row["id"] in self.ours and bears_slips(together, village=row["kind"] == "commune"):
            _add(self.whole, together, row["id"])
            self.parts[together] = self.parts.get(together, frozenset()) | {tuple(sounds)}
            for key in (*left_out(together), _bones(spelling)):
                _add(self.near, key, together)

    def _opens(self, word: str, length: int) -> None:
        self.first[word] = max(length, self.first.get(word, 1))


def _bones(spelling: Iterable[str]) -> str:
    return f"={''.join(bones_of_word(word) for word in spelling)}"


def _add(table: Table, key: str, place: str) -> None:
    table[key] = table.get(key, frozenset()) | {place}


class Reading:
    """One message being read; each word is explained once, by the strictest reading that can."""

    def __init__(self, message: list[str], spellings: Spellings) -> None:
        self.message, self.spellings = message[:_LONGEST_MESSAGE], spellings
        self.folded = [fold_word(word) for word in self.message]
        self.sounds = [loose(word) for word in self.folded]
        self.free = [True] * len(self.message)

    def all(self) -> Iterator[Found]:
        for reader, widest in (
            (self._as_spelled, self._opened_by(self.folded)),
            (self._as_heard, [max(most, 2) for most in self._opened_by(self.sounds)]),
            (self._with_a_slip, [_WIDEST_SLIP] * len(self.message)),
        ):
            yield from self._sweep(reader, widest)

    def _opened_by(self, spelled: Sequence[str]) -> list[int]:
        """For each word, how many words a name that it opens may have, itself or what is left without a glued one."""
        first = self.spellings.first
        return [max(first.get(word, 1), *(first.get(bare, 1) for bare in unglued(word, opens=True)), 1) for word in spelled]

    def _sweep(self, reader: _Reader, widest: Sequence[int]) -> Iterator[Found]:
        at = 0
        while at < len(self.message):
            found = self._widest_at(at, reader, widest[at]) if self.free[at] else None
            if found is not None:
                self.free[at : at + found.words] = [False] * found.words
                yield found
            at += found.words if found is not None else 1

    def _widest_at(self, at: int, reader: _Reader, most: int) -> Found | None:
        end = at + 1
        while end < min(at + most, len(self.message)) and self.free[end]:
            end += 1
        for stop in range(end, at, -1):
            if ids := reader(at, stop):
                return Found(at, stop - at, ids)
        return None

    def _as_spelled(self, at: int, stop: int) -> frozenset[str]:
        spelled = " ".join(self.message[at:stop])
        if spelled in self.spellings.wary:
            return self._if_announced(spelled, at)
        if stop - at == 1 and spelled in self.spellings.never:
            self.free[at] = False
            return _NONE
        return self._looked_up(self.spellings.exact, self.folded, at, stop)

    def _if_announced(self, spelled: str, at: int) -> frozenset[str]:
        ids = self.spellings.wary[spelled]
        alone = len(spelled.split()) == len(self.message) and not ids.isdisjoint(self.spellings.asked)
        if alone or announces_place(self.message, at):
            return ids
        if " " not in spelled:
            self.free[at] = False
        return _NONE

    def _as_heard(self, at: int, stop: int) -> frozenset[str]:
        ids = self._looked_up(self.spellings.heard, self.sounds, at, stop)
        if not ids and stop - at <= _WIDEST_SLIP:
            ids = self.spellings.joined.get("".join(self.sounds[at:stop]), _NONE)
        return self._largest(ids)

    def _looked_up(self, table: Table, spelled: Sequence[str], at: int, stop: int) -> frozenset[str]:
        if ids := table.get(" ".join(spelled[at:stop])):
            return ids
        for first in unglued(spelled[at], opens=stop - at > 1):
            if first in self.spellings.never:
                break
            if ids := table.get(" ".join((first, *spelled[at + 1 : stop]))):
                return ids
        return _NONE

    def _with_a_slip(self, at: int, stop: int) -> frozenset[str]:
        if min(len(self.message[at]), len(self.message[stop - 1])) < _SHORTEST_WORD:
            return _NONE
        if stop - at > 1 and self.spellings.several.isdisjoint(self.sounds[at:stop]):
            return _NONE
        typed, bones = "".join(self.sounds[at:stop]), _bones(self.message[at:stop])
        table, whole = self.spellings.near, self.spellings.whole
        alike = table.get(bones, _NONE)
        near = alike.union(*(table.get(key, _NONE) for key in left_out(typed)))
        likely = (name for name in near if self._shares_a_word(at, stop, name))
        ids = _NONE.union(*(whole[name] for name in likely if is_slip(typed, name, same_bones=name in alike)))
        largest = self._largest(ids)
        return largest if len(largest) == 1 else _NONE

    def _shares_a_word(self, at: int, stop: int, name: str) -> bool:
        """Several words are a mistyped name only if one is right: "ouled tiema", not "vous êtes avec"."""
        if stop - at == 1:
            return True
        typed = set(self.sounds[at:stop])
        return any(len(parts) > 1 and not typed.isdisjoint(parts) for parts in self.spellings.parts[name])

    def _largest(self, ids: frozenset[str]) -> frozenset[str]:
        """Towns before villages: who makes a slip more likely means the place that more people live in."""
        if len(ids) < 2:
            return ids
        size = self.spellings.size
        least = min(size[name] for name in ids)
        return frozenset(name for name in ids if size[name] == least)
