"""Signatures as Standard Webhooks defines them: https://www.standardwebhooks.com, version `v1`, a shared secret."""

import base64
import binascii
import hashlib
import hmac
import time

from werkzeug.datastructures import Headers

# How far the clocks of both ends may differ, and how long a copied request stays of use.
TOLERANCE_SECONDS = 300
PREFIX = "whsec_"


class SignatureRefused(Exception):
    """The request does not come from who knows the secret; the message says what is missing, and never the secret."""


def key_of(secret: str) -> bytes:
    """The bytes that sign: after `whsec_` they are base64, otherwise the text itself."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret[len(PREFIX) :], validate=True)
    except binascii.Error:
        raise ValueError(f"WEBHOOK_SECRET must be base64 after {PREFIX}") from None


def sign(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def check(key: bytes, headers: Headers, body: bytes, now: float | None = None) -> None:
    """Raises SignatureRefused unless one of the signatures is right and the request is no older than the tolerance."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split()
    if not (message_id and timestamp.isdecimal() and given):
        raise SignatureRefused("webhook-id, webhook-timestamp and webhook-signature are needed")
    if abs((time.time() if now is None else now) - int(timestamp)) > TOLERANCE_SECONDS:
        raise SignatureRefused(f"webhook-timestamp is more than {TOLERANCE_SECONDS} s away")
    expected = sign(key, message_id, timestamp, body).encode()
    # Each is compared, in constant time: an answer's delay must not tell how much of a guess was right.
    if not any([hmac.compare_digest(expected, each.encode()) for each in given]):
        raise SignatureRefused("no signature fits")
