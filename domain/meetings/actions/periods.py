"""The meetings that the period of a plan asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from domain.access.rules import Actor
from domain.calendar.times import localised
from domain.errors import Conflict
from domain.meetings import queries
from domain.meetings.actions.following import follow
from domain.meetings.actions.keeping import bring, drop, enter, is_free, refuse_unknown, row, settle, stand
from domain.meetings.kinds import KINDS, OF_A_PLAN
from domain.meetings.models import Meeting
from domain.meetings.periods import dates_of, weekday_from, weekday_up_to
from domain.plans import queries as plans
from domain.plans.actions import amend
from domain.plans.models import Plan
from schemas.meetings import PlanCalendarRequest, PlanKind
from schemas.plans import PlanChange

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Asked:
    """One date that a period asks for, and when the meeting on it is held."""

    kind: PlanKind
    ordinal: int
    date: date
    start: datetime


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of a plan's period; `standing` are the meetings by kind and ordinal."""

    asked: Sequence[Asked]
    standing: dict[tuple[str, int], Meeting]
    made: int
    moved: int
    cancelled: int

    @property
    def items(self) -> list[Meeting]:
        return sorted(self.standing.values(), key=lambda meeting: (meeting.start, meeting.id))

    @property
    def dates(self) -> list[dict[str, Any]]:
        return [
            {"kind": one.kind, "ordinal": one.ordinal, "date": one.date, "meeting": self._id(one)}
            for one in self.asked
        ]

    def _id(self, one: Asked) -> Any:
        meeting = self.standing.get((one.kind, one.ordinal))
        return meeting.id if meeting else None


async def enter_period(
    session: AsyncSession, plan: Plan, wanted: PlanCalendarRequest, *, now: datetime
) -> Entered:
    """Enter the reviews and evaluations of a plan, or bring them to where its changed period leads.

    What a person has moved, cancelled or held stays as it is; what lies before now is not entered. A second
    time changes nothing.
    """
    await refuse_unknown(session, {"committee": wanted.committee})
    if plan.end is None:
        raise Conflict("This plan has no end from which dates could follow.", code="open-ended-plan")
    asked = _asked(plan.start, plan.end, wanted)
    left: dict[tuple[str, int], Asked] = {(one.kind, one.ordinal): one for one in asked}
    changed, standing = [], {}
    for meeting in await queries.of_plan(session, plan.id, kinds=wanted.kinds or OF_A_PLAN):
        assert meeting.ordinal is not None
        key = meeting.kind, meeting.ordinal
        if is_free(meeting, now=now) and _brought(meeting, left.get(key), wanted.time_zone, now=now):
            changed.append(meeting)
        if left.pop(key, None) is not None:
            standing[key] = meeting
    await follow(session, await settle(session, changed, now=now), now=now)
    framework = await plans.framework_served(session, plan)
    rows = [_row(plan, one, wanted, framework) for one in left.values() if one.start > now]
    made = await enter(session, rows, now=now)
    standing |= {(meeting.kind, meeting.ordinal or 0): meeting for meeting in made}
    cancelled = sum(meeting.status == "cancelled" for meeting in changed)
    return Entered(asked, standing, len(made), len(changed) - cancelled, cancelled)


def _asked(start: date, end: date, wanted: PlanCalendarRequest) -> list[Asked]:
    found = [
        Asked(kind, ordinal, day, _start(kind, day, wanted))
        for kind in dict.fromkeys(wanted.kinds or OF_A_PLAN)
        for ordinal, day in enumerate(dates_of(kind, start, end), 1)
    ]
    return sorted(found, key=lambda one: (one.date, one.kind))


def _start(kind: PlanKind, day: date, wanted: PlanCalendarRequest) -> datetime:
    """On a weekday: by the date asked for, or after it where it is to come after a period."""
    weekday = weekday_from(day) if kind == "external-evaluation" else weekday_up_to(day)
    local = datetime.combine(weekday, time.fromisoformat(wanted.time))
    return localised(local, ZoneInfo(wanted.time_zone))


def _brought(meeting: Meeting, one: Asked | None, time_zone: str, *, now: datetime) -> bool:
    if one is None:
        return drop(meeting)
    return one.start > now and stand(meeting, start=one.start, occurrence=one.start, time_zone=time_zone)


def _row(plan: Plan, one: Asked, wanted: PlanCalendarRequest, framework: str) -> dict[str, Any]:
    kind = KINDS[one.kind]
    return row(
        one.start,
        one.start,
        kind=one.kind,
        title=_title(one.kind, plan.called),
        framework=framework,
        committee=wanted.committee,
        state=plan.state,
        time_zone=wanted.time_zone,
        duration_minutes=kind.duration_minutes,
        plan=plan.id,
        ordinal=one.ordinal,
    )


def _title(kind: str, plan: str) -> str:
    return f"{KINDS[kind].title['en']} ({plan})"


async def amend_plan(
    session: AsyncSession, plan: Plan, wanted: PlanChange, *, actor: Actor, now: datetime
) -> Plan:
    """Rename a plan or change its period. Coming meetings that are called after it are called so still.

    What a person called otherwise keeps its name; dates follow when the period is entered again.
    """
    was = plan.called
    await amend(session, plan, wanted, actor=actor, now=now)
    changed = [
        meeting
        for meeting in await queries.of_plan(session, plan.id, kinds=OF_A_PLAN)
        if meeting.start > now
        and meeting.status != "held"
        and meeting.title == _title(meeting.kind, was)
        and bring(meeting, {"title": _title(meeting.kind, plan.called)})
    ]
    await settle(session, changed, now=now)
    return plan
