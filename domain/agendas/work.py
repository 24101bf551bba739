"""Open work under a framework, in groups, as agendas and handovers list it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from domain.access.rules import Actor
from domain.agendas import queries, rules, wording
from domain.agendas.models import ActionItem, Decision
from domain.agendas.wording import Texts
from domain.assessments import overview
from domain.followup import queries as followup
from domain.obligations import queries as obligations
from domain.obligations.models import Obligation
from domain.plans.models import PlanItem
from domain.states.models import State
from schemas.agendas import WorkKind

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

Listed = dict[str, Any]
"""One open thing, as an agenda keeps it."""


@dataclass(frozen=True, slots=True)
class Group:
    """Open work of one kind. `key` names it for good, whatever it comes to."""

    key: str
    kind: WorkKind
    title: Texts
    source: dict[str, str]
    below: list[Listed]


def listed(
    title: Texts,
    path: str,
    *,
    state: str | None = None,
    plan: UUID | None = None,
    due_on: date | None = None,
    owner: UUID | None = None,
    **more: object,
) -> Listed:
    return {
        "title": title,
        "path": path,
        "state": state,
        "plan": str(plan) if plan else None,
        "due_on": due_on.isoformat() if due_on else None,
        "owner": str(owner) if owner else None,
        "carried": None,
        **more,
    }


async def owed_by_states(
    session: AsyncSession, framework: str, *, state: str | None, now: datetime
) -> list[Group]:
    """What States owe and have not filed in time, and what is asked of them. Of one State, if one is named.

    Overdue reports of sample States are left out, as from every figure about States.
    """
    names = await _names(session)
    groups = [
        *_overdue(await obligations.overdue(session, framework, now, state=state), names),
        _awaiting(await overview.awaiting_review(session, framework), names, framework, state=state),
        await _asked(session, names, framework, state=state, now=now),
    ]
    return [group for group in groups if group.below]


async def left_by_meetings(
    session: AsyncSession,
    framework: str,
    *,
    now: datetime,
    actor: Actor | None = None,
    state: str | None = None,
    before: datetime | None = None,
) -> list[Group]:
    """Decisions not carried out and action items not done, of meetings before a moment, or of all.

    With `state` only of meetings that concern that State; with `actor` of those that the caller may see.
    """
    asked: dict[str, Any] = {"actor": actor, "state": state, "before": before}
    taken = await queries.standing_decisions(session, framework, **asked)
    agreed = await queries.open_action_items(session, framework, **asked)
    carried = await queries.carried(session, [item.id for item in agreed], now=now, before=before)
    groups = [_decisions(taken, framework), _action_items(agreed, carried, framework)]
    return [group for group in groups if group.below]


def idle(items: Sequence[PlanItem], *, met: bool) -> list[Group]:
    """Activities of a mandate of which nothing was heard, since the last meeting if there was one (`met`)."""
    if not items:
        return []
    plan = f"/v1/plans/{items[0].plan_id}"
    below = [
        listed(item.title, f"{plan}/items/{item.ref}", plan=item.plan_id, due_on=item.due) for item in items
    ]
    title = wording.idle(len(below), met=met)
    source = {"kind": "plan", "path": f"{plan}/items"}
    return [Group("idle-activities", "idle-activities", title, source, below)]


async def _names(session: AsyncSession) -> dict[str, State]:
    return {state.iso3: state for state in await session.scalars(select(State))}


def _overdue(rows: Iterable[Obligation], names: dict[str, State]) -> list[Group]:
    """For each report by its name, who has not filed it: one line a State, with the periods."""
    by_report: dict[str, dict[str, list[Obligation]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if not names[row.state].sample:
            by_report[row.report][row.state].append(row)
    return [_overdue_report(report, by_state, names) for report, by_state in sorted(by_report.items())]


def _overdue_report(report: str, by_state: dict[str, list[Obligation]], names: dict[str, State]) -> Group:
    """Those come first that have been overdue longest, of several by name."""
    framework = next(iter(by_state.values()))[0].framework
    path = f"/v1/obligations?framework={framework}&status=overdue"
    below = [
        listed(
            wording.in_each(wording.FOR, names[state].name, of=", ".join(row.period for row in rows)),
            f"{path}&state={state}",
            state=state,
            due_on=rows[0].due_on,
        )
        for state, rows in sorted(
            by_state.items(),
            key=lambda item: (item[1][0].over, wording.spoken(names[item[0]].name, "en")),
        )
    ]
    title = wording.group("overdue-obligations", len(below), report=report)
    source = {"kind": "obligations", "path": path}
    return Group(f"overdue-obligations:{report}", "overdue-obligations", title, source, below)


def _awaiting(rows: Iterable[Any], names: dict[str, State], framework: str, *, state: str | None) -> Group:
    found = [row for row in rows if state in (None, row.state)]
    below = [
        listed(
            wording.in_each(wording.COUNTED, names[row.state].name, of=row.period, count=row.undecided),
            f"/v1/assessments/{row.id}",
            state=row.state,
        )
        for row in found
    ]
    title = wording.group("findings-awaiting-review", sum(row.undecided for row in found))
    source = {"kind": "findings", "path": f"/v1/findings?framework={framework}&status=proposed"}
    return Group("findings-awaiting-review", "findings-awaiting-review", title, source, below)


async def _asked(
    session: AsyncSession, names: dict[str, State], framework: str, *, state: str | None, now: datetime
) -> Group:
    asked = await followup.open_requests(session, framework, (now + rules.EARLIEST_ZONE).date())
    below = [
        listed(
            wording.in_each(wording.FOR, names[row.state].name, of=rules.shortened(row.questions[0]["text"])),
            f"/v1/information-requests/{row.id}",
            state=row.state,
            due_on=row.due_on,
            owner=row.owner,
        )
        for row in asked
        if state in (None, row.state)
    ]
    title = wording.group("information-requests", len(below))
    path = f"/v1/information-requests?framework={framework}&status=open"
    source = {"kind": "information-requests", "path": path}
    return Group("information-requests", "information-requests", title, source, below)


def _decisions(rows: Iterable[Decision], framework: str) -> Group:
    below = [
        listed(
            wording.written(f"{row.number}. {rules.shortened(row.text)}"),
            f"/v1/decisions/{row.id}",
            state=row.state,
            plan=row.of.plan,
        )
        for row in rows
    ]
    title = wording.group("decisions", len(below))
    source = {"kind": "decisions", "path": f"/v1/decisions?framework={framework}&status=taken"}
    return Group("decisions", "decisions", title, source, below)


def _action_items(rows: Iterable[ActionItem], carried: Mapping[UUID, int], framework: str) -> Group:
    below = [
        listed(
            wording.written(rules.shortened(row.text)),
            f"/v1/action-items/{row.id}",
            state=row.state,
            plan=row.of.plan,
            due_on=row.due_on,
            owner=row.owner,
            carried=carried.get(row.id, 0),
            id=str(row.id),
        )
        for row in rows
    ]
    title = wording.group("action-items", len(below))
    source = {"kind": "action-items", "path": f"/v1/action-items?framework={framework}&status=open"}
    return Group("action-items", "action-items", title, source, below)
