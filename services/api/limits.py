"""What is said of a body that is larger than its address allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY


def too_large(scope: Mapping[str, Any], limit: int | None = None) -> tuple[str, str]:
    """Code and detail, with the place and its limit, or a lower one that holds there for the kind of body."""
    allowed = limit_of(scope) if limit is None else limit
    return "too-large", f"The body is larger than the {allowed:,} bytes allowed at {scope['path']}."


def limit_of(scope: Mapping[str, Any]) -> int:
    """In bytes, as the address itself sets it or the application for all."""
    limit: int = scope[MAX_BODY_SIZE_SCOPE_KEY]
    return limit
