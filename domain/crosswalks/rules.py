"""What a report's findings on one provision establish about another, and never more than is provable.

What crosses is how far the report addresses the gender and diversity side of a provision, never whether
the State complies. A provision is read as a non-empty set of things that it asks for; its fulfilment is
the fraction of them that the report addresses: 0 is none, 1 is full, strictly between is partly. All
that is known of a fulfilment is an interval, so whatever several paths say of one provision is the
intersection of their intervals, and an empty one is a conflict for a person to resolve.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce

from domain.mappings.rules import Path, Relation


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is known of a fulfilment: it lies between `low` and `high`, an open end not included."""

    low: float = 0.0
    low_open: bool = False
    high: float = 1.0
    high_open: bool = False

    @property
    def empty(self) -> bool:
        """No fulfilment is possible: those who said so contradict each other."""
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    @property
    def above_none(self) -> bool:
        """Something is addressed for certain."""
        return self.low > 0 or self.low_open

    @property
    def below_full(self) -> bool:
        """Something is left out for certain."""
        return self.high < 1 or self.high_open

    def meet(self, other: Bounds) -> Bounds:
        """What both say together; perhaps empty."""
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, high_closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        return Bounds(low, low_open, high, not high_closed)


NONE = Bounds(high=0.0)
PARTLY = Bounds(low_open=True, high_open=True)
FULL = Bounds(low=1.0)
AT_LEAST_PARTLY = Bounds(low_open=True)
AT_MOST_PARTLY = Bounds(high_open=True)
ANYTHING = Bounds()


class Established(StrEnum):
    """What can be said of a provision that the report was not written for."""

    FULL = "full"
    PARTLY = "partly"
    NONE = "none"
    AT_LEAST_PARTLY = "at-least-partly"
    AT_MOST_PARTLY = "at-most-partly"
    INDICATION = "indication"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class SourceFinding:
    """What was decided for a criterion; a level of None: not assessed."""

    criterion: str
    level: int | None
    applicable: bool = True


_COVERAGE_OF_LEVEL = {0: NONE, 1: PARTLY, 2: PARTLY, 3: FULL}


def coverage(findings: Iterable[SourceFinding]) -> Bounds | None:
    """How far the report addresses a provision, from the findings of the criteria that speak of it.

    None when none is applicable, or none assessed: then nothing crosses. An applicable criterion that
    is not assessed leaves open what it would have settled: beside levels 3 only `AT_LEAST_PARTLY`,
    beside levels 0 only `AT_MOST_PARTLY`.
    """
    levels = [finding.level for finding in findings if finding.applicable]
    if all(level is None for level in levels):
        return None
    return jointly(ANYTHING if level is None else _COVERAGE_OF_LEVEL[level] for level in levels)


def jointly(parts: Iterable[Bounds]) -> Bounds:
    """The fulfilment of a whole that is made of `parts`, one or more.

    Full when all are full, none when all are none, else as far as any of them shows.
    """
    known = list(parts)
    for same in (FULL, NONE):
        if all(part == same for part in known):
            return same
    return Bounds(
        low_open=any(part.above_none for part in known), high_open=any(part.below_full for part in known)
    )


def bounds_of(source: Bounds, relation: Relation | None) -> Bounds:
    """What the fulfilment of a provision says of one that it stands in `relation` to.

    The bounds of `intersect` are as provable as the others, in sets. They are still not established
    (`infer`), because in practice the relation is stated of whatever has something in common.
    """
    match relation:
        case Relation.EQUAL | Relation.EQUIVALENT:
            return source
        case Relation.SUBSET:
            # The target contains the source: what is addressed there is addressed here, what is left
            # out there is left out here. The latter holds because the source is not empty.
            return Bounds(low_open=source.above_none, high_open=source.below_full)
        case Relation.SUPERSET if source in (FULL, NONE):
            # The target lies within the source: only all or nothing holds for every part.
            return source
        case Relation.INTERSECT:
            return Bounds(low_open=source == FULL, high_open=source == NONE)
        case _:
            return ANYTHING


@dataclass(frozen=True, slots=True)
class Inference:
    """What the coverage of one provision says of another, over one path."""

    source: str
    """The provision that was reported on."""
    coverage: Bounds
    relation: Relation | None
    """Of the source to the target, composed along the path."""

    @property
    def bounds(self) -> Bounds:
        return bounds_of(self.coverage, self.relation)

    @property
    def indication(self) -> bool:
        """It hints and does not prove."""
        return self.relation is Relation.INTERSECT


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What all paths together say of a provision."""

    established: Established
    bounds: Bounds | None
    """All that the paths say, indications included; None in a conflict."""
    statement: str


def combine(bounds: Iterable[Bounds]) -> Bounds:
    """What all of them say together: `ANYTHING` when there are none, `empty` when they contradict."""
    return reduce(Bounds.meet, bounds, ANYTHING)


_ESTABLISHED = {
    FULL: Established.FULL,
    PARTLY: Established.PARTLY,
    NONE: Established.NONE,
    AT_LEAST_PARTLY: Established.AT_LEAST_PARTLY,
    AT_MOST_PARTLY: Established.AT_MOST_PARTLY,
}


def established(proven: Bounds, *, indicated: bool = False) -> Established:
    """The strongest statement that `proven` carries; `indicated` counts only where it carries none."""
    if proven.empty:
        return Established.CONFLICT
    otherwise = Established.INDICATION if indicated else Established.UNKNOWN
    return _ESTABLISHED.get(proven, otherwise)


def conclude(provision: str, inferences: Sequence[Inference]) -> Conclusion:
    """What may be said of `provision`, and why.

    Indications join the bounds and can reveal a conflict, but what is established rests on proofs alone:
    it may therefore say less than the bounds.
    """
    together = combine(inference.bounds for inference in inferences)
    if together.empty:
        word = Established.CONFLICT
    else:
        proven = combine(inference.bounds for inference in inferences if not inference.indication)
        word = established(proven, indicated=any(inference.indication for inference in inferences))
    bounds = None if word is Established.CONFLICT else together
    return Conclusion(word, bounds, statement(provision, word, inferences))


def confidence(paths: Iterable[Path]) -> float:
    """That at least one of the independent paths holds: 1 minus the product of their doubts, 0 to 1.

    Paths that share a mapping stand or fall together, so of such only the most confident counts; a path
    that proves nothing does not count.
    """
    doubt = 1.0
    used: set[str] = set()
    for path in sorted(paths, key=lambda path: (-path.confidence, path.mappings)):
        proves_nothing = path.relation in (None, Relation.NOT_RELATED)
        if not proves_nothing and used.isdisjoint(path.mappings):
            used.update(path.mappings)
            doubt *= 1 - path.confidence
    return 1 - doubt


_SENTENCE = {
    Established.FULL: "The report fully addresses the gender and diversity side of {}",
    Established.PARTLY: "The report addresses the gender and diversity side of {} in part",
    Established.NONE: "The report does not address the gender and diversity side of {}",
    Established.AT_LEAST_PARTLY: "The report addresses the gender and diversity side of {} at least in part",
    Established.AT_MOST_PARTLY: "The report does not fully address the gender and diversity side of {}",
    Established.INDICATION: "There is an indication, not a proof, of how far the report addresses {}",
    Established.UNKNOWN: "Nothing is established about {}",
    Established.CONFLICT: "What is known about {} is contradictory, and a person must decide",
}
_COVERED = {
    FULL: "is fully addressed",
    PARTLY: "is addressed in part",
    NONE: "is not addressed",
    AT_LEAST_PARTLY: "is addressed at least in part",
    AT_MOST_PARTLY: "is not fully addressed",
}
_LIES: dict[Relation | None, str] = {
    Relation.EQUAL: "asks for the same",
    Relation.EQUIVALENT: "has the same effect",
    Relation.SUBSET: "lies within it",
    Relation.SUPERSET: "contains it",
    Relation.INTERSECT: "overlaps with it",
}
_REASONS_TOLD = 3


def statement(provision: str, word: Established, inferences: Sequence[Inference]) -> str:
    """One English sentence: what is established about `provision`, and what it follows from."""
    reasons = list(dict.fromkeys(_reason(item) for item in inferences if _supports(item, word)))
    told = reasons[:_REASONS_TOLD]
    if len(reasons) > len(told):
        told.append(f"and {len(reasons) - len(told)} more")
    because = f": {'; '.join(told)}" if told else ""
    return f"{_SENTENCE[word].format(provision)}{because}."


def _supports(inference: Inference, word: Established) -> bool:
    if word is Established.UNKNOWN:
        return False
    if word is Established.INDICATION:
        return inference.indication and inference.coverage != ANYTHING
    told = inference.bounds != ANYTHING
    return told if word is Established.CONFLICT else told and not inference.indication


def _reason(inference: Inference) -> str:
    return f"{inference.source} {_COVERED[inference.coverage]} and {_LIES[inference.relation]}"
