"""What a reviewer picks as evidence: what is shown already, or any place in the texts of the revision."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, select

from domain.assessments.decisions import Item, evidence_id
from domain.assessments.models import Finding
from domain.errors import Invalid, Problem
from domain.submissions.models import Document, Passage, Section, Submission
from schemas.assessments import Place

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

Source = tuple[str, int | None, list[list[int]], str | None]
"""A text, the number of its document, where the pages of that lie, and its language."""


async def read(
    session: AsyncSession, submission: Submission, finding: Finding, wanted: Sequence[str | Place]
) -> list[Item]:
    """The evidence, each piece once, in the order wanted. Raises Invalid with every one that is not there."""
    shown = {item["id"]: item for item in [*finding.decided_evidence, *finding.evidence]}
    found: dict[str, Item] = {}
    problems: list[Problem] = []
    for number, one in enumerate(wanted):
        item = shown.get(one) if isinstance(one, str) else await _at(session, submission, one)
        if item is None:
            detail = "The finding shows no such evidence, or the revision has no such place."
            problems.append(Problem(f"/evidence/{number}", "unknown-evidence", detail))
        else:
            found.setdefault(item["id"], item)
    if problems:
        raise Invalid("Some of the evidence does not exist.", problems, code="unknown-evidence")
    return list(found.values())


async def _at(session: AsyncSession, submission: Submission, place: Place) -> Item | None:
    source = await _source(session, submission, place)
    if source is None or place.end > len(source[0]) or not source[0][place.start : place.end].strip():
        return None
    text, number, pages, language = source
    overlapped = await _overlapped(session, submission, place)
    first = bisect_right([start for _, start, _ in pages], place.start) - 1
    return {
        "id": evidence_id(number, place.section, place.start, place.end),
        "document": str(place.document) if place.document else None,
        "section": place.section,
        "page": pages[first][0] if first >= 0 else None,
        "start": place.start,
        "end": place.end,
        "language": overlapped[0].language if overlapped else language or "und",
        "text": text[place.start : place.end],
        "signals": list(dict.fromkeys(key for passage in overlapped for key in passage.signals)),
    }


async def _source(session: AsyncSession, submission: Submission, place: Place) -> Source | None:
    if place.section is not None:
        text = await session.scalar(
            select(Section.text).where(*_of(submission, Section), Section.key == place.section)
        )
        return None if text is None else (text, None, [], None)
    columns = select(Document.text, Document.number, Document.page_spans, Document.language)
    found = await session.execute(columns.where(*_of(submission, Document), Document.id == place.document))
    row = found.one_or_none()
    return None if row is None or row.text is None else (row.text, row.number, row.page_spans, row.language)


async def _overlapped(session: AsyncSession, submission: Submission, place: Place) -> Sequence[Passage]:
    """The passages that the place touches, in reading order."""
    rows = (
        select(Passage)
        .where(
            *_of(submission, Passage),
            Passage.document.is_not_distinct_from(place.document),
            Passage.section.is_not_distinct_from(place.section),
            Passage.start < place.end,
            Passage.end > place.start,
        )
        .order_by(Passage.number)
    )
    return (await session.scalars(rows)).all()


def _of(submission: Submission, part: Any) -> tuple[ColumnElement[bool], ...]:
    """What belongs to the present revision."""
    return part.submission_id == submission.id, part.revision == submission.revision
