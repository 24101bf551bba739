"""What the items of a plan name must be known: persons, States, and evidence that is kept here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from domain.access.rules import Actor
from domain.assessments import queries as assessments
from domain.errors import Invalid, NotFound, Problem
from domain.frameworks import queries as frameworks
from domain.plans import queries, rules
from domain.plans.models import PlanItem
from domain.submissions import queries as submissions
from schemas.plan_items import HERE, ItemChange, Stakeholder, person_of
from schemas.plans import Origin

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

ID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
SUBMISSION = re.compile(rf"/v1/submissions/({ID})(?:/documents/([1-9][0-9]{{0,3}})/text)?")
OBSERVATIONS = re.compile(r"/v1/indicators/([a-z0-9-]+:[A-Za-z0-9.-]+)/observations(?:\?.*)?")


async def must_be_known(session: AsyncSession, item: PlanItem, change: ItemChange, *, actor: Actor) -> None:
    """Raises Invalid for persons, States and evidence here that are not known, all at once.

    Who and what was named before may stay, whoever changes the rest.
    """
    named, shown = change.responsible or (), change.evidence or ()
    problems = [
        *await unknown_responsible(session, named, actor=actor, before=item.responsible),
        *await unknown_stakeholders(
            session, change.stakeholders or (), actor=actor, before=item.stakeholders
        ),
        *await unknown_evidence(session, shown, actor=actor, before=item.evidence),
    ]
    refuse(problems, "Something that is named here is not known.")


def refuse(problems: Sequence[Problem], message: str) -> None:
    if problems:
        raise Invalid(message, problems, code=problems[0].code)


async def unknown_responsible(
    session: AsyncSession, responsible: Sequence[str], *, actor: Actor, before: Sequence[str]
) -> list[Problem]:
    """Ids of nobody whom the caller may name and who was not named before; names are taken as they are."""
    new = set(rules.persons_of(responsible)) - set(rules.persons_of(before))
    unknown = await queries.unknown_persons(session, new, state=actor.state)
    return [
        Problem(f"/responsible/{place}", "unknown-person", f"There is no person {entry}.")
        for place, entry in enumerate(responsible)
        if person_of(entry) in unknown
    ]


async def unknown_stakeholders(
    session: AsyncSession,
    named: Sequence[Stakeholder],
    *,
    actor: Actor,
    before: Iterable[Mapping[str, Any]] = (),
    pointer: str = "/stakeholders",
) -> list[Problem]:
    """Persons whom the caller may not name and who had no part before, and States that are not known."""
    stood = {one["person"] for one in before}
    new = {one.person for one in named if one.person is not None and str(one.person) not in stood}
    persons = await queries.unknown_persons(session, new, state=actor.state)
    unknown = await queries.unknown_states(session, {one.state for one in named if one.state is not None})
    return list(_strangers(named, persons, unknown, pointer))


def _strangers(
    named: Sequence[Stakeholder], persons: set[UUID], unknown: set[str], pointer: str
) -> Iterator[Problem]:
    for place, one in enumerate(named):
        if one.person in persons:
            yield Problem(f"{pointer}/{place}/person", "unknown-person", f"There is no person {one.person}.")
        if one.state in unknown:
            detail = f"`{one.state}` is not the code of a State known here."
            yield Problem(f"{pointer}/{place}/state", "unknown-state", detail)


async def unknown_evidence(
    session: AsyncSession,
    evidence: Iterable[str],
    *,
    actor: Actor,
    before: Collection[str] = (),
    pointer: str = "/evidence",
) -> list[Problem]:
    """Paths of this service that were not named before and lead to nothing that the caller may see."""
    return [
        Problem(f"{pointer}/{place}", "unknown-evidence", f"Nothing is kept here at `{entry}`.")
        for place, entry in enumerate(evidence)
        if entry.startswith(HERE) and entry not in before and not await _is_there(session, entry, actor=actor)
    ]


async def _is_there(session: AsyncSession, path: str, *, actor: Actor) -> bool:
    try:
        if (filed := SUBMISSION.fullmatch(path)) is not None:
            submission = await submissions.find(session, UUID(filed[1]), actor=actor)
            numbers = {str(document.number) for document in submission.documents}
            return filed[2] is None or filed[2] in numbers
        if (observed := OBSERVATIONS.fullmatch(path)) is not None:
            await frameworks.indicator(session, observed[1])
            return True
    except NotFound:
        pass
    return False


async def origin_must_be_known(session: AsyncSession, origin: Origin, *, actor: Actor) -> None:
    """Raises Invalid for a plan, item or assessment that the caller does not see."""
    try:
        if origin.plan is not None:
            plan = await queries.find(session, origin.plan, actor=actor)
            if origin.item is not None:
                await queries.item(session, plan, origin.item)
        if origin.assessment is not None:
            await assessments.find(session, origin.assessment, actor=actor)
    except NotFound as unknown:
        problem = Problem("/from", "unknown-origin", unknown.message)
        raise Invalid(unknown.message, [problem], code="unknown-origin") from None


async def unknown_provisions(
    session: AsyncSession, references: Sequence[str], *, pointer: str
) -> list[Problem]:
    """References that no latest edition holds as a provision."""
    known = await frameworks.standing(session, references)
    return [
        Problem(f"{pointer}/{place}", "unknown-provision", f"`{reference}` is no provision known here.")
        for place, reference in enumerate(references)
        if reference not in known
    ]


async def unknown_indicators(session: AsyncSession, references: Sequence[tuple[str, str]]) -> list[Problem]:
    """References, each with the pointer to it, that are no indicators."""
    known = await frameworks.indicators_named(session, [reference for _, reference in references])
    return [
        Problem(pointer, "unknown-indicator", f"`{reference}` is no indicator known here.")
        for pointer, reference in references
        if reference not in known
    ]
