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
    "bookings.none": ("book_session",),
    "office.near": _OTHER_OFFICES,
    "office.national": _OTHER_OFFICES,
    "office.further": _OTHER_OFFICES,
    "office.lines": ("office_elsewhere",),
    "office.none": ("office_elsewhere",),
    "office.no_more": ("office_elsewhere",),
}
# A journey whose button is named otherwise here is written journey=label.
_ONLY_IF = {"further_offices": "further"}  # the slot that must hold for the journey to be offered


def offer(draft: Draft, message: str) -> None:
    if message not in FOLLOWING:
        return
    entry = (draft.state.slots.get("offices") or {}).get("entry")
    if entry in draft.facts.house.entries:
        draft.offer(f"entry:{entry}", "entry.title", entry=entry)
    for each in FOLLOWING[message]:
        name, _, label = each.partition("=")
        if name not in _ONLY_IF or draft.state.slots.get(_ONLY_IF[name]):
            draft.offer(f"journey:{name}", f"choice.{label or name}")
    draft.offer("say:menu", "choice.menu")
    draft.offer_person()
