"""Joint groups: several provisions that together are one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from domain.mappings.rules import Relation, inverse


class Member(NamedTuple):
    """A mapping of a joint group."""

    subject: str
    relation: Relation | None
    object: str

    @property
    def part(self) -> Member:
        """The same, read from the part to the whole, where it states either way that one is."""
        if self.relation is not Relation.SUPERSET:
            return self
        return Member(self.object, inverse(self.relation), self.subject)


def whole_of(members: Sequence[Member]) -> str | None:
    """What the members together are; None when they are no group.

    They are one when at least two different provisions are each said to lie within the same.
    """
    parts = [member.part for member in members]
    wholes = {part.object for part in parts}
    several = len(parts) > 1 and len({part.subject for part in parts}) == len(parts)
    subsets = all(part.relation is Relation.SUBSET for part in parts)
    return wholes.pop() if several and subsets and len(wholes) == 1 else None
