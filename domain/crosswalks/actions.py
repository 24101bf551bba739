"""Deriving the crosswalk: findings → coverage → inferences → what may be said elsewhere."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from domain.access.rules import Actor
from domain.assessments import queries as assessments
from domain.assessments.models import Assessment
from domain.base import Json, new_id
from domain.crosswalks import evidence, queries, rules
from domain.crosswalks.derivation import Report, Surroundings, items
from domain.crosswalks.fitting import asked
from domain.crosswalks.models import CrosswalkItem, Derivation
from domain.frameworks import queries as frameworks
from domain.mappings import queries as mappings
from domain.mappings.graph import framework_of
from domain.mappings.models import MappingGraph
from domain.submissions.models import Submission

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

_INSERT = text(
    "INSERT INTO crosswalk_items (id, assessment_id, framework, position, provision, established, bounds, "
    "confidence, statement, level, paths, conflict, reuse) "
    "SELECT (CAST(:ids AS uuid[]))[position + 1], :assessment, framework, position, provision, established, "
    "bounds, confidence, statement, level, paths, conflict, reuse "
    "FROM jsonb_populate_recordset(NULL::crosswalk_items, CAST(:items AS jsonb))"
)


async def apply(
    session: AsyncSession, submission: Submission, to: str, *, actor: Actor, all_frameworks: bool
) -> Json:
    """Derive the crosswalks of the current assessment now; the one to a framework, which is another one."""
    queries.must_be_another(submission.framework, to, place="/to")
    await frameworks.find(session, to)
    assessment_id = await assessments.current_id(session, submission, actor=actor)
    derived = await derive(session, assessment_id)
    wanted = [{name: item[name] for name in queries.DERIVED} for item in derived if item["framework"] == to]
    view = await queries.completed(session, submission, wanted, to)
    return view.offered(to, all_frameworks=all_frameworks)


async def derive(session: AsyncSession, assessment_id: UUID) -> list[Json]:
    """Make the crosswalk be what the findings and accepted mappings prove now. Deriving twice is once.

    Until this transaction ends nobody decides on the assessment, and what mappings connect stays as it is:
    so whoever changes either sees what was derived from it before. An assessment that is not there any
    more has none.
    """
    held = select(Assessment.rubric).where(Assessment.id == assessment_id)
    rubric = await session.scalar(held.with_for_update(key_share=True))
    if rubric is None:
        return []
    await hold_graph(session)
    known = await mappings.known(session)
    report = Report(await evidence.reported(session, assessment_id))
    inferred = rules.inferences(known.graph, report.known)
    order = {reference: place for place, reference in enumerate(known.assessable)}
    same_scale = await queries.of_same_scale(session, rubric)
    people = await frameworks.people(session, {framework_of(target) for target in inferred})
    around = Surroundings(order, known.titles, asked(known.subjects, people), same_scale)
    derived = list(items(report, inferred, around))
    decisions = await queries.decisions_on(session, assessment_id)
    await _keep(session, assessment_id, derived, known.version, decisions)
    return derived


async def hold_graph(session: AsyncSession) -> int:
    """Have whoever changes what accepted mappings connect wait until this transaction ends; the version."""
    held = select(MappingGraph.version).with_for_update(read=True)
    version: int = (await session.execute(held)).scalar_one()
    return version


async def _keep(
    session: AsyncSession, assessment_id: UUID, derived: list[Json], graph: int, decisions: int
) -> None:
    content = to_json(derived)
    mark = hashlib.sha256(content).hexdigest()
    before = select(Derivation.fingerprint).where(Derivation.assessment_id == assessment_id)
    if await session.scalar(before) != mark:
        await session.execute(delete(CrosswalkItem).where(CrosswalkItem.assessment_id == assessment_id))
        ids = [new_id() for _ in derived]
        await session.execute(_INSERT, {"assessment": assessment_id, "ids": ids, "items": content.decode()})
    basis = {"graph": graph, "decisions": decisions, "fingerprint": mark}
    await session.execute(
        insert(Derivation)
        .values(assessment_id=assessment_id, **basis)
        .on_conflict_do_update(index_elements=["assessment_id"], set_=basis)
    )
