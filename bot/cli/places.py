"""Place names written any way, on the command line."""

import json
import sys

from bot.knowledge.places import Places
from bot.settings import Settings


def places() -> None:
    """JSON lines {"text"} to {"id", "place", "region"}, null where no place is named."""
    known = Places.load(Settings().home / "content" / "places.yml")
    for line in sys.stdin:
        if line.strip():
            place = known.find(str(json.loads(line)["text"]))
            found = {
                "id": place and place.id,
                "place": place and place.name["fr"],
                "region": place and place.region,
            }
            print(json.dumps(found, ensure_ascii=False), flush=True)
