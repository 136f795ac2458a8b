"""WhatsApp through Twilio: form-encoded webhooks in, REST calls out."""

from bot.channels.whatsapp.channel import WhatsAppChannel, bodies
from bot.channels.whatsapp.errors import failure_code
from bot.channels.whatsapp.reading import read, read_status
from bot.channels.whatsapp.webhook import signature_ok, webhook_address

__all__ = [
    "WhatsAppChannel",
    "bodies",
    "failure_code",
    "read",
    "read_status",
    "signature_ok",
    "webhook_address",
]
