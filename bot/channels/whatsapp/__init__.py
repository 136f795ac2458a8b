"""WhatsApp through Twilio: form-encoded webhooks in, REST calls out."""

from bot.channels.whatsapp.channel import WhatsAppChannel, bodies
from bot.channels.whatsapp.reading import read, read_status
from bot.channels.whatsapp.webhook import signature_ok, webhook_address

__all__ = [
    "WhatsAppChannel",
    "bodies",
    "read",
    "read_status",
    "signature_ok",
    "webhook_address",
]
