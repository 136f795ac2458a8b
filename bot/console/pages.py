"""Console pages."""

from fastapi import APIRouter, FastAPI

router = APIRouter(prefix="/console")


def dress(app: FastAPI) -> None:
    """Whatever the console needs of the application besides its routes."""
