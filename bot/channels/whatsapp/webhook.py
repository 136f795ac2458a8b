"""How Twilio calls us: the address to register, and the proof that it was Twilio."""

from collections.abc import Sequence

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator, get_signature_algorithm

INBOUND = "/webhooks/whatsapp"
STATUS = "/webhooks/whatsapp/status"

# Left alone, Twilio repeats only a failed connection, once: a 5xx or a slow answer loses the person's message. `rc` is
# how often, `rp=all` what for, `ct` and `rt` milliseconds for connecting and for the answer, so that the repeats fit
# into the 15 seconds Twilio gives in all. A fragment is not part of what is signed.
# https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
_OVERRIDES = "#rc=3&rp=all&ct=2000&rt=4000"


def webhook_address(base_url: str) -> str:
    """What to enter at Twilio as the sender's callback, and as its fallback, called when all repeats failed."""
    return base_url.rstrip("/") + INBOUND + _OVERRIDES


def signature_ok(
    url: str,
    form: Sequence[tuple[str, str]],
    body: bytes,
    header: str | None,
    tokens: Sequence[str],
    settings: str | None = None,
) -> bool:
    """`url` is PUBLIC_URL + raw path + query, never from request headers: behind a proxy those say http. `form` is
    every field as received, blanks and repeats kept. JSON bodies are signed through `bodySHA256` in the query.
    `settings` is the header X-Twilio-Webhooks-Signature-Settings of the newer shared keys.
    https://www.twilio.com/docs/usage/webhooks/webhooks-security"""
    if not header:
        return False
    params = _signed(url, form, body)
    if params is None:
        return False
    algorithm = get_signature_algorithm(settings)  # type: ignore[no-untyped-call]
    return any(_proven(token, url, params, header, algorithm) for token in tokens if token)


def _proven(token: str, url: str, params: ImmutableMultiDict[str, str] | str, header: str, algorithm: str) -> bool:
    validator = RequestValidator(token)  # type: ignore[no-untyped-call]
    return bool(validator.validate(url, params, header, algorithm))  # type: ignore[no-untyped-call]


def _signed(url: str, form: Sequence[tuple[str, str]], body: bytes) -> ImmutableMultiDict[str, str] | str | None:
    """What the signature must cover; None for a body that no signature can cover."""
    if form or not body:
        return ImmutableMultiDict(form)
    try:
        # Without the hash in the address a body would pass unsigned.
        return body.decode("utf-8") if "bodySHA256=" in url else None
    except UnicodeDecodeError:
        return None
