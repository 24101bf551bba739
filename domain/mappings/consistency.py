"""Whether what is stated of provisions can stand together. Pure."""

from __future__ import annotations

from typing import NamedTuple

from domain.mappings.graph import framework_of
from domain.mappings.rules import Relation, Statement, contradictions, inverse


class Stated(NamedTuple):
    """What one mapping says: a relation, or that there is no counterpart in a framework."""

    subject: str
    relation: Relation | None
    object: str
    absent_from: str | None
    """None, where there is no relation: there is no counterpart in any."""

    @property
    def _related(self) -> bool:
        return self.relation not in (None, Relation.NOT_RELATED)

    @property
    def turned(self) -> Stated:
        """The same, read the other way round."""
        relation = inverse(self.relation) if self.relation else None
        return Stated(self.object, relation, self.subject, self.absent_from)

    def repeats(self, other: Stated) -> bool:
        """Whether both say the same, whichever way round."""
        return self in (other, other.turned)

    def denies(self, other: Stated) -> bool:
        """Whether this says that there is no counterpart, and the other names one."""
        if self.relation is not None or not other._related:
            return False
        ends = ((other.subject, other.object), (other.object, other.subject))
        return any(
            one in (self.subject, self.object) and self.absent_from in (None, framework_of(far))
            for one, far in ends
        )


def excludes(one: Stated, other: Stated) -> bool:
    """Whether both cannot stand in one set."""
    return bool(contradictions(_statements(one, other))) or one.denies(other) or other.denies(one)


def _statements(*stated: Stated) -> list[Statement]:
    return [
        Statement(item.subject, item.object, item.relation, place)
        for place, item in enumerate(stated)
        if item.relation is not None
    ]
