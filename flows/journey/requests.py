"""A person asked for about something in particular: the case, and what was told on the way."""

from flows.draft import Draft
from flows.effects import Effect, OpenCase, TellCase
from flows.journey.script import OTHER

# What goes into the case, in this order; nothing else of a journey does.
_TOLD = (
    "wish", "destination", "schooling", "newcomer_need", "who", "their_region", "their_need", "project_kind", "association_stage",
    "sector", "aim", "project_place", "home_region",
)  # fmt: skip
_REGIONS = ("their_region", "home_region", "region")
# The answer that stands for what a newcomer needs: what is asked afterwards is read as being about it.
_ABOUT = {
    "papers": "tcn-titres-sejour",
    "school": "ecole-tcn",
    "health": "sante-base-tcn",
    "work": "formation-emploi-migrants",
    "protection": "asile-demande-hcr",
}


def open_case(draft: Draft) -> Effect:
    """The journey's `request` is the reason. Of the subject spoken of before only a newcomer's is told: others asked of that
    something else."""
    slots, for_whom, region = draft.state.slots, audience(draft), region_of(draft)
    topic = draft.state.topic if for_whom else None
    draft.change(case=True, misunderstood=0)
    draft.record("advisor_asked", topic=topic, region=region, request=slots["request"])
    return OpenCase(reason=str(slots["request"]), urgency="normal", topic=topic, region=region, audience=for_whom)


def region_of(draft: Draft) -> str | None:
    """The one told in the journey; else the person's own, else the one asked about last."""
    named = [draft.state.slots[name] for name in _REGIONS if name in draft.state.slots]
    return next((str(r) for r in named if r not in (OTHER, "any")), None)


def audience(draft: Draft) -> str | None:
    """Whom the journeys under way are for, if they are for somebody in particular."""
    journeys = draft.facts.house.script.journeys
    return next((a for frame in reversed(draft.state.frames) if (a := journeys[frame.journey].audience)), None)


def tell(draft: Draft) -> Effect | None:
    """What was answered in the journey, and in the one that called it, in few words for the advisor."""
    script, slots = draft.facts.house.script, draft.state.slots
    collected = set[str]()
    for frame in reversed(draft.state.frames):
        collected |= script.collected_by(frame.journey)
        if not frame.called:
            break
    told = [(name, str(slots[name])) for name in _TOLD if name in collected and name in slots]
    return TellCase(note="case.told", params={"told": told}) if told else None


def orient(draft: Draft) -> None:
    entry = _ABOUT.get(str(draft.state.slots.get("newcomer_need")))
    if entry in draft.facts.house.entries:
        draft.change(topic=entry)
