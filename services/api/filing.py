"""A filing as it arrives: sections as JSON, or a `metadata` part beside `file` parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from domain.assessments import appraisal
from domain.assessments.appraisal import WORD
from domain.errors import Invalid, Problem
from domain.reading.documents import Unreadable, sniff
from domain.reading.extracts import Extent, check_report
from domain.reading.passages import MOST
from domain.submissions.actions import File
from schemas.submissions import SectionDraft, SubmissionChange, SubmissionDraft, SubmissionMetadata
from services.api import bodies
from services.api.dependencies import SubmissionWriter
from services.api.forms import form_of

MULTIPART = "multipart/form-data"
LONGEST_NAME = 255
SURELY_FEW = 2 * MOST
"""Characters that are no more sentences than one document may have: each has a letter and an end."""


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
        raise refused(f"/file/{number}", refusal.within(name)) from None


def refused(pointer: str, refusal: Unreadable) -> Invalid:
    """What cannot be read as a report, in the words of the reader."""
    problem = Problem(pointer, refusal.code, refusal.detail)
    return Invalid(refusal.detail, [problem], code=refusal.code, **refusal.facts)


async def look_into(request: Request, files: Sequence[File]) -> None:
    """Have every document opened where it can do no harm, its sentences counted.

    Raises Invalid for the first that is no report, and for documents that are too much together.
    """
    whole = Extent()
    for number, file in enumerate(files, start=1):
        try:
            whole += await request.app.state.sandbox.run(appraisal.look_into, file.content, file.media_type)
        except Unreadable as refusal:
            raise refused(f"/file/{number}", refusal.within(file.name)) from None
    try:
        check_report(whole)
    except Unreadable as refusal:
        raise refused("/file", refusal) from None


async def look_into_sections(request: Request, sections: Sequence[SectionDraft]) -> None:
    """Have the sentences of sections counted. Raises Invalid for no words at all, or too much together."""
    texts = {section.key: section.text for section in sections}
    characters = sum(map(len, texts.values()))
    try:
        check_report(Extent(characters))
        if characters > SURELY_FEW or not any(map(WORD.search, texts.values())):
            await request.app.state.sandbox.run(appraisal.look_into_sections, texts)
    except Unreadable as refusal:
        raise refused("/sections", refusal) from None


async def read_and_look_into(request: Request, _: SubmissionWriter) -> Filing:
    """The filing of a caller who may file, all of it known to be readable."""
    filing = await read_filing(request)
    await look_into(request, filing.files)
    if filing.sections:
        await look_into_sections(request, filing.sections)
    return filing


async def look_into_change(
    request: Request, change: SubmissionChange, _: SubmissionWriter
) -> SubmissionChange:
    """The change of a caller who may make it, all of it known to be readable."""
    await look_into_sections(request, change.sections)
    return change


ReadFiling = Annotated[Filing, Depends(read_and_look_into)]
ReadChange = Annotated[SubmissionChange, Depends(look_into_change)]
