"""Webhook endpoints: addresses on the web that are told what letters tell people."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Response

from domain.errors import Invalid, Problem
from domain.reminders.channels import WebhookEndpoint
from domain.reminders.webhooks import endpoints
from schemas.paging import Page
from schemas.webhooks import NewWebhook, Rotation, Webhook, WebhookChange, WebhookDraft
from services.addresses import is_public
from services.api.dependencies import Configuration, Now, SeenVersion, Transaction, WebhookWriter
from services.api.exchange import Exchange
from services.api.paging import Paged
from services.api.tagging import tagged
from services.settings import Settings

router = APIRouter(tags=["webhooks"], route_class=Exchange)

EVENTS = (
    "Calls are `POST`s of `{type, timestamp, data}`, signed as Standard Webhooks says: `webhook-id` (the same"
    " each time a call is repeated), `webhook-timestamp` and `webhook-signature` (`v1,…`, HMAC-SHA256). An"
    " answer 2xx within ten seconds is a delivery; 408, 425, 429 and 5xx are tried again, after"
    " `Retry-After` where it is given; 410 disables the endpoint; anything else is a failure. Redirections"
    " are not followed."
)


def _with_secret(endpoint: WebhookEndpoint, secret: str, response: Response) -> dict[str, Any]:
    tagged(endpoint, response)
    response.headers["Cache-Control"] = "no-store"
    return {name: getattr(endpoint, name) for name in Webhook.model_fields} | {"secret": secret}


def _must_be_callable(url: str | None, settings: Settings) -> None:
    """Names are looked up when they are called; what can be said of an address at once is said here."""
    if url is None or settings.webhooks_to_private:
        return
    parts = urlsplit(url)
    if parts.scheme != "https":
        raise _refused("webhook-not-https", "Only https:// is called.")
    if _is_private(parts.hostname or ""):
        raise _refused("webhook-address-private", "Only public addresses are called.")


def _is_private(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    return not is_public(host)


def _refused(code: str, detail: str) -> Invalid:
    return Invalid(detail, [Problem("/url", code, detail)], code=code)


@router.post(
    "/webhooks",
    response_model=NewWebhook,
    status_code=201,
    summary="Add an endpoint",
    description=f"The secret is shown in this answer and never again. {EVENTS}",
)
async def add_webhook(
    draft: WebhookDraft,
    response: Response,
    session: Transaction,
    settings: Configuration,
    _: WebhookWriter,
) -> dict[str, Any]:
    _must_be_callable(draft.url, settings)
    endpoint, secret = await endpoints.found(session, draft)
    response.headers["Location"] = f"/v1/webhooks/{endpoint.id}"
    return _with_secret(endpoint, secret, response)


@router.get("/webhooks", response_model=Page[Webhook], summary="Endpoints, newest first")
async def list_webhooks(pages: Paged, session: Transaction, _: WebhookWriter) -> dict[str, Any]:
    rows = await endpoints.page(session, before=pages.after_id, limit=pages.most)
    return pages.answer(rows, lambda row: row.id)


@router.get("/webhooks/{webhook_id}", response_model=Webhook, summary="One endpoint, and how it fares")
async def read_webhook(webhook_id: UUID, response: Response, session: Transaction, _: WebhookWriter) -> Any:
    return tagged(await endpoints.find(session, webhook_id), response)


@router.patch(
    "/webhooks/{webhook_id}",
    response_model=Webhook,
    summary="Change, disable or enable an endpoint (`If-Match`)",
)
async def change_webhook(
    webhook_id: UUID,
    change: WebhookChange,
    response: Response,
    session: Transaction,
    settings: Configuration,
    _: WebhookWriter,
    seen: SeenVersion,
) -> Any:
    _must_be_callable(change.url, settings)
    endpoint = await endpoints.find(session, webhook_id, lock=True)
    seen.must_be(endpoint.etag)
    return tagged(await endpoints.change(session, endpoint, change), response)


@router.post(
    "/webhooks/{webhook_id}/rotate",
    response_model=NewWebhook,
    summary="Make a new secret",
    description="Until the time of grace is over, calls are signed with the one before as well.",
)
async def rotate_secret(
    webhook_id: UUID,
    rotation: Rotation,
    response: Response,
    session: Transaction,
    now: Now,
    _: WebhookWriter,
) -> dict[str, Any]:
    endpoint = await endpoints.find(session, webhook_id, lock=True)
    grace = timedelta(hours=rotation.grace_hours)
    return _with_secret(*await endpoints.rotate(session, endpoint, grace=grace, now=now), response)


@router.delete(
    "/webhooks/{webhook_id}",
    response_model=Webhook,
    summary="Remove an endpoint",
    description="It is called no more, at once. Deliveries that are planned for it fail and say why.",
)
async def remove_webhook(webhook_id: UUID, session: Transaction, _: WebhookWriter) -> Any:
    endpoint = await endpoints.find(session, webhook_id, lock=True)
    await endpoints.remove(session, endpoint)
    return endpoint
