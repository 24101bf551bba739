from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, any_, literal, or_, select, true
from sqlalchemy.orm import selectinload, undefer

from domain.access.rules import Actor
from domain.errors import NotFound
from domain.submissions.models import Document, Passage, Section, Submission
from schemas.access import Scope

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

WHOLE = (
    selectinload(Submission.of),
    selectinload(Submission.all_sections),
    selectinload(Submission.all_documents),
)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Everyone sees what is published; a State's key its own besides; other keys everything."""
    if actor.anonymous:
        return Submission.status == "published"
    if actor.state is None or actor.may(Scope.ADMIN):
        return true()
    return or_(Submission.status == "published", Submission.state == actor.state)


async def find(session: AsyncSession, submission_id: UUID, *, actor: Actor, lock: bool = False) -> Submission:
    """The submission with its sections and documents, if the caller may see it."""
    wanted = select(Submission).where(Submission.id == submission_id, visible_to(actor)).options(*WHOLE)
    if lock:
        wanted = wanted.with_for_update(of=Submission)
    submission = await session.scalar(wanted)
    if submission is None:
        raise NotFound(f"There is no submission {submission_id}.")
    return submission


async def page(
    session: AsyncSession,
    *,
    actor: Actor,
    framework: str | None,
    state: str | None,
    period: str | None,
    status: str | None,
    before: UUID | None,
    limit: int,
) -> Sequence[Submission]:
    """Newest first."""
    rows = (
        select(Submission)
        .where(visible_to(actor))
        .order_by(Submission.id.desc())
        .limit(limit)
        .options(*WHOLE)
    )
    for column, wanted in (
        (Submission.framework, framework),
        (Submission.state, state),
        (Submission.period, period),
        (Submission.status, status),
    ):
        if wanted is not None:
            rows = rows.where(column == wanted)
    if before is not None:
        rows = rows.where(Submission.id < before)
    return (await session.scalars(rows)).all()


async def documents_with_text(
    session: AsyncSession, submission_id: UUID, revision: int
) -> Sequence[Document]:
    """The documents of a revision in the order filed, with their texts as far as they have been read."""
    rows = (
        select(Document)
        .where(Document.submission_id == submission_id, Document.revision == revision)
        .order_by(Document.number)
        .options(undefer(Document.text))
    )
    return (await session.scalars(rows)).all()


async def content_of(session: AsyncSession, document_id: UUID) -> bytes:
    """The file as it came."""
    return (await session.execute(select(Document.content).where(Document.id == document_id))).scalar_one()


def may_read_revision(submission: Submission, revision: int | None, actor: Actor) -> None:
    """Earlier revisions are for those concerned, even where the present one is published. Raises NotFound."""
    if revision in (None, submission.revision):
        return
    stranger = actor.state not in (None, submission.state) and not actor.may(Scope.ADMIN)
    if actor.anonymous or stranger:
        raise NotFound(f"There is no revision {revision} of this submission.")


async def document_text(
    session: AsyncSession, submission: Submission, number: int, *, revision: int | None
) -> str:
    """The text that offsets count in, of the present revision unless another is named.

    Raises NotFound while the document has not been read.
    """
    text = await session.scalar(
        select(Document.text).where(
            Document.submission_id == submission.id,
            Document.revision == (revision or submission.revision),
            Document.number == number,
        )
    )
    if text is None:
        raise NotFound(f"This submission has no document {number} that has been read.")
    return text


async def section_text(
    session: AsyncSession, submission: Submission, key: str, *, revision: int | None
) -> str:
    """The text that offsets count in, of the present revision unless another is named."""
    text = await session.scalar(
        select(Section.text).where(
            Section.submission_id == submission.id,
            Section.revision == (revision or submission.revision),
            Section.key == key,
        )
    )
    if text is None:
        raise NotFound(f"This submission has no section `{key}`.")
    return text


async def passages(
    session: AsyncSession,
    submission: Submission,
    *,
    revision: int | None,
    theme: str | None,
    after: int | None,
    limit: int,
) -> Sequence[Passage]:
    """In reading order, of the present revision unless another is named."""
    rows = (
        select(Passage)
        .where(Passage.submission_id == submission.id, Passage.revision == (revision or submission.revision))
        .order_by(Passage.number)
        .limit(limit)
    )
    if theme is not None:
        rows = rows.where(literal(theme) == any_(Passage.themes))
    if after is not None:
        rows = rows.where(Passage.number > after)
    return (await session.scalars(rows)).all()
