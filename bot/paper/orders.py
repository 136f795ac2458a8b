"""What a file is to be made of: the same order gives the same file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = Any
PDF = "application/pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`what` names a row of the press's table, `args` is what the turn gave (`flows.effects.FileRef`), `found` what the house
    looked up for it when it was made. `made` is the moment of the request."""

    what: str
    args: Mapping[str, Json]
    variety: str
    made: datetime
    found: Mapping[str, Json] = field(default_factory=dict)
