"""Who calls, with which keys, and what they may do."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import ConfigDict, Field

from schemas.fields import Incoming, Iso3, Label, Moment, Outgoing


class Scope(StrEnum):
    """What a key may do. `admin` includes all others, and the keys themselves."""

    CATALOGUE_WRITE = "catalogue:write"
    SUBMISSIONS_WRITE = "submissions:write"
    ASSESSMENTS_REVIEW = "assessments:review"
    MAPPINGS_REVIEW = "mappings:review"
    OBSERVATIONS_WRITE = "observations:write"
    FOLLOW_UP_WRITE = "follow-up:write"
    PLANS_WRITE = "plans:write"
    MEETINGS_WRITE = "meetings:write"
    WEBHOOKS_WRITE = "webhooks:write"
    ADMIN = "admin"


class KeyDraft(Incoming):
    """An API key to be made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Croatia, reporting", "scopes": ["submissions:write"], "state": "HRV"}]
        }
    )

    name: Label
    scopes: list[Scope] = Field(min_length=1, examples=[["submissions:write"]])
    state: Iso3 | None = Field(None, description="binds the key to one State")
    expires: Moment | None = Field(None, description="from then on the key opens nothing")


class ApiKey(Outgoing):
    """An API key, without its secret."""

    id: UUID
    name: str
    prefix: str = Field(description="the first characters, by which a leaked key can be recognised")
    scopes: list[Scope]
    state: str | None
    expires: datetime | None
    revoked: datetime | None
    created: datetime


class NewApiKey(ApiKey):
    """An API key just made."""

    secret: str | None = Field(
        description="shown this once, for only its hash is kept: null when the same request comes again"
    )


class Me(Outgoing):
    """The caller, as the service sees them."""

    name: str
    scopes: list[Scope]
    state: str | None
    calendar: str = Field(description="address of the caller's calendar feed, with its token")
