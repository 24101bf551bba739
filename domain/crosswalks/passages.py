"""What is known of the place that evidence was taken from."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from sqlalchemy import select

from domain.submissions.models import Passage

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

Place = tuple[UUID | None, str | None]
"""A document or the key of a section."""


class Read(NamedTuple):
    """What is known of a passage beside its words."""

    start: int
    paragraph: str | None
    themes: list[str]


class Text(list[Read]):
    """The passages of one text, in its order."""

    def at(self, offset: int) -> Read | None:
        """The one that begins there, or last before."""
        place = bisect_right(self, offset, key=lambda passage: passage.start)
        return self[place - 1] if place else None

    def themes(self, offset: int) -> tuple[list[str], set[str]]:
        """Of the passage there, and of all of its numbered paragraph."""
        passage = self.at(offset)
        if passage is None or passage.paragraph is None:
            return (passage.themes if passage else []), set()
        beside = (one.themes for one in self if one.paragraph == passage.paragraph)
        return passage.themes, set(chain.from_iterable(beside))


async def texts(session: AsyncSession, submission_id: UUID, revision: int) -> dict[Place, Text]:
    """All that was read in a revision of a report."""
    rows = await session.execute(
        select(Passage.document, Passage.section, Passage.start, Passage.paragraph, Passage.themes)
        .where(Passage.submission_id == submission_id, Passage.revision == revision)
        .order_by(Passage.start)
    )
    found: dict[Place, Text] = defaultdict(Text)
    for document, section, start, paragraph, themes in rows:
        found[document, section].append(Read(start, paragraph, themes))
    return found
