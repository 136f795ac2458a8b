"""What several tests of the channels start from."""

from typing import Any

from bot.settings import Settings
from flows.events import SharedPlace


def configured(**values: Any) -> Settings:
    return Settings(**values)


def locate(latitude: float, longitude: float) -> SharedPlace:
    return SharedPlace(place=f"near {latitude:.0f} {longitude:.0f}", region="souss-massa")
