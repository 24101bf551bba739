"""A second reader is heard: beside the proposal, once, within what may be spent."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from domain.assessments.models import Assessment, Finding, JudgeDay, Verdict
from domain.assessments.verdicts import MOST_TRIES, DaySpent, Limits, Question, Ruling, SecondReader
from domain.base import new_id
from domain.jobs.actions import promise
from domain.jobs.queries import open_job
from schemas.jobs import HearSecondReader

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

OVER_LIMIT = Ruling(status="over-limit", problem="What may be spent on one assessment has been spent.")


async def promise_second_reading(session: AsyncSession, assessment_id: UUID) -> None:
    """Have a second reader asked, also again about what it could not be asked before."""
    order, subject = HearSecondReader(assessment=assessment_id), str(assessment_id)
    findings = select(Finding.id).where(Finding.assessment_id == assessment_id)
    asked_again = await session.scalars(
        update(Verdict)
        .where(Verdict.finding_id.in_(findings), Verdict.status.in_(["unavailable", "over-limit"]))
        .values(status="asked", tries=0)
        .returning(Verdict.id)
        .execution_options(synchronize_session=False)
    )
    if asked_again.all():
        await _tell(session, assessment_id)
    if await open_job(session, order, subject) is None:
        promise(session, order, subject=subject)


async def begin_call(
    session: AsyncSession, question: Question, reader: SecondReader, limits: Limits, *, now: datetime
) -> bool:
    """Count a call before it is made, so that one that is lost is counted too.

    False when the assessment may cost no more; the verdict then says so. Raises DaySpent until tomorrow.
    """
    if await _is_spent(session, question.assessment, limits):
        await settle(session, question, reader, OVER_LIMIT, now=now)
        return False
    today = _of_day(
        now, calls=1, below=(JudgeDay.calls < limits.daily_calls) & (JudgeDay.tokens < limits.daily_tokens)
    )
    if await session.scalar(today) is None:
        raise DaySpent
    await _put(session, question, reader, calls=1, at=now)
    return True


async def _is_spent(session: AsyncSession, assessment_id: UUID, limits: Limits) -> bool:
    spent = (
        select(func.sum(Verdict.calls) >= limits.calls, func.sum(Verdict.tokens) >= limits.tokens)
        .join(Finding, Finding.id == Verdict.finding_id)
        .where(Finding.assessment_id == assessment_id)
    )
    return any((await session.execute(spent)).one())


def _of_day(
    now: datetime, *, calls: int = 0, tokens: int = 0, below: ColumnElement[bool] | None = None
) -> ReturningInsert[tuple[date]]:
    """Adds to what the day has cost; adds and returns nothing where it is not `below` what it may cost."""
    statement = insert(JudgeDay).values(day=now.astimezone(UTC).date(), calls=calls, tokens=tokens)
    return statement.on_conflict_do_update(
        index_elements=["day"],
        set_={"calls": JudgeDay.calls + calls, "tokens": JudgeDay.tokens + tokens},
        where=below,
    ).returning(JudgeDay.day)


async def settle(
    session: AsyncSession,
    question: Question,
    reader: SecondReader,
    ruling: Ruling,
    *,
    now: datetime,
    tokens: int = 0,
) -> None:
    """Keep what came of asking, and what it cost."""
    said = asdict(ruling) | {"cites": list(ruling.cites), "at": now}
    await _put(session, question, reader, tokens=tokens, **said)
    await session.execute(_of_day(now, tokens=tokens))
    await _tell(session, question.assessment)


async def _tell(session: AsyncSession, assessment_id: UUID) -> None:
    """Let whoever has read the assessment see that there is something new in it."""
    await session.execute(
        update(Assessment)
        .where(Assessment.id == assessment_id)
        .values(opinions=Assessment.opinions + 1)
        .execution_options(synchronize_session=False)
    )


async def note_unanswered(
    session: AsyncSession, question: Question, reader: SecondReader, problem: str, *, now: datetime
) -> bool:
    """A call was in vain. Whether it was one too many: the finding then goes without an opinion."""
    tries = await session.scalar(
        select(Verdict.tries).where(
            Verdict.finding_id == question.finding,
            Verdict.model == reader.model,
            Verdict.prompt == reader.prompt,
        )
    )
    if tries is None or tries < MOST_TRIES:
        return False
    await settle(session, question, reader, Ruling(status="unavailable", problem=problem), now=now)
    return True


async def _put(
    session: AsyncSession,
    question: Question,
    reader: SecondReader,
    *,
    calls: int = 0,
    tokens: int = 0,
    **values: Any,
) -> None:
    """Add to the verdict that is asked for; one that has been settled stays as it is."""
    identity = {"finding_id": question.finding, "model": reader.model, "prompt": reader.prompt}
    spent = {"calls": calls, "tries": calls, "tokens": tokens}
    row = {"id": new_id(), "status": "asked", "cites": []} | identity | spent | values
    added = {name: getattr(Verdict, name) + number for name, number in spent.items()}
    await session.execute(
        insert(Verdict)
        .values(row)
        .on_conflict_do_update(
            index_elements=list(identity), set_=values | added, where=Verdict.status == "asked"
        )
    )
