"""What routes ask for: the transaction, the time, the caller and what the caller may do.

All of it is `async`: the framework runs any other dependency in a thread, which costs more than most reads.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, cast

import asyncpg
from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import queries as access
from domain.access.rules import ANONYMOUS, Actor
from domain.errors import Forbidden, PreconditionRequired, Stale, Unauthenticated
from schemas.access import Scope
from services.settings import Settings

bearer = HTTPBearer(
    auto_error=False, scheme_name="api-key", description="An API key: `Authorization: Bearer fp_…`"
)


async def the_transaction(request: Request) -> AsyncSession:
    """The request's transaction; `Exchange` opens it and commits it."""
    return cast("AsyncSession", request.state.session)


async def the_settings(request: Request) -> Settings:
    return cast("Settings", request.app.state.settings)


async def the_time() -> datetime:
    return datetime.now(UTC)


async def the_driver(request: Request) -> asyncpg.Pool:
    return cast("asyncpg.Pool", request.app.state.driver)


Driver = Annotated[asyncpg.Pool, Depends(the_driver)]
Transaction = Annotated[AsyncSession, Depends(the_transaction)]
Configuration = Annotated[Settings, Depends(the_settings)]
Now = Annotated[datetime, Depends(the_time)]


async def caller_of(request: Request) -> Actor:
    """The caller by their key. Without one they are anonymous; with a wrong one they are refused.

    Looked up once per request and in a session of its own, so that a request which then reads a long
    document holds no connection meanwhile.
    """
    known: Actor | None = getattr(request.state, "actor", None)
    if known is None:
        known = request.state.actor = await _authenticated(request)
    return known


async def _authenticated(request: Request) -> Actor:
    credentials = await bearer(request)
    if credentials is None:
        return ANONYMOUS
    async with request.app.state.sessions() as session:
        return await access.authenticate(session, credentials.credentials, now=datetime.now(UTC))


async def who_calls(
    request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> Actor:
    return await caller_of(request)


Anyone = Annotated[Actor, Depends(who_calls)]


class Allow:
    """Lets a caller pass who is known and, if a scope is named, may do that.

    What belongs to all (`common`) is not written with the key of one State.
    """

    def __init__(self, scope: Scope | None = None, *, common: bool = False) -> None:
        self.scope = scope
        self.common = common

    async def __call__(self, actor: Anyone) -> Actor:
        if actor.anonymous:
            raise Unauthenticated("This needs an API key: `Authorization: Bearer fp_…`.")
        if self.scope is not None:
            actor.must_be_allowed(self.scope)
        if self.common and actor.state is not None:
            raise Forbidden(
                f"This key writes for {actor.state} only, and this belongs to all.",
                code="other-state",
                state=actor.state,
            )
        return actor


KnownCaller = Annotated[Actor, Depends(Allow())]
Administrator = Annotated[Actor, Depends(Allow(Scope.ADMIN, common=True))]
CatalogueWriter = Annotated[Actor, Depends(Allow(Scope.CATALOGUE_WRITE, common=True))]
SubmissionWriter = Annotated[Actor, Depends(Allow(Scope.SUBMISSIONS_WRITE))]
Reviewer = Annotated[Actor, Depends(Allow(Scope.ASSESSMENTS_REVIEW))]
ReviewerOfAll = Annotated[Actor, Depends(Allow(Scope.ASSESSMENTS_REVIEW, common=True))]
MappingReviewer = Annotated[Actor, Depends(Allow(Scope.MAPPINGS_REVIEW, common=True))]
ObservationWriter = Annotated[Actor, Depends(Allow(Scope.OBSERVATIONS_WRITE))]
ObservationWriterForAll = Annotated[Actor, Depends(Allow(Scope.OBSERVATIONS_WRITE, common=True))]
FollowUpWriter = Annotated[Actor, Depends(Allow(Scope.FOLLOW_UP_WRITE))]
FollowUpForAll = Annotated[Actor, Depends(Allow(Scope.FOLLOW_UP_WRITE, common=True))]
PlanWriter = Annotated[Actor, Depends(Allow(Scope.PLANS_WRITE))]
MandateWriter = Annotated[Actor, Depends(Allow(Scope.PLANS_WRITE, common=True))]
MeetingWriter = Annotated[Actor, Depends(Allow(Scope.MEETINGS_WRITE, common=True))]
WebhookWriter = Annotated[Actor, Depends(Allow(Scope.WEBHOOKS_WRITE, common=True))]
CalendarWriter = Annotated[Actor, Depends(Allow(Scope.MEETINGS_WRITE))]


class Version:
    """The version that the caller says they saw (`If-Match`).

    A tag that came back weak is taken as if it were strong: proxies that compress answers weaken the tags,
    and ours name the version of a thing, not the bytes of an answer.
    """

    def __init__(self, tags: str) -> None:
        self.tags = [tag.strip().removeprefix("W/") for tag in tags.split(",")]

    def must_be(self, *etags: str) -> None:
        """Raises Stale when the thing has changed since."""
        if "*" not in self.tags and not set(etags) & set(self.tags):
            raise Stale("This was changed by someone else in the meantime; read it again.", etag=etags[0])


IfMatch = Annotated[str | None, Header(description="the `ETag` of the version that the caller saw")]


async def version_seen_if_any(if_match: IfMatch = None) -> Version | None:
    return Version(if_match) if if_match is not None else None


SeenVersionIfAny = Annotated[Version | None, Depends(version_seen_if_any)]


def needed(seen: Version | None) -> Version:
    """Raises PreconditionRequired where the caller names no version."""
    if seen is None:
        raise PreconditionRequired("Send `If-Match` with the ETag of the version that you saw.")
    return seen


async def version_seen(seen: SeenVersionIfAny) -> Version:
    return needed(seen)


SeenVersion = Annotated[Version, Depends(version_seen)]
