"""How much of a framework another one covers: what would follow if the other were fully addressed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING
from uuid import UUID

from domain.crosswalks import queries, rules
from domain.crosswalks.rules import Established, Inference
from domain.frameworks import queries as frameworks
from domain.mappings import queries as mappings
from domain.mappings.graph import framework_of
from domain.mappings.rules import FULL
from domain.mappings.standing import Known
from schemas.coverage import (
    Coverage,
    CoverageCounts,
    CoveragePath,
    CoverageSide,
    CoverageWord,
    CoveredProvision,
)

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

_WORDS: dict[Established, CoverageWord] = {
    Established.FULL: "full",
    Established.AT_LEAST_PARTLY: "partial",
    Established.INDICATION: "indication",
    Established.UNKNOWN: "gap",
}
"""From full addressing nothing else follows: it never leaves a thing out."""


async def between(session: AsyncSession, framework: str, to: str) -> Coverage:
    """Both sides, over all accepted mappings. Raises Invalid for a framework and itself."""
    queries.must_be_another(framework, to)
    for key in (framework, to):
        await frameworks.find(session, key)
    known = await mappings.known(session)
    sides = [await asyncio.to_thread(covered, known, of, by) for of, by in ((to, framework), (framework, to))]
    return Coverage(framework=framework, to=to, sides=sides)


def covered(known: Known, of: str, by: str) -> CoverageSide:
    """The assessable provisions of a framework, as another one covers them. Pure."""
    inferred = rules.inferences(known.graph, dict.fromkeys(_assessable(known, by), FULL), of)
    absent: dict[str, list[UUID]] = {}
    for absence in queries.absences(known, of, by):
        absent.setdefault(absence.provision, []).append(absence.mapping)
    provisions = [
        _provision(reference, inferred.get(reference, []), absent.get(reference, []))
        for reference in _assessable(known, of)
    ]
    return CoverageSide(framework=of, by=by, counts=_counts(provisions), provisions=provisions)


def _assessable(known: Known, framework: str) -> list[str]:
    return [
        reference
        for reference, can_be in known.assessable.items()
        if can_be and framework_of(reference) == framework
    ]


def _provision(reference: str, found: Sequence[Inference], absent: Sequence[UUID]) -> CoveredProvision:
    word = _WORDS[rules.conclude(reference, found).established]
    if word == "gap" and absent:
        return CoveredProvision(
            provision=reference, coverage="no-counterpart", paths=[], mappings=list(absent)
        )
    paths = [_path(one, number) for one in found for number in range(len(one.paths))]
    used = dict.fromkeys(chain.from_iterable(path.mappings for path in paths))
    return CoveredProvision(provision=reference, coverage=word, paths=paths, mappings=list(used))


def _path(inference: Inference, number: int) -> CoveragePath:
    path = inference.paths[number]
    return CoveragePath(
        via=list(path.provisions),
        relations=[relation.value for relation in path.relations],
        mappings=[UUID(mapping) for mapping in path.mappings],
        confidence=round(path.confidence, 4),
        says=_WORDS[inference.says],
        jointly=inference.whole,
    )


def _counts(provisions: Iterable[CoveredProvision]) -> CoverageCounts:
    counted = Counter(provision.coverage for provision in provisions)
    return CoverageCounts(
        full=counted["full"],
        partial=counted["partial"],
        indication=counted["indication"],
        gap=counted["gap"],
        no_counterpart=counted["no-counterpart"],
    )
