"""A person's own lists of steps: made from a few answers, kept in the state, ticked off by button or "done 3"."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flows.draft import Draft
from flows.effects import FileRef
from flows.events import Said
from flows.facts import PARTS, ChecklistCard, Part, StepCard
from flows.journey import certificate
from flows.policy import choices, needs
from flows.state import KeptList

Json = Any
_DONE = (
    r"c'?est fait|fait|faite|fini|terminé|coché|done|finished|ticked|tm|tmm|salit|saliti|sala|dert|drt|derto|derta|kmelt|kemmelt|"
    r"تم|تمت|درت|درتو|درتها|ساليت|كملت|انتهيت|أنجزت"
)
_NOT_DONE = r"pas fait|pas fini|pas encore|not done|undo|ma ?dertch|madrtch|mazal|ma درتش|ما درتش|مادرتش|مازال|لم أنجز|لم يتم"
_TICK = re.compile(
    rf"^(?:(?P<no>{_NOT_DONE})|(?:{_DONE}))[\s:,.،]*(?:le|la|les|l|n°|num|step|étape|رقم|الرقم|نمرة)?[\s:]*"
    r"(?P<numbers>\d(?:[\s,;+&،؛]|et|w|and|و|\d)*)[.!\s]*$",
    re.IGNORECASE,
)
_LONGEST = 40  # characters; a longer message tells something else besides


def chosen(steps: Sequence[StepCard], answers: Mapping[str, Json]) -> tuple[StepCard, ...]:
    """The steps that are this person's. What they do not know, or were not asked, leaves a step in: better one too many."""
    return tuple(
        s
        for s in steps
        if all(answers.get(c) is not False for c in s.needs) and not any(answers.get(c) is True for c in s.unless)
    )


def find(draft: Draft) -> None:
    draft.set_slots({"found": len(draft.state.checklists)})


def keep(draft: Draft) -> None:
    """The list just chosen, with the answers just given. What was ticked before stays ticked."""
    list_id, slots = str(draft.state.slots["checklist"]), draft.state.slots
    card = draft.facts.house.checklists[list_id]
    before = next((k for k in draft.state.checklists if k.id == list_id), KeptList(id=list_id))
    answers = {code: slots[f"list_{code}"] for code in card.questions if f"list_{code}" in slots}
    _put_first(draft, replace(before, answers=answers))
    draft.record("checklist_made", checklist=list_id)


def show(draft: Draft, part: Part | None = None) -> None:
    """One part of the list last looked at: each step with its number and whether it is done, how far one has come, the next
    step. Without `part` the first that has something left to do."""
    if not draft.state.checklists:
        return
    kept = draft.state.checklists[0]
    steps = _steps(draft, kept)
    draft.journey = "checklist"
    draft.change(misunderstood=0)
    if not steps:
        draft.say("checklist.empty", kind="flow", checklist=kept.id)
        draft.offer_person()
        draft.offer("say:menu", "choice.menu")
        return
    left = [s for s in steps if s.id not in kept.done]
    at = part if part in {s.part for s in steps} else (left or steps)[0].part
    _put_first(draft, replace(kept, part=at))
    here = [s for s in steps if s.part == at]
    draft.say(
        "checklist.view",
        kind="flow",
        checklist=kept.id,
        part=at,
        steps=[{"step": s.id, "done": s.id in kept.done} for s in here],
        done=len(steps) - len(left),
        total=len(steps),
    )
    _say_next(draft, here, left)
    _offer(draft, kept, here, steps, left)


def _say_next(draft: Draft, here: Sequence[StepCard], left: Sequence[StepCard]) -> None:
    if not left:
        draft.say("checklist.all_done")
    elif left[0] in here:
        draft.say("checklist.next", number=here.index(left[0]) + 1)
    else:
        draft.say("checklist.next_part", part=left[0].part)


def _offer(draft: Draft, kept: KeptList, here: Sequence[StepCard], steps: Sequence[StepCard], left: Sequence[StepCard]) -> None:
    """The steps come first: a typed number is then the number of its step."""
    for number, step in enumerate(here, 1):
        done = step.id in kept.done
        draft.offer(f"{'todo' if done else 'done'}:{kept.id}/{step.id}", f"checklist.{'todo' if done else 'done'}", number=number)
    parts = _in_order(s.part for s in steps)
    after = parts[(parts.index(here[0].part) + 1) % len(parts)]
    following = left[0].part if left and left[0] not in here else after
    if following != here[0].part:
        draft.offer(f"part:{kept.id}/{following}", f"part.{following}")
    if left:
        draft.offer(f"entry:{left[0].entry}", "entry.title", entry=left[0].entry)
    if any(s.entry == certificate.ENTRY for s in here):
        certificate.offer(draft)
    draft.offer_person()
    draft.offer("say:pdf", "choice.pdf")  # what finds no room below still has its word
    draft.offer("journey:new_checklist", "choice.new_checklist")
    draft.offer("say:menu", "choice.menu")


def on_paper(draft: Draft) -> None:
    """The list last looked at as a file: what is ticked, what each answer says of papers, the offices for it. A question under
    way is asked on."""
    kept = next(iter(draft.state.checklists), None)
    steps = _steps(draft, kept) if kept else ()
    draft.change(misunderstood=0)
    if kept is None or not steps:
        draft.say("checklist.no_paper", kind="flow")
        draft.offer("journey:new_checklist", "choice.checklist")
    else:
        draft.journey = "checklist"
        draft.say("checklist.paper", kind="flow", checklist=kept.id)
        draft.file = FileRef(what="checklist", args=_for_paper(draft, kept, steps))
        draft.record("checklist_printed", checklist=kept.id)
        draft.offer("journey:checklist", "choice.checklist")
        draft.offer("journey:new_checklist", "choice.new_checklist")
    draft.offer("say:menu", "choice.menu")
    draft.offer_person()


def _for_paper(draft: Draft, kept: KeptList, steps: Sequence[StepCard]) -> dict[str, Json]:
    """What the file is made from: plain data. Offices are looked for as `nearest_office` would, for what most steps are about."""
    cards = [draft.facts.house.entries[s.entry] for s in steps]
    told = [need for card in cards if (need := needs.told(card))]
    need = max(sorted(set(told)), key=told.count, default=None)
    return {
        "checklist": kept.id,
        "steps": [{"step": s.id, "done": s.id in kept.done} for s in steps],
        "place": draft.state.slots.get("place"),
        "around": draft.state.slots.get("around") or draft.state.slots.get("region"),
        "need": need,
        "careful": any(needs.careful(need, card, None) for card in cards),
    }


def press(draft: Draft, kind: str, value: str) -> bool:
    """A button of a list: done, todo (not done after all), part. False when that list or step is no longer there."""
    list_id, _, name = value.partition("/")
    kept = next((k for k in draft.state.checklists if k.id == list_id), None)
    card = draft.facts.house.checklists.get(list_id)
    if kept is None or card is None:
        return False
    if kind == "part" and name in PARTS:
        _put_first(draft, kept)
        show(draft, next(p for p in PARTS if p == name))
        return True
    if kind not in ("done", "todo") or name not in {s.id for s in card.steps}:
        return False
    _mark(draft, kept, [name], done=kind == "done")
    show(draft, next(s.part for s in card.steps if s.id == name))
    return True


def ticked(draft: Draft, event: Said) -> bool:
    """ "done 3", "fait 1 et 2", "pas fait 3": of the part looked at last. False when it says anything else."""
    said = _tick(draft, event)
    if said is None:
        return False
    kept = draft.state.checklists[0]
    here = [s for s in _steps(draft, kept) if s.part == kept.part]
    numbers = [int(n) for n in re.findall(r"\d+", said["numbers"])]
    meant = [here[n - 1].id for n in numbers if 1 <= n <= len(here)]
    if len(meant) < len(numbers):
        draft.say("checklist.no_such", kind="clarify", total=len(here))
    _mark(draft, kept, meant, done=said["no"] is None)
    show(draft, kept.part)
    return True


def ticks(draft: Draft, event: Said) -> bool:
    """Whether that is all the message says."""
    return _tick(draft, event) is not None


def _tick(draft: Draft, event: Said) -> re.Match[str] | None:
    if len(event.text) > _LONGEST or not draft.state.checklists or draft.state.frame is not None:
        return None
    return _TICK.match(choices.western(event.text.strip()))


def _steps(draft: Draft, kept: KeptList) -> tuple[StepCard, ...]:
    """In the order of the parts. A step whose answer is withheld is not shown either."""
    house = draft.facts.house
    card = house.checklists.get(kept.id, ChecklistCard(id=kept.id))
    mine = [s for s in chosen(card.steps, kept.answers) if s.entry in house.entries and not house.entries[s.entry].withheld]
    return tuple(sorted(mine, key=lambda s: PARTS.index(s.part)))


def _mark(draft: Draft, kept: KeptList, steps: Sequence[str], done: bool) -> None:
    others = tuple(s for s in kept.done if s not in steps)
    _put_first(draft, replace(kept, done=(*others, *steps) if done else others))
    draft.record("checklist_ticked", checklist=kept.id, done=done)


def _put_first(draft: Draft, kept: KeptList) -> None:
    draft.change(checklists=(kept, *(k for k in draft.state.checklists if k.id != kept.id)))


def _in_order(parts: Iterable[Part]) -> list[Part]:
    return list(dict.fromkeys(parts))
