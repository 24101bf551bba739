"""Asking for indicators in rounds, and recording what States return."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func

from domain.access.rules import Actor
from domain.base import new_id
from domain.errors import Conflict, Invalid, Problem
from domain.frameworks import queries as frameworks
from domain.plans import queries as plans
from domain.plans import references
from domain.plans import rules as planning
from domain.returns import queries
from domain.returns.models import IndicatorReturn, ReturnChange, Round
from domain.states import queries as states
from schemas.returns import Answer, ReturnDraft, ReturnFacts, RoundDraft, in_any_edition

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


REFUSED = "This cannot be recorded as it is."


async def put_round(
    session: AsyncSession,
    framework: str,
    key: str,
    draft: RoundDraft,
    *,
    before: Round | None,
    actor: Actor,
    now: datetime,
) -> Round:
    """Let a round be so. Raises Invalid where there is nothing to return, or nobody to return it."""
    await frameworks.find(session, framework, lock=True)
    indicators = draft.indicators or await queries.all_indicators(session, framework)
    expected = draft.expected
    if expected is None:
        expected = await queries.parties(session, framework, as_of=draft.due)
    named = [(f"/indicators/{place}", reference) for place, reference in enumerate(indicators)]
    references.refuse(
        [
            *await references.unknown_indicators(session, named),
            *await _unknown_states(session, expected),
            *_nothing(
                "indicators", indicators, "no-indicators", "The framework has no indicators: name some."
            ),
            *_nothing("expected", expected, "nobody-asked", "Nobody is known to be party: name the States."),
        ],
        REFUSED,
    )
    asked = list(dict.fromkeys(map(in_any_edition, indicators)))
    facts = {
        "title": draft.title, "due": draft.due, "indicators": asked, "expected": sorted(expected),
    }  # fmt: skip
    row = before or Round(id=new_id(), framework=framework, key=key)
    await _kept(session, row, facts, is_new=before is None, actor=actor, now=now)
    return row


async def _kept(
    session: AsyncSession,
    row: Round | IndicatorReturn,
    facts: dict[str, Any],
    *,
    is_new: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Put these facts in the place of those before, with who did. What changes nothing leaves no trace."""
    was = dict.fromkeys(facts) if is_new else {name: getattr(row, name) for name in facts}
    changes = planning.differences(was, facts)
    if not changes:
        return
    for name, value in facts.items():
        setattr(row, name, value)
    row.updated_at = func.now()
    session.add(row)
    await session.flush()
    of = {"round_id": row.id} if isinstance(row, Round) else {"return_id": row.id}
    session.add(ReturnChange(id=new_id(), changes=changes, by=actor.name, key=actor.id, at=now, **of))
    await session.refresh(row, ["created_at", "updated_at"])


def _nothing(name: str, found: Collection[str], code: str, detail: str) -> list[Problem]:
    return [] if found else [Problem(f"/{name}", code, detail)]


async def _unknown_states(session: AsyncSession, named: Sequence[str]) -> list[Problem]:
    unknown = await plans.unknown_states(session, named)
    return [
        Problem(f"/expected/{place}", "unknown-state", f"`{state}` is not the code of a State known here.")
        for place, state in enumerate(named)
        if state in unknown
    ]


async def record(
    session: AsyncSession, draft: ReturnDraft, *, actor: Actor, now: datetime
) -> IndicatorReturn:
    """What a State returned for a round: once, and changed afterwards."""
    of = await _round_of(session, draft)
    await states.known(session, draft.state)
    other = await queries.of_state(session, of, draft.state)
    if other is not None:
        raise Conflict(
            f"The return of {draft.state} for this round is recorded already.",
            code="already-returned",
            indicator_return=str(other.id),
        )
    await _must_fit(session, of, draft, actor=actor, now=now)
    facts = draft.model_dump(exclude={"framework", "round", "state"})
    row = IndicatorReturn(id=new_id(), round_id=of.id, of=of, state=draft.state)
    await _kept(session, row, facts, is_new=True, actor=actor, now=now)
    return row


async def _round_of(session: AsyncSession, draft: ReturnDraft) -> Round:
    """Whoever records a return for it at the same moment waits."""
    of = await queries.round_of(session, draft.framework, draft.round, lock=True)
    if of is None:
        detail = f"There is no round `{draft.round}` of `{draft.framework}`."
        raise Invalid(detail, [Problem("/round", "unknown-round", detail)], code="unknown-round")
    return of


async def _must_fit(
    session: AsyncSession,
    of: Round,
    facts: ReturnDraft | ReturnFacts,
    *,
    before: IndicatorReturn | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Raises Invalid for what it cannot say. Answers that stood there may stay, whatever is asked by now."""
    stood = {answer["indicator"] for answer in before.answers} if before else set()
    unasked = _unasked(facts.answers, {*of.indicators, *stood})
    unknown = await references.unknown_evidence(session, facts.evidence, actor=actor)
    references.refuse([*unasked, *_ahead(facts, now), *unknown], REFUSED)


def _unasked(answers: Sequence[Answer], asked: Collection[str]) -> list[Problem]:
    return [
        Problem(
            f"/answers/{place}/indicator", "not-in-the-round", f"This round does not ask `{one.indicator}`."
        )
        for place, one in enumerate(answers)
        if one.indicator not in asked
    ]


def _ahead(facts: ReturnDraft | ReturnFacts, now: datetime) -> list[Problem]:
    if facts.submitted_on is None or facts.submitted_on <= planning.latest_day(now):
        return []
    return [Problem("/submitted_on", "day-in-the-future", f"{facts.submitted_on} lies in the future.")]


async def correct(
    session: AsyncSession, row: IndicatorReturn, facts: ReturnFacts, *, actor: Actor, now: datetime
) -> IndicatorReturn:
    """Put what is known of a return in the place of what was."""
    await _must_fit(session, row.of, facts, before=row, actor=actor, now=now)
    await _kept(session, row, facts.model_dump(), is_new=False, actor=actor, now=now)
    return row
