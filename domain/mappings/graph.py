"""The provisions that accepted mappings connect, and the paths between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, pairwise
from math import prod
from typing import NamedTuple

from domain.mappings.rules import NO_TERM_FOUND, Relation, Statement, compose_all, continuations, inverse

LONGEST_CHAIN = 3
"""Links. What is said over more of them is hardly of use to anyone."""


@dataclass(frozen=True, slots=True)
class Link:
    """An accepted mapping: `subject` stands in `relation` to `object`."""

    subject: str
    object: str
    relation: Relation
    confidence: float
    """0 to 1."""
    mapping: str
    """The id of the mapping."""
    mapping_set: str
    """The key of the set that states it."""
    group: str | None = None
    """The joint group in that set: the subsets in it together equal what they all lie within."""

    @property
    def statement(self) -> tuple[str, tuple[str, str, Relation]]:
        """Its set and what that says: the same for each mapping that says so, whichever way round."""
        return self.mapping_set, Statement(self.subject, self.object, self.relation, 0).content


class Step(NamedTuple):
    """A link as a path walks it: along what it states, or against it."""

    link: Link
    inverted: bool
    relation: Relation
    target: str
    framework: str

    @classmethod
    def along(cls, link: Link) -> Step:
        return cls(link, False, link.relation, link.object, framework_of(link.object))

    @classmethod
    def against(cls, link: Link) -> Step:
        return cls(link, True, inverse(link.relation), link.subject, framework_of(link.subject))

    def back(self) -> Step:
        """The same link, walked the other way."""
        return Step.along(self.link) if self.inverted else Step.against(self.link)


class PathKind(StrEnum):
    STATED = "stated"
    INVERTED = "inverted"
    CHAINED = "chained"


class Path(NamedTuple):
    """A walk over links from `start`; without any it has not left."""

    start: str
    steps: tuple[Step, ...]
    relation: Relation | None
    """Of the start to the target, as far as the chain proves one."""
    confidence: float
    """The product of the confidences of its links, 0 to 1."""

    @classmethod
    def along(cls, start: str, steps: Iterable[Step] = ()) -> Path:
        walked = tuple(steps)
        proved = compose_all([step.relation for step in walked]) if walked else Relation.EQUAL
        return cls(start, walked, proved, prod(step.link.confidence for step in walked))

    def then(self, steps: Iterable[Step]) -> Path:
        return Path.along(self.start, (*self.steps, *steps))

    @property
    def target(self) -> str:
        return self.steps[-1].target if self.steps else self.start

    @property
    def framework(self) -> str:
        """Of the target."""
        return framework_of(self.target)

    @property
    def provisions(self) -> tuple[str, ...]:
        """All provisions on the way, the start and the target included."""
        return (self.start, *(step.target for step in self.steps))

    @property
    def relations(self) -> tuple[Relation, ...]:
        """The relation of each step, in the direction of the path."""
        return tuple(step.relation for step in self.steps)

    @property
    def mappings(self) -> tuple[str, ...]:
        """The ids of the mappings that the path rests on."""
        return tuple(step.link.mapping for step in self.steps)

    @property
    def kind(self) -> PathKind:
        if len(self.steps) > 1:
            return PathKind.CHAINED
        return PathKind.INVERTED if self.steps[0].inverted else PathKind.STATED

    @property
    def simple(self) -> bool:
        """It visits no provision twice and returns to no framework that it has left."""
        frameworks = [framework_of(provision) for provision in self.provisions]
        stays = sum(one == next_ for one, next_ in pairwise(frameworks))
        return len(set(self.provisions)) == len(self.provisions) and len(set(frameworks)) + stays == len(
            frameworks
        )


class Joint(NamedTuple):
    """Paths through all parts of a whole to one target: what none of them proves they may prove together."""

    whole: str
    paths: tuple[Path, ...]
    """Through each part one, each by way of the whole and on to the same target."""
    relation: Relation
    """Of the whole to the target; `equal` where the whole is the target."""


def framework_of(reference: str) -> str:
    """`ccm:art-7` → `ccm`."""
    return reference.partition(":")[0]


_KEEPS_ALL_OR_NOTHING = (Relation.EQUAL, Relation.EQUIVALENT, Relation.SUPERSET)


class Graph:
    """The provisions that links connect, in both directions, ready to be walked many times.

    A link to `sssom:NoTermFound` says that there is nothing to walk to, and is left out. A path is
    simple: it visits no provision twice and returns to no framework that it has left, because it would
    only tell a framework what others make of it.
    """

    def __init__(self, links: Iterable[Link], gone: Container[str] = ()) -> None:
        """A path may start at what is `gone`, for what was reported on it counts; it leads nobody there."""
        ways: dict[str, list[Step]] = defaultdict(list)
        for link in links:
            if NO_TERM_FOUND in (link.subject, link.object):
                continue
            if link.object not in gone:
                ways[link.subject].append(Step.along(link))
            if link.subject not in gone:
                ways[link.object].append(Step.against(link))
        self._steps = {provision: _by_framework(steps) for provision, steps in ways.items()}
        self._groups = _groups(chain.from_iterable(ways.values()))

    def paths(self, start: str, to: str | None = None, max_links: int = LONGEST_CHAIN) -> list[Path]:
        """The simple paths from `start` into the framework `to` (None: any) that prove a relation.

        They have at most `max_links` links. A link that says `not-related` is a path of its own and
        never part of a longer one. Short paths come first, then step by step by target and mapping.
        """
        found: list[Path] = []
        level = [Path.along(start)]
        for links_left in range(max_links - 1, -1, -1):
            level = list(self._longer(level, to, links_left))
            found += level if to is None else (path for path in level if path.steps[-1].framework == to)
        return found

    def paths_between(
        self, starts: Iterable[str], to: str | None = None, max_links: int = LONGEST_CHAIN
    ) -> Iterator[Path]:
        """The paths from each of `starts`, start by start."""
        for start in starts:
            yield from self.paths(start, to, max_links)

    def joint(
        self, starts: Collection[str], to: str | None = None, max_links: int = LONGEST_CHAIN
    ) -> Iterator[Joint]:
        """What joint groups add where all of `starts` are fully addressed, or where all are not at all.

        Of several ways to reach a part the shortest is taken, of those the most confident.
        """
        for whole in sorted(self._groups):
            for paths in self._reaching_all_parts(whole, starts, max_links):
                if to in (None, framework_of(whole)):
                    yield Joint(whole, paths, Relation.EQUAL)
                yield from self._beyond(whole, paths, to, max_links)

    def _longer(self, paths: Iterable[Path], to: str | None, links_left: int) -> Iterator[Path]:
        """The paths made by one step more, as far as `links_left` after it can still lead into `to`."""
        for path in paths:
            start, steps, _, confidence = path
            proved_by = continuations(path.relations)
            for step in self._ahead(path, to, links_left):
                proved = proved_by.get(step.relation)
                if proved is not None:
                    yield Path(start, (*steps, step), proved, confidence * step.link.confidence)

    def _ahead(self, path: Path, to: str | None, links_left: int) -> Iterator[Step]:
        """The steps with which a path stays simple; close to the end only those that lead into `to`."""
        provisions, here = path.provisions, path.framework
        left = {framework_of(provision) for provision in provisions} - {here}
        neighbours = self._steps.get(provisions[-1], {})
        if to is not None and (links_left == 0 or here == to):
            steps = iter(neighbours.get(to, ()))
        elif to is not None and links_left == 1:
            steps = self._next_to(to, neighbours)
        else:
            steps = chain.from_iterable(neighbours.values())
        return (step for step in steps if step.framework not in left and step.target not in provisions)

    def _next_to(self, to: str, neighbours: dict[str, tuple[Step, ...]]) -> Iterator[Step]:
        """The steps into `to` or to where one more leads there."""
        for framework, steps in neighbours.items():
            if framework == to:
                yield from steps
            else:
                yield from (step for step in steps if to in self._steps[step.target])

    def _reaching_all_parts(
        self, whole: str, starts: Collection[str], links_left: int
    ) -> Iterator[tuple[Path, ...]]:
        """For each joint group of the whole whose parts can all be reached: the paths through them."""
        for members in self._groups.get(whole, ()) if links_left > 0 else ():
            reached = [self._reaching(step.back().target, starts, links_left - 1) for step in members]
            through = [
                path.then([step]) for step, ways in zip(members, reached, strict=True) for path in ways
            ]
            if all(reached) and _sound(through):
                yield tuple(through)

    def _reaching(self, provision: str, starts: Collection[str], links_left: int) -> tuple[Path, ...]:
        """Paths over which `provision` is, like the `starts`, addressed wholly or not at all; () without any.

        It is one path, or one through each part of a joint group.
        """
        if provision in starts:
            return (Path.along(provision),)
        ways = list(self._reaching_all_parts(provision, starts, links_left))
        if links_left > 0:
            for step in chain.from_iterable(self._steps.get(provision, {}).values()):
                if inverse(step.relation) in _KEEPS_ALL_OR_NOTHING:
                    before = self._reaching(step.target, starts, links_left - 1)
                    ways.append(tuple(path.then([step.back()]) for path in before))
        return min(filter(_sound, ways), key=_weakness, default=())

    def _beyond(self, whole: str, paths: tuple[Path, ...], to: str | None, max_links: int) -> Iterator[Joint]:
        """What follows for others from the whole, but for what it lies within: each part says that alone."""
        links_left = max_links - max(len(path.steps) for path in paths)
        for onward in self.paths(whole, to, links_left):
            longer = tuple(path.then(onward.steps) for path in paths)
            adds = onward.relation not in (Relation.SUBSET, Relation.NOT_RELATED)
            if onward.relation and adds and _sound(longer):
                yield Joint(whole, longer, onward.relation)


def _by_framework(steps: Iterable[Step]) -> dict[str, tuple[Step, ...]]:
    """In an order that does not depend on that of the links."""
    grouped: dict[str, list[Step]] = defaultdict(list)
    for step in sorted(steps, key=lambda step: (step.framework, step.target, step.link.mapping)):
        grouped[step.framework].append(step)
    return {framework: tuple(steps) for framework, steps in grouped.items()}


def _groups(steps: Iterable[Step]) -> dict[str, list[tuple[Step, ...]]]:
    """By whole, its joint groups of two parts or more, each as the steps that lead there from the parts."""
    members: dict[tuple[str, str, str], dict[str, Step]] = defaultdict(dict)
    for step in steps:
        if step.link.group is not None and step.relation is Relation.SUBSET:
            members[step.target, step.link.mapping_set, step.link.group][step.back().target] = step
    groups: dict[str, list[tuple[Step, ...]]] = defaultdict(list)
    for (whole, *_), parts in sorted(members.items()):
        if len(parts) > 1:
            groups[whole].append(tuple(parts[part] for part in sorted(parts)))
    return groups


def _sound(paths: Sequence[Path]) -> bool:
    """Whether there are paths, all of them simple and none over two resemblances."""
    return bool(paths) and all(
        path.simple and path.relations.count(Relation.EQUIVALENT) < 2 for path in paths
    )


def _weakness(paths: Sequence[Path]) -> tuple[int, float, tuple[str, ...]]:
    longest = max(len(path.steps) for path in paths)
    return longest, -confidence_of(paths), tuple(chain.from_iterable(path.mappings for path in paths))


def confidence_of(paths: Sequence[Path]) -> float:
    """That all of the paths hold, 0 to 1: the product over their links, each once."""
    if len(paths) == 1:
        return paths[0].confidence
    links = {step.link.mapping: step.link.confidence for path in paths for step in path.steps}
    return prod(links.values())
