"""Whether we are alive, ready, and how we fare: for machines."""

import ipaddress

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bot.assembly import Assembly
from bot.storage import migrate

router = APIRouter()


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz")
async def ready(request: Request) -> Response:
    """503 until the model is loaded and the database is at the schema of this code."""
    house: Assembly | None = getattr(request.app.state, "house", None)
    try:
        good = house is not None and await migrate.is_current(house.database)
    except Exception:  # the database is away: not ready, whatever the reason
        good = False
    return Response(
        '{"status":"ready"}' if good else '{"status":"starting"}', 200 if good else 503, media_type="application/json"
    )


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus. No personal data: counts and durations only; and those only for a machine of ours that asks directly."""
    if not _from_inside(request):
        return Response(status_code=404)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _from_inside(request: Request) -> bool:
    """From this machine or its private network, and not through a proxy, which would pass on anybody's wish."""
    if any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via")):
        return False
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_private
    except ValueError:
        return False
