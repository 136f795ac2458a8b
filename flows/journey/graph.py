"""A journey as a graph: where each step may lead. For drawings, for the check, and for what the transcripts reach."""

from collections.abc import Container, Iterator
from dataclasses import dataclass

from flows.draft import Walked
from flows.journey.script import END, Journey, Script


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """From a step to the next (or END). `branch` is its place under `next`, `when` the condition as written; both None where
    nothing is written and the step below follows. `otherwise`: it is the else of others."""

    step: str
    target: str
    branch: int | None = None
    when: str | None = None
    otherwise: bool = False


def edges(journey: Journey) -> Iterator[Edge]:
    for step in journey.steps.values():
        if not step.next:
            yield Edge(step=step.id, target=journey.after(step.id))
        for at, branch in enumerate(step.next):
            when = branch.when.text if branch.when else None
            yield Edge(step=step.id, target=branch.then, branch=at, when=when, otherwise=when is None and len(step.next) > 1)


def reachable(journey: Journey) -> set[str]:
    """The steps to which some way leads from the first."""
    leads: dict[str, set[str]] = {}
    for edge in edges(journey):
        leads.setdefault(edge.step, set()).add(edge.target)
    found, ahead = set[str](), [journey.first]
    while ahead:
        step = ahead.pop()
        if step not in found and step != END:
            found.add(step)
            ahead.extend(leads.get(step, ()))
    return found


def unreached(script: Script, walked: Container[Walked]) -> list[str]:
    """The branches that no conversation of those played takes, each with file and line."""
    missed = []
    for journey in script.journeys.values():
        for edge in edges(journey):
            if Walked(journey=journey.name, step=edge.step, branch=edge.branch) not in walked:
                way = f"if {edge.when}" if edge.when else "else" if edge.otherwise else "on"
                where = f"{journey.file}:{journey.steps[edge.step].line}"
                missed.append(f"{where}: {journey.name}: no transcript goes from {edge.step!r} {way} to {edge.target!r}")
    return missed
