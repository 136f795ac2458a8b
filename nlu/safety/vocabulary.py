"""Curated words and short phrases ("concepts"), compiled so that a message is read once.

A concept is written as entries separated by commas. In an entry

- a word matches its folded spelling, `word*`, `*word` and `*word*` match stems;
- `~word` compares consonant skeletons, so one entry covers Arabic letters and Arabizi;
- `{8-17}` is any whole number of that range, `#` any number;
- several words match when they follow each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from nlu.normalise import bones_of_word, fold_word, skeleton, words

NUMBER = "#"
LONGEST = 32  # letters read of one word: nobody means the rest, and it would cost seconds
MOST = 400  # words read of one message
SHORTEST_SKELETON = 3  # shorter skeletons meet by chance: "mt" is mout, met, mate
_STUCK = tuple(
    map(
        re.compile,
        (
            r"و(?=\w{2})|[فبلك](?=\w{3})",
            r"[وفبك]?ال(?=\w{3})",
            r"[وف]?لل?(?=\w{3})",
            r"[fbud]?l(?=[a-z0-9]{4})",
            r"d(?=[a-z0-9]{4})",
        ),
    )
)
_STICKY = frozenset("وفبلكاfbudl")  # what those open with
_RANGE = re.compile(r"\{(\d+)-(\d+)\}")


class PatternError(ValueError):
    """A pattern file cannot mean what it says; the message names the place."""


@dataclass(frozen=True, slots=True)
class Token:
    folded: str
    bones: str


class Seen(NamedTuple):
    """A concept found in a message: token positions, end exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in one message of `length` tokens; `starts` tells at which token each word starts, and the end."""

    length: int
    seen: dict[str, list[Seen]]
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """One word of an entry. `table` says which index it lives in: exact, prefix, suffix or infix."""

    sound: bool
    table: int
    text: str


def tokens(text: str) -> list[Token]:
    """A message -> its folded words, each with its skeleton."""
    return [token for word in words(text)[:MOST] for token in _tokens_of(word[:LONGEST])]


@lru_cache(maxsize=20_000)
def _tokens_of(word: str) -> tuple[Token, ...]:
    parts, bones = fold_word(word).split(), bones_of_word(word).split()
    if len(bones) != len(parts):
        bones = [skeleton(part) for part in parts]
    return tuple(map(Token, parts, bones))


class _Node:
    """A step in the tree of all entries: the concepts that end here, and the pieces that may follow."""

    __slots__ = ("concepts", "next")

    def __init__(self) -> None:
        self.concepts: list[str] = []
        self.next: dict[int, _Node] = {}


class Vocabulary:
    """All concepts, indexed by the pieces of words that betray them."""

    def __init__(self, concepts: Mapping[str, str]) -> None:
        self.bit = {name: 1 << number for number, name in enumerate(sorted(concepts))}
        self._names = sorted(concepts)
        self._ids: dict[_Piece, int] = {}
        self._spelled: dict[str, list[int]] = {}
        self._tables: dict[tuple[bool, int], dict[str, int]] = {
            (sound, table): {} for sound in (False, True) for table in range(4)
        }
        self._root = _Node()
        for name in self._names:
            for entry in re.split(r"[,\n]+", concepts[name]):
                for spelled in _ranges_spelled_out(entry.strip()):
                    self._add(name, spelled)
        self._spelled.clear()
        self._longest = {at: max(map(len, table), default=0) for at, table in self._tables.items()}
        self._opened_by = lru_cache(maxsize=20_000)(self._opened)

    def _add(self, concept: str, entry: str) -> None:
        node = self._root
        for piece in (piece for word in entry.split() for piece in self._ids_of(word, concept)):
            node = node.next.setdefault(piece, _Node())
        if node is not self._root:
            node.concepts.append(concept)

    def _ids_of(self, word: str, concept: str) -> list[int]:
        """The same word stands in many entries: its pieces are found once."""
        if (known := self._spelled.get(word)) is None:
            known = self._spelled[word] = [self._id(piece) for piece in _pieces(word, concept)]
        return known

    def _id(self, piece: _Piece) -> int:
        if piece not in self._ids:
            self._ids[piece] = len(self._ids)
            self._tables[piece.sound, piece.table][piece.text] = self._ids[piece]
        return self._ids[piece]

    def _opened(self, word: str) -> tuple[_Opened, ...]:
        return tuple(_Opened.of(self._look_up(token), self._root) for token in _tokens_of(word[:LONGEST]))

    def _look_up(self, token: Token) -> frozenset[int]:
        """Ids of the pieces that one word matches: dictionary look-ups of its parts, no scan of the lists."""
        tables = self._tables
        found: list[int] = _present(tables[False, 0], (NUMBER,)) if token.folded.isdecimal() else []
        for sound, text in [*((False, one) for one in _bare_forms(token.folded)), (True, token.bones)]:
            size = len(text)
            to_prefix, to_suffix = min(size, self._longest[sound, 1]), min(size, self._longest[sound, 2])
            found += _present(tables[sound, 0], (text,))
            found += _present(tables[sound, 1], [text[:end] for end in range(2, to_prefix + 1)])
            found += _present(tables[sound, 2], [text[start:] for start in range(size - to_suffix, size - 1)])
            found += [number for part, number in tables[sound, 3].items() if part in text]
        return frozenset(found)

    def read(self, text: str) -> Reading:
        """A message -> where each concept occurs in it."""
        return self.read_words(words(text))

    def read_words(self, message: Sequence[str]) -> Reading:
        """As `read`, of a message given as its words."""
        by_word = [self._opened_by(word) for word in message[:MOST]]
        at = [one for opened in by_word for one in opened]
        seen: dict[str, list[Seen]] = {}
        for start, opened in enumerate(at):
            for concept in opened.concepts:
                seen.setdefault(concept, []).append(Seen(start, start + 1))
            nodes, end = opened.nodes, start + 1
            while nodes and end < len(at):
                pieces, end = at[end].pieces, end + 1
                nodes = [node.next[piece] for node in nodes for piece in pieces if piece in node.next]
                for node in nodes:
                    for concept in node.concepts:
                        seen.setdefault(concept, []).append(Seen(start, end))
        return Reading(len(at), seen, (0, *accumulate(map(len, by_word))))


@dataclass(frozen=True, slots=True)
class _Opened:
    """What one word gives: the pieces it matches, the concepts it is alone enough for, and where entries go on from it."""

    pieces: frozenset[int]
    concepts: tuple[str, ...]
    nodes: list[_Node]

    @classmethod
    def of(cls, pieces: frozenset[int], root: _Node) -> _Opened:
        nodes = [root.next[piece] for piece in pieces if piece in root.next]
        concepts = tuple(concept for node in nodes for concept in node.concepts)
        return cls(pieces, concepts, [node for node in nodes if node.next])


def _bare_forms(word: str) -> list[str]:
    """A folded word and what is left without the particles and articles that people write onto it."""
    if word[:1] not in _STICKY:
        return [word]
    return [word, *(word[found.end() :] for pattern in _STUCK if (found := pattern.match(word)))]


def _present(table: Mapping[str, int], parts: Iterable[str]) -> list[int]:
    return [table[part] for part in parts if part in table]


def _ranges_spelled_out(entry: str) -> list[str]:
    found = _RANGE.search(entry)
    if found is None:
        return [entry]
    numbers = range(int(found[1]), int(found[2]) + 1)
    return [entry[: found.start()] + str(number) + entry[found.end() :] for number in numbers]


def _pieces(word: str, concept: str) -> list[_Piece]:
    """One written word of an entry -> its pieces: an apostrophe makes two ("m'a" is "m a")."""
    if word == NUMBER:
        return [_Piece(False, 0, NUMBER)]
    sound = word.startswith("~")
    bare = word.lstrip("~").strip("*")
    before, after = word.lstrip("~").startswith("*"), word.endswith("*")
    whole = " ".join(skeleton(one) if sound else fold_word(one) for one in words(bare)).split()
    if not whole or (sound and len(whole[0]) < SHORTEST_SKELETON):
        raise PatternError(f"concept {concept}: {word!r} is too short to mean anything")
    last = len(whole) - 1
    return [_Piece(sound, _table(before and number == 0, after and number == last), text) for number, text in enumerate(whole)]


def _table(before: bool, after: bool) -> int:
    """Stars in front of and behind a piece -> exact 0, prefix 1, suffix 2, infix 3."""
    return 2 * before + after
