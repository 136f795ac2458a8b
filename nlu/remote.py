"""The Rasa engine: intent and entities from a Rasa server, everything else from the engine that stands by.

Language, safety and thresholds are always those of the engine that stands by; so is the whole parse whenever Rasa
is slow, wrong-shaped or gone. After a few failures in a row Rasa is left in peace for a while, and nobody waits.
"""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import httpx
from circuitbreaker import CircuitBreaker

from nlu.interpreter import RANKED, Entity, Interpreter, Parse, Ranked
from nlu.rasa import from_rasa

log = logging.getLogger(__name__)

TIMEOUT: Final = 1.0  # seconds a person may wait for Rasa
FAILURES: Final = 3  # in a row, then nobody asks Rasa …
PAUSE: Final = 15.0  # … for so many seconds
_LONGEST: Final = 2000  # characters sent, as many as the embedded engine reads
_LARGEST: Final = 1 << 18  # bytes of an answer
_PATH: Final = "/model/parse"
_EDGE: Final = "/ \t\r\n\v\f"  # Rasa strips blanks, and takes a leading slash for a command
_Breaker: Any = CircuitBreaker  # untyped at its home

Understood = tuple[tuple[Ranked, ...], tuple[Entity, ...]]


class Unheard(Exception):
    """Rasa gave nothing usable; the message says why and never holds the person's words."""


class RasaInterpreter:
    """An `Interpreter` that may wait: call it from a thread. Safe to share between threads."""

    def __init__(
        self, url: str, fallback: Interpreter, *, timeout: float = TIMEOUT, failures: int = FAILURES, pause: float = PAUSE
    ) -> None:
        self._fallback: Final = fallback
        self._timeout: Final = timeout
        self._client: Final = httpx.Client(base_url=url.rstrip("/"), timeout=timeout, trust_env=False)
        self._breaker: Final = _Breaker(failures, pause, Unheard, name="rasa")
        self.asked = 0
        self.unheard = 0  # of those asked, how many Rasa did not answer

    def parse(self, text: str) -> Parse:
        ours = self._fallback.parse(text)
        sent, offset = _sendable(text)
        if not any(map(str.isalnum, sent)):
            return ours
        heard = self._heard(sent, offset)
        if heard is None:
            return ours
        ranking, entities = heard
        return replace(ours, intent=ranking[0], ranking=ranking, entities=entities)

    @property
    def resting(self) -> bool:
        """Whether Rasa is left in peace at the moment."""
        return bool(self._breaker.opened)

    def close(self) -> None:
        self._client.close()

    def _heard(self, sent: str, offset: int) -> Understood | None:
        self.asked += 1
        if not self.resting:
            try:
                found: Understood = self._breaker.call(self._ask, sent, offset)
                return found
            except Unheard as why:
                log.warning("rasa_unheard", extra={"reason": str(why), "resting": self.resting})
        self.unheard += 1
        return None

    def _ask(self, sent: str, offset: int) -> Understood:
        """Raises Unheard, and nothing else: an answer may hold anything."""
        try:
            told = json.loads(self._answer(sent))
            return understood(told, sent, offset)
        except httpx.HTTPError as error:
            raise Unheard(type(error).__name__) from error
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise Unheard("wrong shape") from error

    def _answer(self, sent: str) -> bytes:
        """The body of Rasa's answer; one that trickles in is given up like one that does not come."""
        end = time.monotonic() + self._timeout
        body = bytearray()
        with self._client.stream("POST", _PATH, json={"text": sent}) as response:
            if response.status_code != httpx.codes.OK:
                raise Unheard(f"status {response.status_code}")
            for part in response.iter_bytes():
                body += part
                if len(body) > _LARGEST:
                    raise Unheard("endless")
                if time.monotonic() > end:
                    raise Unheard("slow")
        return bytes(body)


def _sendable(text: str) -> tuple[str, int]:
    """What Rasa gets of a text, and how many characters were left out before it."""
    whole = text[:_LONGEST].encode("utf-8", "replace").decode()
    bare = whole.lstrip(_EDGE)
    return bare.rstrip(_EDGE), len(whole) - len(bare)


def understood(told: Any, sent: str, offset: int = 0) -> Understood:
    """Rasa's parse result -> ranking and entities in our names. Raises ValueError and its like on a wrong shape."""
    ranked = [_ranked(one) for one in told.get("intent_ranking") or [told["intent"]]]
    ranking = sorted(ranked, key=lambda one: -one.confidence)[:RANKED]
    if sum(one.confidence for one in ranking) > 1.0001:
        raise ValueError("more than certain")
    entities = (_entity(one, sent, offset) for one in told.get("entities") or ())
    return tuple(ranking), tuple(sorted(entities, key=lambda one: (one.start, -one.end, one.kind)))


def _ranked(told: Mapping[str, Any]) -> Ranked:
    name, sure = told["name"], told["confidence"]
    if not isinstance(name, str) or not name or isinstance(sure, bool) or not isinstance(sure, int | float):
        raise ValueError("no intent")
    if not (math.isfinite(sure) and 0.0 <= sure <= 1.0):
        raise ValueError("no probability")
    return Ranked(from_rasa(name), float(sure))


def _entity(told: Mapping[str, Any], sent: str, offset: int) -> Entity:
    kind, value, start, end = told["entity"], told["value"], told["start"], told["end"]
    if not isinstance(kind, str) or not isinstance(value, str | int | float):
        raise ValueError("no entity")
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start <= end <= len(sent)):
        raise ValueError("an entity that stands nowhere")
    return Entity(kind, sent[start:end], str(value), start + offset, end + offset)
