"""What we hold of a person, in plain words, and forgetting it."""

from flows.draft import Draft
from flows.effects import Effect, Erase, Look
from flows.state import State

_TOLD = ("messages", "seats", "requests", "lists", "reminders", "about", "channels")


def find(draft: Draft) -> Effect:
    """Counts come from the house; what this conversation remembers is in its own state."""
    return Look(query="my_data")


def show(draft: Draft) -> None:
    """One line for each kind of thing that there is; sensitive details are never asked, and that is said."""
    found = draft.state.slots.get("held") or {}
    counts = {**found, "lists": len(draft.state.checklists), "reminders": len(draft.state.reminders)}
    lines = [{"what": name, "count": counts[name], "start": found["since"]} for name in _TOLD if counts.get(name)]
    draft.set_slots({"held": None})
    draft.say("my_data.view", kind="flow", held=lines)
    draft.offer("journey:forget_me", "choice.forget_me")
    draft.offer("say:menu", "choice.menu")
    draft.offer_person()


def erase(draft: Draft) -> Effect:
    """The state is emptied here; what is stored goes in the ledger. The language stays for the receipt."""
    before = draft.state
    empty = State(version=before.version, language=before.language, noticed=True, mode=before.mode, frames=before.frames)
    if not before.case:  # a case may be about danger: then a person decides, and nothing is forgotten yet
        draft.state = empty
    return Erase()
