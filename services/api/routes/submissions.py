"""What States file, and what was read in it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import PlainTextResponse

from domain.assessments import queries as rubrics
from domain.submissions import actions, queries
from schemas.fields import Key
from schemas.jobs import Job
from schemas.paging import Page
from schemas.submissions import (
    Passage,
    ReturnNote,
    Submission,
    SubmissionStatus,
)
from services.api.addresses import OfFramework, OfPeriod, OfState, OfTheme
from services.api.dependencies import (
    Anyone,
    Now,
    Reviewer,
    SeenVersion,
    SubmissionWriter,
    Transaction,
)
from services.api.exchange import Exchange
from services.api.filing import ReadChange, ReadFiling
from services.api.forms import LARGEST_FILING
from services.api.found import SubmissionToRead
from services.api.paging import Paged
from services.api.promises import promised
from services.api.tagging import tagged

router = APIRouter(prefix="/submissions", tags=["submissions"], route_class=Exchange)

Revision = Annotated[
    int | None, Query(ge=1, le=10_000, description="an earlier revision; the present one when left out")
]

FILING_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/SubmissionDraft"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["metadata", "file"],
                    "properties": {
                        "metadata": {"$ref": "#/components/schemas/SubmissionMetadata"},
                        "file": {
                            "type": "array",
                            "maxItems": 20,
                            "items": {"type": "string", "format": "binary"},
                            "description": "PDF, DOCX, HTML, Markdown or text; 25 MB each",
                        },
                    },
                },
                "encoding": {"metadata": {"contentType": "application/json"}},
            },
        },
    }
}


@router.post(
    "",
    response_model=Submission,
    status_code=201,
    summary="File a report as a draft",
    description=(
        "Sections as JSON, or documents as multipart. All of it is looked into before it is kept: what "
        "cannot be read, or is too much to be judged, is refused with the reason. `/submit` then hands the "
        "report in."
    ),
    openapi_extra=FILING_BODY,
    max_body_size=LARGEST_FILING,
)
async def file_submission(
    filing: ReadFiling, response: Response, session: Transaction, now: Now, actor: SubmissionWriter
) -> Any:
    submission = await actions.file(
        session, filing.draft, sections=filing.sections, files=filing.files, actor=actor, today=now.date()
    )
    return tagged(submission, response, at=f"/v1/submissions/{submission.id}")


@router.get("", response_model=Page[Submission], summary="Submissions, newest first")
async def list_submissions(
    pages: Paged,
    session: Transaction,
    actor: Anyone,
    framework: OfFramework = None,
    state: OfState = None,
    period: OfPeriod = None,
    status: Annotated[SubmissionStatus | None, Query(description="only those in this status")] = None,
) -> dict[str, Any]:
    rows = await queries.page(
        session,
        actor=actor,
        framework=framework,
        state=state,
        period=period,
        status=status,
        before=pages.after_id,
        limit=pages.most,
    )
    return pages.answer(rows, lambda row: row.id)


@router.get("/{submission_id}", response_model=Submission, summary="One submission")
async def read_submission(submission: SubmissionToRead, response: Response) -> Any:
    return tagged(submission, response)


@router.patch(
    "/{submission_id}", response_model=Submission, summary="Replace the sections of a draft (`If-Match`)"
)
async def change_submission(
    submission_id: UUID,
    change: ReadChange,
    response: Response,
    session: Transaction,
    actor: SubmissionWriter,
    seen: SeenVersion,
) -> Any:
    submission = await queries.find(session, submission_id, actor=actor, lock=True)
    seen.must_be(submission.etag)
    changed = await actions.change(session, submission, change.sections, actor=actor)
    return tagged(changed, response)


@router.post(
    "/{submission_id}/submit",
    response_model=Job,
    status_code=202,
    summary="Hand a draft in",
    description="Answers with the job that assesses it; `result` links to the assessment.",
)
async def submit(
    submission_id: UUID, response: Response, session: Transaction, now: Now, actor: SubmissionWriter
) -> Any:
    submission = await queries.find(session, submission_id, actor=actor, lock=True)
    await rubrics.rubric_for(session, submission.framework)
    job = await actions.submit(session, submission, actor=actor, now=now)
    return await promised(session, job, response)


@router.post("/{submission_id}/return", response_model=Submission, summary="Send it back with a reason")
async def return_submission(
    submission_id: UUID, note: ReturnNote, response: Response, session: Transaction, actor: Reviewer
) -> Any:
    submission = await queries.find(session, submission_id, actor=actor, lock=True)
    actor.must_write_for(submission.state)
    await actions.send_back(session, submission, note.reason)
    return await _flushed(session, submission, response)


@router.post("/{submission_id}/withdraw", response_model=Submission, summary="Take it back")
async def withdraw_submission(
    submission_id: UUID, response: Response, session: Transaction, actor: SubmissionWriter
) -> Any:
    submission = await queries.find(session, submission_id, actor=actor, lock=True)
    await actions.withdraw(session, submission, actor=actor)
    return await _flushed(session, submission, response)


async def _flushed(session: Transaction, submission: Any, response: Response) -> Any:
    await session.flush()
    await session.refresh(submission, ["updated", "version"])
    return tagged(submission, response)


@router.post(
    "/{submission_id}/revisions",
    response_model=Submission,
    status_code=201,
    summary="File the next revision as a draft",
    description="The body is that of a filing; framework, State and period must be the same.",
    openapi_extra=FILING_BODY,
    max_body_size=LARGEST_FILING,
)
async def revise_submission(
    submission_id: UUID,
    filing: ReadFiling,
    response: Response,
    session: Transaction,
    actor: SubmissionWriter,
) -> Any:
    submission = await queries.find(session, submission_id, actor=actor, lock=True)
    actions.must_be_of(submission, filing.draft)
    revised = await actions.revise(
        session, submission, sections=filing.sections, files=filing.files, actor=actor
    )
    return tagged(revised, response, at=f"/v1/submissions/{submission.id}")


@router.get(
    "/{submission_id}/passages",
    response_model=Page[Passage],
    summary="What was read, sentence by sentence",
)
async def list_passages(
    submission_id: UUID,
    pages: Paged,
    session: Transaction,
    actor: Anyone,
    theme: OfTheme = None,
    revision: Revision = None,
) -> dict[str, Any]:
    submission = await queries.find(session, submission_id, actor=actor)
    queries.may_read_revision(submission, revision, actor)
    rows = await queries.passages(
        session, submission, revision=revision, theme=theme, after=pages.after_number, limit=pages.most
    )
    return pages.answer(rows, lambda row: row.number)


@router.get(
    "/{submission_id}/documents/{number}/text",
    response_class=PlainTextResponse,
    summary="The extracted text, in which offsets count",
)
async def read_document_text(
    submission_id: UUID,
    number: Annotated[int, Path(ge=1, le=1_000)],
    session: Transaction,
    actor: Anyone,
    revision: Revision = None,
) -> PlainTextResponse:
    submission = await queries.find(session, submission_id, actor=actor)
    queries.may_read_revision(submission, revision, actor)
    return PlainTextResponse(await queries.document_text(session, submission, number, revision=revision))


@router.get(
    "/{submission_id}/sections/{key}/text",
    response_class=PlainTextResponse,
    summary="The text of a section, in which offsets count",
)
async def read_section_text(
    submission_id: UUID, key: Key, session: Transaction, actor: Anyone, revision: Revision = None
) -> PlainTextResponse:
    submission = await queries.find(session, submission_id, actor=actor)
    queries.may_read_revision(submission, revision, actor)
    return PlainTextResponse(await queries.section_text(session, submission, key, revision=revision))
