"""Whether a request has a body, and what is said of one that is larger than its address allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY


def has_body(scope: Mapping[str, Any]) -> bool:
    """Only a request that says so has one (RFC 9112, section 6)."""
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip(b"0") != b"")
        for name, value in scope["headers"]
    )


def too_large(scope: Mapping[str, Any], limit: int | None = None) -> tuple[str, str]:
    """Code and detail, with the place and its limit, or a lower one that holds there for the kind of body."""
    allowed = limit_of(scope) if limit is None else limit
    return "too-large", f"The body is larger than the {allowed:,} bytes allowed at {scope['path']}."


def limit_of(scope: Mapping[str, Any]) -> int:
    """In bytes, as the address itself sets it or the application for all."""
    limit: int = scope[MAX_BODY_SIZE_SCOPE_KEY]
    return limit
