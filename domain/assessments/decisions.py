"""What a decision comes to, and what of an earlier one holds for a later assessment. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from schemas.rubrics import Criterion, Rubric

Item = dict[str, Any]
"""A piece of evidence as it is kept."""


class Judged(Protocol):
    """A finding, as far as it is compared."""

    level: int | None
    applicable: bool
    evidence: list[Item]


def evidence_id(number: int | None, section: str | None, start: int, end: int) -> str:
    """The document's number or the section's key, and the offsets."""
    source = f"d{number}" if number is not None else f"s.{section}"
    return f"{source}:{start}-{end}"


def status(finding: Judged, level: int | None, applicable: bool) -> str:
    """What a decision makes of a finding."""
    return "confirmed" if (level, applicable) == (finding.level, finding.applicable) else "changed"


def asks_the_same(before: Criterion, now: Criterion) -> bool:
    """Whether a person is asked the same question: what the engine looks for may have changed."""
    return (before.title, before.provisions) == (now.title, now.provisions)


def same_questions(before: Rubric, now: Rubric) -> set[str]:
    """The criteria on which what was decided by one edition can be held against another."""
    known = {criterion.key: criterion for criterion in before.criteria}
    return {
        criterion.key
        for criterion in now.criteria
        if criterion.key in known and asks_the_same(known[criterion.key], criterion)
    }


def is_unchanged(before: Judged, rested_on: Sequence[Item], now: Judged) -> bool:
    """Whether a decision on an earlier revision can be taken again as it was.

    The proposal and its passages are the same, and the decision rested on no others.
    """
    texts = _texts(now.evidence)
    return (
        (before.level, before.applicable) == (now.level, now.applicable)
        and _texts(before.evidence) == texts
        and set(_texts(rested_on)) <= set(texts)
    )


def found_again(rested_on: Sequence[Item], now: Sequence[Item]) -> list[Item]:
    """The passages, where they are now, that an earlier decision rested on."""
    texts = set(_texts(rested_on))
    return [item for item in now if item["text"] in texts]


def _texts(items: Sequence[Item]) -> list[str]:
    return [item["text"] for item in items]
