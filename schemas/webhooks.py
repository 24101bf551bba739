"""Webhook endpoints: addresses on the web that are told what letters tell people (Standard Webhooks)."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, model_validator

from schemas.fields import NO_NUL, Incoming, Label, Outgoing

WebhookEvent = Literal[
    "reminder.due", "reminder.escalated", "entry.moved", "entry.changed", "entry.cancelled", "entry.restored"
]


def check_url(url: str) -> str:
    """An address that can be called: no user, no fragment, nothing that would break a header."""
    if not url.isascii() or any(character.isspace() or not character.isprintable() for character in url):
        raise ValueError("must be written in ASCII without blanks; international names in their ASCII form")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("must be an address such as https://example.org/hook") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        raise ValueError("must be an address such as https://example.org/hook")
    if "@" in parts.netloc or parts.fragment:
        raise ValueError("must carry neither a user nor a fragment; calls are signed instead")
    return url


def check_events(events: list[str] | None) -> list[str] | None:
    if events is not None and len(set(events)) < len(events):
        raise ValueError("an event is named twice")
    return events


Url = Annotated[
    str,
    Field(
        max_length=2_000, description="`https://`, of a public address", examples=["https://example.org/hook"]
    ),
    AfterValidator(check_url),
    NO_NUL,
]
Events = Annotated[
    list[WebhookEvent],
    Field(min_length=1, description="what the endpoint is told; everything when left out"),
    AfterValidator(check_events),
]


class WebhookDraft(Incoming):
    """An endpoint to be told."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"url": "https://example.org/hooks/focalpoint", "description": "Intranet calendar"}]
        }
    )

    url: Url
    events: Events | None = None
    description: Label | None = None


class WebhookChange(Incoming):
    """What may change about an endpoint; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"enabled": False}]})

    url: Url | None = None
    events: Events | None = None
    description: Label | None = None
    enabled: bool | None = Field(None, description="`true` also forgets its failures")

    @model_validator(mode="after")
    def change_something(self) -> Self:
        """`events` and `description` can be taken away; an endpoint always has an address."""
        if not self.model_fields_set:
            raise ValueError("name at least one thing to change")
        if any(getattr(self, name) is None for name in {"url", "enabled"} & self.model_fields_set):
            raise ValueError("`url` and `enabled` cannot be null")
        return self


class Rotation(Incoming):
    """How long the old secret goes on to sign beside the new one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"grace_hours": 24}]})

    grace_hours: int = Field(24, ge=0, le=24 * 30)


class Webhook(Outgoing):
    """An endpoint, without its secret."""

    id: UUID
    url: str
    description: str | None
    events: list[WebhookEvent] | None
    """None: everything."""
    enabled: bool
    disabled_because: str | None
    failures: int
    """In a row; a delivery that succeeds sets it to zero."""
    last_failure: str | None
    last_failed_at: AwareDatetime | None
    last_delivered_at: AwareDatetime | None
    former_secret_until: AwareDatetime | None
    """Until then calls are signed with the secret before the last rotation too."""
    created_at: AwareDatetime


class NewWebhook(Webhook):
    """An endpoint with a secret just made."""

    secret: str | None = Field(
        description="`whsec_…`, shown this once: null when the same request comes again"
    )
