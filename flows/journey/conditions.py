"""A small language for `if`: `slots.region == "souss-massa" and not slots.minor`. Parsed and walked, never evaluated as code."""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Json = Any

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """`slots` are the names it reads, `compared` each slot with a constant it is held against."""

    text: str
    tree: ast.expr
    slots: frozenset[str]
    compared: tuple[tuple[str, Json], ...] = ()

    def holds(self, slots: Mapping[str, Json]) -> bool:
        """A comparison of things that cannot be ordered (an unset slot, say) does not hold."""
        try:
            return bool(_value(self.tree, slots))
        except TypeError:
            return False


def parse(text: str) -> Condition:
    """Raises ValueError with a sentence for anything outside the language."""
    if len(text) > _LONGEST:
        raise ValueError(f"a condition has at most {_LONGEST} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"cannot read the condition {text!r}") from error
    names: set[str] = set()
    _check(tree, names)
    compared = tuple(pair for node in ast.walk(tree) if isinstance(node, ast.Compare) for pair in _pairs(node))
    return Condition(text=text, tree=tree, slots=frozenset(names), compared=compared)


def _pairs(node: ast.Compare) -> Iterator[tuple[str, Json]]:
    """Of `slots.a == "x"` and `slots.a in ["x", "y"]`: a with x, a with y."""
    sides = (node.left, *node.comparators)
    for left, right in pairwise(sides):
        for slot, other in ((left, right), (right, left)):
            if isinstance(slot, ast.Attribute):
                constants = other.elts if isinstance(other, ast.List | ast.Tuple) else [other]
                yield from ((slot.attr, c.value) for c in constants if isinstance(c, ast.Constant))


def _check(node: ast.expr, names: set[str]) -> None:
    match node:
        case ast.BoolOp(values=values):
            for value in values:
                _check(value, names)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            _check(operand, names)
        case ast.Compare(left=left, ops=ops, comparators=rights):
            if any(type(op) not in _COMPARE for op in ops):
                raise ValueError("unknown comparison")
            for value in (left, *rights):
                _check(value, names)
        case ast.Attribute(value=ast.Name(id="slots"), attr=attr):
            names.add(attr)
        case ast.Constant(value=str() | int() | float() | bool() | None):
            pass
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            for value in elements:
                _check(value, names)
        case _:
            raise ValueError("only slots.<name>, constants, comparisons, and, or, not may stand in a condition")


def _value(node: ast.expr, slots: Mapping[str, Json]) -> Json:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_value(v, slots) for v in values)
        case ast.BoolOp(values=values):
            return any(_value(v, slots) for v in values)
        case ast.UnaryOp(operand=operand):
            return not _value(operand, slots)
        case ast.Compare(left=left, ops=ops, comparators=rights):
            values = [_value(n, slots) for n in (left, *rights)]
            return all(_COMPARE[type(op)](a, b) for op, a, b in zip(ops, values, values[1:], strict=False))
        case ast.Attribute(attr=attr):
            return slots.get(attr)
        case ast.Constant(value=value):
            return value
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return [_value(v, slots) for v in elements]
    raise AssertionError(f"unchecked node {node!r}")
