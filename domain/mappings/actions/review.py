from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, or_, select, update

from domain.access.rules import Actor
from domain.base import Json, new_id
from domain.errors import Conflict, Invalid, Problem
from domain.frameworks import editions
from domain.mappings import queries
from domain.mappings.actions.bring import not_standing
from domain.mappings.actions.filled import filled_here
from domain.mappings.actions.lock import lock
from domain.mappings.consistency import Stated, excludes
from domain.mappings.graph import framework_of
from domain.mappings.models import Mapping, MappingSet
from domain.mappings.rows import row_of
from domain.mappings.rules import NO_TERM_FOUND, Relation, predicate_of
from domain.mappings.sssom import FRAMEWORKS, PLAIN_STATUS, Absence, Own
from schemas.mappings import MappingChange, MappingDraft, SssomMapping

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

SINGLE_STATEMENTS = "single-statements"
"""Key of the set that mappings stand in which experts state one by one."""

HEADER = {
    "mapping_set_id": f"https://focalpoint.example/mapping-sets/{SINGLE_STATEMENTS}",
    "mapping_set_title": "Single statements",
    "mapping_set_description": "Mappings that experts stated one by one.",
    "license": "https://creativecommons.org/licenses/by/4.0/",
}

AGREEMENT = {"accepted": 1.0, "rejected": -1.0}
"""What a decision says of the reviewer's agreement, unless they say it themselves."""


async def state(session: AsyncSession, draft: MappingDraft, *, actor: Actor, now: datetime) -> Mapping:
    """Keep what an expert states, accepted, in the set of single statements.

    Raises Invalid for provisions or frameworks that a mapping cannot name, and Conflict when the set has
    it already, or has what contradicts it.
    """
    await lock(session)
    found = await filled_here(session, SINGLE_STATEMENTS, HEADER)
    absence = Absence(draft.subject, draft.absent_from) if draft.absent_from else None
    row = row_of(_stated(draft, actor, now), Own(None, draft.rationale, draft.source), absence)
    last = select(func.coalesce(func.max(Mapping.position) + 1, 0)).where(Mapping.set_id == found.id)
    place = {"set_id": found.id, "set": found.key, "position": await session.scalar(last)}
    mapping = Mapping(id=new_id(), **row | place | {"decided_at": now})
    await _must_stand(session, mapping)
    await _must_be_new(session, mapping)
    await _must_agree(session, mapping)
    session.add(mapping)
    await _touch(session, found.id)
    return mapping


async def review(
    session: AsyncSession,
    mapping_id: UUID,
    change: MappingChange,
    *,
    seen: Callable[[str], None],
    actor: Actor,
    now: datetime,
) -> Mapping:
    """Let a reviewer's word hold: accepted, rejected or deprecated, perhaps in other terms.

    What is accepted must name what exists and agree with what else is accepted in its set (Conflict).
    """
    await lock(session)
    mapping = await queries.mapping(session, mapping_id, actor=actor, lock=True)
    seen(mapping.etag)
    said = change.given()
    _must_be_single(mapping, said)
    counts = said.get("status", mapping.status) == PLAIN_STATUS and bool(said.keys() & {"status", "relation"})
    if counts:
        await _must_stand(session, mapping)
    _change(mapping, said)
    _sign(mapping, said, actor, now)
    if counts:
        await _must_agree(session, mapping)
    if mapping.status == PLAIN_STATUS and said.keys() & {"status", "relation", "rationale"}:
        await _must_not_repeat(session, mapping)
    await _touch(session, mapping.set_id)
    return mapping


def _stated(draft: MappingDraft, actor: Actor, now: datetime) -> SssomMapping:
    facts: Json = {
        "subject_id": draft.subject,
        "mapping_justification": "semapv:ManualMappingCuration",
        "author_label": [actor.name],
        "mapping_date": now.date(),
        "confidence": draft.confidence,
        "comment": draft.comment,
    }
    if draft.absent_from is not None:
        source = f"{FRAMEWORKS}:{draft.absent_from}"
        facts |= {"object_id": NO_TERM_FOUND, "object_source": source, "mapping_cardinality": "1:0"}
        return SssomMapping.model_validate(facts | {"predicate_id": "skos:exactMatch"})
    assert draft.relation is not None  # a draft without one says what it is absent from
    facts |= _predicate(draft.relation) | {"object_id": draft.object}
    return SssomMapping.model_validate(facts)


def _predicate(relation: str) -> dict[str, str | None]:
    predicate, modifier = predicate_of(Relation(relation))
    return {"predicate_id": predicate, "predicate_modifier": modifier}


def _must_be_single(mapping: Mapping, said: Json) -> None:
    """What stands on its own can get another relation."""
    relation = said.get("relation", mapping.relation)
    if relation == mapping.relation:
        return
    if mapping.relation is None:
        detail = "This states that there is no counterpart; reject it, and state the relation."
        raise Conflict(detail, code="no-counterpart")
    if mapping.joint_group is not None:
        detail = f"Its joint group `{mapping.joint_group}` changes as a whole: bring the set again."
        raise Conflict(detail, code="joint-group", joint_group=mapping.joint_group)


def _change(mapping: Mapping, said: Json) -> None:
    """The new terms, in the columns and in the row of SSSOM; the name of another predicate goes."""
    before = mapping.relation
    for name in said.keys() & {"status", "relation", "confidence", "rationale", "source", "comment"}:
        setattr(mapping, name, said[name])
    slots = {name: said[name] for name in said.keys() & {"confidence", "comment"}}
    if said.get("relation", mapping.relation) != before:
        slots |= _predicate(said["relation"]) | {"predicate_label": None}
        mapping.predicate_id, mapping.predicate_modifier = predicate_of(Relation(said["relation"]))
    _write(mapping, slots)


def _sign(mapping: Mapping, said: Json, actor: Actor, now: datetime) -> None:
    """Who reviewed it, when, and how far they agree; those who did before stay named."""
    reviewers = [*mapping.slots.get("reviewer_label", []), actor.name]
    slots: Json = {"reviewer_label": list(dict.fromkeys(reviewers)), "review_date": now.date().isoformat()}
    if said.keys() & {"status", "agreement"}:
        slots["reviewer_agreement"] = said.get("agreement", AGREEMENT.get(mapping.status))
    _write(mapping, slots)
    mapping.reviewer, mapping.reviewed_at = slots["reviewer_label"], now.date()
    mapping.decided_at, mapping.version = now, mapping.version + 1


def _write(mapping: Mapping, slots: Json) -> None:
    """Change slots of the row; one without a value goes."""
    changed = mapping.slots | slots
    mapping.slots = {name: value for name, value in changed.items() if value is not None}


async def _must_stand(session: AsyncSession, mapping: Mapping) -> None:
    assessable = (await queries.known(session)).assessable
    ends = {"/subject": mapping.subject, "/object": mapping.object}
    problems = _problems(ends, assessable, {})
    if problems:
        problems = _problems(ends, assessable, await editions.dropped(session))
    known = {framework_of(reference) for reference in assessable}
    if mapping.absent_from is not None and mapping.absent_from not in known:
        detail = f"There is no framework `{mapping.absent_from}`."
        problems.append(Problem("/absent_from", "dangling-reference", detail))
    if problems:
        raise Invalid("The mapping names what it cannot.", problems, code="invalid-mapping")


def _problems(ends: dict[str, str], assessable: Any, dropped: Any) -> list[Problem]:
    found = ((place, not_standing(reference, assessable, dropped)) for place, reference in ends.items())
    return [Problem(place, *problem) for place, problem in found if problem is not None]


async def _must_be_new(session: AsyncSession, mapping: Mapping) -> None:
    for other in await _beside(session, mapping):
        if _stated_by(mapping).repeats(_stated_by(other)):
            raise _already(other)


async def _must_not_repeat(session: AsyncSession, mapping: Mapping) -> None:
    """The same for another reason, or in another joint group, may stand beside it."""
    for other in await _beside(session, mapping):
        if _stated_by(mapping).repeats(_stated_by(other)) and _reason(other) == _reason(mapping):
            raise _already(other)


def _reason(mapping: Mapping) -> tuple[str | None, ...]:
    return mapping.rationale, mapping.joint_group, mapping.justification


def _already(mapping: Mapping) -> Conflict:
    return Conflict("The set has this mapping already.", code="already-stated", mapping=str(mapping.id))


async def _must_agree(session: AsyncSession, mapping: Mapping) -> None:
    others = [
        other for other in await _beside(session, mapping) if excludes(_stated_by(mapping), _stated_by(other))
    ]
    if others:
        mappings = [mapping, *others]
        raise Conflict(
            f"{_sentence(mapping)} This cannot stand beside: {_sentence(others[0])}",
            [Problem("/relation", "contradiction", _sentence(other)) for other in mappings],
            code="contradiction",
            mappings=[str(other.id) for other in others],
        )


async def _beside(session: AsyncSession, mapping: Mapping) -> Sequence[Mapping]:
    """The other accepted mappings of the set that touch one of the provisions."""
    ends = {mapping.subject, mapping.object} - {NO_TERM_FOUND}
    rows = (
        select(Mapping)
        .where(Mapping.set_id == mapping.set_id, Mapping.status == PLAIN_STATUS, Mapping.id != mapping.id)
        .where(or_(Mapping.subject.in_(ends), Mapping.object.in_(ends)))
        .order_by(Mapping.position, Mapping.id)
    )
    return (await session.scalars(rows)).all()


def _stated_by(mapping: Mapping) -> Stated:
    relation = Relation(mapping.relation) if mapping.relation else None
    return Stated(mapping.subject, relation, mapping.object, mapping.absent_from)


def _sentence(mapping: Mapping) -> str:
    if mapping.relation is None:
        provision = mapping.subject if mapping.object == NO_TERM_FOUND else mapping.object
        where = f"`{mapping.absent_from}`" if mapping.absent_from else "any framework"
        return f"`{provision}` has no counterpart in {where}."
    return f"`{mapping.subject}` {mapping.relation} `{mapping.object}`."


async def _touch(session: AsyncSession, set_id: UUID) -> None:
    """Give the set a new version."""
    await session.flush()
    raised = update(MappingSet).where(MappingSet.id == set_id).values(revision=MappingSet.revision + 1)
    await session.execute(raised.execution_options(synchronize_session="fetch"))
