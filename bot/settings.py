"""Every setting, once: name, default, meaning. `.env.example` explains them to the operator; a test keeps the two alike."""

import ipaddress
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Read from the environment with the prefix `DALIL_`, and from `.env` in the working folder."""

    model_config = SettingsConfigDict(env_prefix="DALIL_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(CHECKOUT, description="folder that holds content/, locales/, flows/ and nlu/")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, description="port to listen on", ge=1, le=65535)
    database_url: str = Field("", description="sqlite:///path or postgresql://…; empty: a SQLite file in DATA_DIR")
    data_dir: Path = Field(CHECKOUT / "var" / "data", description="database, key file and stored media")
    model_dir: Path = Field(CHECKOUT / "var" / "model", description="trained language model")
    public_url: str = Field("", description="https address under which the world reaches us; empty: loopback only")
    encryption_keys: str = Field("", description="urlsafe base64 of 32 bytes each, comma-separated, newest first")
    lookup_key: str = Field("", description="urlsafe base64 of 32 bytes; finds people by address; never changes")
    telegram_token: str = Field("", description="token of the Telegram bot; empty: channel off")
    telegram_api_url: str = Field("https://api.telegram.org/bot", description="prefix to which the token is appended")
    telegram_webhook_secret: str = Field("", description="secret that Telegram sends with each webhook call")
    telegram_mode: Literal["webhook", "polling"] = Field("polling", description="how updates arrive")
    twilio_account_sid: str = Field("", description="Twilio account; empty: channel off")
    twilio_auth_token: str = Field("", description="Twilio auth token, several comma-separated while rotating")
    twilio_signature: Literal["enforce", "report"] = Field("enforce", description="refuse or only report bad signatures")
    twilio_from: str = Field("", description="our WhatsApp sender, whatsapp:+212…")
    twilio_sms_from: str = Field("", description="our SMS sender")
    twilio_api_url: str = Field("", description="scheme and host for all of Twilio's REST domains; empty: Twilio's own")
    rasa_url: str = Field("", description="address of a Rasa server; empty: the embedded engine")
    smtp_url: str = Field("", description="smtp://user:password@host:port for mails to advisors")
    timezone: str = Field("Africa/Casablanca", description="zone of sessions and hours")
    region: str = Field("", description="region of this deployment, shown first")

    @cached_property
    def database(self) -> str:
        """The address SQLAlchemy understands, the driver left to `bot.storage.database`."""
        return self.database_url or f"sqlite:///{self.data_dir / 'dalil.db'}"

    @property
    def is_sqlite(self) -> bool:
        return self.database.startswith("sqlite")

    @property
    def base_url(self) -> str:
        """Where links to our own pages point."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def on_loopback(self) -> bool:
        """True while nobody outside this machine can reach us: demo accounts and key files are allowed only then."""
        public = urlsplit(self.public_url)
        if public.scheme == "https":
            return False
        return _is_loopback(self.host) and (not self.public_url or _is_loopback(public.hostname or ""))

    @property
    def twilio_tokens(self) -> tuple[str, ...]:
        return tuple(t.strip() for t in self.twilio_auth_token.split(",") if t.strip())


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
