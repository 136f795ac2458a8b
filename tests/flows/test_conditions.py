"""The small language of `if`: only it parses, and nothing is ever evaluated as code."""

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.journey.conditions import parse

HOLDS: list[tuple[str, dict[str, Any], bool]] = [
    ("slots.a", {"a": True}, True),
    ("slots.a", {}, False),
    ("not slots.a", {}, True),
    ('slots.region == "souss-massa"', {"region": "souss-massa"}, True),
    ('slots.region != "any" and slots.n > 2', {"region": "x", "n": 3}, True),
    ('slots.region in ["a", "b"]', {"region": "b"}, True),
    ('slots.region not in ("a", "b")', {"region": "c"}, True),
    ("1 < slots.n <= 3", {"n": 3}, True),
    ("1 < slots.n <= 3", {"n": 4}, False),
    ("slots.n is None", {}, True),
    ("slots.n is not None", {}, False),
    ("slots.n > 2", {}, False),  # an unset slot cannot be ordered
    ("slots.a or slots.b", {"b": 1}, True),
]
REFUSED = [
    "",
    "slots",
    "a",
    "slots.a.b",
    "other.a",
    "slots['a']",
    "slots.a()",
    "print(1)",
    "__import__('os')",
    "slots.a + 1 == 2",
    "-1 == slots.a",
    "lambda: 1",
    "[x for x in slots.a]",
    "f'{slots.a}'",
    "slots.a if slots.b else 1",
    "{slots.a}",
    "{'a': 1}",
    "slots.a := 1",
    "await slots.a",
    "*slots.a",
    "b'x' == slots.a",
    "1j == slots.a",
    "... == slots.a",
    "slots.a == 1; slots.b",
    "slots.a ==",
    "slots.a == 1 or " * 30 + "slots.a",
]


@pytest.mark.parametrize(("text", "slots", "expected"), HOLDS)
def test_holds(text: str, slots: dict[str, Any], expected: bool) -> None:
    assert parse(text).holds(slots) is expected


@pytest.mark.parametrize("text", REFUSED)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)


def test_names_the_slots_it_reads() -> None:
    assert parse("slots.a and (not slots.b or slots.c == slots.a)").slots == {"a", "b", "c"}


_WORDS = st.sampled_from(
    ["slots", ".", "a", "b", "==", "<", "(", ")", "[", "]", "and", "or", "not", "in", "is", "None", "1", "'x'", ",", " ", "__class__",
     "__import__", "exec", ":", "lambda", "{", "}", "+", "*", "=", "if", "else", "for", "\n", "\x00", "ي"]
)  # fmt: skip
_ALLOWED = (
    ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.Compare, ast.Attribute, ast.Name, ast.Constant, ast.List, ast.Tuple,
    ast.cmpop, ast.expr_context,
)  # fmt: skip


@given(st.one_of(st.text(max_size=80), st.lists(_WORDS, max_size=25).map(" ".join), st.lists(_WORDS, max_size=25).map("".join)))
def test_nothing_evaluates(text: str) -> None:
    """Whatever is written either is refused with a sentence, or is made of the small language alone and holds or not."""
    try:
        condition = parse(text)
    except ValueError:
        return
    nodes = list(ast.walk(condition.tree))
    assert all(isinstance(n, _ALLOWED) for n in nodes)
    assert all(n.id == "slots" for n in nodes if isinstance(n, ast.Name))
    assert condition.holds({"a": 1, "b": "x"}) in (True, False)
