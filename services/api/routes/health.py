"""Whether the process lives, whether it can serve, and its figures."""

from __future__ import annotations

from typing import Any

import structlog
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from services.database import is_current, present_revision

router = APIRouter(tags=["operation"])
log = structlog.get_logger(__name__)


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> dict[str, str]:
    return {"status": "ok"}


@router.get(
    "/readyz",
    summary="Can requests be answered?",
    description="200 when database and Redis answer and the migrations are at head, else 503.",
)
async def readyz(request: Request, response: Response) -> dict[str, Any]:
    state = request.app.state
    checks = {"database": False, "migrations": False, "redis": False}
    try:
        revision = await present_revision(state.engine)
        checks["database"] = True
        checks["migrations"] = is_current(revision)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        log.warning("not ready", database=type(error).__name__)
    checks["redis"] = await state.redis_answers()
    ready = all(checks.values())
    response.status_code = 200 if ready else 503
    return {"status": "ready" if ready else "not-ready", "checks": checks}


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
async def metrics() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
