"""Signatures by which an endpoint knows that a call is ours (Standard Webhooks 1.0). Pure but for chance."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"


def new_secret() -> str:
    """192 random bits, as Standard Webhooks writes them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def headers(message: str, body: bytes, *, keys: Sequence[str], at: datetime) -> dict[str, str]:
    """The headers of a call. With several keys it is signed by each: receivers accept any of them.

    `message` is the same however often the call is repeated; `at` is when this attempt is made.
    """
    seconds = str(int(at.timestamp()))
    return {
        "webhook-id": message,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(
            _signature(key, f"{message}.{seconds}.".encode() + body) for key in keys
        ),
    }


def _signature(key: str, signed: bytes) -> str:
    raw = base64.b64decode(key.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(raw, signed, hashlib.sha256)).decode()
