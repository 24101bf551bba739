"""Issuing keys from the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from domain.access import actions
from domain.errors import Invalid
from domain.states import queries as states
from schemas.access import KeyDraft
from services.database import Sessions


async def issue(
    sessions: Sessions, name: str, scopes: list[str], state: str | None, expires: datetime | None
) -> dict[str, Any]:
    """A key and its secret. Raises Invalid when a scope or State is not one."""
    until = expires.replace(tzinfo=UTC) if expires else None
    try:
        draft = KeyDraft.model_validate({"name": name, "scopes": scopes, "state": state, "expires": until})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Invalid(f"{place}: {first['msg']}") from None
    async with sessions.begin() as session:
        if state is not None:
            await states.known(session, state)
        key, secret = await actions.issue_key(session, draft)
    return {"id": str(key.id), "name": name, "scopes": scopes, "state": state, "secret": secret}
