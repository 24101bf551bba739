"""What of the accepted mappings counts: provisions that stand, joint groups that are whole. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.mappings.graph import Graph, Link
from domain.mappings.groups import Member, whole_of
from domain.mappings.rules import NO_TERM_FOUND, Relation
from domain.mappings.sssom import PLAIN_STATUS

UNSTATED_CONFIDENCE = 0.5
"""What a mapping counts for that states no confidence."""


class Held(Protocol):
    """A mapping as it is held, whatever its status."""

    @property
    def id(self) -> UUID: ...
    @property
    def set(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def relation(self) -> str | None: ...
    @property
    def object(self) -> str: ...
    @property
    def confidence(self) -> float | None: ...
    @property
    def joint_group(self) -> str | None: ...
    @property
    def absent_from(self) -> str | None: ...
    @property
    def status(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Absence:
    """That a provision has no counterpart in `framework`; None: in any."""

    provision: str
    framework: str | None
    mapping_set: str
    mapping: str


class Denial(NamedTuple):
    """That two provisions have nothing to do with each other."""

    subject: str
    object: str
    mapping: str
    mapping_set: str


@dataclass(frozen=True, slots=True)
class Known:
    """What accepted mappings say, as of one version of their graph."""

    version: int
    graph: Graph
    absences: Mapping[str, Sequence[Absence]]
    """By provision."""
    assessable: Mapping[str, bool]
    """Every provision of the latest editions in reading order, and whether it can be assessed."""
    titles: Mapping[str, str]
    """Those that they have in English."""
    subjects: Mapping[str, frozenset[str]]
    """The themes of what they are about, not of whom; for those that have any."""
    denials: Mapping[frozenset[str], Sequence[Denial]]
    """By the two provisions."""

    def absent(self, provision: str, framework: str | None = None) -> list[Absence]:
        """What says that it has no counterpart in a framework, or else in whichever."""
        found = self.absences.get(provision, ())
        return [absence for absence in found if framework is None or absence.framework in (None, framework)]

    def denied(self, pairs: Iterable[tuple[str, str]]) -> list[Denial]:
        """What says of any of the pairs, each once, that they have nothing to do with each other."""
        either_way = dict.fromkeys(map(frozenset, pairs)) if self.denials else {}
        return [denial for pair in either_way for denial in self.denials.get(pair, ())]


def known(
    version: int,
    held: Sequence[Held],
    assessable: Mapping[str, bool],
    titles: Mapping[str, str],
    subjects: Mapping[str, frozenset[str]],
) -> Known:
    """What counts of the mappings that are held: those accepted, and all members of joint groups.

    What an edition has dropped leads on to what it was mapped to, for reports under the old one; nothing
    leads there any more.
    """
    accepted = [row for row in held if row.status == PLAIN_STATUS]
    gone = {end for row in accepted for end in (row.subject, row.object) if not assessable.get(end)}
    graph = Graph(_links(held, accepted, gone), gone)
    return Known(version, graph, _absences(accepted), assessable, titles, subjects, _denials(accepted))


def _links(held: Iterable[Held], accepted: Sequence[Held], gone: Set[str]) -> Iterator[Link]:
    stand = {row.id for row in accepted if gone.isdisjoint((row.subject, row.object))}
    whole = _whole_groups(held, stand)
    for row in accepted:
        if row.relation is not None:
            relation = Relation(row.relation)
            confidence = UNSTATED_CONFIDENCE if row.confidence is None else row.confidence
            group = row.joint_group if (row.set, row.joint_group) in whole else None
            yield Link(row.subject, row.object, relation, confidence, str(row.id), row.set, group)


def _whole_groups(held: Iterable[Held], stand: Set[UUID]) -> set[tuple[str, str | None]]:
    """The joint groups all of whose members stand: without one of them the others are not the whole."""
    members: dict[tuple[str, str | None], list[Held]] = defaultdict(list)
    for row in held:
        if row.joint_group is not None:
            members[row.set, row.joint_group].append(row)
    return {
        group
        for group, rows in members.items()
        if all(row.id in stand for row in rows) and whole_of([_member(row) for row in rows]) is not None
    }


def _member(row: Held) -> Member:
    return Member(row.subject, Relation(row.relation) if row.relation else None, row.object)


def _absences(accepted: Iterable[Held]) -> dict[str, list[Absence]]:
    found: dict[str, list[Absence]] = defaultdict(list)
    for row in accepted:
        if NO_TERM_FOUND in (row.subject, row.object):
            provision = row.subject if row.object == NO_TERM_FOUND else row.object
            found[provision].append(Absence(provision, row.absent_from, row.set, str(row.id)))
    return dict(found)


def _denials(accepted: Iterable[Held]) -> dict[frozenset[str], list[Denial]]:
    found: dict[frozenset[str], list[Denial]] = defaultdict(list)
    for row in accepted:
        if row.relation == Relation.NOT_RELATED:
            denial = Denial(row.subject, row.object, str(row.id), row.set)
            found[frozenset((row.subject, row.object))].append(denial)
    return dict(found)
