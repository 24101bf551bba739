"""What a report's findings on one provision establish about another, and never more than is provable.

What crosses is how far the report addresses the gender and diversity side of a provision, never whether
the State complies. A provision is read as a non-empty set of things that it asks for; its fulfilment is
the fraction of them that the report addresses: 0 is none, 1 is full, strictly between is partly. All
that is known of a fulfilment is an interval, so whatever several paths say of one provision is the
intersection of their intervals, and an empty one is a conflict for a person to resolve.

Intersecting loses nothing: of `equal`, `subset`, `superset` and `intersect`, from however many
provisions and over however many parallel paths, nothing stronger follows than what the paths say one by
one. Every such link speaks of things one at a time or of one thing that exists, and never offers a
choice, so each conclusion has a single chain behind it. Joint groups do offer one (what a whole asks for
is asked for by this part or by that): all or nothing of every part goes over to the whole, but what only
follows by elimination is not concluded. A whole is addressed in part and its one part not at all: then
the other part is addressed at least in part, and remains unknown here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from domain.mappings.graph import LONGEST_CHAIN, Graph, Path, confidence_of
from domain.mappings.rules import (
    ANYTHING,
    AT_LEAST_PARTLY,
    AT_MOST_PARTLY,
    FULL,
    NONE,
    PARTLY,
    Bounds,
    Relation,
    bounds_of,
    jointly,
)


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


class Inference(NamedTuple):
    """What the coverage of one provision says of another, over one path; or of all parts of a joint group."""

    paths: tuple[Path, ...]
    """From what was reported on: one, or for a joint group one through each part."""
    coverage: Bounds
    """Of the start of every path."""
    relation: Relation | None
    """Of the start to the target, or of the whole that the parts make up."""
    whole: str | None
    """The whole that the paths go through, when it is a joint group that proves."""
    bounds: Bounds
    indication: bool
    """It hints and does not prove."""

    @classmethod
    def over(
        cls, paths: tuple[Path, ...], coverage: Bounds, relation: Relation | None, whole: str | None = None
    ) -> Inference:
        """`intersect` is stated of whatever has something in common: what rests on such a link is no proof.

        Containments that overlap by themselves do prove: the source contains something, addressed or
        left out as it is, that lies within the target too.
        """
        bounds = bounds_of(coverage, relation)
        overlap = relation is Relation.INTERSECT and coverage != ANYTHING
        stated = any(Relation.INTERSECT in path.relations for path in paths)
        return cls(paths, coverage, relation, whole, bounds, overlap and (stated or bounds == ANYTHING))

    @property
    def proven(self) -> Bounds:
        """What follows beyond doubt from the links: nothing from an indication."""
        return ANYTHING if self.indication else self.bounds

    @property
    def says(self) -> Established:
        """What would be established if there were nothing else."""
        return established(self.proven, indicated=self.indication)

    @property
    def mappings(self) -> tuple[str, ...]:
        """The ids of all mappings that it rests on."""
        return tuple(dict.fromkeys(chain.from_iterable(path.mappings for path in self.paths)))

    @property
    def statements(self) -> set[tuple[str, tuple[str, str, Relation]]]:
        """What these mappings say, each with the set that says it: once, however often the set says it."""
        return {step.link.statement for path in self.paths for step in path.steps}

    @property
    def confidence(self) -> float:
        """That all its mappings hold, 0 to 1."""
        return confidence_of(self.paths)


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What all inferences together say of a provision."""

    established: Established
    bounds: Bounds | None
    """All that they say, indications included; None in a conflict."""
    statement: str
    confidence: float
    """That what is established holds, 0 to 1; 0 where nothing is, as in a conflict."""


def inferences(
    graph: Graph, known: Mapping[str, Bounds], to: str | None = None, max_links: int = LONGEST_CHAIN
) -> dict[str, list[Inference]]:
    """What the coverage of the `known` provisions says of others, by target, in the framework `to` or in all.

    All paths count, and what the joint groups add to them. Nothing is inferred from `not-related`.
    """
    found: dict[str, list[Inference]] = defaultdict(list)
    for path in graph.paths_between(sorted(known), to, max_links):
        if path.relation is not Relation.NOT_RELATED:
            found[path.target].append(Inference.over((path,), known[path.start], path.relation))
    for degree in (FULL, NONE):
        starts = {start for start, coverage in known.items() if coverage == degree}
        for joint in graph.joint(starts, to, max_links):
            target = joint.paths[0].target
            found[target].append(Inference.over(joint.paths, degree, joint.relation, joint.whole))
    return found


def combine(bounds: Iterable[Bounds]) -> Bounds:
    """What all of them say together: `ANYTHING` when there are none, `empty` when they contradict."""
    return reduce(Bounds.meet, dict.fromkeys(bounds), ANYTHING)


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


_NO_TITLES: Mapping[str, str] = MappingProxyType({})


def conclude(
    provision: str, inferences: Sequence[Inference], titles: Mapping[str, str] = _NO_TITLES
) -> Conclusion:
    """What may be said of `provision`, and why; `titles` by reference, for the sentence.

    Indications join the bounds and can reveal a conflict, but what is established rests on proofs alone:
    it may therefore say less than the bounds.
    """
    together = combine(inference.bounds for inference in inferences)
    if together.empty:
        word = Established.CONFLICT
    else:
        proven = combine(inference.proven for inference in inferences)
        word = established(proven, indicated=any(inference.indication for inference in inferences))
    bounds = None if word is Established.CONFLICT else together
    sides = [[one for one in inferences if gives(one)] for gives in _SUPPORT[word]]
    reasons = [one for one in inferences if any(gives(one) for gives in _SUPPORT[word])]
    sure = 0.0 if word is Established.CONFLICT else _confidence(sides)
    return Conclusion(word, bounds, statement(provision, word, bounds, reasons, titles), sure)


_SUPPORT: Mapping[Established, Sequence[Callable[[Inference], bool]]] = {
    Established.FULL: [lambda one: one.proven == FULL],
    Established.PARTLY: [lambda one: one.proven.above_none, lambda one: one.proven.below_full],
    Established.NONE: [lambda one: one.proven == NONE],
    Established.AT_LEAST_PARTLY: [lambda one: one.proven.above_none],
    Established.AT_MOST_PARTLY: [lambda one: one.proven.below_full],
    Established.INDICATION: [lambda one: one.indication],
    Established.UNKNOWN: [],
    Established.CONFLICT: [lambda one: one.bounds != ANYTHING],
}
"""What an inference has to give to support a statement; one that gives one thing of two supports half."""


def confidence(inferences: Iterable[Inference]) -> float:
    """That at least one of the independent ones holds: 1 minus the product of their doubts, 0 to 1.

    Those that share what one set states stand or fall together and do not count twice, also where the set
    states it more than once. They are taken from the most confident on (between equals, by the mappings),
    each if it shares nothing with those before it.
    That the choice is greedy can only make the figure too small.
    """
    ranked = sorted(inferences, key=lambda inference: (-inference.confidence, inference.mappings))
    doubt = 1.0
    used: set[tuple[str, tuple[str, str, Relation]]] = set()
    for inference in ranked:
        statements = inference.statements
        if used.isdisjoint(statements):
            used |= statements
            doubt *= 1 - inference.confidence
    return 1 - doubt


def _confidence(sides: Sequence[Sequence[Inference]]) -> float:
    """That a statement holds on its one side, or on both: that it is not none, and that it is not full."""
    each = [confidence(side) for side in sides]
    if len(each) < 2:
        return sum(each)
    either = confidence(dict.fromkeys(chain.from_iterable(sides)))
    return max(0.0, min(*each, sum(each) - either))


_SENTENCE = {
    Established.FULL: "The report fully addresses the gender and diversity side of {}",
    Established.PARTLY: "The report addresses the gender and diversity side of {} in part",
    Established.NONE: "The report does not address the gender and diversity side of {}",
    Established.AT_LEAST_PARTLY: "The report addresses the gender and diversity side of {} at least in part",
    Established.AT_MOST_PARTLY: "The report does not fully address the gender and diversity side of {}",
    Established.UNKNOWN: "Nothing is established about the gender and diversity side of {}",
    Established.CONFLICT: "What is known about the gender and diversity side of {} is contradictory, "
    "and a person must decide",
}
_INDICATED = {
    PARTLY: "that the report addresses the gender and diversity side of {} in part",
    AT_LEAST_PARTLY: "that the report addresses the gender and diversity side of {} at least in part",
    AT_MOST_PARTLY: "that the report does not fully address the gender and diversity side of {}",
}
_ONLY_HINTS = ", which is an indication and no proof"
"""Of one side of a conflict: the other may be proven."""
_UNPROVEN = "There is an indication, not a proof, "
_UNDIRECTED = "that the report may address the gender and diversity side of {}"
"""Where the bounds of an indication leave everything open."""
_COVERED = {
    FULL: "fully addressed",
    PARTLY: "addressed in part",
    NONE: "not addressed",
    AT_LEAST_PARTLY: "addressed at least in part",
    AT_MOST_PARTLY: "not fully addressed",
}
_LIES: dict[Relation | None, str] = {
    Relation.EQUAL: "asks for the same",
    Relation.EQUIVALENT: "has the same effect",
    Relation.SUBSET: "lies within it",
    Relation.SUPERSET: "contains it",
    Relation.INTERSECT: "overlaps with it",
}
_LIE = _LIES | {
    Relation.EQUAL: "together ask for the same",
    Relation.EQUIVALENT: "together have the same effect",
    Relation.SUBSET: "lie within it",
    Relation.SUPERSET: "together contain it",
    Relation.INTERSECT: "together overlap with it",
}
_REASONS_TOLD = 3


def statement(
    provision: str,
    word: Established,
    bounds: Bounds | None,
    reasons: Sequence[Inference],
    titles: Mapping[str, str] = _NO_TITLES,
) -> str:
    """One English sentence: what is established about `provision`, and what it follows from.

    Of an indication it says what the `bounds` say.
    """
    hints = word is Established.CONFLICT
    told = list(
        dict.fromkeys(
            _reason(inference, titles) + (_ONLY_HINTS if hints and inference.indication else "")
            for inference in _each_once(reasons)
        )
    )
    left_out = len(told) - _REASONS_TOLD
    if left_out > 0:
        told[_REASONS_TOLD:] = [f"and {left_out} more"]
    because = f": {'; '.join(told)}" if told else ""
    return f"{_sentence(word, bounds).format(_named(provision, titles))}{because}."


def _each_once(reasons: Iterable[Inference]) -> Iterator[Inference]:
    """The shortest of those that say the same of the same provisions: the others are in the paths."""
    told: set[tuple[object, ...]] = set()
    for one in sorted(reasons, key=lambda one: max(len(path.provisions) for path in one.paths)):
        said = frozenset(path.start for path in one.paths), one.coverage, one.relation, one.whole
        if said not in told:
            told.add(said)
            yield one


def _sentence(word: Established, bounds: Bounds | None) -> str:
    if word is not Established.INDICATION or bounds is None:
        return _SENTENCE[word]
    return _UNPROVEN + _INDICATED.get(bounds, _UNDIRECTED)


def _reason(inference: Inference, titles: Mapping[str, str]) -> str:
    """`that of Health (crc:art-24) is fully addressed and, by way of Health (crpd:art-25), contains it`."""
    starts = list(dict.fromkeys(_named(path.start, titles) for path in inference.paths))
    through = dict.fromkeys(chain.from_iterable(path.provisions[1:-1] for path in inference.paths))
    way = f", by way of {_listed([_named(via, titles) for via in through])}," if through else ""
    covered = _COVERED[inference.coverage]
    if len(starts) > 1:
        return f"those of {_listed(starts)} are {covered} and{way} {_LIE[inference.relation]}"
    return f"that of {starts[0]} is {covered} and{way} {_LIES[inference.relation]}"


def _named(reference: str, titles: Mapping[str, str]) -> str:
    title = titles.get(reference)
    return f"{title} ({reference})" if title else reference


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
