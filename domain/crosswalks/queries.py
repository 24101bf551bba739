from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import Text, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB

from domain.access.rules import Actor
from domain.assessments import queries as assessments
from domain.assessments.models import Finding, FindingDecision, RubricEdition
from domain.base import Json
from domain.crosswalks import evidence, rules
from domain.crosswalks.models import CrosswalkItem, CrosswalkOverride, Derivation
from domain.errors import Invalid, NotFound, Problem
from domain.frameworks import queries as frameworks
from domain.mappings import queries as mappings
from domain.mappings.graph import framework_of
from domain.mappings.standing import Known
from domain.states import queries as states
from domain.submissions.models import Submission
from schemas.crosswalks import Absence, Denial, Override
from schemas.crosswalks import CrosswalkItem as Item

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

DERIVED = [name for name in Item.model_fields if name not in ("stale", "override", "denied")]
"""What is kept of an item. The rest is told by comparing, and by people."""


async def decisions_on(session: AsyncSession, assessment_id: UUID) -> int:
    """How many decisions have been taken on the findings of an assessment."""
    of_assessment = select(Finding.id).where(Finding.assessment_id == assessment_id)
    counted = select(func.count()).where(FindingDecision.finding_id.in_(of_assessment))
    return await session.scalar(counted) or 0


async def of_same_scale(session: AsyncSession, rubric: str) -> set[str]:
    """The frameworks whose reports are judged by levels that are called the same as in the rubric."""
    rows = await session.execute(
        select(
            RubricEdition.framework,
            RubricEdition.key + "@" + RubricEdition.edition,
            func.coalesce(RubricEdition.document["scale"], literal_column("'{}'::jsonb"), type_=JSONB()),
        ).order_by(RubricEdition.id)
    )
    scales: dict[str, Any] = {}
    newest: dict[str, str] = {}
    for framework, name, scale in rows:
        scales[name] = scale
        newest[framework] = name
    return {framework for framework, name in newest.items() if scales[name] == scales.get(rubric)}


@dataclass(frozen=True, slots=True)
class View:
    """All that is derived and decided about where a submission counts elsewhere."""

    submission: Submission
    known: Known
    bound: set[str]
    """Keys of the frameworks that bind the State at the period's end."""
    stale: bool
    items: Mapping[str, Sequence[Json]]
    """By framework, as `schemas.crosswalks.CrosswalkItem` has them."""
    later: Collection[str]
    """Provisions that were adopted on their own, after the year in which the period ends."""

    def offered(self, key: str, *, all_frameworks: bool) -> Json:
        """`schemas.crosswalks.Crosswalk`; without what does not bind the State, unless all is asked."""
        asked = all_frameworks or key in self.bound
        missing = absences(self.known, self.submission.framework, key)
        return {
            "submission": self.submission.id,
            "to": key,
            "party": key in self.bound,
            "stale": self.stale,
            "items": self.shown(key, all_frameworks=all_frameworks),
            "unmapped": self.unmapped(key, all_frameworks=all_frameworks),
            "no_counterpart": list(missing) if asked else [],
        }

    def shown(self, key: str, *, all_frameworks: bool) -> list[Json]:
        """The items of what binds the State, or of all. What a person says of a provision always counts."""
        if all_frameworks:
            return list(self.items.get(key, []))
        return [
            item
            for item in (self.items.get(key, []) if key in self.bound else [])
            if item["override"] or item["provision"] not in self.later
        ]

    def unmapped(self, key: str, *, all_frameworks: bool) -> list[str]:
        """The assessable provisions of what binds the State, or of all, that no mapping leads to."""
        if not all_frameworks and key not in self.bound:
            return []
        left_out = {item["provision"] for item in self.items.get(key, [])}
        if not all_frameworks:
            left_out.update(self.later)
        return [
            reference
            for reference, can_be in self.known.assessable.items()
            if can_be and framework_of(reference) == key and reference not in left_out
        ]


def absences(known: Known, one: str, other: str) -> Iterator[Absence]:
    """What either framework has and the other, by accepted mappings, has no counterpart of."""
    away = {one: other, other: one}
    for provision in known.absences:
        home = framework_of(provision)
        for absence in known.absent(provision, away[home]) if home in away else ():
            yield Absence(
                provision=provision,
                absent_from=absence.framework,
                mapping=UUID(absence.mapping),
                set=absence.mapping_set,
            )


def must_be_another(framework: str, to: str | None, *, place: str = "?to") -> None:
    """Raises Invalid, of what stands in that `place`, for a framework and itself."""
    if framework == to:
        raise Invalid(
            "A framework is compared with another one.",
            [Problem(place, "same-framework", "This is the framework itself.")],
            code="same-framework",
        )


async def view(session: AsyncSession, submission: Submission, *, actor: Actor, to: str | None = None) -> View:
    """Of the current assessment that the caller may read; of one other framework, or of all.

    Raises Invalid for the framework of the report itself.
    """
    must_be_another(submission.framework, to)
    assessment_id = await assessments.current_id(session, submission, actor=actor)
    items = await _items(session, assessment_id, to)
    stale = await _is_stale(session, assessment_id)
    if stale:
        items += await _not_derived_yet(session, assessment_id, items, to)
    return await completed(session, submission, items, to, stale=stale)


async def completed(
    session: AsyncSession,
    submission: Submission,
    items: Sequence[Json],
    to: str | None,
    *,
    stale: bool = False,
) -> View:
    """With what people said beside what is derived, and what there is to know around it."""
    known = await mappings.known(session)
    said = await _overrides(session, submission, to)
    shown = {provision: nothing_derived(provision, known.titles) for provision in said}
    shown |= {item["provision"]: item for item in items}
    for provision, item in shown.items():
        item["stale"] = stale
        item["override"] = _differing(said.get(provision), item["established"])
        item["denied"] = _denied(item, known)
    bound = await states.bound_by(session, submission.state, as_of=submission.period_end)
    years = await frameworks.years(session)
    later = {provision for provision, year in years.items() if year > submission.period_end.year}
    return View(submission, known, bound, stale, _in_order(shown, known), later)


def _denied(item: Json, known: Known) -> list[Denial]:
    """What accepted mappings say against links of the item's paths, which nothing is inferred from."""
    steps = chain.from_iterable(pairwise(path["via"]) for path in item["paths"])
    return [
        Denial(subject=found.subject, object=found.object, mapping=UUID(found.mapping), set=found.mapping_set)
        for found in known.denied(steps)
    ]


def _differing(override: Json | None, established: str) -> Json | None:
    """Whether something else is derived than was when it was given."""
    return override and override | {"differs_now": override["derived_then"] != established}


async def _is_stale(session: AsyncSession, assessment_id: UUID) -> bool:
    basis = select(Derivation.graph, Derivation.decisions).where(Derivation.assessment_id == assessment_id)
    derived = (await session.execute(basis)).one_or_none()
    present = await mappings.version(session), await decisions_on(session, assessment_id)
    return derived is None or tuple(derived) != present


async def _not_derived_yet(
    session: AsyncSession, assessment_id: UUID, items: Sequence[Json], to: str | None
) -> list[Json]:
    """Of the provisions that mappings lead to by now, and did not when the `items` were derived."""
    graph, known = (await mappings.known(session)).graph, await evidence.known(session, assessment_id)
    leads = await asyncio.to_thread(rules.inferences, graph, known, to)
    return [
        nothing_derived(provision, {}) | {"statement": f"{_NOT_DERIVED_YET} on {provision}."}
        for provision in leads.keys() - {item["provision"] for item in items}
    ]


_NOT_DERIVED_YET = "Not derived yet: findings or mappings have changed, and now bear"


async def _items(session: AsyncSession, assessment_id: UUID, to: str | None) -> list[Json]:
    """Read as one JSON text: most of an item is documents, and there are hundreds."""
    rows = select(*(getattr(CrosswalkItem, name) for name in DERIVED)).where(
        CrosswalkItem.assessment_id == assessment_id
    )
    if to is not None:
        rows = rows.where(CrosswalkItem.framework == to)
    row = rows.subquery("item").table_valued()
    text = await session.scalar(select(cast(func.json_agg(row), Text)))
    items: list[Json] = from_json(text) if text else []
    return items


async def _overrides(session: AsyncSession, submission: Submission, to: str | None) -> dict[str, Json]:
    """By provision."""
    columns = [getattr(CrosswalkOverride, name) for name in Override.model_fields if name != "differs_now"]
    rows = select(CrosswalkOverride.provision, *columns).where(
        CrosswalkOverride.submission_id == submission.id
    )
    if to is not None:
        rows = rows.where(func.split_part(CrosswalkOverride.provision, ":", 1) == to)
    given = (row._asdict() for row in await session.execute(rows))
    return {row.pop("provision"): row for row in given}


def nothing_derived(provision: str, titles: Mapping[str, str]) -> Json:
    """The item of a provision that no mapping leads to."""
    return {
        "provision": provision,
        "established": "unknown",
        "bounds": {"low": 0.0, "low_open": False, "high": 1.0, "high_open": False},
        "confidence": 0.0,
        "statement": rules.conclude(provision, (), titles).statement,
        "level": None,
        "paths": [],
        "conflict": False,
        "stale": False,
        "override": None,
        "denied": [],
        "reuse": [],
    }


def _in_order(items: Mapping[str, Json], known: Known) -> dict[str, list[Json]]:
    """By framework, each in the order of its tree."""
    by_framework: dict[str, list[Json]] = defaultdict(list)
    order = {reference: place for place, reference in enumerate(known.assessable)}
    for provision in sorted(items, key=lambda provision: (order.get(provision, len(order)), provision)):
        by_framework[framework_of(provision)].append(items[provision])
    return by_framework


async def of_submission(
    session: AsyncSession, submission: Submission, *, actor: Actor, all_frameworks: bool
) -> list[Json]:
    """What the current assessment establishes, by framework: those that bind the State, or all."""
    found = await view(session, submission, actor=actor)
    others = sorted(found.items.keys() - {submission.framework})
    return [
        found.offered(key, all_frameworks=all_frameworks)
        for key in others
        if all_frameworks or key in found.bound
    ]


async def to_framework(
    session: AsyncSession, submission: Submission, to: str, *, actor: Actor, all_frameworks: bool
) -> Json:
    """The crosswalk to one framework, as far as it is offered."""
    await frameworks.find(session, to)
    found = await view(session, submission, actor=actor, to=to)
    return found.offered(to, all_frameworks=all_frameworks)


async def to_provision(
    session: AsyncSession, submission: Submission, provision: str, *, actor: Actor
) -> Item:
    """The item on one provision. Raises NotFound where no mapping leads, and no person said anything."""
    must_be_another(submission.framework, framework_of(provision), place="/provision")
    found = await view(session, submission, actor=actor, to=framework_of(provision))
    for item in found.items.get(framework_of(provision), []):
        if item["provision"] == provision:
            return Item.model_validate(item)
    raise NotFound(f"No mapping leads to `{provision}`, and nobody has said anything about it.")
