"""A journey as a drawing, in two languages: Mermaid (https://mermaid.js.org/syntax/flowchart.html), which needs no tool to read,
and DOT (https://graphviz.org/doc/info/lang.html), from which Graphviz makes SVG."""

from flows.journey.graph import Edge, edges
from flows.journey.script import END, Journey, Step

_END = "the_end"


def mermaid(journey: Journey) -> str:
    """Questions are rounded, other journeys framed twice, everything else stands in a box."""
    lines = ["flowchart TD", f"    begin(({_said(', '.join(journey.triggers) or journey.name)})) --> {_node(journey.first)}"]
    lines += [f"    {_node(step.id)}{_shape(step)}" for step in journey.steps.values()]
    lines += [f"    {_node(edge.step)} -->{_label(edge)} {_node(edge.target)}" for edge in edges(journey)]
    return "\n".join([*lines, f"    {_END}(( ))"]) + "\n"


def dot(journey: Journey) -> str:
    lines = [f"digraph {_quoted(journey.name)} {{", '  node [fontname="sans-serif"]; edge [fontname="sans-serif", fontsize=10];']
    lines += [f"  begin [shape=circle, label={_quoted(', '.join(journey.triggers) or journey.name)}];"]
    lines += [f"  begin -> {_quoted(journey.first)};", f'  {_END} [shape=doublecircle, label=""];']
    for step in journey.steps.values():
        shape = "box, style=rounded" if step.collect else "box, peripheries=2" if step.call or step.link else "box"
        lines.append(f"  {_quoted(step.id)} [shape={shape}, label={_quoted(_does(step))}];")
    for edge in edges(journey):
        target = _END if edge.target == END else _quoted(edge.target)
        lines.append(f"  {_quoted(edge.step)} -> {target} [label={_quoted(_when(edge))}];")
    return "\n".join([*lines, "}"]) + "\n"


def _does(step: Step) -> str:
    if step.collect:
        return f"{step.collect}?"
    if step.set_slots:
        return ", ".join(f"{name} = {'nothing' if value is None else value}" for name, value in step.set_slots.items())
    return step.action or step.call or step.link or step.id


def _shape(step: Step) -> str:
    said = _said(_does(step))
    if step.collect:
        return f"({said})"
    return f"[[{said}]]" if step.call or step.link else f"[{said}]"


def _when(edge: Edge) -> str:
    return edge.when.replace("slots.", "") if edge.when else "else" if edge.otherwise else ""


def _label(edge: Edge) -> str:
    return f"|{_said(_when(edge))}|" if _when(edge) else ""


def _node(step: str) -> str:
    """A name that Mermaid takes for nothing of its own ("end")."""
    return _END if step == END else "s_" + step.replace("-", "_")


def _said(text: str) -> str:
    """Quoted: brackets and comparison signs mean nothing then. Quotation marks are written as Mermaid's entity."""
    return '"' + text.replace('"', "#quot;") + '"'


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
