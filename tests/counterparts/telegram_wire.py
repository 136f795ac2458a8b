"""How the Bot API's calls and updates look on the wire."""

import json
from collections.abc import Mapping
from typing import Any

_TEXTS = ("text", "secret_token", "callback_query_id", "file_id")  # never JSON, even if they look like it


def decoded(name: str, value: Any) -> Any:
    """Nested objects and numbers come as JSON inside the form; everything else is text."""
    if name in _TEXTS:
        return value
    try:
        found = json.loads(value)
    except (TypeError, ValueError):
        return value
    return found if isinstance(found, int | dict | list) else value


def wanted(update: Mapping[str, Any], allowed: list[str]) -> bool:
    return not allowed or any(kind in update for kind in allowed)


def chat_of(update: Mapping[str, Any]) -> Any:
    for kind, body in update.items():
        if kind == "callback_query":
            return body.get("message", {}).get("chat", {}).get("id")
        if isinstance(body, dict):
            return body.get("chat", {}).get("id")
    return None
