"""The little a person chose to tell of themselves: kept until told anew, forgotten with them."""

from flows.draft import Draft
from flows.journey.script import OTHER


def keep(draft: Draft) -> None:
    """A region of ours is the one sessions are looked for in; a language is spoken from now on."""
    slots = draft.state.slots
    region, language = slots.get("home_region"), slots.get("own_language")
    if region is not None:
        draft.set_slots({"region": None if region == OTHER else region})
    if language is not None:
        draft.change(language=language, drift=None, assumed=False)
    draft.record("profile_kept", told=sorted(n for n in ("home_region", "own_language", "own_age", "interest") if n in slots))


def recall(draft: Draft) -> None:
    """An age told before is not asked again; one told just now counts more."""
    slots = draft.state.slots
    if "own_age" in slots and "age_band" not in slots and "age" not in slots:
        draft.set_slots({"age_band": slots["own_age"]})
