"""Deriving the crosswalk: findings → coverage → paths → what may be said elsewhere."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from domain.assessments.models import Assessment, Finding
from domain.base import new_id
from domain.crosswalks import rules
from domain.crosswalks.models import CrosswalkItem
from domain.frameworks import queries as frameworks
from domain.mappings import queries as mappings
from domain.mappings.actions import GRAPH
from domain.mappings.queries import LONGEST_CHAIN
from domain.mappings.rules import Graph, Path, framework_of

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def derive(session: AsyncSession, assessment: Assessment) -> None:
    """Make the crosswalk be what the findings and accepted mappings prove now. Deriving twice is once."""
    await session.execute(select(func.pg_advisory_xact_lock_shared(GRAPH)))
    by_provision = _findings_by_provision(assessment.findings)
    paths = _paths(await mappings.graph(session), by_provision)
    order = {reference: place for place, reference in enumerate(await frameworks.assessable(session))}
    await session.execute(delete(CrosswalkItem).where(CrosswalkItem.assessment_id == assessment.id))
    targets = sorted(paths, key=lambda target: (order.get(target, len(order)), target))
    rows = [
        _item(assessment.id, position, target, paths[target], by_provision)
        for position, target in enumerate(targets)
    ]
    if rows:
        await session.execute(insert(CrosswalkItem), rows)


async def mark_stale(session: AsyncSession) -> None:
    """Mappings have changed: any derived item may rest on them. Assessing again derives it anew."""
    await session.execute(update(CrosswalkItem).values(stale=True))


def _findings_by_provision(findings: list[Finding]) -> dict[str, list[Finding]]:
    by_provision: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        for provision in finding.provisions:
            by_provision[provision].append(finding)
    return by_provision


def _coverage(findings: list[Finding]) -> rules.Bounds | None:
    return rules.coverage(
        rules.SourceFinding(finding.criterion, finding.decided_level, finding.decided_applicable)
        for finding in findings
    )


def _paths(graph: Graph, by_provision: dict[str, list[Finding]]) -> dict[str, list[Path]]:
    """By target, all paths that say something, from provisions that something is known of."""
    paths: dict[str, list[Path]] = defaultdict(list)
    for start in sorted(by_provision):
        if _coverage(by_provision[start]) is None:
            continue
        for path in graph.paths(start, None, LONGEST_CHAIN):
            if path.relation is not None:
                paths[path.target].append(path)
    return paths


def _item(
    assessment_id: UUID,
    position: int,
    target: str,
    paths: list[Path],
    by_provision: dict[str, list[Finding]],
) -> dict[str, Any]:
    inferences = []
    for path in paths:
        coverage = _coverage(by_provision[path.start])
        assert coverage is not None  # `_paths` starts only where something is known
        inferences.append(rules.Inference(path.start, coverage, path.relation))
    conclusion = rules.conclude(target, inferences)
    return {
        "id": new_id(),
        "assessment_id": assessment_id,
        "framework": framework_of(target),
        "position": position,
        "provision": target,
        "established": conclusion.established.value,
        "bounds": asdict(conclusion.bounds) if conclusion.bounds else None,
        "confidence": round(rules.confidence(paths), 4),
        "statement": conclusion.statement,
        "paths": [_shown(path, by_provision) for path in paths],
        "conflict": conclusion.established is rules.Established.CONFLICT,
        "stale": False,
        "reuse": _reuse(paths, by_provision),
    }


def _shown(path: Path, by_provision: dict[str, list[Finding]]) -> dict[str, Any]:
    return {
        "via": list(path.provisions),
        "relations": [relation.value for relation in path.relations],
        "mappings": list(path.mappings),
        "confidence": round(path.confidence, 4),
        "from_findings": [
            finding.criterion
            for finding in by_provision[path.start]
            if finding.decided_applicable and finding.decided_level is not None
        ],
    }


def _reuse(paths: list[Path], by_provision: dict[str, list[Finding]]) -> list[str]:
    """The evidence behind the findings that cross, each once, in the order of the criteria."""
    starts = {path.start for path in paths}
    findings = {finding.id: finding for start in starts for finding in by_provision[start]}
    in_order = sorted(findings.values(), key=lambda finding: finding.position)
    quoted = [item["id"] for finding in in_order for item in finding.decided_evidence]
    return list(dict.fromkeys(quoted))
