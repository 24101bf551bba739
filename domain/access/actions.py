from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.access import rules
from domain.access.models import ApiKey, RememberedAnswer
from domain.errors import Invalid
from schemas.access import KeyDraft

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

MEMORY = timedelta(hours=24)


async def issue_key(session: AsyncSession, draft: KeyDraft) -> tuple[ApiKey, str]:
    """A new key and its secret, which is not kept and cannot be shown again."""
    secret = rules.new_secret()
    key = ApiKey(
        name=draft.name,
        prefix=secret[:9],
        digest=rules.digest(secret),
        scopes=[scope.value for scope in draft.scopes],
        state=draft.state,
        calendar_token=secrets.token_urlsafe(24),
        expires=draft.expires,
    )
    session.add(key)
    await session.flush()
    return key, secret


def revoke_key(key: ApiKey, *, now: datetime) -> None:
    """From now on the key opens nothing. Revoking twice keeps the first moment."""
    key.revoked = key.revoked or now


async def recall(session: AsyncSession, caller: str, key: str, fingerprint: str) -> RememberedAnswer | None:
    """What this caller was answered to this Idempotency-Key, or None and the key is theirs to use.

    A second request with the same key waits here until the first has committed or rolled back.
    Raises Invalid `idempotency-key-reused` when the body differs from the first one's.
    """
    claim = insert(RememberedAnswer).values(caller=caller, key=key, fingerprint=fingerprint)
    claimed = await session.execute(claim.on_conflict_do_nothing().returning(RememberedAnswer.key))
    if claimed.scalar() is not None:
        return None
    remembered = await session.scalar(
        select(RememberedAnswer).where(RememberedAnswer.caller == caller, RememberedAnswer.key == key)
    )
    if remembered is None or remembered.fingerprint != fingerprint:
        raise Invalid(
            "This Idempotency-Key was used before with another request.", code="idempotency-key-reused"
        )
    return remembered


async def remember(
    session: AsyncSession, caller: str, key: str, *, status: int, headers: dict[str, Any], body: bytes
) -> None:
    await session.execute(
        update(RememberedAnswer)
        .where(RememberedAnswer.caller == caller, RememberedAnswer.key == key)
        .values(status=status, headers=headers, body=body)
    )


async def forget_answers(session: AsyncSession, *, now: datetime) -> None:
    """Drop what was remembered longer ago than a day."""
    await session.execute(delete(RememberedAnswer).where(RememberedAnswer.created < now - MEMORY))
