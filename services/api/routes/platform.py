"""Who am I, and the keys of others."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from domain.access import actions, queries
from domain.access.models import ApiKey as Row
from domain.states import queries as states
from schemas.access import ApiKey, KeyDraft, Me, NewApiKey
from schemas.paging import Page
from services.api.dependencies import Administrator, Configuration, KnownCaller, Now, Transaction
from services.api.exchange import Exchange
from services.api.paging import Paged

router = APIRouter(tags=["platform"], route_class=Exchange)


@router.get("/me", response_model=Me, summary="The caller, as the service sees them")
async def read_me(actor: KnownCaller, settings: Configuration) -> dict[str, Any]:
    calendar = f"{settings.address}/v1/calendar.ics?token={actor.calendar_token}"
    scopes = sorted(actor.scopes)
    return {"name": actor.name, "scopes": scopes, "state": actor.state, "calendar": calendar}


@router.get("/api-keys", response_model=Page[ApiKey], summary="All keys, newest first")
async def list_keys(
    pages: Paged,
    session: Transaction,
    _: Administrator,
) -> dict[str, Any]:
    rows = await queries.page(session, before=pages.after_id, limit=pages.most)
    return pages.answer(rows, lambda row: row.id)


@router.post(
    "/api-keys",
    response_model=NewApiKey,
    status_code=201,
    summary="Make a key",
    description="The secret is shown in this answer and never again.",
)
async def make_key(
    draft: KeyDraft, response: Response, session: Transaction, _: Administrator
) -> dict[str, Any]:
    if draft.state is not None:
        await states.known(session, draft.state)
    key, secret = await actions.issue_key(session, draft)
    await session.refresh(key)
    response.headers["Location"] = f"/v1/api-keys/{key.id}"
    response.headers["Cache-Control"] = "no-store"
    return {name: getattr(key, name) for name in ApiKey.model_fields} | {"secret": secret}


@router.get("/api-keys/{key_id}", response_model=ApiKey, summary="One key")
async def read_key(key_id: UUID, session: Transaction, _: Administrator) -> Row:
    return await queries.find(session, key_id)


@router.delete("/api-keys/{key_id}", response_model=ApiKey, summary="Revoke a key, at once and for good")
async def revoke_key(key_id: UUID, session: Transaction, now: Now, _: Administrator) -> Row:
    key = await queries.find(session, key_id)
    actions.revoke_key(key, now=now)
    return key
