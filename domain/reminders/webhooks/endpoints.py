"""Endpoints that are told by webhook: kept, rotated, and what became of the calls to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, select, update

from domain.base import new_id
from domain.errors import NotFound
from domain.reminders.channels import WebhookEndpoint
from domain.reminders.webhooks.signing import new_secret
from schemas.webhooks import WebhookChange, WebhookDraft

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

GONE = "It answered 410 Gone."
LONGEST_WORDS = 300


async def found(session: AsyncSession, draft: WebhookDraft) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which is not shown again."""
    secret = new_secret()
    endpoint = WebhookEndpoint(id=new_id(), secret=secret, **draft.model_dump())
    session.add(endpoint)
    await session.flush()
    await session.refresh(endpoint)
    return endpoint, secret


async def find(session: AsyncSession, endpoint_id: UUID, *, lock: bool = False) -> WebhookEndpoint:
    endpoint = await session.get(WebhookEndpoint, endpoint_id, with_for_update=lock or None)
    if endpoint is None:
        raise NotFound(f"There is no webhook {endpoint_id}.")
    return endpoint


async def page(session: AsyncSession, *, before: UUID | None, limit: int) -> Sequence[WebhookEndpoint]:
    """Newest first."""
    rows = select(WebhookEndpoint).order_by(WebhookEndpoint.id.desc()).limit(limit)
    if before is not None:
        rows = rows.where(WebhookEndpoint.id < before)
    return (await session.scalars(rows)).all()


async def change(session: AsyncSession, endpoint: WebhookEndpoint, wanted: WebhookChange) -> WebhookEndpoint:
    """What is sent from now on goes to the endpoint as it is then."""
    for name, value in wanted.given().items():
        setattr(endpoint, name, value)
    if wanted.enabled:
        endpoint.failures, endpoint.disabled_because = 0, None
    elif wanted.enabled is False:
        endpoint.disabled_because = "It was switched off."
    return await _renewed(session, endpoint)


async def rotate(
    session: AsyncSession, endpoint: WebhookEndpoint, *, grace: timedelta, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """A new secret; for the time of grace calls are signed with the one before too."""
    secret = new_secret()
    endpoint.former_secret = endpoint.secret if grace else None
    endpoint.former_secret_until = now + grace if grace else None
    endpoint.secret = secret
    return await _renewed(session, endpoint), secret


async def _renewed(session: AsyncSession, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    endpoint.version += 1
    await session.flush()
    await session.refresh(endpoint)
    return endpoint


async def remove(session: AsyncSession, endpoint: WebhookEndpoint) -> None:
    """Nothing is sent to it any more; what is planned for it fails, and says why."""
    await session.execute(delete(WebhookEndpoint).where(WebhookEndpoint.id == endpoint.id))


def keys_of(endpoint: WebhookEndpoint, *, now: datetime) -> list[str]:
    """The secrets that sign at this moment, the present one first."""
    until = endpoint.former_secret_until
    former = endpoint.former_secret if until is not None and now < until else None
    return [endpoint.secret, *([former] if former else [])]


async def note_delivered(session: AsyncSession, endpoint_id: UUID, *, now: datetime) -> None:
    await _note(session, endpoint_id, failures=0, last_delivered_at=now)


async def note_failed(
    session: AsyncSession, endpoint_id: UUID, reason: str, *, now: datetime, gone: bool = False
) -> None:
    """Count a failure. An endpoint that says that it is gone for good is called no more."""
    ended = {"enabled": False, "disabled_because": GONE} if gone else {}
    await _note(
        session,
        endpoint_id,
        failures=WebhookEndpoint.failures + 1,
        last_failure=reason[:LONGEST_WORDS],
        last_failed_at=now,
        **ended,
    )


async def _note(session: AsyncSession, endpoint_id: UUID, **facts: object) -> None:
    """Not a change that people must learn of: neither the version nor the time of change moves."""
    values = {"updated_at": WebhookEndpoint.updated_at} | facts
    await session.execute(update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id).values(values))
