"""What the answers about an offer come to. Only warning signs are named: that none was found is never said to prove anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.draft import Draft
from flows.facts import SignCard
from flows.heard import UNSURE

Json = Any
TO_VERIFY, TO_REPORT, INSTEAD = "gen-verifier-offre", "fraud-report", "risk-alternatives"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Ids of signs, the gravest first. `found` are there, `open` the person does not know yet."""

    found: tuple[str, ...]
    open: tuple[str, ...]


def weigh(signs: Sequence[SignCard], answers: Mapping[str, Json]) -> Verdict:
    """`answers` by sign: True (yes), False (no), "unsure"; what was not asked is neither found nor open."""
    return Verdict(
        found=tuple(s.id for s in signs if answers.get(s.id) is (s.sign_if == "yes")),
        open=tuple(s.id for s in signs if answers.get(s.id) == UNSURE),
    )


def ready(draft: Draft) -> None:
    """How many signs may be named today: with none there is nothing to ask."""
    draft.set_slots({"found": len(draft.facts.house.offer_signs)})


def show(draft: Draft) -> None:
    """The signs, what remains to find out, how to verify, where to report, a person."""
    signs = draft.facts.house.offer_signs
    if not signs:
        draft.say("offer.withheld", kind="flow")
        return
    verdict = weigh(signs, {s.id: draft.state.slots.get(f"offer_{s.id}") for s in signs})
    draft.record("offer_checked", found=list(verdict.found), open=len(verdict.open))
    if verdict.found:
        draft.say("offer.found", kind="flow", findings=list(verdict.found))
    else:
        draft.say("offer.none_so_far" if verdict.open else "offer.none", kind="flow")
    if verdict.open:
        draft.say("offer.open", to_find_out=list(verdict.open))
    draft.say("offer.next_found" if verdict.found else "offer.next")
    draft.say("offer.source", sign=next(iter(verdict.found), signs[0].id))
    draft.journey = "check_offer"
    for entry_id in (TO_VERIFY, *((TO_REPORT,) if verdict.found else ()), INSTEAD):
        if entry_id in draft.facts.house.entries:
            draft.offer(f"entry:{entry_id}", "entry.title", entry=entry_id)
    draft.offer_person()
    draft.offer("journey:check_offer", "choice.check_another")
    draft.offer("say:menu", "choice.menu")
