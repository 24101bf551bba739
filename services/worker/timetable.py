"""What the worker does by the clock. Each looks at what is due, so a missed run is made good by the next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from arq.cron import CronJob, cron

from domain.access import actions as access
from domain.agendas import actions as agendas
from domain.agendas.queries import awaiting_agendas
from domain.assessments import actions as assessments
from domain.indicators import uploads
from domain.meetings import actions as meetings
from domain.submissions import owed
from services.worker.tools import Tools

log = structlog.get_logger(__name__)


async def extend_series(ctx: dict[str, Any]) -> None:
    """Every hour: series stay scheduled up to the horizon."""
    tools: Tools = ctx["tools"]
    async with tools.sessions.begin() as session:
        await meetings.all_series_ahead(session, now=tools.now())


async def keep_obligations(ctx: dict[str, Any]) -> None:
    """When a worker starts, and every hour: what States owe by now is opened, or met by what they filed."""
    tools: Tools = ctx["tools"]
    async with tools.sessions.begin() as session:
        await owed.keep_up(session, now=tools.now())


async def draft_agendas(ctx: dict[str, Any]) -> None:
    """Every hour: meetings that begin soon have an agenda, each drafted in a transaction of its own."""
    tools: Tools = ctx["tools"]
    now = tools.now()
    until = now + timedelta(days=tools.settings.agenda_days_ahead)
    async with tools.sessions() as session:
        awaiting = await awaiting_agendas(session, until=until, now=now)
    for meeting in awaiting:
        try:
            async with tools.sessions.begin() as session:
                await agendas.draft_ahead(session, meeting, until=until, now=now)
        except Exception:  # the others get theirs; this one is tried again in an hour
            log.exception("agenda not drafted", meeting=str(meeting))


async def forget_answers(ctx: dict[str, Any]) -> None:
    """Every hour: answers remembered for Idempotency-Keys are dropped after a day."""
    tools: Tools = ctx["tools"]
    async with tools.sessions.begin() as session:
        await access.forget_answers(session, now=tools.now())


async def forget_uploads(ctx: dict[str, Any]) -> None:
    """Every hour: files that were never read to the end are dropped after two days."""
    tools: Tools = ctx["tools"]
    async with tools.sessions.begin() as session:
        await uploads.forget_old(session, now=tools.now())


async def retire_outdated(ctx: dict[str, Any]) -> None:
    """When a worker starts, perhaps with a newer engine, and every hour: older proposals are marked."""
    tools: Tools = ctx["tools"]
    async with tools.sessions.begin() as session:
        await assessments.retire_outdated(session)


def timetable(prefix: str) -> list[CronJob]:
    """Named with the prefix, so that two installations on one Redis do not take each other's turns."""
    return [
        cron(extend_series, name=f"{prefix}:extend-series", minute=7),
        cron(keep_obligations, name=f"{prefix}:keep-obligations", minute=11, run_at_startup=True),
        cron(forget_answers, name=f"{prefix}:forget-answers", minute=13),
        cron(draft_agendas, name=f"{prefix}:draft-agendas", minute=17),
        cron(forget_uploads, name=f"{prefix}:forget-uploads", minute=23),
        cron(retire_outdated, name=f"{prefix}:retire-outdated", minute=19, run_at_startup=True),
    ]
