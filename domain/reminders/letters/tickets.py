"""What stands at the end of a letter's address for unsubscribing. Pure.

It names a line of the ledger, not a person, and is signed: whoever has one letter can stop the letters to
its own recipient, and nobody else's.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

_ID, _MAC = 16, 16


def ticket(delivery: UUID, key: bytes) -> str:
    """43 characters that are safe in an address; 128 bits of them cannot be guessed."""
    return base64.urlsafe_b64encode(delivery.bytes + _mac(delivery, key)).decode().rstrip("=")


def delivery_of(text: str, key: bytes) -> UUID | None:
    """The line that the ticket was made for, or None if it was not made here."""
    try:
        raw = base64.b64decode(f"{text}{'=' * (-len(text) % 4)}", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != _ID + _MAC:
        return None
    delivery = UUID(bytes=raw[:_ID])
    return delivery if hmac.compare_digest(raw[_ID:], _mac(delivery, key)) else None


def _mac(delivery: UUID, key: bytes) -> bytes:
    return hmac.digest(key, b"unsubscribe\0" + delivery.bytes, hashlib.sha256)[:_MAC]
