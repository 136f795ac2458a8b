"""What the conversation may know of the content: an index without words."""

from collections.abc import Collection, Mapping
from datetime import date

from bot.knowledge import review
from bot.knowledge.eligibility import open_months
from bot.knowledge.entries import Entry, Knowledge
from bot.knowledge.opportunities import Opportunities
from flows.facts import ChecklistCard, EntryCard, House, OpportunityCard, SignalCard, SignCard, StepCard, Withheld
from flows.journey.script import Script

# Which areas of the content stand under which part of the menu.
_MENU: Mapping[str, tuple[str, ...]] = {
    "study_work": ("study", "work", "training", "volunteering", "visa"),
    "rights": ("retirement", "health", "family", "return", "papers", "justice", "enterprise"),
    "newcomers": ("newcomers",),
    "risks": ("risks",),
}
# What stands first under each part: what people ask most, then the rest by name.
_FIRST: Mapping[str, tuple[str, ...]] = {
    "study_work": (
        "fr-etudes-campus-france",
        "es-gecco-huelva",
        "fr-travailleur-saisonnier",
        "de-chancenkarte",
        "fr-vsi-reciprocite",
        "gen-verifier-offre",
    ),
    "rights": (
        "retraite-francaise-demander-depuis-maroc",
        "soins-maroc-pensionne-francais",
        "reversion-veuve-france",
        "amo-tadamon",
        "scolarite-enfants-retour",
        "douane-demenagement",
        "baom-souss-massa",
    ),
    "newcomers": ("ecole-tcn", "sante-base-tcn", "asile-demande-hcr"),
    "risks": ("risk-alternatives", "risk-atlantic-route", "risk-deaths-at-sea"),
}


def build(
    knowledge: Knowledge,
    script: Script,
    opportunities: Opportunities,
    today: date,
    unsigned_areas: Collection[str] | None = None,
    default_language: str = "fr",
) -> House:
    """`unsigned_areas` are those whose answers are given before they bear their signatures; None: all."""
    withheld = {e.id: _withheld(knowledge, e, today, unsigned_areas) for e in knowledge.entries.values()}
    entries = {
        e.id: EntryCard(
            id=e.id,
            area=e.area,
            audience=e.audience,
            country=e.country,
            follow_ups=tuple(e.follow_ups),
            has_more=knowledge.text(e.id, default_language, "more") is not None,
            withheld=withheld[e.id],
        )
        for e in knowledge.entries.values()
    }
    signals = {
        s.id: SignalCard(name=s.id, level=s.level, handoff=s.handoff, private_first=s.private_first)
        for s in knowledge.signals.values()
    }
    topics = {part: _order(part, areas, entries) for part, areas in _MENU.items()}
    return House(
        script=script,
        entries=entries,
        signals=signals,
        menu=tuple(_MENU),
        topics=topics,
        offer_signs=_signs(knowledge, entries, today),
        checklists=_checklists(knowledge),
        default_language=default_language,
        opportunities={o.id: OpportunityCard(id=o.id, entry=o.entry, open_months=open_months(o)) for o in opportunities},
    )


def _signs(knowledge: Knowledge, entries: Mapping[str, EntryCard], today: date) -> tuple[SignCard, ...]:
    """Those that may be named today: within their date, and resting on an answer that is given."""
    served = {e.id for e in entries.values() if not e.withheld}
    signs = knowledge.guides.signs.values()
    return tuple(
        SignCard(id=s.id, sign_if=s.sign_if) for s in signs if s.entry in served and review.state_of(s, today) != "withdrawn"
    )


def _checklists(knowledge: Knowledge) -> dict[str, ChecklistCard]:
    return {
        c.id: ChecklistCard(
            id=c.id,
            questions=tuple(c.questions),
            steps=tuple(StepCard(id=s.id, part=s.part, entry=s.entry, needs=s.needs, unless=s.unless) for s in c.steps),
        )
        for c in knowledge.guides.checklists.values()
    }


def _withheld(knowledge: Knowledge, entry: Entry, today: date, unsigned_areas: Collection[str] | None) -> Withheld | None:
    """Named, never shown: its date has passed, or it lacks signatures where they are asked for."""
    if knowledge.state(entry.id, today) == "withdrawn":
        return "withdrawn"
    asked_for = unsigned_areas is not None and entry.area not in unsigned_areas
    return "unsigned" if asked_for and not entry.reviewed else None


def _order(part: str, areas: tuple[str, ...], entries: Mapping[str, EntryCard]) -> tuple[str, ...]:
    first = [e for e in _FIRST[part] if e in entries]
    rest = sorted(e.id for e in entries.values() if e.area in areas and e.id not in first)
    return tuple(first + rest)
