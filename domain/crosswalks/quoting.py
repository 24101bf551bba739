"""Under which provision of a draft each quotation stands. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from domain.crosswalks.fitting import Asked, Piece, concerns, nearest
from schemas.crosswalks import CrosswalkItem
from schemas.reuse import ApartBecause, Quotation


class Answer(NamedTuple):
    """What can be said of one provision of the other framework."""

    themes: Sequence[str]
    item: CrosswalkItem
    quotations: Sequence[Quotation]


def homes(answers: Mapping[str, Answer]) -> dict[str, str]:
    """The provision that each quotation fits best, by its evidence: it is quoted there, and only there.

    The best is the one that it shares most themes with; then most criteria; then the surest; then the first.
    """
    best: dict[str, tuple[tuple[float, ...], str]] = {}
    for provision, answer in answers.items():
        for quotation in answer.quotations:
            fit = _fit(quotation, answer)
            if quotation.evidence not in best or best[quotation.evidence][0] < fit:
                best[quotation.evidence] = fit, provision
    return {evidence: provision for evidence, (_, provision) in best.items()}


def _fit(quotation: Quotation, answer: Answer) -> tuple[float, ...]:
    crossing = {criterion for path in answer.item.paths for criterion in path.from_findings}
    criteria = crossing.intersection(supported.criterion for supported in quotation.supports)
    return shared(quotation, answer.themes), len(criteria), answer.item.confidence


def shared(quotation: Quotation, themes: Sequence[str]) -> int:
    """How many themes it has in common with a provision."""
    return len(set(quotation.themes).intersection(themes))


def is_gap(quotation: Quotation) -> bool:
    """Whether it says what the report lacks, and nothing else: it rests on no level above 0."""
    return all(finding.level == 0 for finding in quotation.supports)


class Apart(NamedTuple):
    """Evidence that stands under no provision, for the same reason and near the same of the `free` ones."""

    reason: ApartBecause
    near: tuple[str, ...]
    evidence: list[str]


def apart(
    pieces: Mapping[str, Iterable[Piece]], free: Mapping[str, Asked], addressed: frozenset[str]
) -> list[Apart]:
    """All that stands under no provision, in the order of the `free` ones that it is nearest to.

    What is near none comes after that, and last what does not concern those whom the framework is about.
    """
    groups: dict[tuple[ApartBecause, tuple[str, ...]], list[str]] = defaultdict(list)
    for evidence, found_for in pieces.items():
        concerned = any(concerns(piece, addressed) for piece in found_for)
        near = nearest(found_for, free) if concerned else ()
        groups["other-subjects" if concerned else "other-people", near].append(evidence)
    order = {provision: place for place, provision in enumerate(free)}
    return sorted(
        (Apart(reason, near, found) for (reason, near), found in groups.items()),
        key=lambda group: (
            group.reason == "other-people", [order[near] for near in group.near] or [len(order)]
        ),
    )  # fmt: skip
