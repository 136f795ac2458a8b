"""What people do next after a journey's last word. A question after it in the same bubble puts its own choices in their place."""

from collections.abc import Mapping

from flows.draft import Draft

_OTHER_OFFICES = ("further_offices", "office_elsewhere")
FOLLOWING: Mapping[str, tuple[str, ...]] = {
    "booking.confirmed": ("my_bookings", "group_booking"),
    "booking.already": ("my_bookings", "change_booking"),
    "booking.resized": ("my_bookings", "cancel_booking"),
    "booking.short": ("my_bookings", "book_session=other_dates"),
    "booking.waitlisted": ("book_session=other_dates", "cancel_booking=leave_line", "group_booking"),
    "booking.in_line": ("book_session=other_dates", "cancel_booking=leave_line", "my_bookings"),
    "booking.still_yours": ("my_bookings", "book_session=other_dates"),
    "booking.left_line": ("book_session",),
    "booking.many": (),
    "seat.declined": ("book_session=other_dates",),
    "seat.late": ("book_session=other_dates",),
    "booking.cancelled": ("book_session",),
    "bookings.list": ("cancel_booking", "change_booking"),
    "reminder.noted": ("my_bookings",),
    "reminder.kept": ("my_bookings",),
    "reminder.gone": ("book_session",),
    "reminder.given_back": ("book_session=other_dates",),
    "feedback.thanks": ("book_session",),
    "feedback.absent": ("book_session=other_dates",),
    "bookings.none": ("book_session",),
    "office.near": _OTHER_OFFICES,
    "office.national": _OTHER_OFFICES,
    "office.further": _OTHER_OFFICES,
    "office.lines": ("office_elsewhere",),
    "office.none": ("office_elsewhere",),
    "office.no_more": ("office_elsewhere",),
    "accompaniment.noted": ("find_opportunity", "check_offer", "book_session"),
}
_WITH_LINKS = ("booking.confirmed", "reminder.noted")
# A journey whose button is named otherwise here is written journey=label.
# Where an answer given on the way tells what is of use: the slot, and for each of its values ("" when it was
# passed over) what to offer.
LEADING: Mapping[str, tuple[str, Mapping[str, tuple[str, ...]]]] = {
    "profile.kept": ("interest", {
        "study_work": ("area:study_work", "journey:find_opportunity"),
        "rights": ("area:rights", "journey:checklist", "journey:nearest_office"),
        "newcomers": ("area:newcomers", "journey:orientation"),
        "risks": ("area:risks", "journey:check_offer"),
    }),
    "orientation.ready": ("newcomer_need", {
        "papers": ("entry:tcn-titres-sejour", "entry:naissance-tcn", "journey:checklist", "journey:nearest_office"),
        "school": ("entry:ecole-tcn", "entry:tcn-etudes-maroc", "journey:checklist", "journey:nearest_office"),
        "health": ("entry:sante-base-tcn", "journey:nearest_office"),
        "work": ("entry:formation-emploi-migrants", "entry:droits-travailleurs-agricoles", "journey:nearest_office"),
        "protection": (
            "entry:asile-demande-hcr", "entry:asile-droits", "entry:protection-eloignement", "entry:aide-juridique-refugies",
        ),
        "": ("area:newcomers", "journey:nearest_office"),
    }),
    "for_someone.ready": ("their_need", {
        "pension": (
            "entry:retraite-francaise-demander-depuis-maroc", "entry:reversion-veuve-france", "entry:certificat-de-vie-france",
        ),
        "health": ("entry:soins-maroc-pensionne-francais", "entry:amo-tadamon"),
        "work": ("entry:ma-idmaj", "entry:gen-verifier-offre"),
        "study": ("entry:fr-etudes-campus-france", "entry:gen-rendez-vous-visa"),
        "mre": ("entry:baom-souss-massa", "entry:douane-demenagement", "entry:scolarite-enfants-retour"),
        "newcomer": ("entry:tcn-titres-sejour", "entry:ecole-tcn", "entry:sante-base-tcn"),
        "protection": ("entry:assistance-judiciaire", "entry:femme-bloquee-sans-papiers"),
        "": ("area:rights", "area:newcomers", "journey:nearest_office"),
    }),
    "project.ready": ("project_kind", {
        "business": ("entry:auto-entrepreneur", "entry:charte-investissement-tpme", "entry:ma-forsa"),
        "cooperative": ("entry:cooperative-odco",),
        "investment": ("entry:charte-investissement-tpme", "entry:foncier-spoliation"),
    }),
    "association.ready": ("association_stage", {
        "new": ("entry:associations-migrants-financement", "entry:cooperative-odco"),
        "existing": ("entry:associations-migrants-financement",),
    }),
}  # fmt: skip
_ONLY_IF = {"further_offices": "further"}  # the slot that must hold for the journey to be offered


def offer(draft: Draft, message: str) -> None:
    if message in LEADING:
        slot, ways = LEADING[message]
        for target in ways.get(str(draft.state.slots.get(slot, "")), ()):
            _lead(draft, target)
    elif message not in FOLLOWING:
        return
    if message in _WITH_LINKS:
        draft.links(draft.state.slots.get("chosen") or {})
    entry = (draft.state.slots.get("offices") or {}).get("entry")
    if entry in draft.facts.house.entries:
        draft.offer(f"entry:{entry}", "entry.title", entry=entry)
    for each in FOLLOWING.get(message, ()):
        name, _, label = each.partition("=")
        if name not in _ONLY_IF or draft.state.slots.get(_ONLY_IF[name]):
            draft.offer(f"journey:{name}", f"choice.{label or name}")
    draft.offer("say:menu", "choice.menu")
    draft.offer_person()


def _lead(draft: Draft, target: str) -> None:
    """An answer, a journey or a part of the menu, if the house has it."""
    kind, _, name = target.partition(":")
    house = draft.facts.house
    if kind == "entry" and name in house.entries:
        draft.offer(target, "entry.title", entry=name)
    elif kind == "journey" and name in house.script.journeys:
        draft.offer(target, f"choice.{name}")
    elif kind == "area" and name in house.topics:
        draft.offer(target, f"area.{name}")
