"""Reads `flows/slots.yml` and `flows/journeys/*.yml`; refuses any mistake with its file and line."""

from collections.abc import Container, Mapping
from pathlib import Path
from typing import Any

import yaml

from flows.journey import checking
from flows.journey.conditions import Condition, parse
from flows.journey.script import Branch, Journey, JourneyFault, Script, Slot, Step

Json = Any
_STEP_KEYS = {"id", "collect", "utter", "action", "set_slots", "call", "link", "noop", "next", "description"}
_KINDS = ("collect", "action", "set_slots", "call", "link", "noop")
_FLOW_KEYS = {"description", "nlu_trigger", "prefill", "fleeting", "gathers", "audience", "steps"}


class _Lines(yaml.SafeLoader):
    """Keeps the line of each mapping under the key `__line__`, and refuses a key given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [str(key.value) for key, _ in node.value]
        twice = {k for k in keys if keys.count(k) > 1}
        if twice:
            raise JourneyFault(f"line {node.start_mark.line + 1}", f"{sorted(twice)[0]!r} stands twice")
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        mapping["__line__"] = node.start_mark.line + 1
        return mapping


def load_script(folder: Path, actions: Container[str], messages: Container[str] | None = None) -> Script:
    """`folder` is the room `flows/`; `actions` are the names a journey's `action` may use, `messages` the texts that every
    variety has.

    Raises JourneyFault with the first mistake."""
    script, mistakes = read_script(folder, actions, messages)
    if mistakes:
        raise mistakes[0]
    return script


def read_script(
    folder: Path, actions: Container[str], messages: Container[str] | None = None
) -> tuple[Script, list[JourneyFault]]:
    """The same with every mistake. A file that cannot be read is left out of the script."""
    mistakes: list[JourneyFault] = []
    try:
        slots = _slots(folder / "slots.yml")
    except JourneyFault as fault:
        return Script(journeys={}, slots={}), [fault]
    journeys: dict[str, Journey] = {}
    for file in sorted((folder / "journeys").glob("*.yml")):
        try:
            found = _read_file(file)
        except JourneyFault as fault:
            mistakes.append(fault)
            continue
        mistakes += [JourneyFault(j.where, f"the journey {j.name!r} exists already") for j in found if j.name in journeys]
        journeys |= {j.name: j for j in found if j.name not in journeys}
    script = Script(journeys=journeys, slots=slots)
    return script, [*mistakes, *checking.faults(script, checking.Known(actions=actions, messages=messages))]


def _yaml(file: Path) -> dict[str, Any]:
    try:
        data = yaml.load(file.read_text(encoding="utf-8"), Loader=_Lines)  # noqa: S506 - a SafeLoader that keeps lines
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise JourneyFault(f"{file.name}:{line}", error.problem or "this is not YAML") from error
    except JourneyFault as error:
        raise JourneyFault(file.name, str(error)) from error
    if not isinstance(data, dict):
        raise JourneyFault(f"{file.name}:1", "a mapping is expected")
    return data


def _slots(file: Path) -> dict[str, Slot]:
    slots: dict[str, Slot] = {}
    for name, spec in _plain(_yaml(file)["slots"]).items():
        where = f"{file.name}:{spec.get('__line__', 1)}"
        given = _plain(spec)
        if given.get("type") not in ("option", "categorical", "bool", "text", "number", "place"):
            raise JourneyFault(where, f"slot {name!r} has an unknown type {given.get('type')!r}")
        try:
            slots[name] = Slot(
                name=name, **{**given, "values": tuple(given.get("values", ())), "typed": tuple(given.get("typed", ()))}
            )
        except TypeError as error:
            raise JourneyFault(where, f"slot {name!r}: {error}") from error
        if slots[name].like not in (None, *slots):
            raise JourneyFault(where, f"slot {name!r} is like the unknown slot {slots[name].like!r}")
    return slots


def _plain(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in mapping.items() if k != "__line__"}


def _read_file(file: Path) -> list[Journey]:
    return [_journey(file.name, name, spec) for name, spec in _plain(_yaml(file).get("flows") or {}).items()]


def _journey(file: str, name: str, spec: dict[str, Any]) -> Journey:
    where = f"{file}:{spec.get('__line__', 1)}"
    unknown = set(_plain(spec)) - _FLOW_KEYS
    if unknown:
        raise JourneyFault(where, f"journey {name!r} has an unknown key {sorted(unknown)[0]!r}")
    steps = [_step(file, number, step) for number, step in enumerate(spec.get("steps") or [])]
    if not steps:
        raise JourneyFault(where, f"journey {name!r} has no steps")
    for at, step in enumerate(steps):
        if step.id in {earlier.id for earlier in steps[:at]}:
            raise JourneyFault(f"{file}:{step.line}", f"the step {step.id!r} stands twice")
    return Journey(
        name=name,
        description=str(spec.get("description", "")),
        file=file,
        line=int(spec.get("__line__", 1)),
        steps={step.id: step for step in steps},
        first=steps[0].id,
        triggers=tuple(t["intent"] for t in spec.get("nlu_trigger") or []),
        prefill=tuple(spec.get("prefill") or ()),
        fleeting=bool(spec.get("fleeting", False)),
        gathers=bool(spec.get("gathers", False)),
        audience=spec.get("audience"),
    )


def _step(file: str, number: int, spec: Any) -> Step:
    if not isinstance(spec, dict):
        raise JourneyFault(file, f"step {number + 1} is not a mapping")
    line = int(spec["__line__"])
    where = f"{file}:{line}"
    unknown = set(_plain(spec)) - _STEP_KEYS
    if unknown:
        raise JourneyFault(where, f"unknown key {sorted(unknown)[0]!r}")
    if len([k for k in _KINDS if k in spec]) != 1:
        raise JourneyFault(where, f"a step has exactly one of {', '.join(_KINDS)}")
    values = spec.get("set_slots") or []
    return Step(
        id=str(spec.get("id") or f"step_{number + 1}"),
        line=line,
        collect=spec.get("collect"),
        utter=spec.get("utter") or (f"ask.{spec['collect']}" if "collect" in spec else None),
        action=spec.get("action"),
        set_slots={k: v for each in values for k, v in _plain(each).items()},
        call=spec.get("call"),
        link=spec.get("link"),
        next=_branches(where, spec.get("next")),
    )


def _branches(where: str, given: Any) -> tuple[Branch, ...]:
    if given is None:
        return ()
    if isinstance(given, str):
        return (Branch(then=given),)
    branches = [_branch(where, each) for each in given]
    if any(b.when is None for b in branches[:-1]) or (branches and branches[-1].when is not None):
        raise JourneyFault(where, "`next` ends with one `else`")
    return tuple(branches)


def _branch(where: str, given: Any) -> Branch:
    if "else" in given:
        return Branch(then=str(given["else"]))
    if "if" not in given or "then" not in given:
        raise JourneyFault(where, "a branch is `if` and `then`, or `else`")
    return Branch(then=str(given["then"]), when=_condition(where, str(given["if"])))


def _condition(where: str, text: str) -> Condition:
    try:
        return parse(text)
    except ValueError as error:
        raise JourneyFault(where, str(error)) from error
