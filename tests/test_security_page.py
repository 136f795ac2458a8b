"""docs/security.md promises a test for each line: they exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_each_promise_names_a_test_that_exists() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    tests = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    rows = [row for row in page.splitlines() if row.startswith("| ") and not row.startswith(("| **", "| threat"))]
    assert len(rows) > 20
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row)
        assert named, row
        assert not [name for name in named if f"def {name}(" not in tests], row
