"""From findings and the graph of mappings to the items of a crosswalk. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from domain.crosswalks import rules
from domain.crosswalks.fitting import Asked, Piece, fits
from domain.crosswalks.rules import Established, Inference
from domain.mappings.graph import framework_of
from domain.mappings.rules import Bounds, Relation, score_crosses


class Reported(NamedTuple):
    """A finding as it was decided, or else proposed."""

    criterion: str
    provisions: Sequence[str]
    level: int | None
    applicable: bool
    evidence: Mapping[str, Piece]
    """By its id."""


class Report:
    """What was found, by the provisions that it speaks of."""

    def __init__(self, findings: Iterable[Reported]) -> None:
        by_provision: dict[str, list[Reported]] = defaultdict(list)
        for finding in findings:
            for provision in finding.provisions:
                by_provision[provision].append(finding)
        self._findings = by_provision

    @property
    def known(self) -> dict[str, Bounds]:
        """How far each provision is addressed of which anything is known."""
        covered = {provision: _coverage(findings) for provision, findings in self._findings.items()}
        return {provision: bounds for provision, bounds in covered.items() if bounds is not None}

    def criteria(self, provision: str) -> list[str]:
        """Those whose findings cross: applicable, and assessed."""
        return [
            finding.criterion
            for finding in self._findings[provision]
            if finding.applicable and finding.level is not None
        ]

    def level(self, provision: str) -> int | None:
        """The one level that all applicable criteria on the provision are at; None when they differ."""
        levels = {finding.level for finding in self._findings[provision] if finding.applicable}
        return levels.pop() if len(levels) == 1 else None

    def evidence(self, provisions: Mapping[str, bool], asked: Asked) -> list[str]:
        """Behind what was found on these, each once, as far as it fits what is `asked` elsewhere.

        A provision that is True asks for the same as the one to be quoted for: what was said on it
        belongs there whatever it is about.
        """
        found = (
            quoted
            for provision, same in provisions.items()
            for finding in self._findings[provision]
            for quoted, piece in finding.evidence.items()
            if same or fits(piece, asked)
        )
        return list(dict.fromkeys(found))


def _coverage(findings: Iterable[Reported]) -> Bounds | None:
    return rules.coverage(
        rules.SourceFinding(finding.criterion, finding.level, finding.applicable) for finding in findings
    )


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What items say beside what is inferred."""

    order: Mapping[str, int]
    """The place of each provision in the trees of the frameworks."""
    titles: Mapping[str, str]
    """In English, by provision."""
    asked: Mapping[str, Asked]
    """What provisions ask for, as far as that is known."""
    same_scale: Collection[str]
    """Frameworks whose reports are judged on the scale of this report's levels."""


def items(
    report: Report, inferred: Mapping[str, Sequence[Inference]], around: Surroundings
) -> Iterator[dict[str, Any]]:
    """The items of all frameworks, each in the order of its framework's tree."""
    last = len(around.order)
    targets = sorted(inferred, key=lambda target: (around.order.get(target, last), target))
    for position, target in enumerate(targets):
        found = inferred[target]
        conclusion = rules.conclude(target, found, around.titles)
        yield {
            "framework": framework_of(target),
            "position": position,
            "provision": target,
            "established": conclusion.established.value,
            "bounds": _ends(conclusion.bounds),
            "confidence": round(conclusion.confidence, 4),
            "statement": conclusion.statement,
            "level": _level(report, found, same_scale=framework_of(target) in around.same_scale),
            "paths": [path for one in found for path in _paths(report, one)],
            "conflict": conclusion.established is Established.CONFLICT,
            "reuse": report.evidence(_starts(found), around.asked.get(target, Asked())),
        }


def _starts(found: Sequence[Inference]) -> dict[str, bool]:
    """Where paths begin, and whether one of them leads to a provision that asks for the same."""
    starts: dict[str, bool] = {}
    for one in found:
        same = one.whole is None and one.relation in (Relation.EQUAL, Relation.EQUIVALENT)
        for path in one.paths:
            starts[path.start] = same or starts.get(path.start, False)
    return starts


def _level(report: Report, found: Sequence[Inference], *, same_scale: bool) -> int | None:
    """The level that crosses; None when none does, or several do."""
    levels = {
        report.level(one.paths[0].start)
        for one in found
        if one.whole is None and score_crosses(one.paths[0].relations, same_scale=same_scale)
    }
    return levels.pop() if len(levels) == 1 else None


def _ends(bounds: Bounds | None) -> dict[str, Any] | None:
    if bounds is None:
        return None
    return {
        "low": bounds.low,
        "low_open": bounds.low_open,
        "high": bounds.high,
        "high_open": bounds.high_open,
    }


def _paths(report: Report, inference: Inference) -> Iterator[dict[str, Any]]:
    says = inference.says.value
    for path in inference.paths:
        yield {
            "via": path.provisions,
            "relations": path.relations,
            "mappings": path.mappings,
            "confidence": round(path.confidence, 4),
            "from_findings": report.criteria(path.start),
            "says": says,
            "jointly": inference.whole,
        }
