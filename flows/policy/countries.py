"""Rules that differ by country: who worked in Belgium is not told how France does it.

The country is the one the message names, or the one the person spoke of last. An answer about another country is then offered
by name at most, never given; what is about the right one, or about none, comes first."""

from collections.abc import Mapping
from dataclasses import replace

from flows.facts import EntryCard
from flows.heard import Heard
from flows.policy.decision import Decision

HOME = "MA"
NEAR = 5  # guesses among which one about the right country is looked for


def spoken_of(heard: Heard, before: str | None) -> str | None:
    """The one country abroad that the message names; where it names none, the one spoken of before; of several, none."""
    named = {n.value for n in heard.named if n.kind == "country" and n.value != HOME}
    if not named:
        return before
    return named.pop() if len(named) == 1 else None


def settled(decision: Decision, country: str | None, entries: Mapping[str, EntryCard]) -> Decision:
    """The decision, with that country in mind."""
    if country is None or decision.kind not in ("answer", "suggest"):
        return decision
    name = (decision.intent or "").removeprefix("faq/")
    ranked = [name, *decision.candidates] if name in entries else [*decision.candidates]
    ranked = list(dict.fromkeys(ranked))
    other = {e for e in ranked if entries[e].country not in (None, country)}
    right = [e for e in ranked[:NEAR] if entries[e].country == country]
    if decision.kind == "answer" and name not in other:
        return decision
    order = (*right, *(e for e in ranked if e not in right and e not in other), *(e for e in ranked if e in other))
    if decision.kind == "answer":
        order = (*right, name, *(e for e in order if e not in right and e != name))
    return replace(decision, kind="suggest", candidates=order)
