"""The API as one object: routes, edges, and what it holds open while it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from redis.asyncio import Redis
from starlette.types import ASGIApp

from schemas.problems import ProblemDetails
from services import redis
from services.api import docs, hot, openapi, problems
from services.api.bodies import LARGEST_BODY
from services.api.edges import Edges
from services.api.exports import Places
from services.api.methods import Heads
from services.api.metrics import Measured
from services.api.published import FromMemory, Published
from services.api.routes import (
    agendas,
    assessments,
    bounces,
    breakdowns,
    calendar,
    charts,
    coverage,
    crosswalks,
    editions,
    followup,
    frameworks,
    handover,
    health,
    indicators,
    interventions,
    jobs,
    letters,
    mandates,
    mappings,
    meetings,
    obligations,
    optouts,
    outcomes,
    people,
    plans,
    platform,
    progress,
    reminders,
    returns,
    reviews,
    rubrics,
    schemas,
    search,
    states,
    submissions,
    suggestions,
    webhooks,
)
from services.database import close, open_driver_pool, open_engine, sessions_of
from services.sandbox import Sandbox
from services.settings import Settings

V1 = (
    frameworks, editions, search, states, mappings, suggestions, rubrics, submissions, assessments, reviews,
    crosswalks, coverage, obligations, followup, indicators, breakdowns,
    plans, mandates, progress, interventions,
    returns, charts, handover, meetings, agendas, outcomes, reminders, letters, optouts, bounces, webhooks,
    calendar, people, jobs, platform, schemas,
)  # fmt: skip


HOT_CONNECTIONS = 3


class Api(FastAPI):
    def build_middleware_stack(self) -> ASGIApp:
        # Around the framework's limits on bodies and its last handler of errors too, which no
        # middleware that is added in the usual way can be.
        return Edges(super().build_middleware_stack())


def _resources_of(
    settings: Settings, sandbox: Sandbox | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What the application holds open while it runs."""

    @asynccontextmanager
    async def open_resources(app: FastAPI) -> AsyncIterator[None]:
        state = app.state
        state.settings = settings
        state.engine = open_engine(settings.require_database(), pool=settings.database_pool)
        state.sessions = sessions_of(state.engine)
        state.driver = await open_driver_pool(state.engine, size=HOT_CONNECTIONS)
        state.exports = Places()
        state.sandbox = sandbox or Sandbox(settings.reading_seconds, settings.reading_megabytes)
        client = Redis.from_url(settings.require_redis(), socket_timeout=2, socket_connect_timeout=2)
        state.redis_answers = partial(redis.answers, client)
        async with state.published.listening(state.engine):
            yield
        if sandbox is None:
            state.sandbox.close()
        await client.aclose()
        await close(state.engine, state.driver)

    return open_resources


def create_app(settings: Settings, *, sandbox: Sandbox | None = None) -> FastAPI:
    """The application. It opens its database pool when it starts and closes it when it ends.

    A `sandbox` that is handed in may be shared and is left open.
    """
    app = Api(
        title="focalpoint",
        version=openapi.VERSION,
        summary="The backend that gender focal points and treaty secretariats run on.",
        description=openapi.DESCRIPTION,
        openapi_tags=openapi.TAGS,
        lifespan=_resources_of(settings, sandbox),
        docs_url=None,
        redoc_url=None,
        max_body_size=LARGEST_BODY,
        separate_input_output_schemas=False,
    )
    problems.install(app)
    docs.install(app)
    app.include_router(health.router)
    hot.install(app)
    for noun in V1:
        app.include_router(noun.router, prefix="/v1", responses={"default": openapi.PROBLEM})
    openapi.install(app, ProblemDetails)
    app.state.published = Published()
    app.state.leaving = False
    app.add_middleware(FromMemory, published=app.state.published)
    app.add_middleware(Heads)
    app.add_middleware(Measured)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["ETag", "Link", "Location", "Idempotent-Replay"],
        )
    return app
