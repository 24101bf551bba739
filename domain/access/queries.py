from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from domain.access import rules
from domain.access.models import ApiKey
from domain.access.rules import Actor
from domain.errors import NotFound, Unauthenticated
from schemas.access import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession


def actor_of(key: ApiKey) -> Actor:
    scopes = frozenset(Scope(scope) for scope in key.scopes)
    return Actor(key.id, key.name, scopes, key.state, key.calendar_token)


def _in_force(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ApiKey.revoked.is_(None), or_(ApiKey.expires.is_(None), ApiKey.expires > now)


async def authenticate(session: AsyncSession, secret: str, *, now: datetime) -> Actor:
    """The actor behind a key that is in force; every other key is answered alike."""
    found = select(ApiKey).where(ApiKey.digest == rules.digest(secret), *_in_force(now))
    key = await session.scalar(found)
    if key is None:
        raise Unauthenticated("This API key is unknown, expired or revoked.", code="invalid-api-key")
    return actor_of(key)


async def holder_of_calendar(session: AsyncSession, token: str, *, now: datetime) -> Actor:
    key = await session.scalar(select(ApiKey).where(ApiKey.calendar_token == token, *_in_force(now)))
    if key is None:
        raise Unauthenticated("This calendar address is no longer valid.", code="invalid-calendar-token")
    return actor_of(key)


async def find(session: AsyncSession, key_id: UUID) -> ApiKey:
    key = await session.get(ApiKey, key_id)
    if key is None:
        raise NotFound(f"There is no API key {key_id}.")
    return key


async def page(session: AsyncSession, *, before: UUID | None, limit: int) -> Sequence[ApiKey]:
    rows = select(ApiKey).order_by(ApiKey.id.desc()).limit(limit)
    if before is not None:
        rows = rows.where(ApiKey.id < before)
    return (await session.scalars(rows)).all()
