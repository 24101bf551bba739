"""A filing as it arrives: sections as JSON, or a `metadata` part beside `file` parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from domain.assessments import appraisal
from domain.errors import Invalid, Problem
from domain.reading.documents import Unreadable, sniff
from domain.submissions.actions import File
from schemas.submissions import SectionDraft, SubmissionDraft, SubmissionMetadata
from services.api import bodies
from services.api.dependencies import SubmissionWriter
from services.api.forms import form_of

MULTIPART = "multipart/form-data"
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Filing:
    """What was filed, checked as far as can be seen without reading it."""

    draft: SubmissionMetadata
    sections: Sequence[SectionDraft] = ()
    files: Sequence[File] = ()


async def read_filing(request: Request) -> Filing:
    """Raises Malformed, Invalid, TooLarge or UnsupportedMediaType; nothing is kept in that case."""
    kind = bodies.media_type(request)
    if kind == bodies.JSON:
        draft = bodies.shaped_json(SubmissionDraft, await bodies.content_of(request))
        return Filing(draft, sections=draft.sections)
    if kind == MULTIPART:
        form = await form_of(request)
        draft_part = await _metadata(form)
        return Filing(bodies.shaped_json(SubmissionMetadata, draft_part), files=await files_of(form))
    raise bodies.refuse_media_type(request, MULTIPART, bodies.JSON)


async def _metadata(form: FormData) -> bytes | str:
    part = form.get("metadata")
    if part is None:
        raise Invalid(
            "The filing has no part `metadata`.",
            [Problem("/metadata", "missing", "Send the framework, State and period as JSON in it.")],
            code="metadata-missing",
        )
    return await part.read() if isinstance(part, UploadFile) else part


async def files_of(form: FormData) -> list[File]:
    """The uploaded documents, in the order filed. Raises Invalid for each that cannot be a report."""
    parts = [part for part in form.getlist("file") if isinstance(part, UploadFile)]
    if not parts:
        raise Invalid(
            "The filing has no document.",
            [Problem("/file", "missing", "Send at least one part `file` with a file name.")],
            code="file-missing",
        )
    return [await _file(number, part) for number, part in enumerate(parts, start=1)]


async def _file(number: int, part: UploadFile) -> File:
    name = (part.filename or "").replace("\\", "/").rpartition("/")[2].strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(
            "A document needs a file name that can be printed.",
            [Problem(f"/file/{number}", "file-name", f"At most {LONGEST_NAME} characters.")],
            code="file-name",
        )
    content = await part.read()
    try:
        return File(name, sniff(name, content, part.content_type), content)
    except Unreadable as refusal:
        raise refused(number, name, refusal) from None


def refused(number: int, name: str, refusal: Unreadable) -> Invalid:
    """A document that cannot be read as a report, in the words of the reader."""
    problem = Problem(f"/file/{number}", refusal.code, refusal.detail)
    facts = {} if refusal.limit is None else {"limit": refusal.limit}
    return Invalid(f"{name}: {refusal.detail}", [problem], code=refusal.code, **facts)


async def look_into(request: Request, files: Sequence[File]) -> None:
    """Have every document opened where it can do no harm. Raises Invalid for the first that is no report."""
    for number, file in enumerate(files, start=1):
        try:
            await request.app.state.sandbox.run(appraisal.look_into, file.content, file.media_type)
        except Unreadable as refusal:
            raise refused(number, file.name, refusal) from None


async def read_and_look_into(request: Request, _: SubmissionWriter) -> Filing:
    """The filing of a caller who may file, every document known to be readable."""
    filing = await read_filing(request)
    await look_into(request, filing.files)
    return filing


ReadFiling = Annotated[Filing, Depends(read_and_look_into)]
