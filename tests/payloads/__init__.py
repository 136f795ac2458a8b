"""Payloads as the providers send them, scrubbed, named by situation."""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def telegram(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "telegram" / f"{name}.json").read_text("utf-8"))
    return found


def twilio(name: str) -> list[tuple[str, str]]:
    """The form's fields in the order they came."""
    return list(json.loads((HERE / "twilio" / f"{name}.json").read_text("utf-8")).items())


def names(provider: str) -> list[str]:
    return sorted(path.stem for path in (HERE / provider).glob("*.json"))
