"""What several tests of the channels start from."""

from typing import Any

from bot.channels.base import Attachment
from bot.settings import Settings
from flows.events import SharedPlace


def configured(**values: Any) -> Settings:
    return Settings(**values)


def locate(latitude: float, longitude: float) -> SharedPlace:
    return SharedPlace(place=f"near {latitude:.0f} {longitude:.0f}", region="souss-massa")


def attached(data: bytes | None = b"%PDF-1.3 a list", url: str = "https://dalil.example/f/token") -> Attachment:
    """A file as the post room hands it over; None: it cannot be had."""

    async def read() -> bytes | None:
        return data

    return Attachment(
        name="dalil-return.pdf",
        content_type="application/pdf",
        url=url,
        line=f"Le fichier : {url}",
        gone="Pas de fichier.",
        read=read,
    )
